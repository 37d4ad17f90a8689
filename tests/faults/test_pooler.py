"""Through Debian's PgBouncer in transaction mode: it works, lost server connections included, and leaves nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from sqlseed.errors import ConnectError
from sqlseed.events import Event, EventKind
from tests.behaviour.clinics import Database, build
from tests.faults import harness
from tests.faults.test_connection import _undisturbed, after

TRANSIENT = {"application_name"}  # the pooler itself sets the client's own


@contextlib.contextmanager
def pooling(url: str, folder: Path, size: int) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A PgBouncer with so many server connections: its URL for the database, and its process."""
    parts = urlsplit(url)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    name = parts.path[1:]
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\n{name} = host={parts.hostname} port={parts.port} user=postgres\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\nadmin_users = postgres\n"
        f"pool_mode = transaction\ndefault_pool_size = {size}\nmax_client_conn = 50\nserver_login_retry = 1\n"
    )
    for path in (folder, *folder.parents[:2]):
        path.chmod(path.stat().st_mode | 0o055)
    step_down = ["-u", "nobody"] if os.geteuid() == 0 else []
    with subprocess.Popen(
        ["pgbouncer", *step_down, str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            pooled = url.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{port}")
            harness.wait_until(lambda: _answers(pooled))
            yield pooled, process
        finally:
            process.send_signal(signal.SIGTERM)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture
def pooler(postgres, tmp_path):
    """Skips where there is no PgBouncer, and fails there in CI."""
    if shutil.which("pgbouncer") is None:
        if os.environ.get("CI"):
            pytest.fail("pgbouncer is not installed; .ci/run installs it as root")
        pytest.skip("pgbouncer is not installed: apt-get install pgbouncer")
    folder = tmp_path / "pooler"
    folder.mkdir()
    return lambda size: pooling(postgres.place, folder, size)


def settings(url: str) -> tuple[int, dict[str, str]]:
    """The server process that a client of the pooler gets, and all of its settings."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as client:
        row = client.execute("select pg_backend_pid()").fetchone()
        assert row is not None
        return row[0], {name: value for name, value, _ in client.execute("show all") if name not in TRANSIENT}


def test_build_through_a_transaction_pooler_leaves_nothing(postgres, write, pooler):
    """One server connection for everybody: what the build left on it, the next client would have."""
    expected = _undisturbed(postgres, write)
    with pooler(1) as (url, _):
        before = settings(url)
        assert build(write(Database("postgres", url))).success
        assert settings(url) == before
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as client:
            assert client.execute("select count(*) from pg_prepared_statements").fetchone() == (0,)
            assert client.execute("select count(*) from pg_locks where locktype = 'advisory'").fetchone() == (0,)
            client.execute("set search_path = pg_catalog")  # a setting that does leak is seen by the same means
        assert settings(url) != before
    assert postgres.digest() == expected


def test_pooler_that_ends_the_server_connections(postgres, write, pooler):
    """As when it is told to RECONNECT or KILL: the slices are tried again on new ones."""
    expected = _undisturbed(postgres, write)
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    with pooler(4) as (url, _):
        result = build(
            write(Database("postgres", url)),
            on_event=after(6, lambda: postgres.query(f"{kill} and pid <> pg_backend_pid()")),
        )
    assert result.success, [failure.message for failure in result.failures]
    assert postgres.digest() == expected


@contextlib.contextmanager
def console(url: str) -> Iterator[psycopg.Connection]:
    """The pooler's own administration."""
    with psycopg.connect(url.rpartition("/")[0] + "/pgbouncer", autocommit=True) as admin:
        yield admin


@pytest.mark.parametrize("moment", [EventKind.TABLE_CREATED, EventKind.SLICE_STARTED], ids=["before", "during"])
@pytest.mark.parametrize(
    "commands",
    [["RECONNECT {}"], ["KILL {}", "RESUME {}"], ["PAUSE {}", "RESUME {}"], ["SUSPEND", "RESUME"]],
    ids=["reconnect", "kill", "pause", "suspend"],
)
def test_administration_of_the_pooler(postgres, write, pooler, commands, moment):
    """Whatever its administrator does while a build runs: the rows are those of an undisturbed one."""
    expected = _undisturbed(postgres, write)
    name = postgres.place.rpartition("/")[2]
    seen: list[Event] = []
    said: list[str] = []
    with pooler(4) as (url, _), console(url) as admin:

        def administer() -> None:
            for i, command in enumerate(commands):
                time.sleep(0.3 * i)  # others come to wait meanwhile
                said.append(admin.execute(command.format(name).encode()).statusmessage or "")

        aside = threading.Thread(target=administer)

        def on_event(event: Event) -> None:
            seen.append(event)
            count = sum(one.kind is moment for one in seen)
            if event.kind is moment and count == (4 if moment is EventKind.SLICE_STARTED else 1):
                aside.start()  # a thread of its own: PAUSE waits for the transactions that are open

        result = build(write(Database("postgres", url)), on_event=on_event)
        aside.join()
    assert [one.split()[0] for one in said] == [command.split()[0] for command in commands]
    assert result.success, [failure.message for failure in result.failures]
    if commands[0].startswith("KILL"):  # the control: it does break connections
        lost = [one for one in seen if one.kind in (EventKind.SLICE_RETRIED, EventKind.WARNING)]
        assert lost
    assert postgres.digest() == expected


def test_migrations_are_kept_out_of_each_transaction(postgres, write, pooler):
    """Prisma's lock, which no session can hold through a pooler, is shared by every slice's transaction."""
    counting = "select count(*) from pg_locks where locktype = 'advisory' and objid = 72707369 and mode = 'ShareLock'"
    shared: list[int] = []
    stopped = threading.Event()

    def look() -> None:
        with psycopg.connect(postgres.place, autocommit=True) as other:
            while not stopped.is_set():
                shared.extend(row[0] for row in other.execute(counting))

    with pooler(4) as (url, _), psycopg.connect(postgres.place, autocommit=True) as migration:
        root = write(Database("postgres", url))
        migration.execute("select pg_advisory_lock(72707369)")
        with pytest.raises(ConnectError, match="a migration is running"):
            build(root)
        migration.execute("select pg_advisory_unlock(72707369)")
        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            assert build(root).success
        finally:
            stopped.set()
            watcher.join()
        assert max(shared) >= 1
        assert migration.execute("select pg_try_advisory_lock(72707369)").fetchone() == (True,)
