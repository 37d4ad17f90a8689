"""What a run says of itself: how each slice ended, and the stream of events that feeds every display and log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
