"""A project with slices enough to be hit in the middle, and a loop that kills its builds until one gets through."""

from __future__ import annotations

import contextlib
import math
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.behaviour.clinics import CUT, FILES, TABLES, Database, build, files
from tests.servers import Server
from tests.support import cli_command, cli_environment, write_project

KILLS = int(os.environ.get("SQLSEED_KILLS", "0"))  # per engine; 0 means as many as fit into a test run
WRAPPER = Path(__file__).with_name("two_transactions.py")
PATIENTS = 150
CLINICS = 4


def slow_files(database: Database, **settings: object) -> dict[str, str]:
    """The clinics with more of everything: 40 slices, some ten milliseconds each, those of visits in two chunks."""
    rows = "".join(f"c{i},{i},Clinic {i}\n" for i in range(1, CLINICS + 1))
    years = "".join(f"{2020 + i},{i},{2020 + i}-01-01\n" for i in range(1, 4))
    return files(
        database,
        {
            "seeds/places.csv": "id,no,title\n" + rows,
            "seeds/years.csv": "name,no,begins\n" + years,
            "sqlseed.toml": FILES["sqlseed.toml"]
            .replace("patients = 6", f"patients = {PATIENTS}")
            .replace("clinics = 3", f"clinics = {CLINICS}"),
            "models/patients.sql": CUT["models/patients.sql"],
            "models/visits.sql": CUT["models/visits.sql"],
            "models/invoices.sql": FILES["models/invoices.sql"].replace("* 100 +", "* 400 +").replace("1000)", "2000)"),
        },
        **{"rows_per_chunk": PATIENTS} | settings,
    )


def write_slow(folder: Path, database: Database, **settings: object) -> Path:
    """The project in a folder."""
    return write_project(folder, slow_files(database, **settings))


def reset(database: Database) -> None:
    """An empty database but for rows of somebody else."""
    if database.engine == "duckdb":
        for end in ("", ".wal"):
            Path(database.place + end).unlink(missing_ok=True)
    else:
        stop_sessions(database)
        database.run(
            "set client_min_messages = warning",
            "drop schema if exists public cascade",
            "drop schema if exists _sqlseed cascade",
            "create schema public",
        )
    database.run(
        'create table "Clinic" (id text primary key, title text not null, greeting text not null)',
        "insert into \"Clinic\" values ('own', 'Own', 'x')",
    )


def sessions(database: Database) -> int:
    """How many connections of sqlseed the server still has to this database."""
    sql = (
        "select count(*) from pg_stat_activity where application_name like 'sqlseed%' and datname = current_database()"
    )
    return int(database.query(sql)[0][0])


def stop_sessions(database: Database, within: float = 10) -> None:
    """Waits until the server has noticed that the killed client is gone; fails if it does not."""
    until = time.monotonic() + within
    while sessions(database):
        assert time.monotonic() < until, "a session of sqlseed is still there"
        time.sleep(0.05)


@dataclass
class Report:
    """What a series of kills came to; each round ends with a build that nobody killed, and is compared."""

    kills: int = 0
    rounds: int = 0
    wrong: list[str] = field(default_factory=list)
    looks: int = 0  # how often everything was looked at after a kill
    recovery: list[float] = field(default_factory=list)  # seconds from a round's last kill to its end


KILLS_A_ROUND = 30


def torture(
    database: Database,
    root: Path,
    kills: int,
    seed: int,
    command: Sequence[str],
    *,
    until: float = math.inf,
    look: Callable[[], list[str]] = list,
) -> Report:
    """Kills builds at random moments, most times starting the next at once, and compares what comes out in the end.

    After one kill in five `look` says what is wrong then. No round begins after `until`, in seconds of time.monotonic.
    """
    chance = random.Random(seed)
    reset(database)
    begin = time.monotonic()
    assert build(root).success
    length = max(0.3, time.monotonic() - begin)
    expected = database.digest(*TABLES)
    report = Report()
    while report.kills < kills and time.monotonic() < until:
        reset(database)
        (root / "target" / "run_results.json").unlink(missing_ok=True)
        report.rounds += 1
        for number in range(KILLS_A_ROUND + 1):
            early = chance.random() < 0.2  # while it starts, makes tables, loads seeds
            delay = chance.uniform(0.2, 0.9) if early else chance.uniform(0, length) * chance.random()
            begin = time.monotonic()
            problem = _run_and_kill(command, root, delay if number < KILLS_A_ROUND else None, early)
            if problem is None:
                report.kills += 1
                if chance.random() < 0.2:
                    report.looks += 1
                    report.wrong += look()
                continue
            if number:
                report.recovery.append(time.monotonic() - begin)
            if problem or database.digest(*TABLES) != expected:
                report.wrong.append(problem or "other rows")
            break
    return report


