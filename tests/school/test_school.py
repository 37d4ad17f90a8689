"""The reference project: the same rows everywhere, and stable under growth."""

from __future__ import annotations

import csv
import signal
import subprocess
import time
from pathlib import Path

import duckdb
import psycopg
import pytest

from sqlseed import api
from sqlseed.events import Status
from sqlseed.model import Materialized
from sqlseed.targeting import Selection
from tests import servers, support
from tests.school.conftest import (
    SHORT,
    SMALL,
    Built,
    Databases,
    build,
    build_in_duckdb,
    copy_project,
    data_tests,
    open_workspace,
    write_profile,
)


def tables(built: Built) -> list[str]:
    """The target tables of the project."""
    models = built.workspace.compiled.values()
    return [model.relation.name for model in models if model.config.materialized is Materialized.TABLE]


def lost_rows(before: Built, after: Built) -> dict[str, int]:
    """By table, how many rows of `before` are not in `after` exactly as they were."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{before.path}' as a (read_only)")
        connection.execute(f"attach '{after.path}' as b (read_only)")
        counts = {
            table: connection.execute(
                f'select count(*) from (from a.main."{table}" except from b.main."{table}")'
            ).fetchall()[0][0]
            for table in tables(before)
        }
    return {table: count for table, count in counts.items() if count}


def _cut_models(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        cut = "select model from _sqlseed.checkpoint where slice like '%#%' group by model having count(*) > 4"
        return {row[0] for row in connection.execute(cut)}


def test_a_slice_that_is_cut_has_the_same_rows(databases: Databases, tmp_path: Path) -> None:
    path = tmp_path / "school.duckdb"
    workspace = open_workspace(tmp_path, preset="minimal", type="duckdb", path=path, threads=2, rows_per_chunk=300)
    select = ["+attendance_records", "+marks", "+marks_entries", "+student_period_attendance"]
    sums = build(workspace, select=select)
    assert sums == {name: databases["minimal"].checksums[name] for name in sums}
    with duckdb.connect(str(path), read_only=True) as connection:
        cut = "select count(*) from _sqlseed.checkpoint where slice like '%#%'"
        assert connection.execute(cut).fetchall()[0][0] > 20


@pytest.mark.parametrize("threads", [1, 8])
def test_postgres_gets_the_same_rows_as_duckdb(
    small: Built, any_postgres: servers.Server, tmp_path: Path, threads: int
) -> None:
    if threads == 1 and any_postgres.version == 15:
        pytest.skip("one thread is tried on the newest server")
    most = 3000 if threads == 8 else 0
    with any_postgres.fresh_database(f"school_{threads}") as url:
        workspace = open_workspace(
            tmp_path, variables=SHORT, type="postgres", url=url, threads=threads, rows_per_chunk=most
        )
        assert build(workspace, SMALL) == small.checksums
        if threads == 8:
            assert _cut_models(url) == {"attendance_records", "marks", "marks_entries", "student_period_attendance"}
            verdicts = api.test(workspace)
            assert [one for one in verdicts.verdicts if one.status is not Status.PASS] == []
            assert len(verdicts.verdicts) >= len(data_tests())


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
    workspace = open_workspace(tmp_path, variables=SHORT, type="postgres", url=postgres_url, threads=2)
    assert build(workspace, SMALL) == small.checksums


def test_the_dry_run_of_a_postgres_target_predicts_its_checksums(small: Built, tmp_path: Path) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    workspace = open_workspace(tmp_path, variables=SHORT, type="postgres", url=nowhere, threads=2)
    result = api.build(workspace, Selection(["students", "guardians"], slices={"branch": list(SMALL)}), dry_run=True)
    sums = {table.model: table.checksum for table in result.tables}
    assert sums == {name: small.checksums[name] for name in ("students", "guardians")}


def test_another_year_leaves_every_row_as_it_was(small: Built, tmp_path: Path) -> None:
    more = build_in_duckdb(tmp_path, variables=SHORT | {"years": 3})
    assert lost_rows(small, more) == {}
    assert len(more.query('select distinct name from "AcademicYear"')) == 3


def test_another_branch_leaves_every_row_as_it_was(small: Built, tmp_path: Path) -> None:
    less = build_in_duckdb(tmp_path / "less", variables=SHORT | {"branches": 4}, branches=["dps-east"])
    more = build_in_duckdb(tmp_path / "more", variables=SHORT | {"branches": 5}, branches=["dps-east", "dps-west"])
    assert lost_rows(less, more) == {}
    assert lost_rows(less, small) == {}


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
    assert lost_rows(small, more) == {}
    counts = 'select count(*) from "Student" where "branchId" = \'dps-east\''
    assert more.query(counts)[0][0] > small.query(counts)[0][0] * 1.2


def test_who_answered_a_ticket_on_the_last_afternoon_is_its_assignee(tmp_path: Path) -> None:
    """The first and last reply of an unassigned ticket, which is settled on the morning after the as-of date."""
    variables = {"years": 1, "as_of": "2025-01-10"}
    built = build_in_duckdb(tmp_path, variables=variables, branches=["ris-extension"], select=["+ticket_messages"])
    late = built.query(
        'select status from "Ticket" as ticket where "resolvedAt" is null'
        " and \"updatedAt\" >= timestamp '2025-01-10 09:56'"  # 15:26 in India
        ' and (select string_agg("authorType" order by "createdAt") from "TicketMessage"'
        '      where "ticketId" = ticket.id and "authorId" in ("ownerId", "assigneeId")) = \'guardian,staff\''
    )
    assert late == [("in_progress",)]


def test_a_changed_seed_of_randomness_changes_the_people(small: Built, tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    settings = (root / "pyproject.toml").read_text("utf-8")
    (root / "pyproject.toml").write_text(settings.replace("\nseed = 1\n", "\nseed = 2\n"), encoding="utf-8")
    other = build_in_duckdb(tmp_path, root=root, variables=SHORT, select=["+students", "tenants"])
    assert other.checksums["students"] != small.checksums["students"]
    assert other.checksums["tenants"] == small.checksums["tenants"]  # nothing random in it
