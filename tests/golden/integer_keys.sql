{{ config(slice_by=['town', 'year'], key_block=100) }}
select
    ({{ key('n') }})::text          as id,
    {{ key_of('house', 'n') }}      as town
from generate_series(1, 3) as g(n)
where {{ year.no }} > 2000;

-- ------------------------------------------------------------ PostgreSQL
select
    ((:golden_base + n))::text      as id,
    pg_temp.sqlseed_key(:house_key, n) as town
from generate_series(1, 3) as g(n)
where :year_no > 2000

-- ------------------------------------------------------------ DuckDB
SELECT
  CAST((
    (
      CAST($golden_base AS BIGINT) + "n"
    )
  ) AS TEXT) AS "id",
  SQLSEED_KEY(CAST($house_key AS TEXT), "n") AS "town"
FROM GENERATE_SERIES(1, 3) AS "g"("n")
WHERE
  CAST($year_no AS INT) > 2000
