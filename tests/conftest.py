"""Fixtures. Servers start when the first test asks for one, once per pytest worker; see tests/README.md."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests import browser, servers, support

_numbers = itertools.count(1)

ProjectFactory = Callable[[Mapping[str, str | bytes]], Path]


def pytest_configure(config: pytest.Config) -> None:
    """The workers of a run share an empty cache of compiled projects, and leave the developer's own alone."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["SQLSEED_CACHE_DIR"] = tempfile.mkdtemp(prefix="sqlseed-cache-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["SQLSEED_CACHE_DIR"], ignore_errors=True)


def pytest_report_header() -> str:
    return f"PostgreSQL: {servers.describe(18)}; {servers.describe(15)}"


@pytest.fixture(scope="session")
def postgres18() -> Iterator[servers.Server]:
    """A PostgreSQL 18 server. Fails, and never skips, where none can be started."""
    with servers.running_server(18) as server:
        yield server


@pytest.fixture(scope="session")
def postgres15() -> Iterator[servers.Server]:
    """A PostgreSQL 15 server; skips where 15 is not installed, fails where it is and does not start."""
    if servers.find_binaries(15) is None:
        pytest.skip("PostgreSQL 15 is not installed")
    with servers.running_server(15) as server:
        yield server


@pytest.fixture
def postgres_url(postgres18: servers.Server) -> Iterator[str]:
    """The URL of an empty database of the test's own, on PostgreSQL 18."""
    with postgres18.fresh_database(f"test_{next(_numbers)}") as url:
        yield url


@pytest.fixture(params=[18, 15], ids=["pg18", "pg15"])
def any_postgres(request: pytest.FixtureRequest) -> servers.Server:
    """Each server in turn: the test runs once on either version."""
    server: servers.Server = request.getfixturevalue(f"postgres{request.param}")
    return server


@pytest.fixture
def any_postgres_url(any_postgres: servers.Server) -> Iterator[str]:
    """As `postgres_url`, and the test runs once on either version."""
    with any_postgres.fresh_database(f"test_{next(_numbers)}") as url:
        yield url


@pytest.fixture(scope="session")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Page]:
    """A tab of a headless Chromium; skips where there is none, and fails there in CI."""
    with browser.running(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture
def project(tmp_path: Path) -> ProjectFactory:
    """Writes a project into the test's folder: `project({"sqlseed.toml": "...", ...})` gives the folder's path."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        return support.write_project(tmp_path / "project", files)

    return write


@pytest.fixture
def run_cli() -> Callable[..., support.CliResult]:
    """`run_cli(args, cwd, env)` of tests/support.py, for tests that would rather not import it."""
    return support.run_cli
