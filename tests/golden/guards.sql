{{ config(slice_by=['town']) }}
-- The types of a lookup table's columns are DuckDB's to know: guards ask while it plans.
select
    place.code || place.people                                  as id,
    (place.people / 3)::text                                    as town
from {{ seed('towns') }} as place
where place.code = {{ town.code }}
  and (select max(other.people) from {{ seed('towns') }} as other) >= place.people
order by place.people
limit 1

-- ------------------------------------------------------------ PostgreSQL
-- The types of a lookup table's columns are DuckDB's to know: guards ask while it plans.
select
    place.code || place.people                                  as id,
    (place.people / 3)::text                                    as town
from "_sqlseed"."towns" as place
where place.code = :town_code
  and (select max(other.people) from "_sqlseed"."towns" as other) >= place.people
order by place.people
limit 1

-- ------------------------------------------------------------ DuckDB
SELECT
  (
    CASE
      WHEN REGEXP_MATCHES(TYPEOF("place"."code"), '^(DECIMAL|DOUBLE|FLOAT|INTERVAL|JSON)')
      THEN ERROR(
        'this number as text differs between PostgreSQL and DuckDB: write round(x::numeric, 2)::text or x::int::text'
      )
      ELSE "place"."code"
    END
  ) || (
    CASE
      WHEN REGEXP_MATCHES(TYPEOF("place"."people"), '^(DECIMAL|DOUBLE|FLOAT|INTERVAL|JSON)')
      THEN ERROR(
        'this number as text differs between PostgreSQL and DuckDB: write round(x::numeric, 2)::text or x::int::text'
      )
      ELSE "place"."people"
    END
  ) AS "id",
  CAST((
    CASE
      WHEN REGEXP_MATCHES(TYPEOF((
        "place"."people" / 3
      )), '^(DECIMAL|DOUBLE|FLOAT|INTERVAL|JSON)')
      THEN ERROR(
        'this number as text differs between PostgreSQL and DuckDB: write round(x::numeric, 2)::text or x::int::text'
      )
      ELSE (
        (
          CASE
            WHEN REGEXP_MATCHES(TYPEOF("place"."people"), '^(DECIMAL|HUGEINT)')
            THEN ERROR(
              'division of numeric: divide whole numbers (sum(...)::bigint), or a::double precision / b'
            )
            ELSE "place"."people"
          END
        ) / 3
      )
    END
  ) AS TEXT) AS "town"
FROM "_sqlseed"."towns" AS "place"
WHERE
  "place"."code" = CAST($town_code AS TEXT)
  AND (
    CASE
      WHEN REGEXP_MATCHES(
        TYPEOF((
          SELECT
            MAX("other"."people")
          FROM "_sqlseed"."towns" AS "other"
        )),
        '^(VARCHAR|JSON)'
      )
      THEN ERROR('text compares differently from database to database: x collate "C"')
      ELSE (
        SELECT
          MAX(
            (
              CASE
                WHEN REGEXP_MATCHES(TYPEOF("other"."people"), '^(VARCHAR|JSON)')
                THEN ERROR('text compares differently from database to database: x collate "C"')
                ELSE "other"."people"
              END
            )
          )
        FROM "_sqlseed"."towns" AS "other"
      )
    END
  ) >= (
    CASE
      WHEN REGEXP_MATCHES(TYPEOF("place"."people"), '^(VARCHAR|JSON)')
      THEN ERROR('text compares differently from database to database: x collate "C"')
      ELSE "place"."people"
    END
  )
ORDER BY
  CASE
    WHEN REGEXP_MATCHES(TYPEOF("place"."people"), '^(VARCHAR|JSON)')
    THEN CAST('text sorts differently from database to database: order by x collate "C"' AS INT)
  END,
  "place"."people"
LIMIT 1
