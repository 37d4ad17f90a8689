"""The benchmark's road by way of DuckDB and binary COPY makes the rows that INSERT ... SELECT makes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from benchmarks import in_copy
from benchmarks.measuring import BenchmarkError

COLUMNS = {
    "id": "uuid",
    "place": "text",
    "n": "integer",
    "small": "smallint",
    "big": "bigint",
    "word": "text",
    "price": "numeric(12, 2)",
    "share": "double precision",
    "good": "boolean",
    "day": "date",
    "at": "timestamp(3)",
    "exact": "timestamp",
    "hour": "time",
    "facts": "jsonb",
}
HARD = "E'tab\\t, line\\n, \\\\N, \\\"quoted\\\", ' || chr(233) || chr(128512)"

FILES = {
    "sqlseed.toml": """
        name = "roads"
        [dimensions.place]
        seed = "places"
        key = "id"
    """,
    "profiles.yml": """
        sqlseed:
          target: pg
          outputs:
            dev: {type: duckdb, path: target/roads.duckdb}
            pg:
              type: postgres
              url: "{{ env_var('DATABASE_URL') }}"
              threads: 2
              environment: dev
              allow_superuser: true
    """,
    "seeds/places.csv": "id,no\nnorth,1\nsouth,2\n",
    "models/numbers.sql": """
        {{ config(materialized='intermediate', slice_by=['place']) }}
        select {{ place.id }} as place, g.n::int as n from generate_series(0, 40 * {{ place.no }}) as g(n)
    """,
    "models/things.sql": """
        {{ config(table='Thing', slice_by=['place']) }}
        select
            {{ key('n') }}::uuid as "id",
            place as "place",
            n as "n",
            (n % 9 - 4)::smallint as "small",
            case when n % 5 <> 0 then 4000000000 * (n - 20) end as "big",
            case n % 3 when 0 then 'plain' when 1 then HARD end as "word",
            case when n % 4 <> 0 then ((n - 20) * 1000001)::numeric(12, 2) * 0.01 end::numeric(12, 2) as "price",
            case when n % 7 <> 0 then n / 8::double precision end as "share",
            case when n % 2 = 0 then n % 4 = 0 end as "good",
            case when n % 6 <> 0 then date '1999-12-20' + n end as "day",
            timestamp '1999-12-31 23:59:00' + n * interval '1.234 seconds' as "at",
            timestamp '1969-12-31 23:59:59.123456' + n * interval '0.000001 seconds' as "exact",
            case when n % 3 = 0 then time '10:20:30' end as "hour",
            case when n % 2 = 0 then ('{"n": ' || n::text || ', "a": [1, null]}')::jsonb end as "facts"
        from {{ ref('numbers') }}
        where place = {{ place.id }}
    """,
    "models/parts.sql": """
        {{ config(table='Part', slice_by=['place'], key_kind='integer', key_block=1000) }}
        select {{ key('t."n"') }} as "id", {{ key_of('things', 't."n"') }}::uuid as "thingId", t."word" as "word"
        from {{ ref('things') }} as t
        where t."place" = {{ place.id }} and t."n" % 2 = 0
    """,
}


def _files() -> dict[str, str]:
    columns = "\n".join(f"              - {{name: {name}, data_type: '{kind}'}}" for name, kind in COLUMNS.items())
    contract = f"""
        models:
          - name: numbers
            columns: [{{name: place, data_type: text}}, {{name: n, data_type: integer}}]
          - name: things
            columns:
{columns}
            constraints: [{{type: primary_key, columns: [id]}}]
          - name: parts
            columns:
              - {{name: id, data_type: integer}}
              - {{name: thingId, data_type: uuid}}
              - {{name: word, data_type: text}}
            constraints:
              - {{type: primary_key, columns: [id]}}
              - {{type: foreign_key, columns: [thingId], to: ref('things'), to_columns: [id]}}
    """
    things = FILES["models/things.sql"].replace("HARD", HARD)
    return {**FILES, "models/models.yml": contract, "models/things.sql": things}


@pytest.fixture
def roads(project: Callable[..., Path]) -> Path:
    """A small project with every type that a model can give and COPY can bring."""
    return project(_files())


def test_both_roads_make_the_same_rows_in_both_modes(roads, postgres18):
    found = in_copy.measure(postgres18, roads, "pg", "dev", {}, 1, {"in place": "off", "bulk": "on"})

    assert [(one.mode, one.road, one.rows) for one in found] == [
        (mode, road, 122 + 62) for mode in ("in place", "bulk") for road in ("insert", "copy")
    ]
    assert all(one.client_cpu > 0 for one in found)
    assert [bool(one.steps) for one in found] == [False, True] * 2
    assert [any("bulk mode" in note for note in one.notes) for one in found] == [False, False, True, True]


def test_a_row_that_came_otherwise_is_noticed(roads, postgres18, monkeypatch):
    def travel(_server, url, _project, road, mode, _arguments):
        price = "0.10" if road == in_copy.INSERT else "0.11"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute('create table "Same" as select 1 as n')
            connection.execute(
                f'create table "Thing" as select n, {price} * n as price from generate_series(1, 9) as g(n)'
            )
        return in_copy.Journey(road, mode, 10, "", 1.0, 1.0, 1.0, 1)

    monkeypatch.setattr(in_copy, "_command", lambda *_: {})
    monkeypatch.setattr(in_copy, "_travel", travel)

    with pytest.raises(BenchmarkError, match=r"^the two roads give other rows in Thing$"):
        in_copy.measure(postgres18, roads, "pg", "dev", {}, 1, {"in place": "off"})


def test_the_page_says_what_was_measured_and_decided():
    def journeys(seconds: float, cpu: float) -> list[in_copy.Journey]:
        steps = {"Arrow to binary COPY": 2.0}
        return [
            in_copy.Journey(in_copy.INSERT, "bulk", 5_000, "PostgreSQL 18.6", 100.0, 10.0, 190.0, 90 * 2**20),
            in_copy.Journey(
                in_copy.COPY, "bulk", 5_000, "PostgreSQL 18.6", seconds, 10.0, cpu - 10.0, 900 * 2**20, steps
            ),
        ]

    slower = in_copy.page(journeys(110.0, 230.0), {"cores": "2"}, "preset `demo`", "python -m benchmarks")
    faster = in_copy.page(journeys(79.0, 150.0), {"cores": "2"}, "preset `demo`", "python -m benchmarks")

    assert "1.15 times the CPU and 1.10 times the time in bulk mode" in slower
    assert "So sqlseed has no such road." in slower
    assert "| bulk | DuckDB and COPY | 5,000 | 110.0 | 10.0 | 220.0 | 230.0 | 900 MiB |" in slower
    assert "| bulk | Arrow to binary COPY | 2.0 |" in slower
    assert "So sqlseed has no such road." not in faster
