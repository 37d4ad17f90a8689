{{ config(slice_by=['town']) }}
{% set day = "date '2026-01-31' + n" %}
{# What DuckDB does otherwise, and is mended. #}
select
    to_hex(n) || to_char({{ day }}, 'DD Mon YYYY') || ({{ var('as_of') }})::text    as id,
    case
        when {{ town.name }} like 'a\_%' then substr({{ town.name }}, n - 2, 2)
        when {{ town.name }} ~ 'a.c' then octet_length({{ town.name }})::text
        else round((n / 2.0::double precision)::numeric, 1)::text
    end                                                                             as town
from generate_series(1, 3) as g(n)
where extract(year from {{ day }})::int / 4 * 4 <> extract(year from {{ day }})
  and {{ var('greeting') }} <> ''
  and round(n * 0.5::double precision) > 0

-- ------------------------------------------------------------ PostgreSQL
select
    to_hex(n) || to_char(date '2026-01-31' + n, 'DD Mon YYYY') || (date '2026-01-31')::text as id,
    case
        when :town_name like 'a\_%' then substr(:town_name, n - 2, 2)
        when :town_name ~ 'a.c' then octet_length(:town_name)::text
        else round((n / 2.0::double precision)::numeric, 1)::text
    end                                                                             as town
from generate_series(1, 3) as g(n)
where extract(year from date '2026-01-31' + n)::int / 4 * 4 <> extract(year from date '2026-01-31' + n)
  and :var_greeting <> ''
  and round(n * 0.5::double precision) > 0

-- ------------------------------------------------------------ DuckDB
SELECT
  LOWER(TO_HEX((
    CAST("n" AS BIGINT) & 4294967295
  ))) || STRFTIME(CAST('2026-01-31' AS DATE) + "n", '%d %b %Y') || CAST((
    CAST('2026-01-31' AS DATE)
  ) AS TEXT) AS "id",
  CASE
    WHEN CAST($town_name AS TEXT) LIKE 'a\_%' ESCAPE '\'
    THEN SUBSTRING(
      CAST($town_name AS TEXT),
      (
        CASE WHEN (
          "n" - 2
        ) < 1 THEN 1 ELSE "n" - 2 END
      ),
      (
        CASE WHEN (
          "n" - 2
        ) < 1 THEN GREATEST((
          2
        ) + "n" - 2 - 1, 0) ELSE 2 END
      )
    )
    WHEN REGEXP_MATCHES(CAST($town_name AS TEXT), 'a.c', 's')
    THEN CAST(STRLEN(CAST($town_name AS TEXT)) AS TEXT)
    ELSE CAST(ROUND(
      CAST(PRINTF('%.15g', CAST((
        "n" / CAST(2.0 AS DOUBLE)
      ) AS DOUBLE)) AS DECIMAL(38, 1)),
      1
    ) AS TEXT)
  END AS "town"
FROM GENERATE_SERIES(1, 3) AS "g"("n")
WHERE
  CAST(EXTRACT(YEAR FROM CAST('2026-01-31' AS DATE) + "n") AS INT) / 4 * 4 <> CAST(EXTRACT(YEAR FROM CAST('2026-01-31' AS DATE) + "n") AS DECIMAL(18, 0))
  AND CAST($var_greeting AS TEXT) <> ''
  AND ROUND_EVEN("n" * CAST(0.5 AS DOUBLE), 0) > 0
