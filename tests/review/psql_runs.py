"""Helpers of the tests of the psql scripts: a project with its scripts, a database, and psql itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from sqlseed import api, planner
from sqlseed.review.psql import write_scripts
from sqlseed.workspace import Workspace
from tests.servers import Server, find_binaries
from tests.support import ROOT

STATE = """
    select model, slice, fingerprint, rows, checksum, sqlseed_version from _sqlseed.checkpoint order by model, slice
"""
RANGES = "select model, slice, first, last from _sqlseed.key_range order by model, slice"


@dataclass(frozen=True, slots=True)
class Case:
    """A project on disk, and how it is opened."""

    root: Path
    preset: str | None = None
    variables: Mapping[str, Any] | None = None

    def workspace(self, url: str, folder: Path) -> Workspace:
        """The project with a target at `url`; all that is written is in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        lines = f"type: postgres, url: '{url}', threads: 2, environment: test, allow_superuser: true"
        (folder / "profiles.yml").write_text(f"sqlseed: {{target: test, outputs: {{test: {{{lines}}}}}}}\n", "utf-8")
        workspace = api.load(self.root, profiles_dir=folder, preset=self.preset, vars=self.variables or {})
        workspace.target_path = folder / "target"
        return workspace


def weather(folder: Path, **variables: int) -> Case:
    """A copy of the example with serial keys."""
    shutil.copytree(ROOT / "examples" / "weather", folder / "weather", ignore=shutil.ignore_patterns("target"))
    return Case(folder / "weather", variables=variables)


def scripts_for(workspace: Workspace, folder: Path) -> Path:
    """Writes the scripts for an empty target, without a look at it; their folder."""
    most = workspace.target.rows_per_chunk
    made = planner.Planner(
        workspace.project, workspace.checked(), workspace.variables, workspace.values, rows_per_chunk=most
    )
    made.ranges = planner.allocate(made, {}, {})
    write_scripts(workspace, made, made.plan(frozenset(workspace.compiled)), folder)
    return folder


def command(server: Server, url: str, script: Path, *options: str) -> list[str]:
    """The words that run a script with the psql of the server's own version."""
    binaries = find_binaries(server.version)
    assert binaries is not None
    return [str(binaries / "psql"), "-X", "-v", "ON_ERROR_STOP=1", *options, "-d", url, "-f", str(script)]


def environment() -> dict[str, str]:
    """An environment in which the developer's own settings of psql do not count; its encoding is not UTF-8."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def psql(server: Server, url: str, script: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs a script to its end."""
    return subprocess.run(
        command(server, url, script, *options), env=environment(), capture_output=True, encoding="utf-8", timeout=300
    )


def run(server: Server, url: str, script: Path, *options: str) -> str:
    """Runs a script that has to succeed; what it printed."""
    done = psql(server, url, script, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(server: Server, url: str, script: Path) -> str:
    """Runs a script that has to stop with an error; the error."""
    done = psql(server, url, script)
    assert done.returncode == 3, done.stdout + done.stderr
    return done.stderr


def built(case: Case, url: str, folder: Path) -> tuple[api.BuildResult, dict[str, str | None]]:
    """Builds with sqlseed; the result, and the checksums by model."""
    result = api.build(case.workspace(url, folder), checksums=True, tests=False)
    assert result.success, result.failures
    return result, {table.model: table.checksum for table in result.tables}


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What a query gives; of a statement without rows nothing."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []
