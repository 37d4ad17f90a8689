"""What a run says of itself: how each slice ended, and the stream of events that feeds every display and log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sqlseed.model import Plan, Slice, Step


class Status(StrEnum):
    """How a step ended; dbt's words where they fit."""

    SUCCESS = "success"
    NO_OP = "no-op"  # already up to date
    ERROR = "error"
    SKIPPED = "skipped"  # something it depends on failed, or the run stopped first
    INTERRUPTED = "interrupted"


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


OnEvent = Callable[[Event], None]
"""What a run tells its events to."""
