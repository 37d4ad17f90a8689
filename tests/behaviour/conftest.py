"""Fixtures of the tests that build the clinics."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.behaviour import clinics
from tests.behaviour.clinics import Database


@pytest.fixture(params=["duckdb", "pg18"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of each engine in turn."""
    if request.param == "duckdb":
        return Database("duckdb", str(tmp_path / "clinics.duckdb"))
    server = request.getfixturevalue(f"postgres{request.param[2:]}")
    return _on(server, request)


@pytest.fixture
def postgres(request: pytest.FixtureRequest) -> Database:
    """An empty database on PostgreSQL 18."""
    return Database("postgres", request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["pg18", "pg15"])
def any_pg(request: pytest.FixtureRequest) -> Database:
    """An empty database of each version of PostgreSQL in turn."""
    return _on(request.getfixturevalue(f"postgres{request.param[2:]}"), request)


@pytest.fixture
def on_duckdb(tmp_path: Path) -> Database:
    """A DuckDB file that does not exist yet."""
    return Database("duckdb", str(tmp_path / "clinics.duckdb"))


def _on(server, request: pytest.FixtureRequest) -> Database:
    context = server.fresh_database(f"clinics_{abs(hash(request.node.nodeid)) % 10**9}")
    url = context.__enter__()
    request.addfinalizer(lambda: context.__exit__(None, None, None))
    return Database("postgres", url)


@pytest.fixture
def write(project: Callable[..., Path]) -> Callable[..., Path]:
    """`write(database, {path: text})`: the clinics' project in a folder, some files changed; its path."""

    def write(database: Database, changes=None, **settings: object) -> Path:
        return project(clinics.files(database, changes, **settings))

    return write
