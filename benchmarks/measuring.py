"""Processes that are timed, and what is kept of them."""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.resources import Watched, watching

TIMES = 7  # runs of which the shortest counts, of a statement of a second or less
ROOT = Path(__file__).resolve().parent.parent  # of the repository


@dataclass(frozen=True, slots=True)
class Usage:
    """What something took. Times in seconds, sizes in bytes; None where it was not measured."""

    seconds: float  # on the clock
    client_cpu: float | None = None  # of sqlseed's process; with DuckDB that is the engine too
    server_cpu: float | None = None  # of all processes of the server
    client_memory: int | None = None  # the process's largest resident set
    server_memory: int | None = None  # the largest sum of its processes' own memory
    shared_memory: int | None = None  # of the server's shared buffers, as far as they were used
    wal: int | None = None  # written by the server meanwhile
    temporary: int | None = None  # written by the server to files of sorts and hashes that its memory could not hold

    @property
    def cpu(self) -> float | None:
        """Client and server together."""
        known = [value for value in (self.client_cpu, self.server_cpu) if value is not None]
        return sum(known) if known else None


@dataclass(frozen=True, slots=True)
class ModelTime:
    """One model of a build: `slices` are (rows, seconds) by their keys; `seconds` their sum."""

    model: str
    intermediate: bool
    rows: int
    seconds: float
    slices: Mapping[str, tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Copy:
    """The same rows copied into an equal, empty schema by the engine's own COPY."""

    source: str
    rows: int
    connections: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class Measurement:
    """One build of a whole project, and COPY of what it made, under the same conditions."""

    engine: str  # postgres or duckdb
    server: str
    mode: str  # `in place` or `bulk`; for DuckDB `file`
    preset: str
    size: int  # times the preset
    variables: Mapping[str, Any]
    settings: str
    load: float  # of the machine, in the minute before the build began
    disk_free: int  # bytes, before the build began
    rows: int  # in the models' tables, without intermediate ones
    size_bytes: int  # of the database afterwards, lookup tables and state included
    usage: Usage
    put_back_seconds: float | None  # of bulk mode: until keys and indexes were back, part of `usage`
    models: tuple[ModelTime, ...]
    copies: tuple[Copy, ...] = ()
    without_copy: str = ""  # why nothing was copied

    @property
    def name(self) -> tuple[str, int, str, str]:
        """What makes two measurements ones of the same thing."""
        return self.preset, self.size, self.engine, self.mode


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
    """One number as the review foretold it and as it came; `unit` is rows, bytes or seconds."""

    what: str
    foretold: float
    measured: float
    unit: str

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
    """What one file of results holds: of one machine, from one run or several."""

    machine: dict[str, str]
    measurements: list[Measurement] = field(default_factory=list)
    start_up: list[StartUp] = field(default_factory=list)


class BenchmarkError(Exception):
    """A measured command failed; the message ends with what it said."""


_LEFT_OUT = ("SQLSEED_", "PG", "PYTHON")  # a developer's settings, such as one that forbids compiled modules
_BACK = re.compile(r"bulk mode: .* back in ([\d.]+) s")  # sqlseed.building's note


def _environment(env: Mapping[str, str] | None) -> dict[str, str]:
    """This process's environment; caches are kept apart from the developer's and from the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
    caches = Path(tempfile.gettempdir()) / "sqlseed-benchmark-caches"
    own = {"PYTHONPYCACHEPREFIX": str(caches / "python"), "SQLSEED_CACHE_DIR": str(caches / "sqlseed")}
    return {**kept, **own, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", **(env or {})}


def _run(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None) -> tuple[float, str, str]:
    """Runs a command to its end; (seconds, standard output, standard error). Raises BenchmarkError if it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=_environment(env), capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise BenchmarkError(f"{' '.join(command[1:])} failed with {done.returncode}:\n{done.stderr[-2000:]}")
    return seconds, done.stdout, done.stderr


def run(command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Runs a command to its end; (seconds, standard output). Raises BenchmarkError if it fails."""
    return _run(command, cwd, env)[:2]


def run_sqlseed(arguments: Sequence[str], project: Path, env: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Runs sqlseed in a project; (seconds, standard output). Raises BenchmarkError if it fails."""
    return run([sys.executable, "-m", "sqlseed", *arguments], project, env)


@dataclass(frozen=True, slots=True)
class Built:
    """A build as its process tells of it."""

    server: str
    rows: int
    usage: Usage
    put_back_seconds: float | None
    models: tuple[ModelTime, ...]
    load: float
    disk_free: int


def build(
    project: Path, arguments: Sequence[str], env: Mapping[str, str] | None = None, postmaster: int | None = None
) -> Built:
    """One `sqlseed build` of `project` in a process of its own; a server is watched meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "used"
        load, free = round(os.getloadavg()[0], 1), shutil.disk_usage(folder).free
        words = [sys.executable, "-m", "benchmarks.child", str(file)]
        words += ["build", "--no-tests", "--log-format", "json", "--output", "json"]
        with watching(postmaster) if postmaster is not None else nullcontext(Watched()) as server:
            seconds, printed, said = _run([*words, *arguments], project, env)
        used = json.loads(file.read_text("utf-8"))
    facts: dict[str, Any] = json.loads(printed)
    back = _BACK.search(said)
    usage = Usage(
        round(seconds, 3),
        used["cpu"],
        server.cpu_seconds,
        used["memory"],
        server.private_bytes,
        server.shared_bytes,
    )
    models = _models(facts, project / "target" / "run_results.json")
    rows = sum(model.rows for model in models if not model.intermediate)
    return Built(facts["server"], rows, usage, float(back[1]) if back else None, models, load, free)


def _models(facts: Mapping[str, Any], path: Path) -> tuple[ModelTime, ...]:
    slices: dict[str, dict[str, tuple[int, float]]] = {}
    for result in json.loads(path.read_text("utf-8"))["results"]:
        if "slice" in result:
            model = result["unique_id"].rpartition(".")[2]
            seconds = round(result["execution_time"], 3)
            slices.setdefault(model, {})[result["slice"]] = result["adapter_response"]["rows_affected"], seconds
    return tuple(
        ModelTime(t["model"], t["intermediate"], t["rows"], t["seconds"], slices.get(t["model"], {}))
        for t in facts["tables"]
    )


def start_up(
    command: str, arguments: Sequence[str], cwd: Path, times: int, before: Callable[[], None] = lambda: None
) -> StartUp:
    """A command of sqlseed, run `times` times after one run that warms the file cache; `before` runs before each."""
    seconds = []
    for _ in range(times + 1):
        before()
        seconds.append(run([sys.executable, "-m", "sqlseed", *arguments], cwd)[0])
    return StartUp(command, tuple(round(one, 3) for one in seconds[1:]))
