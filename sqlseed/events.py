"""What a run says of itself: how each slice ended, and the stream of events that feeds every display and log."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlseed.assertion import DataTest
from sqlseed.model import Plan, Slice, Step


class Status(StrEnum):
    """How a step ended; dbt's words where they fit."""

    SUCCESS = "success"
    NO_OP = "no-op"  # already up to date
    PASS = "pass"  # a data test found nothing, or no more than it allows
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"
    SKIPPED = "skipped"  # something it depends on failed, or the run stopped first
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one data test ended. `failures` is the true count also where the test passes; `sample` the first rows that
    are wrong, their columns by name."""

    test: DataTest
    status: Status
    failures: int | float = 0
    message: str = ""
    sample: tuple[Mapping[str, Any], ...] = ()
    compiled_path: str = ""  # of its SQL, below target/compiled/
    kept: str = ""  # the table with the failing rows, as SQL
    seconds: float = 0.0  # of the statement; tests that share a scan share its time
    error: Exception | None = None
    worker: int = 0
    started_at: float = 0.0  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class SliceProfile:
    """What a slice's session did, in a build that was asked for it."""

    seconds: float
    cpu_seconds: float  # of sqlseed's own thread; with DuckDB the engine computes in it
    waits: Mapping[str, int]  # how often it was seen waiting for what, or computing: `CPU`
    counters: Mapping[str, int]  # of WAL and buffers, where the server counts them by session


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one slice ended. `seconds` is wall time; `rows` those of the slice now in the target."""

    slice: Slice
    status: Status
    rows: int = 0
    seconds: float = 0.0
    checksum: str | None = None
    message: str = ""
    error: Exception | None = None
    attempts: int = 1
    worker: int = 0
    started_at: float = 0.0  # seconds since the epoch
    verdicts: tuple[Verdict, ...] = ()  # of the data tests that stood in a slice's place
    profile: SliceProfile | None = None  # where it was asked for


class SpanKind(StrEnum):
    """What a connection was busy with."""

    CONNECT = "connect"
    SEED = "seed"
    SET_ASIDE = "set aside"  # of bulk mode
    SLICE = "slice"
    TESTS = "tests"  # those that stand between slices
    PUT_BACK = "put back"  # of bulk mode


@dataclass(frozen=True, slots=True)
class Span:
    """What one connection did, from when on and for how long (wall time).

    `connection` counts from 1; 0 is the one that a build prepares with. `waits_for` are the slices of the same run
    that had to end first.
    """

    kind: SpanKind
    name: str
    connection: int
    started_at: float  # seconds since the epoch
    seconds: float
    status: Status = Status.SUCCESS
    rows: int = 0
    slice: Slice | None = None  # of a slice, and of tests the place that they have in the schedule
    waits_for: tuple[Slice, ...] = ()

    @property
    def ended_at(self) -> float:
        """When it was over, in seconds since the epoch."""
        return self.started_at + self.seconds


class Spans(list[Span]):
    """What the connections of a run did, in no order; any thread may add to it."""

    @contextlib.contextmanager
    def timed(self, kind: SpanKind, name: str, connection: int = 0) -> Iterator[None]:
        """Adds what the block does, also where it fails."""
        started_at, begin = time.time(), time.perf_counter()
        status = Status.ERROR
        try:
            yield
            status = Status.SUCCESS
        finally:
            self.append(Span(kind, name, connection, started_at, time.perf_counter() - begin, status))


class EventKind(StrEnum):
    """What a run announces; the one stream that feeds every display and log."""

    RUN_STARTED = "run_started"
    NOTE = "note"
    WARNING = "warning"
    TABLE_CREATED = "table_created"
    SEED_LOADED = "seed_loaded"
    SLICE_STARTED = "slice_started"
    SLICE_RETRIED = "slice_retried"
    SLICE_FINISHED = "slice_finished"
    TESTS_STARTED = "tests_started"
    TEST_FINISHED = "test_finished"
    TESTS_FINISHED = "tests_finished"
    RUN_STOPPING = "run_stopping"
    RUN_FINISHED = "run_finished"


@dataclass(frozen=True, slots=True)
class Event:
    """One announcement. Fields that a kind has no use for keep their defaults."""

    kind: EventKind
    at: float  # seconds since the epoch
    message: str = ""
    step: Step | None = None
    result: StepResult | None = None
    plan: Plan | None = None
    name: str = ""
    rows: int = 0
    seconds: float = 0.0
    verdict: Verdict | None = None


OnEvent = Callable[[Event], None]
"""What a run tells its events to."""
