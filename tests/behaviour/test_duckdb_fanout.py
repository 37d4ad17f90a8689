"""A CTE that is read twice under a limit: DuckDB 2.0.0 waits for ever, and what sqlseed sends does not."""

from __future__ import annotations

import threading

import duckdb
import pytest

from sqlseed import dialect

ROWS = 600_000
SQL = """
with item as (
    select one.inv * 4 + turn.no as n, one.inv, one.pup, one.note
    from one cross join (values (0), (1), (2)) as turn(no) {fence}
),

received as (
    select item.n, sum(part.x) as x from item join part on part.k = item.inv and part.x <= item.pup group by item.n
)

select item.n, item.inv, item.note
from item
left join received on received.n = item.n
join one on one.inv = item.inv
where coalesce(received.x, 0) < 90
{limit}
"""


@pytest.fixture(scope="module")
def tables() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1, "memory_limit": "256MB"})
    connection.execute(f"create table part as select (i * 7) % {ROWS} as k, i % 100 as x from range({ROWS}) as r(i)")
    rows = f"select i as inv, i % 50000 as pup, md5(i::text) as note from range({ROWS // 3}) as r(i)"
    connection.execute(f"create table one as {rows}")
    return connection


def ends(connection: duckdb.DuckDBPyConnection, sql: str, seconds: float) -> bool:
    """Whether a statement ends by itself within so many seconds."""
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        connection.execute(sql).fetchall()
    except duckdb.InterruptException:
        return False
    finally:
        timer.cancel()
    return True


@pytest.mark.parametrize(("fence", "limit"), [("offset 0", ""), ("", "limit 3"), ("offset 0", "limit 3")])
def test_a_cte_read_twice_under_a_limit_ends(tables: duckdb.DuckDBPyConnection, fence: str, limit: str) -> None:
    sql = SQL.format(fence=fence, limit=limit)
    assert ends(tables, dialect.to_duckdb(sql, {}), 100)
    shown = dialect.select_to_duckdb(SQL.format(fence=fence, limit=""), {}, in_part=True)
    assert ends(tables, f"select * from ({shown}) as w limit 3", 100)


@pytest.mark.skipif(duckdb.__version__ != "2.0.0", reason="DuckDB 2.0.1 is mended")
def test_duckdb_itself_waits(tables: duckdb.DuckDBPyConnection) -> None:
    """Why `_unlimit` in dialect/mending.py is there; it can go when sqlseed needs DuckDB 2.0.1."""
    assert not ends(tables, f"select * from ({SQL.format(fence='', limit='')}) as w limit 3", 3)
