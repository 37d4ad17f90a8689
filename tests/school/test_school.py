"""The reference project: the same rows everywhere, stable under growth, and believable."""

from __future__ import annotations

import csv
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import pytest

from sqlseed import api, dialect, templates
from sqlseed.model import Seed
from sqlseed.targeting import Selection
from tests import servers, support
from tests.school.conftest import SHORT, SMALL, Built, build_in_duckdb, copy_project, write_profile

TABLES = (
    "Tenant", "AcademicYear", "Class", "Section", "Subject", "Staff", "Teacher", "Student", "Guardian",
    "StudentGuardian", "Enrollment", "AttendanceRecord",
)  # fmt: skip


def lost_rows(before: Path, after: Path) -> dict[str, int]:
    """By table, how many rows of `before` are not in `after` exactly as they were."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{before}' as a (read_only)")
        connection.execute(f"attach '{after}' as b (read_only)")
        counts = {
            table: connection.execute(
                f'select count(*) from (from a.main."{table}" except from b.main."{table}")'
            ).fetchall()[0][0]
            for table in TABLES
        }
    return {table: count for table, count in counts.items() if count}


@pytest.mark.parametrize("threads", [1, 8])
def test_postgres_gets_the_same_rows_as_duckdb(
    small: Built, any_postgres: servers.Server, tmp_path: Path, threads: int
) -> None:
    if threads == 1 and any_postgres.version == 15:
        pytest.skip("one thread is tried on the newest server")
    with any_postgres.fresh_database(f"school_{threads}") as url:
        profiles = write_profile(tmp_path, type="postgres", url=url, threads=threads)
        workspace = api.load(support.ROOT, profiles_dir=profiles, vars=SHORT)
        workspace.target_path = tmp_path / "target"
        result = api.build(workspace, Selection(slices={"branch": list(SMALL)}), checksums=True)
    assert result.success, result.failures
    assert {table.model: table.checksum for table in result.tables} == small.checksums


def test_a_killed_build_that_runs_again_ends_with_the_same_rows(
    small: Built, postgres_url: str, tmp_path: Path
) -> None:
    profiles = write_profile(tmp_path, type="postgres", url=postgres_url, threads=2)
    args = ["build", "--project-dir", str(support.ROOT), "--profiles-dir", str(profiles), "--branch", ",".join(SMALL)]
    args += ["--vars", f"as_of: {SHORT['as_of']}", "--vars", f"years: {SHORT['years']}", "--quiet"]
    killed = 0
    for seconds in (0.9, 1.8, 2.7):
        process = subprocess.Popen(
            support.cli_command(args), env=support.cli_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    assert killed, "every build ended before it could be killed"
    workspace = api.load(support.ROOT, profiles_dir=profiles, vars=SHORT)
    workspace.target_path = tmp_path / "target"
    result = api.build(workspace, Selection(slices={"branch": list(SMALL)}), checksums=True)
    assert result.success, result.failures
    assert {table.model: table.checksum for table in result.tables} == small.checksums


def test_the_dry_run_of_a_postgres_target_predicts_its_checksums(small: Built, tmp_path: Path) -> None:
    profiles = write_profile(tmp_path, type="postgres", url="postgresql://nobody@127.0.0.1:1/none", threads=2)
    workspace = api.load(support.ROOT, profiles_dir=profiles, vars=SHORT)
    result = api.build(workspace, Selection(["students", "guardians"], slices={"branch": list(SMALL)}), dry_run=True)
    sums = {table.model: table.checksum for table in result.tables}
    assert sums == {name: small.checksums[name] for name in ("students", "guardians")}


def test_another_year_leaves_every_row_as_it_was(small: Built, tmp_path: Path) -> None:
    more = build_in_duckdb(tmp_path, variables=SHORT | {"years": 3})
    assert lost_rows(small.path, more.path) == {}
    assert len(more.query('select distinct name from "AcademicYear"')) == 3


def test_another_branch_leaves_every_row_as_it_was(small: Built, tmp_path: Path) -> None:
    less = build_in_duckdb(tmp_path / "less", variables=SHORT | {"branches": 4}, branches=["dps-east"])
    more = build_in_duckdb(tmp_path / "more", variables=SHORT | {"branches": 5}, branches=["dps-east", "dps-west"])
    assert lost_rows(less.path, more.path) == {}
    assert lost_rows(less.path, small.path) == {}


def test_more_pupils_in_a_branch_leave_every_row_as_it_was(small: Built, tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    path = root / "seeds" / "branches.csv"
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    for row in rows:
        if row["id"] == "dps-east":
            row["sections_per_grade"] = str(int(row["sections_per_grade"]) + 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    more = build_in_duckdb(tmp_path, root=root, variables=SHORT)
    assert lost_rows(small.path, more.path) == {}
    counts = 'select count(*) from "Student" where "branchId" = \'dps-east\''
    assert more.query(counts)[0][0] > small.query(counts)[0][0] * 1.2


def test_a_changed_seed_of_randomness_changes_the_people(small: Built, tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    settings = (root / "pyproject.toml").read_text("utf-8")
    (root / "pyproject.toml").write_text(settings.replace("\nseed = 1\n", "\nseed = 2\n"), encoding="utf-8")
    other = build_in_duckdb(tmp_path, root=root, variables=SHORT, exclude=["attendance_records"])
    assert other.checksums["students"] != small.checksums["students"]
    assert other.checksums["tenants"] == small.checksums["tenants"]  # nothing random in it


def lookup(seed: Seed) -> str:
    """A seed as a subquery: a lookup table that no model reads is not in the target."""
    types = [column.type for column in seed.columns]

    def cell(value: object, kind: str) -> str:
        text = "null" if value is None else "'" + str(value).replace("'", "''") + "'"
        return f"{text}::{kind}"

    rows = ", ".join("(" + ", ".join(map(cell, row, types)) + ")" for row in seed.rows)
    names = ", ".join(column.name for column in seed.columns)
    return f"(select {names} from (values {rows}) as v ({names}))"


def data_tests() -> list[Path]:
    return sorted((support.ROOT / "tests" / "data").glob("**/*.sql"))


@pytest.mark.parametrize("path", data_tests(), ids=lambda path: path.stem)
def test_data(path: Path, people: Built, small: Built) -> None:
    """Each file of tests/data/ is a query that returns the rows that are wrong; `attendance_` ones need attendance."""
    built = small if path.stem.startswith("attendance_") else people
    compiled = built.workspace.compiled

    def ref(name: str) -> str:
        return str(compiled[name].relation)

    def seed(name: str) -> str:
        return lookup(built.workspace.project.seeds[name])

    context = {"ref": ref, "seed": seed, "var": built.workspace.variables.__getitem__}
    sql = templates.render(path.read_text("utf-8"), context, path.name)
    wrong = built.query(f"select * from (\n{dialect.to_duckdb(sql, {})}\n) as wrong limit 5")
    assert wrong == []


def test_every_data_test_is_found() -> None:
    assert len(data_tests()) >= 20
