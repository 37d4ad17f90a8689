{{ config(slice_by=['town']) }}
with drawn as (
    select
        g.n,
        {{ pick('colour', 'g.n', 'colours') }}      as slot
    from generate_series(0, 9) as g(n)
)

select
    drawn.n::text || row_number() over (partition by colour.colour order by drawn.n)::text     as id,
    string_agg(colour.colour, ', ' order by colour.colour collate "C")                         as town
from drawn
join {{ slots('colours') }} as colour
    on colour.slot = drawn.slot
group by drawn.n, colour.colour
having count(*) > 0

-- ------------------------------------------------------------ PostgreSQL
with drawn as (
    select
        g.n,
        ((pg_temp.sqlseed_hash(g.n, (2189369616 # :salt_town)) * 8) >> 32)::int as slot
    from generate_series(0, 9) as g(n)
)

select
    drawn.n::text || row_number() over (partition by colour.colour order by drawn.n)::text     as id,
    string_agg(colour.colour, ', ' order by colour.colour collate "C")                         as town
from drawn
join "_sqlseed"."colours__slots" as colour
    on colour.slot = drawn.slot
group by drawn.n, colour.colour
having count(*) > 0

-- ------------------------------------------------------------ DuckDB
WITH "drawn" AS (
  SELECT
    "g"."n",
    CAST((
      (
        SQLSEED_HASH("g"."n", (
          XOR(2189369616, CAST($salt_town AS BIGINT))
        )) * 8
      ) >> 32
    ) AS INT) AS "slot"
  FROM GENERATE_SERIES(0, 9) AS "g"("n")
)
SELECT
  CAST("drawn"."n" AS TEXT) || CAST(ROW_NUMBER() OVER (PARTITION BY "colour"."colour" ORDER BY "drawn"."n") AS TEXT) AS "id",
  LISTAGG("colour"."colour", ', '
  ORDER BY
    "colour"."colour" COLLATE "C") AS "town"
FROM "drawn"
JOIN "_sqlseed"."colours__slots" AS "colour"
  ON "colour"."slot" = "drawn"."slot"
GROUP BY
  "drawn"."n",
  "colour"."colour"
HAVING
  COUNT(*) > 0