def _run_and_kill(command: Sequence[str], root: Path, delay: float | None, early: bool) -> str | None:
    """Kills the build `delay` seconds after it, or its first slice, began: None. If it was faster, or without a delay:
    an empty text if it succeeded, else the end of what it said."""
    arguments = [*command, "build", "--log-format", "json", "--project-dir", str(root)]
    with subprocess.Popen(
        arguments, env=cli_environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = []
        for line in () if early else process.stderr:
            lines.append(line)
            if "run_started" in line:
                break
        try:
            _, rest = process.communicate(timeout=delay)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None
    return "" if process.returncode == 0 else "".join(lines)[-300:] + rest[-300:] or "it said nothing"


def killed_in_the_window(database: Database, root: Path, mode: str, model: str) -> str:
    """Kills a build when a slice of `model` is written and its checkpoint is not, and builds again.

    `mode` is `apart` for the broken order of things, `together` for one transaction. What was wrong then, or nothing.
    """
    reset(database)
    assert build(root).success
    expected = database.digest(*TABLES)
    reset(database)
    command = [sys.executable, str(WRAPPER), mode, model, "build", "--project-dir", str(root)]
    with subprocess.Popen(command, env=cli_environment(), stderr=subprocess.PIPE, text=True) as process:
        wait_for_line(process, "in the window")
        process.kill()
    stop_sessions(database)
    again = [sys.executable, str(WRAPPER), mode, "", "build", "--project-dir", str(root)]
    ended = subprocess.run(again, env=cli_environment(), capture_output=True, text=True, timeout=120)
    if ended.returncode:
        return f"exit {ended.returncode}: {ended.stderr[-300:]}"
    return "" if database.digest(*TABLES) == expected else "other rows"


def sqlseed_command() -> list[str]:
    """The real command line."""
    return cli_command([])


def broken_command() -> list[str]:
    """The command line with the checkpoint in a transaction of its own."""
    return [sys.executable, str(WRAPPER), "apart", ""]


@contextlib.contextmanager
def restarted(server: Server, pause: float) -> Iterator[None]:
    """Stops a server at once, as if by a power cut, and starts it again after so many seconds; stops it at the end."""
    folder = Path(f"/proc/{server.pid}")
    command = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    pairs = (pair.split(b"=", 1) for pair in (folder / "environ").read_bytes().split(b"\0") if b"=" in pair)
    user = folder.stat().st_uid if os.geteuid() == 0 else None
    group = folder.stat().st_gid if os.geteuid() == 0 else None
    os.kill(server.pid, signal.SIGQUIT)
    wait_until(lambda: not (server.data / "postmaster.pid").exists())
    time.sleep(pause)
    with subprocess.Popen(
        [os.fsdecode(word) for word in command],
        env={os.fsdecode(name): os.fsdecode(value) for name, value in pairs},
        user=user, group=group, extra_groups=[] if user else None, cwd="/",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield
        finally:
            process.send_signal(signal.SIGQUIT)


@contextlib.contextmanager
def running(root: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`sqlseed build` in a process of its own; killed if it is still there at the end."""
    command = cli_command(["build", "--log-format", "json", "--project-dir", str(root), *arguments])
    with subprocess.Popen(
        command, env=cli_environment(), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def wait_for_line(process: subprocess.Popen[str], word: str) -> None:
    """Reads the process's progress up to a line with `word` in it."""
    assert process.stderr is not None
    for line in process.stderr:
        if word in line:
            return
    raise AssertionError(f"the process ended without saying {word}")


def end_by(process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, float, str]:
    """Sends a signal; the return code, the seconds until the process had gone, and the rest of what it said."""
    begin = time.monotonic()
    process.send_signal(number)
    _, rest = process.communicate(timeout=20)
    return process.returncode, time.monotonic() - begin, rest


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Fails if the condition does not come true in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "in vain"
        time.sleep(0.02)


def admin(url: str) -> psycopg.Connection:
    """A connection that plays the application or the administrator."""
    return psycopg.connect(url, autocommit=True, application_name="test")
