"""A full disk, on a small one of its own; artifacts that cannot be written."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

from sqlseed.events import EventKind
from tests import servers
from tests.behaviour.clinics import Database, build
from tests.faults import harness, invariants


@pytest.fixture
def small_disk():
    """A database, on a server of its own, with a tablespace `small` on a tmpfs of 12 MB; skips where that cannot be
    mounted, and fails there in CI."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    folder = Path(tempfile.mkdtemp(prefix="sqlseed-disk-", dir="/tmp"))
    folder.chmod(0o755)  # the server's user must get through
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        folder.rmdir()
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no small disk: {mounted.stderr}")
    try:
        with servers.running_server(18) as server, server.fresh_database("disk") as url:
            inside = folder / "space"
            inside.mkdir(mode=0o700)
            owner = server.data.stat()
            os.chown(inside, owner.st_uid, owner.st_gid)
            database = Database("postgres", url)
            database.run(f"create tablespace small location '{inside}'")
            yield database
    finally:
        subprocess.run(["umount", "-l", folder])
        folder.rmdir()


def test_full_disk(small_disk, tmp_path):
    """Slices that do not fit fail once, and wholly; when there is room, the next build writes what is missing."""
    root = harness.write_slow(tmp_path / "project", small_disk)
    reference = invariants.undisturbed(small_disk, root)
    assert build(root, "+visits", slices={"clinic": ["c1"], "year": ["2021"]}).success
    small_disk.run('alter table "Visit" set tablespace small', "create table filler (a text) tablespace small")
    for rows in (1000, 100, 10, 1):
        fill(small_disk, rows)
    result = build(root)
    failed = [one for one in result.failures if "53100" in one.message]
    assert failed, [(str(one.slice), one.message) for one in result.results]
    assert {one.attempts for one in failed} == {1}
    assert "the disk is full; rolled-back rows still take space until VACUUM" in failed[0].message
    assert invariants.problems(small_disk, root, reference) == []
    small_disk.run("drop table filler")
    assert invariants.recovered(small_disk, root, reference)[0] == []


def fill(database, rows: int) -> None:
    """Rows upon rows, until the disk takes no more of them at a time."""
    for _ in range(100):
        try:
            database.run(f"insert into filler select repeat(md5(g::text), 60) from generate_series(1, {rows}) as g")
        except psycopg.errors.DiskFull:
            return
    raise AssertionError("the disk is never full")


def test_artifacts_that_cannot_be_written(postgres, write):
    """The rows count: a warning, and no half a file."""
    root = write(postgres)
    (root / "target").write_text("in the way")
    events: list = []
    assert build(root, on_event=events.append).success
    warnings = [event.message for event in events if event.kind is EventKind.WARNING]
    assert any("was not written" in text for text in warnings)
