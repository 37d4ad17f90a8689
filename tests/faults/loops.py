"""The loops of the full run: one fault again and again, at another moment each time, everything checked after each."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from sqlseed.errors import SqlseedError
from tests import servers
from tests.behaviour.clinics import Database, build, files
from tests.faults import harness, invariants, proxy
from tests.support import write_project

SMALL = {"clinics": 1}
BACKENDS = "select pid from pg_stat_activity where application_name like 'sqlseed%' and datname = current_database()"


@dataclass
class Tally:
    """What a loop came to. `outcomes` counts how the disturbed builds ended, in the words of the table."""

    fault: str
    tried: int = 0
    rounds: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    recovery: list[float] = field(default_factory=list)  # seconds
    of: int = 0  # how many there would have been to try, where that is known

    def count(self, outcome: str) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def add(self, other: Tally) -> None:
        """The same fault from another process."""
        self.tried += other.tried
        self.rounds += other.rounds
        self.of += other.of
        for outcome, count in other.outcomes.items():
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count
        self.wrong += other.wrong
        self.recovery += other.recovery


@dataclass(frozen=True, slots=True)
class Place:
    """A server of the loop's own, an empty database on it, and a folder."""

    server: servers.Server
    database: Database
    folder: Path

    def project(self, name: str = "project", **settings: Any) -> Path:
        """The larger project, for this database."""
        return harness.write_slow(self.folder / name, self.database, **settings)


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """A new one, by a URL with a password in it."""
    with (
        tempfile.TemporaryDirectory(prefix="sqlseed-faults-") as folder,
        servers.running_server(18) as server,
        server.fresh_database("faults") as url,
    ):
        yield Place(server, invariants.with_secret(Database("postgres", url)), Path(folder))


# --- the client dies ------------------------------------------------------------------------------------------


def kills(at: Place, count: int, until: float, seed: int, command: list[str] | None = None) -> Tally:
    """`kill -9` at random moments; the next build starts at once."""
    root = at.project()
    reference = invariants.undisturbed(at.database, root)
    control = command is not None
    look: Callable[[], list[str]] = lambda: invariants.problems(at.database, root, reference)  # noqa: E731
    report = harness.torture(
        at.database,
        root,
        count,
        seed,
        command or harness.sqlseed_command(),
        until=until,
        look=list if control else look,
    )
    name = "negative control: checkpoint committed apart, `kill -9`" if control else "`kill -9` of a build"
    tally = Tally(name, report.kills, report.rounds, wrong=report.wrong, recovery=report.recovery)
    tally.outcomes = {"the build that got through left other rows, or failed": len(report.wrong)} if control else {}
    return tally


def negative_control(at: Place, count: int, until: float, seed: int) -> Tally:
    """The same loop with the checkpoint in a transaction of its own: it must find something wrong."""
    tally = kills(at, count, until, seed, harness.broken_command())
    root = at.project()
    for model in ("visit_plan", "invoices"):
        tally.tried += 1
        tally.rounds += 1
        wrong = harness.killed_in_the_window(at.database, root, "apart", model)
        tally.wrong += [wrong] if wrong else []
    tally.outcomes = {"the build that got through left other rows, or failed": len(tally.wrong)}
    return tally


def kills_on_duckdb(at: Place, count: int, until: float, seed: int) -> Tally:
    """`kill -9` of builds into a DuckDB file."""
    database = Database("duckdb", str(at.folder / "clinics.duckdb"))
    root = harness.write_slow(at.folder / "duckdb", database)
    report = harness.torture(database, root, count, seed, harness.sqlseed_command(), until=until)
    return Tally("`kill -9` of a build into DuckDB", report.kills, report.rounds, {}, report.wrong, report.recovery)


def kills_of_two(at: Place, count: int, until: float, seed: int) -> Tally:
    """Two builds at once, both killed, each at its own moment."""
    chance = random.Random(seed)
    root = at.project()
    reference = invariants.undisturbed(at.database, root)
    tally = Tally("two builds at once, `kill -9` of both")
    while tally.tried < count and time.monotonic() < until:
        tally.rounds += 1
        (root / "target" / "run_results.json").unlink(missing_ok=True)
        for _ in range(10):
            with harness.running(root) as one, harness.running(root) as other:
                for process in chance.sample([one, other], 2):
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.communicate(timeout=chance.uniform(0.3, 1.5))
                        continue
                    process.kill()
                    process.communicate()
                    tally.tried += 1
                if 0 in (one.returncode, other.returncode):
                    break
        _settle(at.database, root, reference, tally)
    return tally


