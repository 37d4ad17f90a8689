{{ config(slice_by=['region'], rows='3 * region.stations', key_block=4000) }}

-- One row per sensor: every station measures three things, each with an instrument of the seed instruments.
-- Rows: three for each station. key_block: a region's stations, below 1000, with four numbers each.

with mounted as (                    -- each station's sensors, with their numbers
    select
        station.n                                                                   as station_n,
        kind.name                                                                   as kind,
        {{ sensor_n('station.n', 'kind.no') }}                                      as n
    from generate_series(1, {{ region.stations }}) as station(n)
    cross join (values (1, 'temperature'), (2, 'humidity'), (3, 'rain')) as kind(no, name)
)

select
    {{ key('mounted.n') }}                                                          as id,
    {{ key_of('station', 'mounted.station_n') }}                                    as station_id,
    mounted.kind                                                                    as kind,
    instrument.model                                                                as model
from mounted
join {{ slots('instruments') }} as instrument
    on instrument.kind = mounted.kind
    and instrument.slot = {{ pick('instrument', 'mounted.n', 'instruments') }}
