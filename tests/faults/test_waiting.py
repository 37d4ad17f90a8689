"""No statement waits for a lock for ever: every command ends when `lock_timeout` is over, and names the holder."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sqlseed import api, cli
from sqlseed.backends import open_backend
from sqlseed.errors import ConnectError, ExecuteError
from tests.behaviour.clinics import Database, build
from tests.faults import harness
from tests.faults.test_pooler import pooler, pooling

__all__ = ["pooler", "pooling"]

TESTED = {"tests/data/heavy.sql": "select 1 as n from {{ ref('patients') }} where weight > 4000"}
EVERY = ["plan", "build", "clean --yes", "test", "health", "debug", "audit-privacy", "lint --plans"]
SHORT = "120ms"


@contextlib.contextmanager
def locked(database: Database, table: str, mode: str = "access exclusive") -> Iterator[int]:
    """Somebody's transaction holds a lock on a table: its process."""
    with harness.admin(database.place) as holder:
        holder.execute("begin")
        holder.execute(f"lock table {table} in {mode} mode".encode())
        yield holder.info.backend_pid
        holder.execute("rollback")


def said(capsys: pytest.CaptureFixture[str], root: Path, command: str) -> tuple[int, str]:
    """The exit code of a command in this process, and all that it said."""
    capsys.readouterr()
    begin = time.monotonic()
    code = cli.run([*command.split(), "--project-dir", str(root)])
    assert time.monotonic() - begin < 20
    spoken = capsys.readouterr()
    return code, spoken.out + spoken.err


def test_a_lock_on_the_state_ends_every_command(any_pg, write, capsys):
    """Each of them asks for the checkpoints first, most outside of any transaction."""
    root = write(any_pg, TESTED, lock_timeout=SHORT)
    assert build(root).success
    before = any_pg.digest(), any_pg.state()
    commands = [one for one in EVERY if one != "audit-privacy"]  # reads the application's tables alone
    with locked(any_pg, "_sqlseed.checkpoint") as pid:
        for command in commands:
            code, text = said(capsys, root, command)
            assert code == 4, f"{command}: {text}"
            assert f"process {pid} ('test', idle in transaction, its transaction " in text, command
            assert 'holds AccessExclusiveLock on "_sqlseed".checkpoint' in text or (
                "holds AccessExclusiveLock on _sqlseed.checkpoint" in text
            ), text
    assert (any_pg.digest(), any_pg.state()) == before


def test_a_lock_on_a_table_ends_every_command(postgres, write, capsys):
    """What a command cannot do without is its failure; a slice or a test that fails is one of several."""
    root = write(postgres, TESTED, lock_timeout=SHORT)
    assert build(root).success
    before = postgres.digest(), postgres.state()
    expected = {"build": 1, "build --full-refresh": 4, "clean --yes": 4, "test": 1, "health": 4, "audit-privacy": 4}
    with locked(postgres, '"Patient"') as pid:
        for command in ("plan", "build --no-tests", "debug"):  # there is nothing to read in it
            code, text = said(capsys, root, command)
            assert code == 0, text
        for command, wanted in expected.items():
            code, text = said(capsys, root, command)
            assert code == wanted, f"{command}: {text}"
            assert f"process {pid} " in text, command
            assert 'holds AccessExclusiveLock on "Patient"' in text, command
    assert (postgres.digest(), postgres.state()) == before


def test_a_lock_on_a_table_of_integer_keys_ends_a_plan(postgres, write, capsys):
    """The highest key is read before anything is recorded."""
    root = write(postgres, lock_timeout=SHORT)
    postgres.run('create table "Invoice" (id integer primary key, "clinicId" text not null, "visitId" uuid not null,'
                 " amount integer not null)")  # fmt: skip
    with locked(postgres, '"Invoice"') as pid:
        for command in ("plan", "build"):
            code, text = said(capsys, root, command)
            assert code == 4, text
            assert f"process {pid} " in text
            assert "another session holds a lock on this table; try again when it is done" in text


def test_whoever_prepares_a_build_is_named(postgres, write):
    """The lock is no table's: two builds that begin at once wait for each other, and one of them may sleep."""
    root = write(postgres, lock_timeout=SHORT)
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute("select pg_advisory_lock(72707370), pg_advisory_xact_lock(hashtext('sqlseed:_sqlseed'))")
        with pytest.raises(ConnectError, match="before the first slice") as caught:
            build(root)
        assert f"process {holder.info.backend_pid} " in caught.value.message
        assert caught.value.message.count("holds ExclusiveLock on an advisory lock") == 1


def test_through_a_pooler_too(postgres, write, pooler):
    """A statement outside of a transaction has the limit of a transaction of its own, and leaves none behind."""
    assert build(write(postgres)).success
    with pooler(1) as (url, _), locked(postgres, "_sqlseed.checkpoint"):
        root = write(Database("postgres", url), lock_timeout=SHORT)
        with pytest.raises(ConnectError, match="holds AccessExclusiveLock"):
            api.plan(api.load(root))
        with harness.admin(url) as client:
            assert client.execute("show lock_timeout").fetchone() == ("0",)


def test_without_the_limit_it_would_wait(postgres, write, monkeypatch):
    """The control: a session that was not told has the server's own limit, which is none."""
    root = write(postgres, lock_timeout=SHORT)
    assert build(root).success
    workspace = api.load(root)
    told = open_backend(workspace.target, workspace.project.root).connect()
    untold = "select pg_catalog.set_config('lock_timeout', '0', false) where $1 = $1::integer and $2 <> ''"
    monkeypatch.setattr("sqlseed.backends.pg_sql.GREETING", untold)
    patient = open_backend(workspace.target, workspace.project.root).connect()
    with locked(postgres, "_sqlseed.checkpoint"):
        with pytest.raises(ExecuteError, match="55P03"):
            told.checkpoints()
        patient.run("set statement_timeout = '500ms'")
        with pytest.raises(ExecuteError, match="57014"):
            patient.checkpoints()
    told.close()
    patient.close()
