"""A hot standby as a target: a real one, which follows the tests' own server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sqlseed import api, cli
from sqlseed.errors import GuardError
from tests.behaviour.clinics import Database, build, changed
from tests.faults import harness
from tests.servers import find_binaries
from tests.support import write_project


@pytest.fixture
def standby(postgres18, postgres) -> Iterator[Database]:
    """The same database on a server that only replays what the first one writes."""
    binaries = find_binaries(18)
    assert binaries is not None
    root = os.geteuid() == 0
    running = Path(f"/proc/{postgres18.pid}")
    owner = running.stat()
    program = os.fsdecode((running / "cmdline").read_bytes().split(b"\0")[0])
    environment = dict(
        os.fsdecode(pair).split("=", 1) for pair in (running / "environ").read_bytes().split(b"\0") if b"=" in pair
    )
    folder = Path(tempfile.mkdtemp(prefix="sqlseed-standby-"))
    data = folder / "data"
    try:
        copy = ["--write-recovery-conf", "--no-sync", "--checkpoint=fast", f"--dbname={postgres18.url}"]
        subprocess.run([binaries / "pg_basebackup", *copy, "-D", data], check=True, capture_output=True)
        assert (data / "standby.signal").exists()
        if root:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [program, "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder), "-F"]
        with subprocess.Popen(
            command, env=environment, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            user=owner.st_uid if root else None, group=owner.st_gid if root else None,
            extra_groups=[] if root else None,
        ) as process:  # fmt: skip
            url = f"postgresql://postgres@127.0.0.1:{port}{postgres.place[postgres.place.rindex('/') :]}"
            try:
                harness.wait_until(lambda: _follows(url), 30)
                yield Database("postgres", url)
            finally:
                process.send_signal(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)


def _follows(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            return connection.execute("select pg_is_in_recovery()").fetchone() == (True,)
    except psycopg.OperationalError:
        return False


def test_a_standby_is_read_and_never_written(postgres, standby, tmp_path, write, capsys):
    """One line, exit code 3, whether there is something to do or not; what only reads works."""
    first = write(postgres)
    assert build(first).success
    name = standby.place.rpartition("/")[2]
    harness.wait_until(
        lambda: standby.query("select count(*) from pg_tables where tablename = 'Invoice'") == [(1,)], 30
    )
    harness.wait_until(lambda: standby.digest() == postgres.digest(), 30)
    files = {path.relative_to(first).as_posix(): path.read_text() for path in first.rglob("*.*") if path.is_file()}
    files["profiles.yml"] = standby.profile()
    root = write_project(tmp_path / "second", {name: text for name, text in files.items() if "target/" not in name})
    line = f"error: the database '{name}' cannot be written: it is a hot standby\n  hint: connect to one that can\n"
    for command in (["build"], ["build", "--full-refresh"], ["clean", "--yes"], ["plan"]):
        code = cli.run([*command, "--project-dir", str(root)])
        said = capsys.readouterr().err
        assert (code, said[-len(line) :]) == (3, line), f"{command}: {said}"
    assert cli.run(["debug", "--project-dir", str(root)]) == 2
    assert "FAILED  guards" in capsys.readouterr().out
    assert cli.run(["health", "--project-dir", str(root)]) == 0
    assert standby.digest() == postgres.digest()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):  # the server's own answer, had nobody asked before
        standby.run("create table t (a int)")
    assert cli.run(["plan", "--project-dir", str(first)]) == 0  # the control: the server that it follows


def test_an_empty_standby(postgres, standby, tmp_path, write):
    """Nothing was ever built: the refusal comes before anything is looked for."""
    del postgres
    root = write(standby, changed("sqlseed.toml", "patients = 6", "patients = 4"))
    with pytest.raises(GuardError, match="it is a hot standby") as caught:
        build(root)
    assert caught.value.exit_code == 3
    assert [str(one) for one in api.plan(root).refusals] == [str(caught.value)]
