{{ config(slice_by=['region'], rows="72 * region.stations * var('days')", key_block=524288000) }}

-- One row per sensor and hour of the last `days` days. A few sensors miss an hour now and then.
--
-- Temperature follows the month, the hour of the day and the weather of the day, which a whole region shares; humidity goes
-- the other way; rain falls in some hours. All arithmetic is in whole tenths, and a fraction only at the very end.

with hours as (                      -- the hours of the days asked for, with the region's climate and weather
    select
        (hour.day - date '2020-01-01') * 24 + hour.no                               as hour_no,
        hour.day + hour.no * interval '1 hour'                                      as taken_at,
        climate.temperature
            + {{ random_int('weather', "hour.day - date '2020-01-01'", -45, 45) }}
            + case
                when hour.no < 6 then -40
                when hour.no < 10 then -10
                when hour.no < 18 then 35
                else 5
            end                                                                     as temperature,
        climate.humidity                                                            as humidity,
        {{ chance('wet', "(hour.day - date '2020-01-01') * 24 + hour.no", 'climate.wet_hour_share') }} as is_wet
    from (
        select
            {{ var('as_of') }} - ago.days::int                                      as day,
            clock.no                                                                as no
        from generate_series(0, {{ var('days') }} - 1) as ago(days)
        cross join generate_series(0, 23) as clock(no)
    ) as hour
    join {{ seed('climate') }} as climate
        on climate.region = {{ region.code }}
        and climate.month = extract(month from hour.day)::int
),

measured as (                        -- each sensor's number in each hour
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
)

select
    {{ key('measured.n') }}                                                         as id,
    {{ key_of('sensor', 'measured.sensor_n') }}                                     as sensor_id,
    measured.taken_at                                                               as taken_at,
    (case measured.kind
        when 'temperature' then measured.temperature + {{ random_int('noise', 'measured.n', -12, 12) }}
        when 'humidity' then 10 * least(100, greatest(15,
            measured.humidity + case when measured.is_wet then 15 else 0 end + {{ random_int('noise', 'measured.n', -9, 9) }}))
        else case when measured.is_wet then {{ random_int('rain', 'measured.n', 1, 60) }} else 0 end
    end) * 0.1                                                                     as value,
    {{ chance('suspect', 'measured.n', 0.002) }}                                    as is_suspect
from measured
where not {{ chance('missed', 'measured.n', 0.01) }}
