"""The bytes that a review foretells for a row, beside those that PostgreSQL stores."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sqlseed.backends import open_dry_run
from sqlseed.model import Column, Relation, Target
from sqlseed.review import costs, layout, rehearsal
from sqlseed.review.layout import KeyWidth

COLUMNS = [
    Column("id", "text", nullable=False),
    Column("flag", "boolean"),
    Column("small", "smallint"),
    Column("many", "bigint"),
    Column("day", "date"),
    Column("at", "timestamp(3)"),
    Column("amount", "numeric(12,2)"),
    Column("share", "double precision"),
    Column("note", "text"),
    Column("key", "uuid"),
]
ROW = """
    select
        '01234567-89ab-8cde-8f01-' || lpad(n::text, 12, '0'),
        case when n % 3 > 0 then n % 2 = 0 end,
        (n % 100)::smallint,
        case when n % 7 > 0 then n::bigint end,
        date '2026-01-01' + (n % 300)::int,
        timestamp '2026-01-01 00:00:00',
        case when n % 5 > 0 then (n * 37.25)::numeric(12, 2) else 0 end,
        n / 3.0::double precision,
        case n % 4 when 0 then null when 1 then repeat('é', (n % 60)::int) else repeat('x', (n % 400)::int) end,
        '01234567-89ab-8cde-8f01-0123456789ab'::uuid
    from generate_series(1, {rows}) as s(n)
"""


@pytest.fixture
def session(tmp_path: Path) -> Any:
    backend = open_dry_run(Target("p", "t", "duckdb", "main"), tmp_path)
    yield backend.connect()
    backend.close()


def create(columns: list[Column]) -> str:
    return ", ".join(f'"{column.name}" {column.type}' for column in columns)


def test_widths_are_those_of_the_server(session: Any, any_postgres_url: str) -> None:
    """A tenth of a percent: pageinspect is not needed, for the tuples of a page and the pages tell."""
    rows = 20_000
    session.run(f"create table main.t ({create(COLUMNS)})")
    session.run(f"insert into main.t {ROW.format(rows=rows)}")
    keys = [("id",), ("day", "small"), ("key",)]
    width = rehearsal.measure(session, Relation("main", "t"), COLUMNS, keys)
    with psycopg.connect(any_postgres_url, autocommit=True) as connection:
        connection.execute(f"create table t ({create(COLUMNS)}, primary key (id))")
        connection.execute("create index scattered on t (day, small)")
        connection.execute(f"insert into t {ROW.format(rows=rows)}")
        found = connection.execute(
            "select pg_relation_size('t'), pg_relation_size('t_pkey'), pg_relation_size('scattered'),"
            " (select avg(pg_column_size(t.*)) from t)"
        ).fetchone()
    assert found is not None
    heap, primary, scattered, row = found
    assert width.rows == rows
    assert width.row == pytest.approx(float(row) + 3.5, abs=4)  # a datum's own size is not aligned at its end
    assert layout.heap_bytes(rows, width.row) == pytest.approx(heap, rel=0.05)
    entries = {key.columns: key for key in width.keys}
    assert entries["id",].entry == 48
    assert entries["day", "small"].entry == 16
    assert entries["day", "small"].distinct == pytest.approx(300, rel=0.1)
    assert layout.index_bytes(rows, entries["id",], unique=True, in_order=True, slices=1) == pytest.approx(
        primary, rel=0.05
    )
    assert layout.index_bytes(rows, entries["day", "small"], unique=False, in_order=False, slices=1) == pytest.approx(
        scattered, rel=0.2
    )


def test_alignment_counts(session: Any) -> None:
    """Negative control: the same columns in another order take more room, as they do in PostgreSQL."""
    packed = [
        Column("a", "bigint", False),
        Column("b", "bigint", False),
        *(Column(n, "boolean", False) for n in "cdef"),
    ]
    spread = [packed[2], packed[0], packed[3], packed[1], *packed[4:]]
    sizes = [
        session.query(
            f"select {layout.row_bytes(columns)} from (values (1, 2, true, true, true, true)) as v(a, b, c, d, e, f)"
        )[0][0]
        for columns in (packed, spread)
    ]
    assert sizes == [24 + 24, 24 + 40]


def test_a_long_row_is_moved_out(session: Any) -> None:
    columns = [Column("a", "text")]
    assert session.query(f"select {layout.row_bytes(columns)} from (select repeat('x', 100000) as a)")[0][0] == 2032


def test_slices_between_others_split_pages_in_the_middle() -> None:
    key = KeyWidth(("id",), 48, 100_000)
    alone, among = (layout.index_bytes(100_000, key, unique=True, in_order=True, slices=n) for n in (1, 40))
    assert among / alone == pytest.approx(0.9 / 0.54, rel=0.05)
    assert layout.index_bytes(0, key, unique=True, in_order=True, slices=1) == layout.PAGE
    assert layout.heap_bytes(0, 100) == 0


class Probed:
    """A session that only knows the probe; `backend.connect()` gives others of its kind."""

    closed = 0

    def transaction(self) -> Any:
        return nullcontext()

    def read_only(self) -> None: ...

    def query(self, sql: str) -> list[tuple[int]]:
        assert sql == costs.PROBE
        return [(1,)]

    def connect(self) -> Probed:
        return Probed()

    def close(self) -> None:
        Probed.closed += 1


def test_the_probe_tells_the_pace_of_one_session() -> None:
    """A server on which the probe takes twice as long; the one run that met a busy moment does not count."""
    times = iter([0.0, 0.24, 1.0, 3.0, 4.0, 4.24])
    pace = costs.measure(None, Probed(), 1, lambda: next(times))  # type: ignore[arg-type]
    assert pace.slowness == pytest.approx(0.24 / costs.PROBE_SECONDS)
    assert (pace.sessions, pace.measured) == (1.0, True)


def test_the_probe_tells_how_many_sessions_work_at_once() -> None:
    Probed.closed = 0
    pace = costs.measure(Probed(), Probed(), 3)  # type: ignore[arg-type]
    assert 1.0 <= pace.sessions <= 3.0
    assert Probed.closed == 2  # the review's own session is its own to close


def test_each_part_of_the_work_takes_time() -> None:
    key = KeyWidth(("id",), 48, 1000)
    bare = costs.Work(1000, 100, 1, (), (), "select 1")
    more = [
        costs.Work(1000, 200, 1, (), (), "select 1"),
        costs.Work(1000, 100, 2, (), (), "select 1"),
        costs.Work(1000, 100, 1, (costs.Entries(key, True),), (), "select 1"),
        costs.Work(1000, 100, 1, (), (costs.Entries(key),), "select 1"),
        costs.Work(1000, 100, 1, (), (), "select 1 from a join b on true"),
    ]
    pace = costs.Pace()
    assert all(costs.seconds(work, pace) > costs.seconds(bare, pace) for work in more)
    assert costs.seconds(bare, costs.Pace(2.0)) == pytest.approx(2 * costs.seconds(bare, pace))
    empty = costs.Entries(KeyWidth(("id",), 48, 1, filled=0.0))
    unchecked = costs.Work(1000, 100, 1, (), (empty,), "select 1")
    assert costs.seconds(unchecked, pace) == costs.seconds(bare, pace)
