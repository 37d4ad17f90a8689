"""Which steps of a run are ready, running, done: the order of slices, and of the gates between them."""

from __future__ import annotations

import heapq
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlseed.backends import Backend, Session
from sqlseed.errors import ConnectError
from sqlseed.events import Event, EventKind, Span, SpanKind, Status, StepResult, Verdict
from sqlseed.model import Plan, Slice, Step, StepState

SLICE_ROWS = 500
"""What a slice costs besides its rows, in rows written: on the school, a slice of few takes as long as 500 others."""

READS_PER_ROW = 20
"""Rows that data tests read in the time of one row written: 3.4 and 67 microseconds a row on the school."""

Examine = Callable[[Backend, Session], tuple[Session, list[Verdict]]]


@dataclass(frozen=True, slots=True)
class Gate:
    """Data tests that wait for all slices of `after`, and for which those of `before` wait.

    `examine` runs them on a session, and gives back that session or the one that took its place. `skipped` are their
    verdicts where they cannot run, for the reason given.
    """

    slice: Slice  # its place in the schedule, which no model's slice has
    after: tuple[Slice, ...]
    before: tuple[Slice, ...]
    examine: Examine
    skipped: Callable[[str], list[Verdict]]

    @property
    def step(self) -> Step:
        """The gate as a step."""
        return Step(self.slice, StepState.NEW, "", {}, None, self.after)


class Schedule:
    """Which steps are ready, running, done."""

    def __init__(self, plan: Plan, gates: Sequence[Gate] = ()) -> None:
        self.gates = {gate.slice: gate for gate in gates}
        self.steps = {step.slice: step for step in plan.pending} | {gate.slice: gate.step for gate in gates}
        self.results: dict[Slice, StepResult] = {}
        self.parents: dict[Slice, tuple[Slice, ...]] = {}
        self.children: dict[Slice, list[Slice]] = {}
        self.waiting: dict[Slice, int] = {}
        self.ready: list[tuple[int, int, Slice]] = []
        self.running: set[Slice] = set()
        self._order = {slice_: i for i, slice_ in enumerate(self.steps)}
        for step in plan.steps:
            if step.state is StepState.UP_TO_DATE:
                self.results[step.slice] = StepResult(step.slice, Status.NO_OP, step.expected_rows or 0)
        needed: dict[Slice, list[Slice]] = {}
        for gate in gates:
            for slice_ in gate.before:
                needed.setdefault(slice_, []).append(gate.slice)
        for slice_, step in self.steps.items():
            parents = [parent for parent in (*step.depends_on, *needed.get(slice_, ())) if parent in self.steps]
            self.parents[slice_] = tuple(parents)
            self.waiting[slice_] = len(parents)
            for parent in parents:
                self.children.setdefault(parent, []).append(slice_)
        self._path = self._paths()
        for slice_, count in self.waiting.items():
            if not count:
                self._push(slice_)

    def _push(self, slice_: Slice) -> None:
        heapq.heappush(self.ready, (-self._path[slice_], self._order[slice_], slice_))

    def _paths(self) -> dict[Slice, int]:
        """For each step the longest path that begins with it, in rows: what begins with the longest goes first.

        How long a slice took in an earlier run would say no more: the school's schedule, simulated with the measured
        times of all, ends as soon by rows.
        """
        paths: dict[Slice, int] = {}
        for slice_ in reversed(self._parents_first()):
            below = max((paths[child] for child in self.children.get(slice_, ())), default=0)
            paths[slice_] = self._cost(slice_) + below
        return paths

    def _cost(self, slice_: Slice) -> int:
        if slice_ not in self.gates:
            return SLICE_ROWS + (self.steps[slice_].expected_rows or 0)
        read = sum(self.steps[one].expected_rows or 0 for one in self.parents[slice_])
        return SLICE_ROWS + read // READS_PER_ROW

    def _parents_first(self) -> list[Slice]:
        left = dict(self.waiting)
        order = [slice_ for slice_, count in left.items() if not count]
        for slice_ in order:  # which grows meanwhile
            for child in self.children.get(slice_, ()):
                left[child] -= 1
                if not left[child]:
                    order.append(child)
        return order

    def pop(self) -> Step:
        slice_ = heapq.heappop(self.ready)[2]
        self.running.add(slice_)
        return self.steps[slice_]

    def finish(self, result: StepResult) -> list[StepResult]:
        """Notes a result; the results of dependants that are skipped because of it."""
        self.running.discard(result.slice)
        self.results[result.slice] = result
        if result.status is Status.SUCCESS:
            for child in self.children.get(result.slice, ()):
                self.waiting[child] -= 1
                if not self.waiting[child] and child not in self.results:
                    self._push(child)
            return []
        why = f"{result.message} failed" if result.slice in self.gates else f"{result.slice} did not end well"
        return self._skip_below(result.slice, why)

    def _skip_below(self, slice_: Slice, why: str) -> list[StepResult]:
        skipped: list[StepResult] = []
        stack = [slice_]
        while stack:
            for child in self.children.get(stack.pop(), ()):
                if child not in self.results:
                    result = StepResult(child, Status.SKIPPED, message=why)
                    self.results[child] = result
                    skipped.append(result)
                    stack.append(child)
        return skipped

    def skip_rest(self, message: str) -> list[StepResult]:
        """Marks all that has not started as skipped."""
        self.ready.clear()
        rest = [s for s in self.steps if s not in self.results and s not in self.running]
        skipped = [StepResult(slice_, Status.SKIPPED, message=message) for slice_ in rest]
        self.results |= {result.slice: result for result in skipped}
        return skipped

    def spans(self) -> list[Span]:
        """What the connections did, of all that began, in no order."""
        return [self._span(result) for result in self.results.values() if result.worker]

    def _span(self, result: StepResult) -> Span:
        kind, name = SpanKind.SLICE, str(result.slice)
        if result.slice in self.gates:
            names = [verdict.test.name for verdict in result.verdicts]
            kind, name = SpanKind.TESTS, f"{result.slice.model}: {', '.join(names)}"
        when = (result.worker, result.started_at, result.seconds)
        return Span(kind, name, *when, result.status, result.rows, result.slice, self.parents[result.slice])

    def in_order(self, plan: Plan) -> list[StepResult]:
        return [self.results[step.slice] for step in plan.steps if step.slice in self.results]


