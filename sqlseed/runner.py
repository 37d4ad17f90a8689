"""Run a plan: one transaction a slice, as many at once as there are sessions, parents before children.

A slice that fails takes its dependants with it as `skipped`; the rest goes on. The main thread owns the schedule,
the events and the stop flag; workers own a session each and nothing else.
"""

from __future__ import annotations

import contextlib
import heapq
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlseed.backends import Backend, Ours, Rows, Session, slices
from sqlseed.errors import ConnectError, ExecuteError, Interrupted, SqlseedError
from sqlseed.events import Event, EventKind, OnEvent, Status, StepResult
from sqlseed.model import Compiled, Job, KeyRange, Plan, Slice, Step, StepState

ATTEMPTS = 3  # tries of a slice whose failure may pass: a lost connection, a deadlock, a lock
_POLL_SECONDS = 0.1  # how soon the main thread sees a stop
_STOP_SECONDS = 1.2  # how long cancelled statements may take to end before their connections are cut
_CUT_SECONDS = 0.2  # how long they may take after that
_CLOSE_SECONDS = 5.0  # how long the workers of a finished run may take to close their sessions
_CANCEL_SECONDS = 0.2  # between two cancels of a slice that has not ended
_WRAPPER_LINES = 2  # lines of `insert into ...` that precede a model in the statement sent


class StopFlag:
    """Set from a signal handler or another thread to end a run."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._cancel: Callable[[], None] | None = None

    def set(self, signal_number: int) -> None:
        """Asks the run to stop, and cancels what the main thread waits for."""
        self.signal = signal_number
        if self._cancel is not None:
            threading.Thread(target=self._cancel, daemon=True).start()

    @contextlib.contextmanager
    def cancelling(self, session: Session) -> Iterator[None]:
        """Within the block, a stop cancels what `session` does, and ends the block with Interrupted."""
        self._cancel = session.cancel
        try:
            self.check()
            yield
        except ExecuteError as error:
            if self.signal is not None and error.cancelled:
                raise Interrupted(self.signal) from None
            raise
        finally:
            self._cancel = None
        self.check()

    def check(self) -> None:
        """Raises Interrupted if a stop was asked for."""
        if self.signal is not None:
            raise Interrupted(self.signal)


@dataclass(frozen=True, slots=True)
class RunContext:
    """What every slice of a run shares."""

    project: str
    version: str
    run_id: str
    compiled: Mapping[str, Compiled]
    ranges: Mapping[tuple[str, str], KeyRange] = field(default_factory=dict)
    ours: Ours = field(default_factory=dict)
    dependants: Callable[[Slice], Sequence[Slice]] = lambda _: ()  # the slices made from a slice's rows
    refresh: bool = False
    checksums: bool = False

    def job(self, step: Step) -> Job:
        """A step as a back end needs it."""
        return Job(step, self.compiled[step.slice.model], self.run_id, self.refresh, self.checksums)

    def own(self, step: Step) -> Rows:
        """The rows of a step's slice."""
        slice_ = step.slice
        key_range = self.ranges.get((slice_.model, slice_.key))
        return slices.own_rows(
            self.project, self.compiled[slice_.model], dict(slice_.point), step.parameters, key_range
        )


def execute(
    plan: Plan,
    context: RunContext,
    backend: Backend,
    on_event: OnEvent,
    *,
    fail_fast: bool = False,
    stop: StopFlag | None = None,
) -> list[StepResult]:
    """Runs the plan's pending steps; a result for every step, in the plan's order.

    Nothing is raised for a slice that fails: its result carries the error.
    """
    schedule = _Schedule(plan)
    workers = _start_workers(backend, context, min(backend.threads, max(1, len(plan.pending))), on_event)
    try:
        _loop(schedule, workers, on_event, fail_fast, stop or StopFlag())
    finally:
        _finish(workers)
    return schedule.in_order(plan)


