{{ config(slice_by=['region'], rows='region.stations', key_block=1000) }}

-- One row per weather station of a region.
-- Rows: as many as the seed regions says.
-- The key is an integer, so sqlseed sets a range aside for each region: key(n) is the range's first number plus n.
-- key_block is the length of a range: no region will have more than 999 stations.

select
    {{ key('station.n') }}                                                          as id,
    {{ region.code }}                                                               as region,
    upper(left({{ region.code }}, 2)) || lpad(station.n::text, 3, '0')              as code,
    {{ region.name }} || ' ' || station.n                                           as name,
    ({{ region.base_elevation_m }} + {{ random_int('elevation', 'station.n', 0, 300) }})::int as elevation_m,
    {{ random_date('opened', 'station.n',
                   "make_date(" ~ region.first_year ~ ", 1, 1)",
                   "make_date(" ~ region.first_year ~ " + 8, 12, 31)") }}           as opened_on
from generate_series(1, {{ region.stations }}) as station(n)
