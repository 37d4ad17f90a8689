"""Every exit code, by what causes it; signals end the process itself, so those runs are processes of their own."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.errors import ConnectError, ExecuteError, GuardError, ProjectError
from sqlseed.report import ExitCode, exit_code
from tests.cli.tiny import BROKEN_IN_SOUTH
from tests.support import CliResult, cli_command, cli_environment, write_project

Run = Callable[..., CliResult]

SLOW = """
    {{ config(slice_by=['branch', 'year']) }}
    select {{ key('a.n') }} as id, null::text as pupil_id, 1 as mark
    from generate_series(1, 200000) as a(n)
    cross join generate_series(1, 200000) as b(n)
    where a.n * b.n % 39999999989 = 39999999988
    """
"""`marks` with a statement that would take minutes, and no memory."""


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """A DuckDB file that another process has open."""
    path.parent.mkdir(exist_ok=True)
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        yield
    finally:
        holder.communicate("")


# --- one case a code ------------------------------------------------------------------------------------------


def done(sqlseed: Run, tiny: Path) -> CliResult:
    return sqlseed("build", "-q")


def nothing_to_do(sqlseed: Run, tiny: Path) -> CliResult:
    sqlseed("build", "-q")
    return sqlseed("build", "-q")


def help_asked_for(sqlseed: Run, tiny: Path) -> CliResult:
    return sqlseed("build", "--help")


def failed_slice(sqlseed: Run, tiny: Path) -> CliResult:
    write_project(tiny, {"models/marks.sql": BROKEN_IN_SOUTH})
    return sqlseed("build", "-q")


def wrong_option(sqlseed: Run, tiny: Path) -> CliResult:
    return sqlseed("build", "--threads", "many")


def no_command(sqlseed: Run, tiny: Path) -> CliResult:
    return sqlseed()


def wrong_project(sqlseed: Run, tiny: Path) -> CliResult:
    write_project(tiny, {"models/marks.sql": "select {{ nothing }}"})
    return sqlseed("build")


def wrong_project_in_debug(sqlseed: Run, tiny: Path) -> CliResult:
    (tiny / "sqlseed.toml").unlink()
    return sqlseed("debug")


def nobody_to_ask(sqlseed: Run, tiny: Path) -> CliResult:
    return sqlseed("clean")


def cannot_connect(sqlseed: Run, tiny: Path) -> CliResult:
    return sqlseed("build", "--target", "closed")


def cannot_connect_in_debug(sqlseed: Run, tiny: Path) -> CliResult:
    return sqlseed("debug", "--target", "closed")


def file_in_use(sqlseed: Run, tiny: Path) -> CliResult:
    with held(tiny / "target" / "tiny.duckdb"):
        return sqlseed("build")


def no_database_file(sqlseed: Run, tiny: Path) -> CliResult:
    write_project(tiny, {"target/tiny.duckdb": "certainly not a database\n" * 1000})
    return sqlseed("build")


CASES = [
    (done, 0),
    (nothing_to_do, 0),
    (help_asked_for, 0),
    (failed_slice, 1),
    (wrong_option, 2),
    (no_command, 2),
    (wrong_project, 2),
    (wrong_project_in_debug, 2),
    (nobody_to_ask, 3),
    (cannot_connect, 4),
    (cannot_connect_in_debug, 4),
    (file_in_use, 4),
    (no_database_file, 4),
]


@pytest.mark.parametrize(("case", "code"), CASES, ids=[case.__name__ for case, _ in CASES])
def test_exit_code(sqlseed: Run, tiny: Path, case: Callable[[Run, Path], CliResult], code: int):
    result = case(sqlseed, tiny)
    assert result.rc == code, result.stderr
    assert "Traceback" not in result.stderr + result.stdout


def test_a_bug_of_ours(sqlseed: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> list[object]:
        raise RuntimeError("an invariant\x1b[31m does not hold")

    monkeypatch.setattr(api, "ls", broken)
    result = sqlseed("ls")
    assert (result.rc, result.stdout) == (70, "")
    first, second = result.stderr.splitlines()
    assert first == "error: a bug in sqlseed: RuntimeError: an invariant\\x1b[31m does not hold"
    path = Path(second.removeprefix("  the traceback is in ").removesuffix("; please report it"))
    assert "in broken" in path.read_text("utf-8")
    assert path.stat().st_mode & 0o077 == 0  # for nobody else's eyes


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ([], 0),
        ([ExecuteError("x")], 1),
        ([ExecuteError("x"), ConnectError("x")], 4),
        ([ProjectError("x"), ExecuteError("x")], 2),
        ([ConnectError("x"), GuardError("x"), ExecuteError("x")], 3),
        ([GuardError("x"), ZeroDivisionError()], 70),
        ([None, ExecuteError("x")], 1),
    ],
)
def test_the_code_of_several_errors(errors: list[BaseException | None], code: int):
    assert exit_code(errors) == code


def test_there_is_a_case_for_every_code():
    assert {code for _, code in CASES} | {70} == set(ExitCode)


# --- signals ------------------------------------------------------------------------------------------------


def start_slow_build(tiny: Path) -> subprocess.Popen[str]:
    """A build that runs its last, slow slices when this returns."""
    write_project(tiny, {"models/marks.sql": SLOW})
    assert api.build(tiny, api.Selection(exclude=["marks"])).success
    process = subprocess.Popen(
        cli_command(["build", "--log-format", "json"]),
        cwd=tiny,
        env=cli_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if '"slice_started"' in line:
            return process
    raise AssertionError("the build ended by itself")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT, 130", "SIGTERM, 143"])
def test_a_signal_ends_the_process_by_itself(tiny: Path, number: signal.Signals):
    process = start_slow_build(tiny)
    asked = time.monotonic()
    process.send_signal(number)
    out, rest = process.communicate(timeout=30)
    assert process.returncode == -number  # which a shell reports as 128 + number
    assert time.monotonic() - asked < 10
    assert out == ""
    assert '"run_stopping"' in rest
    assert rest.endswith("stopped; finished slices are kept, running again resumes\n")
    assert "Traceback" not in rest
    assert len(api.plan(tiny).plan.pending) == 6
