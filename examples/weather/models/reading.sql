{{ config(slice_by=['region'], rows="72 * region.stations * var('days')", key_block=524288000) }}

-- One row per sensor and hour of the last `days` days. Rows: all of them but one in a hundred, when a sensor misses an
-- hour. Estimate: all of it, the climate too, which is the seed climate's.
--
-- Temperature follows the month, the hour of the day and the weather of the day, which a whole region shares; humidity
-- goes the other way; rain falls in some hours. All arithmetic is in whole tenths, and a fraction only at the very end.

with days as (                       -- the days asked for, counted from 1 January 2020
    select
        {{ var('as_of') }} - ago.days::int                                          as day,
        {{ var('as_of') }} - ago.days::int - date '2020-01-01'                      as day_no
    from generate_series(0, {{ var('days') }} - 1) as ago(days)
),

clocks as (                          -- the hours of a day, and how much warmer it is in each than on the day's average
    select
        hour.no                                                                     as hour,
        case
            when hour.no < 6 then -40
            when hour.no < 10 then -10
            when hour.no < 18 then 35
            else 5
        end                                                                         as warmer
    from generate_series(0, 23) as hour(no)
),

hours as (                           -- the hours of the days, with the region's climate and weather
    select
        day.day_no * 24 + clock.hour                                                as hour_no,
        day.day + clock.hour * interval '1 hour'                                    as taken_at,
        climate.temperature
            + {{ random_int('weather', 'day.day_no', -45, 45) }}
            + clock.warmer                                                          as temperature,
        climate.humidity                                                            as humidity,
        {{ chance('wet', 'day.day_no * 24 + clock.hour', 'climate.wet_hour_share') }} as is_wet
    from days as day
    cross join clocks as clock
    join {{ seed('climate') }} as climate
        on climate.region = {{ region.code }}
        and climate.month = extract(month from day.day)::int
),

sensed as (                          -- each sensor in each hour
    select
        sensor.kind                                                                 as kind,
        station.n                                                                   as station_n,
        {{ sensor_n('station.n', 'sensor.no') }}                                    as sensor_n,
        {{ reading_n(sensor_n('station.n', 'sensor.no'), 'hours.hour_no') }}        as n,
        hours.taken_at                                                              as taken_at,
        hours.temperature                                                           as temperature,
        hours.humidity                                                              as humidity,
        hours.is_wet                                                                as is_wet
    from hours
    cross join generate_series(1, {{ region.stations }}) as station(n)
    cross join (values (1, 'temperature'), (2, 'humidity'), (3, 'rain')) as sensor(no, kind)
),

measured as (                        -- with what it shows, in tenths: a degree, a percent from 15 to 100, a millimetre
    select
        sensed.n                                                                    as n,
        sensed.sensor_n                                                             as sensor_n,
        sensed.taken_at                                                             as taken_at,
        case sensed.kind
            when 'temperature' then sensed.temperature + {{ random_int('noise', 'sensed.n', -12, 12) }}
            when 'humidity'
                then 10 * least(100, greatest(
                    15,
                    sensed.humidity
                        + case when sensed.is_wet then 15 else 0 end
                        + {{ random_int('noise', 'sensed.n', -9, 9) }}
                ))
            else case when sensed.is_wet then {{ random_int('rain', 'sensed.n', 1, 60) }} else 0 end
        end                                                                         as tenths
    from sensed
)

select
    {{ key('measured.n') }}                                                         as id,
    {{ key_of('sensor', 'measured.sensor_n') }}                                     as sensor_id,
    measured.taken_at                                                               as taken_at,
    measured.tenths * 0.1                                                           as value,
    {{ chance('suspect', 'measured.n', 0.002) }}                                    as is_suspect
from measured
where not {{ chance('missed', 'measured.n', 0.01) }}