def signals(at: Place, count: int, until: float, seed: int) -> Tally:
    """One to three signals at a random moment: the process ends by the first, and says nothing that is not so."""
    chance = random.Random(seed)
    root = at.project()
    reference = invariants.undisturbed(at.database, root)
    tally = Tally("SIGINT, SIGTERM or SIGHUP, one to three times")
    while tally.tried < count and time.monotonic() < until:
        (root / "target" / "run_results.json").unlink(missing_ok=True)
        number = chance.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
        with harness.running(root) as process:
            harness.wait_for_line(process, "run_started")
            time.sleep(chance.uniform(0, 0.8))
            begin = time.monotonic()
            for _ in range(chance.randint(1, 3)):
                process.send_signal(number)
                time.sleep(0.01)
            out, said = process.communicate(timeout=30)
        tally.tried += 1
        if process.returncode not in (0, -number):
            tally.wrong.append(f"exit code {process.returncode} after {number!r}: {said[-300:]}")
        if process.returncode == 0:
            tally.count("it was done already")
        else:
            tally.count("ended by the signal")
            tally.recovery.append(time.monotonic() - begin)
        _settle(at.database, root, reference, tally, out + said, note=False)
    return tally


def _settle(
    database: Database, root: Path, reference: invariants.Reference, tally: Tally, said: str = "", note: bool = True
) -> None:
    """The invariants now, and after the next build; the database is empty then."""
    tally.wrong += invariants.problems(database, root, reference, said)
    wrong, seconds = invariants.recovered(database, root, reference)
    tally.wrong += wrong
    if note:
        tally.recovery.append(seconds)
    harness.reset(database)


# --- the server dies ------------------------------------------------------------------------------------------


def terminations(at: Place, count: int, until: float, seed: int) -> Tally:
    """All of a build's sessions ended by an administrator: the same build goes on."""
    sql = f"select pg_terminate_backend(pid) from ({BACKENDS}) as b"
    return _survived(at, count, until, seed, "sessions ended by pg_terminate_backend", lambda: at.database.query(sql))