class _Schedule:
    """Which steps are ready, running, done."""

    def __init__(self, plan: Plan) -> None:
        self.steps = {step.slice: step for step in plan.pending}
        self.results: dict[Slice, StepResult] = {}
        self.children: dict[Slice, list[Slice]] = {}
        self.waiting: dict[Slice, int] = {}
        self.ready: list[tuple[int, int, Slice]] = []
        self.running: set[Slice] = set()
        self._order = {slice_: i for i, slice_ in enumerate(self.steps)}
        for step in plan.steps:
            if step.state is StepState.UP_TO_DATE:
                self.results[step.slice] = StepResult(step.slice, Status.NO_OP, step.expected_rows or 0)
        for slice_, step in self.steps.items():
            parents = [parent for parent in step.depends_on if parent in self.steps]
            self.waiting[slice_] = len(parents)
            for parent in parents:
                self.children.setdefault(parent, []).append(slice_)
            if not parents:
                self._push(slice_)

    def _push(self, slice_: Slice) -> None:
        # The largest first: the last one to start decides when the run ends.
        heapq.heappush(self.ready, (-(self.steps[slice_].expected_rows or 0), self._order[slice_], slice_))

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
        return self._skip_below(result.slice)

    def _skip_below(self, slice_: Slice) -> list[StepResult]:
        skipped: list[StepResult] = []
        stack = [slice_]
        while stack:
            for child in self.children.get(stack.pop(), ()):
                if child not in self.results:
                    result = StepResult(child, Status.SKIPPED, message=f"{slice_} did not end well")
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

    def in_order(self, plan: Plan) -> list[StepResult]:
        return [self.results[step.slice] for step in plan.steps if step.slice in self.results]


def _loop(schedule: _Schedule, workers: Sequence[_Worker], on_event: OnEvent, fail_fast: bool, stop: StopFlag) -> None:
    idle = list(workers)
    inbox = workers[0].outbox
    give_up_at: float | None = None
    while schedule.ready or schedule.running:
        if stop.signal is not None and give_up_at is None:
            give_up_at = time.monotonic() + _STOP_SECONDS
            on_event(Event(EventKind.RUN_STOPPING, time.time(), rows=len(schedule.running)))
            _announce(schedule, schedule.skip_rest("the run was stopped"), on_event)
            for worker in workers:
                worker.stop()
        if give_up_at is not None and time.monotonic() > give_up_at:
            _give_up(schedule, on_event)
            return
        while idle and schedule.ready:
            step = schedule.pop()
            on_event(Event(EventKind.SLICE_STARTED, time.time(), step=step))
            idle.pop().inbox.put(step)
        with contextlib.suppress(queue.Empty):
            message = inbox.get(timeout=_POLL_SECONDS)
            if isinstance(message, Event):
                on_event(message)
                continue
            worker, result = message
            idle.append(worker)
            _announce(schedule, [result, *schedule.finish(result)], on_event)
            if isinstance(result.error, ConnectError):
                _announce(schedule, schedule.skip_rest("the target does not answer any more"), on_event)
            elif fail_fast and result.status is Status.ERROR:
                _announce(schedule, schedule.skip_rest("--fail-fast: another slice failed"), on_event)


def _finish(workers: Sequence[_Worker]) -> None:
    """Lets the workers go; the connections of those that do not come to an end are cut."""
    for worker in workers:
        worker.inbox.put(None)
    until = time.monotonic() + (_CUT_SECONDS if any(w.stopping for w in workers) else _CLOSE_SECONDS)
    for worker in workers:
        worker.leave(max(0.0, until - time.monotonic()))


def _announce(schedule: _Schedule, results: Sequence[StepResult], on_event: OnEvent) -> None:
    for result in results:
        step = schedule.steps[result.slice]
        on_event(Event(EventKind.SLICE_FINISHED, time.time(), step=step, result=result))


def _give_up(schedule: _Schedule, on_event: OnEvent) -> None:
    """Statements that do not end when told to: the connections are cut, and the server rolls them back."""
    for slice_ in list(schedule.running):
        result = StepResult(slice_, Status.INTERRUPTED, message="stopped; the server rolls it back")
        _announce(schedule, [result, *schedule.finish(result)], on_event)


def _start_workers(backend: Backend, context: RunContext, count: int, on_event: OnEvent) -> list[_Worker]:
    """One worker a session; fewer, with a warning, where the server gives fewer connections."""
    outbox: queue.Queue[Event | tuple[_Worker, StepResult]] = queue.Queue()
    workers: list[_Worker] = []
    for number in range(count):
        try:
            session = backend.connect()
        except ConnectError as error:
            if not workers or "too many connections" not in error.message:
                for worker in workers:
                    worker.leave(0)
                raise
            text = f"the server gives {number} of {count} connections; going on with {number}"
            on_event(Event(EventKind.WARNING, time.time(), message=text))
            break
        workers.append(_Worker(number + 1, backend, session, context, outbox))
    for worker in workers:
        worker.start()
    return workers


