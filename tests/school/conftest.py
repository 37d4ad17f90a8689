"""The reference project, built for tests: each database once per run, whatever the number of pytest's workers."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from sqlseed import api, dialect, templates
from sqlseed.assertions.compiling import Prepared, Preparer
from sqlseed.targeting import Selection
from sqlseed.workspace import Workspace
from tests.support import ROOT

SMALL = ("dps-east", "sps-senior")  # branches with few pupils; Delhi and Kolkata, primary and senior
SHORT = {"as_of": "2026-05-31", "years": 2}  # a whole year, and two months of the running one


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to build the school: preset and vars, and the branches to build, all if none is named."""

    preset: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    branches: Sequence[str] = ()


VARIANTS = {
    "demo": Variant(),
    "minimal": Variant("minimal"),
    "small": Variant(variables=SHORT, branches=SMALL),
    "one_year": Variant(variables={"years": 1}, branches=SMALL),
    "five_years": Variant(variables={"years": 5}, branches=SMALL),
    "in_a_vacation": Variant(variables={"years": 2, "as_of": "2026-06-10", "phone_mode": "undialable"}, branches=SMALL),
    "on_1_april": Variant(variables={"years": 2, "as_of": "2026-04-01"}, branches=SMALL),
    "larger": Variant("minimal", {"scale": 4}),
}


@functools.cache
def _to_duckdb(sql: str, types: tuple[tuple[str, str], ...]) -> str:
    """Most tests have the same text in every variant."""
    return dialect.select_to_duckdb(sql, dict(types), in_part=True)


_STAR = re.compile(r"(?:select|distinct|,)\s*\*|\.\s*\*", re.IGNORECASE)


def _columns_set(statement: exp.Expr | None) -> frozenset[str]:
    """The columns that an update sets, in lower case; none for a statement that is no update."""
    if not isinstance(statement, exp.Update):
        return frozenset()
    found = {column.name.lower() for one in statement.expressions for column in one.this.find_all(exp.Column)}
    assert found, statement.sql()
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Mutation:
    """Statements that break a database, what they write, and the names of the tests that fail."""

    statements: Sequence[str]
    written: Sequence[tuple[str, frozenset[str]]]  # a model, and its columns that are set; none where rows come or go
    fails: frozenset[str]


@dataclass(frozen=True)
class Built:
    """A finished build in a DuckDB file."""

    workspace: Workspace
    path: Path
    checksums: Mapping[str, str | None]  # by model

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the finished database."""
        with self.connect(read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def connect(self, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
        """A session with the settings that sqlseed works with."""
        return duckdb.connect(str(self.path), read_only=read_only, config={"integer_division": True})

    @functools.cached_property
    def queries(self) -> dict[str, str]:
        """The project's tests by name, each as a query for DuckDB for its first rows."""
        return {
            name: f"select * from (\n{_to_duckdb(one.sql, tuple(one.types.items()))}\n) as wrong limit 5"
            for name, one in self._tests.items()
        }

    def readers(self, written: Sequence[tuple[str, frozenset[str]]]) -> list[str]:
        """The names of the tests that read what was written; of a column, those that name it or have all by a star."""
        return [
            name
            for name, one in self._tests.items()
            if any(
                model in one.refs
                and (not columns or _STAR.search(one.sql) or not columns.isdisjoint(self._words[name]))
                for model, columns in written
            )
        ]

    def mutation(self, path: Path) -> Mutation:
        """The statements of a mutation, with this project's tables."""
        names: list[str] = []

        def ref(name: str) -> str:
            return str(self.workspace.compiled[name].relation)

        def writes(name: str) -> str:
            names.append(name)
            return ref(name)

        text = path.read_text("utf-8")
        listed = re.search(r"^-- Also fails: (.*(?:\n--   .*)*)", text, flags=re.MULTILINE)
        fails = {path.stem, *re.findall(r"\w+", listed[1])} if listed else {path.stem}
        marked = re.sub(r"^((?:update|delete from|insert into) \{\{ )ref\(", r"\1writes(", text, flags=re.MULTILINE)
        context = {"ref": ref, "writes": writes, "var": self.workspace.variables.__getitem__}
        sql = templates.render(marked, context, path.name)
        written = list(zip(names, map(_columns_set, sqlglot.parse(sql, dialect="duckdb")), strict=True))
        return Mutation(re.split(r"^;\s*$", sql, flags=re.MULTILINE), written, frozenset(fails))

    @functools.cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        return {name: frozenset(re.findall(r"\w+", one.sql.lower())) for name, one in self._tests.items()}

    @functools.cached_property
    def _tests(self) -> dict[str, Prepared]:
        """With all lookup tables as rows: one that no model reads is not in the target."""
        return Preparer(self.workspace, frozenset(self.workspace.project.seeds)).all()


def write_profile(folder: Path, **settings: object) -> Path:
    """A profiles.yml with one target of these settings; its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if settings["type"] == "postgres":  # the user of the tests' servers is a superuser
        settings |= {"environment": "test", "allow_superuser": "true"}
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


def open_workspace(
    folder: Path,
    root: Path = ROOT,
    variables: Mapping[str, object] | None = None,
    preset: str | None = None,
    **target: object,
) -> Workspace:
    """The project with one target: a DuckDB file, unless settings are given. All that is written is in `folder`."""
    settings = target or {"type": "duckdb", "path": folder / "school.duckdb", "memory_limit": "256MB", "threads": 2}
    profiles = write_profile(folder, **settings)
    workspace = api.load(root, profiles_dir=profiles, vars=variables or {}, preset=preset)
    workspace.target_path = folder / "target"
    return workspace


def build(workspace: Workspace, branches: Sequence[str] = (), select: Sequence[str] = ()) -> dict[str, str | None]:
    """Builds the project, or these branches of it; the checksums by model."""
    slices = {"branch": list(branches)} if branches else {}
    result = api.build(workspace, Selection(select=list(select), slices=slices), checksums=True, tests=False)
    assert result.success, result.failures
    return {table.model: table.checksum for table in result.tables}


def build_in_duckdb(
    folder: Path,
    *,
    root: Path = ROOT,
    variables: Mapping[str, object] | None = None,
    branches: Sequence[str] = SMALL,
    select: Sequence[str] = (),
) -> Built:
    """Builds into `folder`/school.duckdb."""
    workspace = open_workspace(folder, root, variables)
    return Built(workspace, folder / "school.duckdb", build(workspace, branches, select))


def data_tests() -> list[Path]:
    """The project's data tests: queries that return the rows that are wrong."""
    return sorted((ROOT / "tests" / "data").glob("**/*.sql"))


class Databases:
    """The variants' databases, built when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder  # the same for all workers
        self._open: dict[str, Built] = {}

    def __getitem__(self, name: str) -> Built:
        if name not in self._open:
            self._open[name] = self._built(name, VARIANTS[name])
        return self._open[name]

    def _built(self, name: str, variant: Variant) -> Built:
        folder = self._folder / name
        folder.mkdir(parents=True, exist_ok=True)
        workspace = open_workspace(folder, variables=variant.variables, preset=variant.preset)
        sums = folder / "checksums.json"
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not sums.exists():
                sums.write_text(json.dumps(build(workspace, variant.branches)), encoding="utf-8")
        return Built(workspace, folder / "school.duckdb", json.loads(sums.read_text("utf-8")))


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """The school in every variant."""
    folder = tmp_path_factory.getbasetemp()
    return Databases((folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "schools")


@pytest.fixture(scope="session")
def small(databases: Databases) -> Built:
    """Two small branches, a year and two months of the next."""
    return databases["small"]
