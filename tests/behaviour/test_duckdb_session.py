"""A session of DuckDB parses a text once, and runs it with the values that come with it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sqlseed.backends.duckdb import DuckDB, DuckDBSession
from sqlseed.errors import ExecuteError
from sqlseed.model import Target


class Counting:
    """DuckDB's connection, and how often it parsed each text."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.parsed: Counter[str] = Counter()

    def extract_statements(self, sql: str) -> Any:
        self.parsed[sql] += 1
        return self._connection.extract_statements(sql)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


@pytest.fixture
def session(tmp_path: Path) -> DuckDBSession:
    found = DuckDB(Target("p", "test", "duckdb", "main", settings={"path": ":memory:"}), tmp_path).connect()
    found._connection = Counting(found._connection)
    return found


def test_a_text_is_parsed_once_and_runs_with_other_values(session: DuckDBSession) -> None:
    session.run("create table t (n integer)")
    for n in (1, 2, 3):
        assert session.run("insert into t select :n where :n > 0", {"n": n, "unused": 0}, {"n": "integer"}) == 1
    assert session.query("select n from t order by n") == [(1,), (2,), (3,)]
    assert set(session._connection.parsed.values()) == {1}


def test_the_same_text_with_other_types_is_another_statement(session: DuckDBSession) -> None:
    kinds = [session.query("select typeof(:n)", {"n": 1}, {"n": kind}) for kind in ("integer", "bigint", "integer")]
    assert kinds == [[("INTEGER",)], [("BIGINT",)], [("INTEGER",)]]


def test_a_text_that_was_parsed_sees_what_was_made_since(session: DuckDBSession) -> None:
    session.run("create table t (n integer)")
    assert session.query("select * from t") == []
    session.run("drop table t")
    session.run("create table t (a text, b text)")
    session.run("insert into t values ('x', 'y')")
    assert session.query("select * from t") == [("x", "y")]


def test_two_statements_are_refused_each_time(session: DuckDBSession) -> None:
    for _ in range(2):
        with pytest.raises(ExecuteError, match="one statement at a time; found 2"):
            session.run("select 1; select 2")