class _Worker(threading.Thread):
    """Runs the steps that it is handed, one after the other, on a session of its own."""

    def __init__(
        self,
        number: int,
        backend: Backend,
        session: Session,
        context: RunContext,
        outbox: queue.Queue[Event | tuple[_Worker, StepResult]],
    ) -> None:
        super().__init__(name=f"sqlseed-{number}", daemon=True)
        self.number = number
        self.inbox: queue.Queue[Step | None] = queue.Queue()
        self.outbox = outbox
        self._backend = backend
        self._session = session
        self._context = context
        self._stopping = threading.Event()
        self._idle = threading.Event()

    def run(self) -> None:
        """Until it is told to finish."""
        while (step := self.inbox.get()) is not None:
            self._idle.clear()
            started = time.time()
            begin = time.perf_counter()
            result = self._run_step(step)
            self._idle.set()
            seconds = time.perf_counter() - begin
            self.outbox.put((self, replace(result, seconds=seconds, started_at=started, worker=self.number)))
        self._session.close()

    def _run_step(self, step: Step) -> StepResult:
        attempt = 0
        while True:
            attempt += 1
            try:
                return replace(self._once(step), attempts=attempt)
            except ExecuteError as error:
                if self._stopping.is_set():
                    return StepResult(
                        step.slice, Status.INTERRUPTED, message="stopped and rolled back", attempts=attempt
                    )
                if not error.retryable or attempt == ATTEMPTS:
                    return self._failed(step, error, attempt)
                text = f"{step.slice}: {error.message}; trying again"
                self.outbox.put(Event(EventKind.SLICE_RETRIED, time.time(), message=text, step=step))
                self._stopping.wait(0.2 * 2**attempt * (0.5 + random.random()))
                if error.connection_lost and (gone := self._reconnect()) is not None:
                    return self._failed(step, gone, attempt)
            except SqlseedError as error:
                return self._failed(step, error, attempt)
            except Exception as error:  # a bug of ours fails its slice, not the others'
                return StepResult(step.slice, Status.ERROR, message=f"internal error: {error!r}", error=error)

    def _once(self, step: Step) -> StepResult:
        context = self._context
        outcome = slices.run_slice(
            self._session,
            context.job(step),
            context.own(step),
            context.ours,
            context.version,
            lambda: context.dependants(step.slice),
        )
        message = "" if outcome.written else "was complete already"
        return StepResult(step.slice, Status.SUCCESS, outcome.rows, checksum=outcome.checksum, message=message)

    def _failed(self, step: Step, error: SqlseedError, attempt: int) -> StepResult:
        compiled = self._context.compiled[step.slice.model]
        if error.path is None:
            error.path = compiled.path
            position = getattr(error, "position", None)
            if position is not None and position > _WRAPPER_LINES:
                line = min(position - _WRAPPER_LINES, compiled.sql.count("\n") + 1)
                error.line = compiled.source_line(line)
                error.source = compiled.sql.split("\n")[line - 1]
        return StepResult(step.slice, Status.ERROR, message=str(error), error=error, attempts=attempt)

    def _reconnect(self) -> SqlseedError | None:
        """A new session for the lost one; why there is none, after as long as a server takes to restart."""
        self._session.close()
        gone: SqlseedError | None = None
        for pause in (0.0, 0.5, 1.0, 2.0, 4.0):  # seconds
            if self._stopping.wait(pause):
                break
            try:
                self._session = self._backend.connect()
            except ConnectError as error:
                gone = error
            else:
                return None
        return gone or ConnectError("the connection was lost")

    def stop(self) -> None:
        """From the main thread: cancels the statement that runs, and those that may follow it."""
        self._stopping.set()
        threading.Thread(target=self._keep_cancelling, daemon=True).start()

    def _keep_cancelling(self) -> None:
        """A cancel that arrives between two statements stops nothing, so it is sent until the slice has ended."""
        while not self._idle.is_set():
            self._session.cancel()
            self._idle.wait(_CANCEL_SECONDS)

    @property
    def stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    def leave(self, seconds: float) -> None:
        """From the main thread: waits for the end of the worker, at most so long, and then closes its session."""
        if self.is_alive():
            self.join(seconds)
        if self.is_alive() or not self.ident:
            self._session.close()
