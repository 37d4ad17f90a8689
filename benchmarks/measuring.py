"""Processes that are timed, and what is kept of them."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIMES = 7  # runs of which the shortest counts, of a statement of a second or less
ROOT = Path(__file__).resolve().parent.parent  # of the repository


@dataclass(frozen=True, slots=True)
class Build:
    """One build of a whole project. Times in seconds, sizes in bytes."""

    server: str
    rows: int
    seconds: float  # of the process, from its start to its end
    peak_memory: int  # of the same process; of PostgreSQL's server nothing
    size: int  # of the database afterwards, lookup tables and state included
    slowest: tuple[tuple[str, int, float], ...]  # (model, rows, seconds summed over its slices)


@dataclass(frozen=True, slots=True)
class Copy:
    """The same rows copied into an equal, empty schema by the engine's own COPY."""

    source: str
    rows: int
    seconds: float
    connections: int


@dataclass(frozen=True, slots=True)
class Engine:
    """What was measured on one engine."""

    name: str
    settings: str
    build: Build
    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class StartUp:
    """A short command, run several times; seconds of the process."""

    command: str
    runs: tuple[float, ...]

    @property
    def minimum(self) -> float:
        """The fastest run."""
        return min(self.runs)

    @property
    def median(self) -> float:
        """The run in the middle."""
        return statistics.median(self.runs)


@dataclass(frozen=True, slots=True)
class Pair:
    """One number that the review gives, and what came."""

    what: str
    foretold: float
    measured: float
    unit: str  # rows, bytes, seconds

    @property
    def ratio(self) -> float:
        """How many times as much was foretold as came."""
        return self.foretold / self.measured if self.measured else float(not self.foretold)


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of `sqlseed.review.costs`: as it stands there, and as measured now; times in microseconds."""

    name: str
    what: str
    stands: float
    measured: float


@dataclass(frozen=True, slots=True)
class Estimates:
    """What a review foretold beside what a build took. `tables` are heaps, `indexes` those of a table together."""

    server: str
    settings: str
    review_seconds: float
    slices: int
    slices_wrong: int  # whose rows were foretold wrongly
    pairs: tuple[Pair, ...]
    tables: tuple[Pair, ...]
    indexes: tuple[Pair, ...]
    constants: tuple[Constant, ...]


@dataclass(slots=True)
class Results:
    """Everything that one run of the benchmark measured."""

    machine: dict[str, str]
    preset: str
    engines: list[Engine] = field(default_factory=list)
    start_up: list[StartUp] = field(default_factory=list)
    estimates: Estimates | None = None


class BenchmarkError(Exception):
    """A measured command failed; the message ends with what it said."""


_LEFT_OUT = ("SQLSEED_", "PG", "PYTHON")  # a developer's settings, such as one that forbids compiled modules


def _environment(env: Mapping[str, str] | None) -> dict[str, str]:
    """This process's environment; compiled modules are kept apart from the repository, as an installation has them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    cache = str(Path(tempfile.gettempdir()) / "sqlseed-benchmark-pycache")
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": cache, "NO_COLOR": "1", **(env or {})}


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Runs a command to its end; (seconds, standard output). Raises BenchmarkError if it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=_environment(env), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise BenchmarkError(f"{' '.join(command[1:])} failed with {done.returncode}:\n{done.stderr[-2000:]}")
    return seconds, done.stdout


def run_sqlseed(arguments: Sequence[str], project: Path, env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Runs sqlseed in a project; (seconds, standard output). Raises BenchmarkError if it fails."""
    return run([sys.executable, "-m", "sqlseed", *arguments], project, env)


def build(
    project: Path, arguments: Sequence[str], size: Callable[[], int], env: Mapping[str, str] | None = None
) -> Build:
    """One `sqlseed build` of `project` in a process of its own; `size` is asked for the database's size afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        memory = Path(folder) / "peak"
        words = [sys.executable, "-m", "benchmarks.child", str(memory)]
        words += ["build", "--no-tests", "--quiet", "--output", "json"]
        seconds, printed = run([*words, *arguments], project, env)
        peak = int(memory.read_text("utf-8"))
    facts: dict[str, Any] = json.loads(printed)
    tables = [table for table in facts["tables"] if not table["intermediate"]]
    slowest = sorted(facts["tables"], key=lambda table: -table["seconds"])[:5]
    return Build(
        server=facts["server"],
        rows=sum(table["rows"] for table in tables),
        seconds=seconds,
        peak_memory=peak,
        size=size(),
        slowest=tuple((table["model"], table["rows"], table["seconds"]) for table in slowest),
    )


def start_up(
    label: str, arguments: Sequence[str], cwd: Path, times: int, before: Callable[[], None] = lambda: None
) -> StartUp:
    """A command of sqlseed, run `times` times after one run that warms the file cache; `before` runs before each."""
    seconds = []
    for _ in range(times + 1):
        before()
        seconds.append(run([sys.executable, "-m", "sqlseed", *arguments], cwd)[0])
    return StartUp(label, tuple(seconds[1:]))