class Worker(Protocol):
    """What runs the steps that it finds in its inbox; None is the end."""

    inbox: queue.Queue[Step | None]


@dataclass(frozen=True, slots=True)
class Progress:
    """What the main thread has to tell: results, and then the steps that began."""

    ended: Sequence[StepResult] = ()
    begun: Sequence[Event] = ()


class Dispatcher:
    """Gives steps to workers: one that has ended a step takes the next itself, and waits for no other thread.

    It is called from all threads. What there is to tell goes through `outbox` to the main thread, which may take its
    time over it.
    """

    def __init__(self, schedule: Schedule, is_stopped: Callable[[], bool], *, fail_fast: bool) -> None:
        self.outbox: queue.Queue[Event | Progress | Exception] = queue.Queue()
        self._schedule = schedule
        self._is_stopped = is_stopped
        self._fail_fast = fail_fast
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._closed = False

    def begin(self, workers: Sequence[Worker]) -> None:
        """Gives the first steps out."""
        with self._lock:
            self._idle = list(workers)
            self.outbox.put(Progress(begun=self._hand_out()))

    def next_step(self, worker: Worker, result: StepResult) -> Step | None:
        """Notes a worker's result; its next step, or None, and then what comes is put into its inbox."""
        with self._lock:
            if self._closed:
                return None
            schedule = self._schedule
            ended = [result, *schedule.finish(result)]
            if isinstance(result.error, ConnectError):
                ended += schedule.skip_rest("the target does not answer any more")
            elif self._fail_fast and result.status is Status.ERROR:
                ended += schedule.skip_rest("--fail-fast: another slice failed")
            step, begun = None, []
            if self._may_begin():
                step, event = self._pop()
                begun.append(event)
            else:
                self._idle.append(worker)
            self.outbox.put(Progress(ended, [*begun, *self._hand_out()]))
        return step

    def _may_begin(self) -> bool:
        return bool(self._schedule.ready) and not self._is_stopped()

    def _hand_out(self) -> list[Event]:
        begun = []
        while self._idle and self._may_begin():
            step, event = self._pop()
            self._idle.pop().inbox.put(step)
            begun.append(event)
        return begun

    def _pop(self) -> tuple[Step, Event]:
        step = self._schedule.pop()
        return step, Event(EventKind.SLICE_STARTED, time.time(), step=step)

    @property
    def is_over(self) -> bool:
        """Whether nothing runs, nothing can begin, and all has been told."""
        with self._lock:
            return not self._schedule.ready and not self._schedule.running and self.outbox.empty()

    def skip_rest(self, message: str) -> list[StepResult]:
        """Lets nothing begin any more; what is skipped."""
        with self._lock:
            return self._schedule.skip_rest(message)

    def close(self) -> None:
        """Gives nothing out any more, and notes nothing."""
        with self._lock:
            self._closed = True

    def give_up(self, message: str) -> list[StepResult]:
        """Closes the books over what still runs: it counts as interrupted, whatever comes of it."""
        with self._lock:
            self._closed = True
            found: list[StepResult] = []
            for slice_ in list(self._schedule.running):
                result = StepResult(slice_, Status.INTERRUPTED, message=message)
                found += [result, *self._schedule.finish(result)]
            return found
