"""Connections that end: by an administrator, with the server, at COMMIT; locks and deadlocks; two builds at once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

import psycopg
import pytest

from sqlseed import api
from sqlseed.backends import open_backend
from sqlseed.errors import ConnectError
from sqlseed.events import EventKind
from tests import servers
from tests.behaviour.clinics import Database, begin_with_the_south, build, changed, statuses
from tests.faults import harness, proxy
from tests.support import cli_environment, run_cli

BACKENDS = "select pid from pg_stat_activity where application_name like 'sqlseed%' and datname = current_database()"


def after(count: int, action):
    """An on_event that calls `action` once, when the `count`-th slice starts."""
    seen: list = []

    def on_event(event) -> None:
        if event.kind is EventKind.SLICE_STARTED:
            seen.append(event)
            if len(seen) == count:
                action()

    return on_event


def test_terminated_backends_are_replaced(any_pg, write):
    expected = _undisturbed(any_pg, write)
    kill = lambda: any_pg.query(f"select pg_terminate_backend(pid) from ({BACKENDS}) as b")  # noqa: E731
    events: list = []
    first = after(5, kill)

    def on_event(event) -> None:
        events.append(event)
        first(event)

    result = build(write(any_pg), on_event=on_event, checksums=True)
    assert result.success, result.failures
    assert max(r.attempts for r in result.results) > 1
    retried = [e for e in events if e.kind is EventKind.SLICE_RETRIED]
    assert retried
    assert "trying again" in retried[0].message
    assert any_pg.digest() == expected


def _undisturbed(database, write, **options) -> str:
    harness.reset(database)
    assert build(write(database), **options).success
    digest: str = database.digest()
    harness.reset(database)
    return digest


def test_crash_of_the_server_is_survived(write):
    """SIGKILL of one backend ends every session; the server recovers, the build connects again and goes on."""
    with servers.running_server(18) as server, server.fresh_database("crash") as url:
        database = Database("postgres", url)
        expected = _undisturbed(database, write)

        def crash() -> None:
            os.kill(database.query(BACKENDS)[0][0], signal.SIGKILL)

        result = build(write(database), on_event=after(6, crash), checksums=True)
        assert result.success, result.failures
        assert max(r.attempts for r in result.results) > 1
        assert database.digest() == expected


def test_server_that_does_not_come_back(write):
    """After some seconds of trying the rest is skipped, and the process ends as one that could not connect."""
    with servers.running_server(18) as server:
        database = Database("postgres", server.url)
        stop = lambda: os.kill(server.pid, signal.SIGQUIT)  # noqa: E731  # an immediate shutdown
        result = build(write(database), on_event=after(4, stop))
        assert not result.success
        assert result.elapsed < 20
        gone = result.failures[0].error
        assert isinstance(gone, ConnectError)
        assert "nothing listens there" in gone.message or "starting or stopping" in gone.message
        assert "the target does not answer any more" in {r.message for r in result.results}
        with pytest.raises(ConnectError) as caught:
            build(write(database))
        assert caught.value.exit_code == 4


@pytest.mark.parametrize("side", [proxy.REQUEST, proxy.REPLY])
@pytest.mark.parametrize("number", [9, 12, 23])
def test_commit_that_gets_lost_in_a_slice(postgres, write, side, number):
    """Whether the server had it or not: the slice is there once, and is called a success."""
    expected = _undisturbed(postgres, write)
    with proxy.cutting(postgres.place, side, number) as broken:
        result = build(write(Database("postgres", broken.url)))
        assert broken.cut == 1
    assert result.success, [f.message for f in result.failures]
    again = [r for r in result.results if r.attempts > 1]
    assert len(again) == 1
    assert again[0].message == ("was complete already" if side == proxy.REPLY else "")
    assert postgres.digest() == expected


@pytest.mark.parametrize("side", [proxy.REQUEST, proxy.REPLY])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_commit_that_gets_lost_before_the_first_slice(postgres, write, side, number):
    """State, tables, lookup tables: whether the server had it or not, the build finds its way."""
    expected = _undisturbed(postgres, write)
    with proxy.cutting(postgres.place, side, number) as broken:
        assert build(write(Database("postgres", broken.url))).success
        assert broken.cut == 1
    assert postgres.digest() == expected


def test_commit_that_gets_lost_in_a_refresh(postgres, write):
    """A retry knows what this very run has written, and does not write it twice, nor leave it out."""
    assert build(write(postgres)).success
    expected = postgres.digest()
    postgres.run("update \"Patient\" set name = 'X'", 'update "Visit" set "no" = 5')
    with proxy.cutting(postgres.place, proxy.REPLY, 9) as broken:
        result = build(write(Database("postgres", broken.url)), full_refresh=True, edited="replace")
    assert result.success
    assert [r.message for r in result.results if r.attempts > 1] == ["was complete already"]
    assert postgres.digest() == expected


def test_functions_of_a_transaction_that_was_rolled_back(postgres, write):
    """They are gone with it, and are made again; those of one that was committed are there already."""
    workspace = api.load(write(postgres))
    session = open_backend(workspace.target, workspace.project.root).connect()
    call = "select pg_temp.sqlseed_hash(1, 2)"
    with contextlib.suppress(ZeroDivisionError), session.transaction():
        session.prepare(["sqlseed_hash"])
        raise ZeroDivisionError
    for _ in range(2):
        with session.transaction():
            session.prepare(["sqlseed_hash"])
            assert session.query(call) == [(3283252122,)]
    session.close()
    session.close()


# --- two builds at once -------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"vars": {"shift": 1, "patients": 8}}, {"full_refresh": True}])
def test_two_builds_at_once_end_as_one(postgres, write, options):
    expected = _undisturbed(postgres, write, **{k: v for k, v in options.items() if k == "vars"})
    root = write(postgres)
    if options:
        assert build(root).success
    results: list = []
    errors: list = []

    def run() -> None:
        try:
            results.append(build(root, **options))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert [r.success for r in results] == [True] * 3, [f.message for r in results for f in r.failures]
    assert postgres.digest() == expected
    assert postgres.query("select count(*) from _sqlseed.visit_plan") == postgres.query('select count(*) from "Visit"')
    assert set(statuses(build(root, vars=options.get("vars"))).values()) == {"no-op"}


def test_duckdb_file_of_another_process(on_duckdb, write):
    root = write(on_duckdb)
    code = f"import duckdb, time; c = duckdb.connect({on_duckdb.place!r}); print('open', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            holder.stdout.readline()
            result = run_cli(["build"], cwd=root)
            assert result.rc == 4
            assert f"PID {holder.pid}" in result.stderr
            assert "is in use" in result.stderr
        finally:
            holder.kill()
    assert build(root).success


# --- locks --------------------------------------------------------------------------------------------------


def test_table_lock_is_waited_for_and_tried_again(postgres, write):
    root = write(postgres, lock_timeout="100ms")
    assert build(root, exclude=["visits", "invoices"]).success
    postgres.run('drop table if exists "Visit" cascade')
    assert build(root, "visits", slices={"clinic": ["north"]}).success
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute('lock table "Visit" in exclusive mode')

        def let_go(event) -> None:
            if event.kind is EventKind.SLICE_RETRIED:
                holder.rollback()

        result = build(root, "visits", on_event=let_go)
    assert result.success, [f.message for f in result.failures]
    assert max(r.attempts for r in result.results) > 1


def test_table_lock_that_stays_is_an_error(postgres, write):
    root = write(postgres, lock_timeout="50ms")
    begin_with_the_south(root)
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute('lock table "Patient" in exclusive mode')
        result = build(root, "patients", slices={"clinic": ["north"]})
        holder.execute("rollback")
    failure = result.failures[0]
    assert failure.attempts == 3
    assert "55P03" in failure.message
    assert "another session holds a lock" in failure.message


def test_deadlock_is_tried_again(any_pg, write):
    """Our upsert goes through the patients, the application through two of them the other way round."""
    root = write(any_pg)
    assert build(root, "clinics", "patients").success
    ids = [row[0] for row in any_pg.query('select id from "Patient" where "clinicId" = \'north\' order by id')]
    edit = 'update "Patient" set weight = 1 where id = %s'
    with harness.admin(any_pg.place) as app:
        app.execute("begin")
        app.execute(edit, [ids[-1]])

        def cross() -> None:
            waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            harness.wait_until(lambda: any_pg.query(waiting) != [(0,)])
            app.execute(edit, [ids[0]])
            app.execute("commit")

        crossing = threading.Thread(target=cross)
        crossing.start()
        files = changed("models/patients.sql", "200, 4000", "300, 4000")
        result = build(write(any_pg, files), "patients", slices={"clinic": ["north"]}, threads=1)
        crossing.join()
    assert result.success, [f.message for f in result.failures]
    assert result.results[0].attempts == 2
    assert any_pg.query('select count(*) from "Patient" where weight = 1 and "clinicId" = \'north\'') == [(0,)]


def test_fewer_connections_than_threads(postgres, write):
    name = postgres.place.rpartition("/")[2]
    root = write(postgres)
    postgres.run("create role clinic_few login superuser", f'alter database "{name}" connection limit 3')
    postgres.run("alter role clinic_few nosuperuser", f'grant all on database "{name}" to clinic_few',
                 "grant all on schema public to clinic_few")  # fmt: skip
    place = postgres.place.replace("postgres@", "clinic_few@")
    try:
        events: list = []
        result = build(write(Database("postgres", place)), threads=8, on_event=events.append)
        assert result.success
        warnings = [e.message for e in events if e.kind is EventKind.WARNING]
        assert warnings == ["the server gives 2 of 8 connections; going on with 2"]
        assert {r.worker for r in result.results} <= {1, 2}
    finally:
        postgres.run("reassign owned by clinic_few to postgres", "drop owned by clinic_few", "drop role clinic_few")
    del root


# --- signals ------------------------------------------------------------------------------------------------

SLOW = changed(
    "models/visit_plan.sql",
    "from generate_series(0, {{ var('patients') }} * 2 - 1) as g(n)",
    "from generate_series(0, 200000000) as g(n) where {{ hash('slow', 'g.n') }} = 5",
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_the_build_within_two_seconds(postgres, write, number):
    root = write(postgres, SLOW)
    with harness.running(root, "--select", "visit_plan", "clinics") as process:
        harness.wait_until(lambda: _busy(postgres) == 4)
        code, seconds, rest = harness.end_by(process, number)
    assert code == -number, rest
    assert seconds < 2.5  # two, and what a busy machine takes
    assert "stopped; finished slices are kept" in rest
    harness.stop_sessions(postgres, within=3)
    assert postgres.query("select count(*) from _sqlseed.checkpoint where model = 'visit_plan'") == [(0,)]
    assert postgres.query("select count(*) from _sqlseed.visit_plan") == [(0,)]
    assert postgres.query("select count(*) from pg_locks where locktype = 'advisory'") == [(0,)]
    saved = (root / "target" / "run_results.json").read_text()
    assert '"status": "interrupted"' in saved
    assert '"status": "skipped"' in saved


def _busy(database: Database) -> int:
    sql = (
        "select count(*) from pg_stat_activity where application_name like 'sqlseed%' and state = 'active'"
        ' and query like \'insert into "_sqlseed"."visit_plan"%\''
    )
    return int(database.query(sql)[0][0])


def test_signal_while_the_server_does_not_answer(postgres, write):
    """Its processes are frozen and no cancel arrives: the connections are cut, and it rolls back when it wakes up."""
    root = write(postgres, SLOW)
    frozen: list[int] = []
    try:
        with harness.running(root, "--select", "visit_plan") as process:
            harness.wait_until(lambda: _busy(postgres) == 4)
            frozen += [row[0] for row in postgres.query(BACKENDS)]
            for pid in frozen:
                os.kill(pid, signal.SIGSTOP)
            code, seconds, rest = harness.end_by(process, signal.SIGINT)
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert code == -signal.SIGINT, rest
    assert seconds < 3
    harness.stop_sessions(postgres, within=5)
    assert postgres.query("select count(*) from _sqlseed.visit_plan") == [(0,)]


def test_second_signal_ends_the_process_at_once(postgres, write):
    root = write(postgres, SLOW)
    with harness.running(root, "--select", "visit_plan") as process:
        harness.wait_until(lambda: _busy(postgres) == 4)
        process.send_signal(signal.SIGINT)
        code, _, rest = harness.end_by(process, signal.SIGINT)
    assert code == -signal.SIGINT
    assert "Traceback" not in rest
    harness.stop_sessions(postgres, within=5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_a_build_into_duckdb(on_duckdb, write, number):
    root = write(on_duckdb, SLOW)
    with harness.running(root, "--select", "visit_plan") as process:
        harness.wait_for_line(process, "slice_started")
        time.sleep(0.3)
        code, seconds, rest = harness.end_by(process, number)
    assert code == -number, rest
    assert seconds < 2.5
    assert on_duckdb.query("select count(*) from _sqlseed.checkpoint where model = 'visit_plan'") == [(0,)]


def test_signal_while_waiting_for_a_lock_before_the_first_slice(postgres, write):
    """The main thread waits in the server; the signal cancels that too."""
    root = write(postgres)
    assert build(root).success
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute("lock table _sqlseed.project in access exclusive mode")
        with harness.running(root, "--full-refresh") as process:
            waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            harness.wait_until(lambda: postgres.query(waiting) != [(0,)])
            code, seconds, _ = harness.end_by(process, signal.SIGTERM)
        holder.execute("rollback")
    assert code == -signal.SIGTERM
    assert seconds < 2.5
    harness.stop_sessions(postgres, within=3)


def test_signal_during_clean(postgres, write):
    root = write(postgres)
    assert build(root).success
    before = postgres.digest()
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute('select * from "Invoice" for update')
        with subprocess.Popen(
            [sys.executable, "-m", "sqlseed", "clean", "--yes", "--project-dir", str(root)],
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=cli_environment(),
        ) as process:  # fmt: skip
            waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
            harness.wait_until(lambda: postgres.query(waiting) != [(0,)])
            code, seconds, _ = harness.end_by(process, signal.SIGINT)
        holder.execute("rollback")
    assert code == -signal.SIGINT
    assert seconds < 2.5
    assert postgres.digest() == before


def test_statement_cancelled_by_an_administrator_is_not_tried_again(postgres, write):
    root = write(postgres, SLOW)
    with psycopg.connect(postgres.place, autocommit=True) as admin:

        def cancel_it() -> None:
            harness.wait_until(lambda: _busy(postgres) >= 1)
            admin.execute(f"select pg_cancel_backend(pid) from ({BACKENDS} and state = 'active') as b".encode())

        cancel = threading.Thread(target=cancel_it)
        cancel.start()
        result = build(root, "visit_plan", slices={"clinic": ["north"], "year": ["2024"]})
        cancel.join()
    assert result.failures[0].attempts == 1
    assert "57014" in result.failures[0].message


def test_statement_timeout_is_said(postgres, write):
    root = write(postgres, SLOW, statement_timeout="200ms")
    result = build(root, "visit_plan", slices={"clinic": ["north"], "year": ["2024"]})
    assert result.failures[0].attempts == 1
    assert "raise statement_timeout in the target's settings" in result.failures[0].message
