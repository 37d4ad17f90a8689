"""The reference project built for tests: without attendance over all branches, and with it in two small ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sqlseed import api
from sqlseed.targeting import Selection
from sqlseed.workspace import Workspace
from tests.support import ROOT

SMALL = ("dps-east", "sps-senior")  # branches with few pupils; Delhi and Kolkata, primary and senior
SHORT = {"as_of": "2026-05-31", "years": 2}  # a whole year, and two months of the running one


@dataclass(frozen=True, slots=True)
class Built:
    """A finished build in a DuckDB file."""

    workspace: Workspace
    path: Path
    result: api.BuildResult

    @property
    def checksums(self) -> dict[str, str | None]:
        """By model."""
        return {table.model: table.checksum for table in self.result.tables}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the finished database."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def write_profile(folder: Path, **settings: object) -> Path:
    """A profiles.yml with one target of these settings; its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(
        f'      {key}: "{value}"\n' if key != "threads" else f"      {key}: {value}\n"
        for key, value in settings.items()
    )
    text = f"sqlseed:\n  target: test\n  outputs:\n    test:\n{lines}"
    (folder / "profiles.yml").write_text(text, encoding="utf-8")
    return folder


def copy_project(folder: Path) -> Path:
    """The reference project's own files, for a test that changes one."""
    for name in ("models", "macros", "seeds"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder


BuildSchool = Callable[..., Built]


def build_in_duckdb(
    folder: Path,
    *,
    root: Path = ROOT,
    variables: Mapping[str, object] | None = None,
    branches: Sequence[str] = SMALL,
    exclude: Sequence[str] = (),
) -> Built:
    """Builds into `folder`/school.duckdb; `branches` are the slices wanted, all if empty."""
    profiles = write_profile(folder, type="duckdb", path=folder / "school.duckdb", threads=2)
    workspace = api.load(root, profiles_dir=profiles, vars=variables or {})
    workspace.target_path = folder / "target"
    slices = {"branch": list(branches)} if branches else {}
    result = api.build(workspace, Selection(exclude=list(exclude), slices=slices), checksums=True)
    assert result.success, result.failures
    return Built(workspace, folder / "school.duckdb", result)


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """All branches and the default years, without attendance."""
    folder = tmp_path_factory.mktemp("people")
    return build_in_duckdb(folder, branches=(), exclude=["attendance_records"])


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Two small branches with attendance, a year and two months of it."""
    return build_in_duckdb(tmp_path_factory.mktemp("small"), variables=SHORT)
