"""How a build ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlseed.events import Span, Status, StepResult, Verdict
from sqlseed.model import Plan, Relation


@dataclass(frozen=True, slots=True)
class TableSummary:
    """What a build left in one model's table: `slices` by status, rows of all its selected slices."""

    model: str
    relation: Relation
    rows: int
    slices: Mapping[Status, int]
    seconds: float  # summed over slices: with N threads up to N times the wall time
    checksum: str | None
    intermediate: bool


@dataclass(frozen=True, slots=True)
class BuildResult:
    """How a build ended. `elapsed` is wall time in seconds."""

    run_id: str
    target: str
    server: str
    plan: Plan
    results: tuple[StepResult, ...]
    tables: tuple[TableSummary, ...]
    elapsed: float
    dry_run: bool = False
    verdicts: tuple[Verdict, ...] = ()  # of the data tests
    spans: tuple[Span, ...] = ()  # what each connection did, in order of time
    started_at: float = 0.0  # seconds since the epoch

    @property
    def success(self) -> bool:
        """Whether everything asked for is in the target, and no data test failed."""
        built = all(result.status in (Status.SUCCESS, Status.NO_OP) for result in self.results)
        return built and not any(verdict.status in (Status.FAIL, Status.ERROR) for verdict in self.verdicts)

    @property
    def failures(self) -> tuple[StepResult, ...]:
        """The slices that failed by themselves, not because of others."""
        return tuple(result for result in self.results if result.status is Status.ERROR)
