"""The databases of tests/behaviour, for tests of what must not be written."""

from tests.behaviour.conftest import any_pg, database, on_duckdb, postgres, write

__all__ = ["any_pg", "database", "on_duckdb", "postgres", "write"]
