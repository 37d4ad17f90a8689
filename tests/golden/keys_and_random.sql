{{ config(slice_by=['town']) }}

-- Keys, draws and a choice: pure arithmetic on n.
select
    {{ key('g.n') }}                                                    as id,
    {{ choice('size', 'g.n', {'small': 3, 'large': 1}) }}
        || '/' || ({{ random_int('no', 'g.n', 1, 9) }})::text           as town
from generate_series(1, {{ var('houses') }}) as g(n)
where {{ chance('there', 'g.n', 0.9, by=[]) }}

-- ------------------------------------------------------------ PostgreSQL
-- Keys, draws and a choice: pure arithmetic on n.
select
    pg_temp.sqlseed_key(:golden_key, g.n)                               as id,
    case
        when pg_temp.sqlseed_hash(g.n, (4008387290 # :salt_town)) < 3221225472 then 'small'
        else 'large'
    end
        || '/' || ((1 + ((pg_temp.sqlseed_hash(g.n, (1627780685 # :salt_town)) * 9) >> 32)))::text as town
from generate_series(1, 3) as g(n)
where (pg_temp.sqlseed_hash(g.n, 568456049) < 3865470566)

-- ------------------------------------------------------------ DuckDB
SELECT
  SQLSEED_KEY(CAST($golden_key AS TEXT), "g"."n") AS "id",
  (
    CASE
      WHEN REGEXP_MATCHES(
        TYPEOF(
          CASE
            WHEN SQLSEED_HASH("g"."n", (
              XOR(4008387290, CAST($salt_town AS BIGINT))
            )) < 3221225472
            THEN 'small'
            ELSE 'large'
          END
        ),
        '^(DECIMAL|DOUBLE|FLOAT|INTERVAL|JSON)'
      )
      THEN ERROR(
        'this number as text differs between PostgreSQL and DuckDB: write round(x::numeric, 2)::text or x::int::text'
      )
      ELSE CASE
        WHEN SQLSEED_HASH("g"."n", (
          XOR(4008387290, CAST($salt_town AS BIGINT))
        )) < 3221225472
        THEN 'small'
        ELSE 'large'
      END
    END
  ) || '/' || CAST((
    (
      1 + (
        (
          SQLSEED_HASH("g"."n", (
            XOR(1627780685, CAST($salt_town AS BIGINT))
          )) * 9
        ) >> 32
      )
    )
  ) AS TEXT) AS "town"
FROM GENERATE_SERIES(1, 3) AS "g"("n")
WHERE
  (
    SQLSEED_HASH("g"."n", 568456049) < 3865470566
  )
