"""kill -9 at random moments: the build that gets through at last leaves the rows of an undisturbed one.

Five to twenty-five kills in an ordinary test run; SQLSEED_KILLS=500 for five hundred on each engine.
"""

from __future__ import annotations

import pytest

from tests.behaviour.clinics import Database, build
from tests.faults import harness

SEED = 20260930


def test_kills_on_postgres(postgres, tmp_path):
    root = harness.write_slow(tmp_path / "project", postgres)
    report = harness.torture(postgres, root, harness.KILLS or 15, SEED, harness.sqlseed_command())
    print(report)
    assert report.wrong == []
    assert report.kills >= (harness.KILLS or 15)
    harness.stop_sessions(postgres)


def test_kills_on_duckdb(tmp_path):
    database = Database("duckdb", str(tmp_path / "clinics.duckdb"))
    root = harness.write_slow(tmp_path / "project", database)
    report = harness.torture(database, root, harness.KILLS or 10, SEED + 1, harness.sqlseed_command())
    print(report)
    assert report.wrong == []


@pytest.mark.parametrize("model", ["visit_plan", "invoices"])
@pytest.mark.parametrize("mode", ["together", "apart"])
def test_killed_between_rows_and_checkpoint(postgres, tmp_path, mode, model):
    """The moment that decides. Negative control: with the checkpoint committed apart from the rows the next build
    writes them twice, or fails."""
    root = harness.write_slow(tmp_path / "project", postgres)
    wrong = harness.killed_in_the_window(postgres, root, mode, model)
    assert bool(wrong) == (mode == "apart"), wrong


def test_resume_meets_the_orphan_of_the_killed_run(postgres, tmp_path):
    """The server goes on with a statement whose client is gone; the next build waits for its end or its rollback."""
    root = harness.write_slow(tmp_path / "project", postgres)
    harness.reset(postgres)
    with harness.running(root) as process:
        harness.wait_for_line(process, "slice_started")
        process.kill()
    assert build(root).success
    digest = postgres.digest()
    harness.reset(postgres)
    assert build(root).success
    assert postgres.digest() == digest