def crashes(at: Place, count: int, until: float, seed: int) -> Tally:
    """SIGKILL of a server process: PostgreSQL ends all sessions and recovers from its log."""

    def crash() -> None:
        for (pid,) in at.database.query(BACKENDS)[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    return _survived(at, count, until, seed, "SIGKILL of a server process, crash recovery", crash)


def _survived(at: Place, count: int, until: float, seed: int, name: str, fault: Callable[[], object]) -> Tally:
    chance = random.Random(seed)
    root = at.project()
    reference = invariants.undisturbed(at.database, root)
    tally = Tally(name)
    while tally.tried < count and time.monotonic() < until:
        (root / "target" / "run_results.json").unlink(missing_ok=True)
        with harness.running(root) as process:
            harness.wait_for_line(process, "run_started")
            time.sleep(chance.uniform(0, 0.7))
            begin = time.monotonic()
            fault()
            out, said = process.communicate(timeout=120)
            tally.recovery.append(time.monotonic() - begin)
        tally.tried += 1
        tally.count("the same build went on" if process.returncode == 0 else "the build failed, the next one resumed")
        harness.wait_until(lambda: _answers(at.database), 30)
        _settle(at.database, root, reference, tally, out + said, note=False)
    return tally


def _answers(database: Database) -> bool:
    try:
        database.query("select 1")
    except psycopg.OperationalError:
        return False
    return True


def restarts(at: Place, count: int, until: float, seed: int) -> Tally:
    """An immediate stop of the whole server, and a start after up to two seconds: the same build goes on."""
    del at  # each restart takes a server of its own: the harness's does not come back
    chance = random.Random(seed)
    tally = Tally("server stopped at once and started again")
    while tally.tried < count and time.monotonic() < until:
        with (
            tempfile.TemporaryDirectory(prefix="sqlseed-faults-") as folder,
            servers.running_server(18) as server,
        ):
            here = Place(server, invariants.with_secret(Database("postgres", server.url)), Path(folder))
            root = here.project()
            reference = invariants.undisturbed(here.database, root)
            (root / "target" / "run_results.json").unlink(missing_ok=True)
            with harness.running(root) as process:
                harness.wait_for_line(process, "run_started")
                time.sleep(chance.uniform(0, 0.5))
                begin = time.monotonic()
                with harness.restarted(here.server, chance.uniform(0, 2)):
                    out, said = process.communicate(timeout=120)
                    tally.recovery.append(time.monotonic() - begin)
                    tally.tried += 1
                    tally.count(
                        "the same build went on"
                        if process.returncode == 0
                        else "the build failed, the next one resumed"
                    )
                    harness.wait_until(partial(_answers, here.database), 30)
                    _settle(here.database, root, reference, tally, out + said, note=False)
    return tally


# --- the line between them ------------------------------------------------------------------------------------


def cuts(at: Place, count: int, until: float, seed: int, side: str = proxy.REQUEST) -> Tally:
    """The connection cut at the n-th message, for every n, in an order that spreads over all of them."""
    name = "client's" if side == proxy.REQUEST else "server's"
    return _broken_line(at, count, until, seed, f"connection cut at the {name} n-th message, every n", side, False)


def cuts_of_replies(at: Place, count: int, until: float, seed: int) -> Tally:
    """The same for what the server says."""
    return cuts(at, count, until, seed, proxy.REPLY)


def cuts_always(at: Place, count: int, until: float, seed: int) -> Tally:
    """Every connection cut at its own n-th message: no build gets through, until the line is mended."""
    return _broken_line(at, count, until, seed, "every connection cut at its n-th message", proxy.REQUEST, True)


def holes(at: Place, count: int, until: float, seed: int) -> Tally:
    """From the n-th message on one connection is silent, and stays open: `slice_timeout` ends it."""
    return _broken_line(
        at, count, until, seed, "connection silent from the n-th message on, `slice_timeout: 2s`", proxy.REPLY, False,
        proxy.HOLE, slice_timeout="2s",
    )  # fmt: skip


def _broken_line(
    at: Place, count: int, until: float, seed: int, name: str, side: str, always: bool, action: str = proxy.CUT,
    **settings: Any,
) -> Tally:  # fmt: skip
    database = Database("postgres", at.database.place, threads=1)  # so that n is the same message each time
    root = write_project(at.folder / "line", files(database, **settings))
    reference = invariants.undisturbed(database, root, SMALL)
    with proxy.between(database.place, proxy.Rule()) as counting:
        _build_through(root, database, counting.url, **settings)
        messages = (counting.longest if always else counting.seen)[side]
    harness.reset(database)
    numbers = list(range(1, messages + 1))
    random.Random(seed).shuffle(numbers)
    tally = Tally(name, of=messages)
    for number in numbers[:count]:
        if time.monotonic() > until:
            break
        (root / "target" / "run_results.json").unlink(missing_ok=True)
        with proxy.between(database.place, proxy.Rule(side, number, action, always)) as broken:
            begin = time.monotonic()
            outcome, said = _build_through(root, database, broken.url, **settings)
            seconds = time.monotonic() - begin
            tally.tried += broken.cut > 0
        tally.count(outcome)
        write_project(root, files(database, **settings))
        wrong = len(tally.wrong)
        _settle(database, root, reference, tally, said, note=False)
        tally.recovery.append(seconds)
        tally.wrong[wrong:] = [f"{side} {number}: {text}" for text in tally.wrong[wrong:]]
    return tally


def _build_through(root: Path, database: Database, url: str, **settings: Any) -> tuple[str, str]:
    """A build by way of a proxy: how it ended, and what it said."""
    write_project(root, files(Database("postgres", url, threads=1), **settings))
    try:
        result = build(root, vars=SMALL)
    except SqlseedError as error:
        return "the build failed, the next one resumed", str(error)
    said = "\n".join(failure.message for failure in result.failures)
    return "the same build went on" if result.success else "the build failed, the next one resumed", said


def slow_lines(at: Place, count: int, until: float, seed: int) -> Tally:
    """Every piece late, and pieces of one byte: slower, and nothing else."""
    chance = random.Random(seed)
    database = at.database
    root = write_project(at.folder / "line", files(database))
    reference = invariants.undisturbed(database, root, SMALL)
    tally = Tally("50 ms latency, or one byte at a time")
    while tally.tried < count and time.monotonic() < until:
        rule = proxy.Rule(delay=0.05) if chance.random() < 0.5 else proxy.Rule(chunk=1)
        with proxy.between(database.place, rule) as slow:
            begin = time.monotonic()
            outcome, said = _build_through(root, database, slow.url)
            tally.recovery.append(time.monotonic() - begin)
        tally.tried += 1
        tally.count(outcome)
        write_project(root, files(database))
        _settle(database, root, reference, tally, said, note=False)
    return tally


def run(name: str, count: int, seconds: float, seed: int) -> Tally:
    """One loop with a server of its own, for so long at most; what it raises is something wrong."""
    until = time.monotonic() + seconds
    try:
        with place() as at:
            tally: Tally = globals()[name](at, count, until, seed)
    except Exception:
        return Tally(name, wrong=[traceback.format_exc()])
    return tally
