"""Run a plan: one transaction a slice, as many at once as there are sessions, parents before children.

A slice that fails takes its dependants with it as `skipped`; the rest goes on. The main thread owns the events and
the stop flag; workers own a session each, and fetch their steps from the dispatcher.
"""

from __future__ import annotations

import contextlib
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlseed.backends import Backend, Ours, Rows, Session, changes, slices
from sqlseed.errors import ConnectError, ExecuteError, Interrupted, SqlseedError
from sqlseed.events import Event, EventKind, OnEvent, SliceProfile, SpanKind, Spans, Status, StepResult
from sqlseed.model import Compiled, Job, KeyRange, Plan, Slice, Step
from sqlseed.reconnecting import ATTEMPTS, connect_again
from sqlseed.schedule import Dispatcher, Gate, Schedule

_POLL_SECONDS = 0.1  # how soon the main thread sees a stop
_STOP_SECONDS = 1.2  # how long cancelled statements may take to end before their connections are cut
_CUT_SECONDS = 0.2  # how long they may take after that
_CLOSE_SECONDS = 5.0  # how long the workers of a finished run may take to close their sessions
_CANCEL_SECONDS = 0.2  # between two cancels of a slice that has not ended
_WRAPPER_LINES = 2  # lines of `insert into ...` that precede a model in the statement sent


class Cancellable(Protocol):
    """What can be told from another thread to stop what it does."""

    def cancel(self) -> None:
        """Stops the statements that run now, if any."""
        ...


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
    def cancelling(self, session: Cancellable) -> Iterator[None]:
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

    def wait(self, seconds: float) -> bool:
        """Waits for so long, False; raises Interrupted when a stop is asked for."""
        until = time.monotonic() + seconds
        while self.signal is None and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _POLL_SECONDS))
        self.check()
        return False

    def check(self) -> None:
        """Raises Interrupted if a stop was asked for."""
        if self.signal is not None:
            raise Interrupted(self.signal)


class Watch(Protocol):
    """Is told by each session's thread which slice begins and ends on it."""

    def began(self, session: Session, slice_: Slice) -> None:
        """Before the first statement of a slice."""
        ...

    def ended(self, session: Session, slice_: Slice) -> SliceProfile:
        """After the last one; the session may be another one, where the first was lost."""
        ...


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
    watch: Watch | None = None

    def job(self, step: Step) -> Job:
        """A step as a back end needs it."""
        return Job(step, self.compiled[step.slice.model], self.run_id, self.refresh, self.checksums)

    def own(self, step: Step) -> Rows:
        """The rows of a step's slice."""
        slice_ = step.slice
        key_range = self.ranges.get((slice_.model, slice_.whole.key))
        return slices.own_rows(self.project, self.compiled[slice_.model], slice_, step.parameters, key_range)


def execute(
    plan: Plan,
    context: RunContext,
    backend: Backend,
    on_event: OnEvent,
    *,
    gates: Sequence[Gate] = (),
    fail_fast: bool = False,
    stop: StopFlag | None = None,
    spans: Spans | None = None,
) -> list[StepResult]:
    """Runs the plan's pending steps and the gates between them; a result for every step, in the plan's order.

    What each connection did is added to `spans`. Nothing is raised for a slice that fails: its result has the error.
    """
    schedule = Schedule(plan, gates)
    count = min(backend.threads, max(1, len(schedule.steps)))
    stop = stop or StopFlag()
    spans = Spans() if spans is None else spans
    dispatcher = Dispatcher(schedule, lambda: stop.signal is not None, fail_fast=fail_fast)
    workers = _start_workers(backend, context, schedule.gates, count, on_event, stop, spans, dispatcher)
    try:
        _loop(schedule, dispatcher, workers, on_event, stop)
    finally:
        dispatcher.close()
        _finish(workers)
    spans += schedule.spans()
    return schedule.in_order(plan)


def _loop(
    schedule: Schedule, dispatcher: Dispatcher, workers: Sequence[_Worker], on_event: OnEvent, stop: StopFlag
) -> None:
    give_up_at: float | None = None
    dispatcher.begin(workers)
    while not dispatcher.is_over:
        if stop.signal is not None and give_up_at is None:
            give_up_at = time.monotonic() + _STOP_SECONDS
            on_event(Event(EventKind.RUN_STOPPING, time.time(), rows=len(schedule.running)))
            _announce(schedule, dispatcher.skip_rest("the run was stopped"), on_event)
            for worker in workers:
                worker.stop()
        if give_up_at is not None and time.monotonic() > give_up_at:
            # Statements that do not end when told to: the connections are cut, and the server rolls them back.
            _announce(schedule, dispatcher.give_up("stopped; the server rolls it back"), on_event)
            return
        with contextlib.suppress(queue.Empty):
            message = dispatcher.outbox.get(timeout=_POLL_SECONDS)
            if isinstance(message, Exception):
                raise message
            if isinstance(message, Event):
                on_event(message)
                continue
            _announce(schedule, message.ended, on_event)
            for event in message.begun:
                on_event(event)


def _finish(workers: Sequence[_Worker]) -> None:
    """Lets the workers go; the connections of those that do not come to an end are cut."""
    for worker in workers:
        worker.inbox.put(None)
    until = time.monotonic() + (_CUT_SECONDS if any(w.stopping for w in workers) else _CLOSE_SECONDS)
    for worker in workers:
        worker.leave(max(0.0, until - time.monotonic()))


def _announce(schedule: Schedule, results: Sequence[StepResult], on_event: OnEvent) -> None:
    for result in results:
        gate = schedule.gates.get(result.slice)
        if gate is not None:
            for verdict in result.verdicts or gate.skipped(result.message):
                on_event(Event(EventKind.TEST_FINISHED, time.time(), name=verdict.test.name, verdict=verdict))
            continue
        step = schedule.steps[result.slice]
        on_event(Event(EventKind.SLICE_FINISHED, time.time(), step=step, result=result))


def _start_workers(
    backend: Backend,
    context: RunContext,
    gates: Mapping[Slice, Gate],
    count: int,
    on_event: OnEvent,
    stop: StopFlag,
    spans: Spans,
    dispatcher: Dispatcher,
) -> list[_Worker]:
    """One worker a session; fewer, with a warning, where the server gives fewer connections."""
    workers: list[_Worker] = []
    for number in range(count):
        try:
            with spans.timed(SpanKind.CONNECT, "connecting", number + 1):
                session = backend.connect() if workers else connect_again(backend, stop.wait)
        except ConnectError as error:
            if not workers or "too many connections" not in error.message:
                for worker in workers:
                    worker.leave(0)
                raise
            text = f"the server gives {number} of {count} connections; going on with {number}"
            on_event(Event(EventKind.WARNING, time.time(), message=text))
            break
        workers.append(_Worker(number + 1, backend, session, context, gates, dispatcher))
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
        gates: Mapping[Slice, Gate],
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(name=f"sqlseed-{number}", daemon=True)
        self.number = number
        self.inbox: queue.Queue[Step | None] = queue.Queue()
        self._dispatcher = dispatcher
        self._backend = backend
        self._session = session
        self._context = context
        self._gates = gates
        self._stopping = threading.Event()
        self._idle = threading.Event()

    def run(self) -> None:
        """Until it is told to finish."""
        try:
            step = self.inbox.get()
            while step is not None:
                step = self._dispatcher.next_step(self, self._timed(step)) or self.inbox.get()
        except Exception as error:  # a bug of ours: the main thread must not wait for ever
            self._dispatcher.outbox.put(error)
        self._session.close()

    def _timed(self, step: Step) -> StepResult:
        self._idle.clear()
        started, begin = time.time(), time.perf_counter()
        gate = self._gates.get(step.slice)
        result = self._run_gate(gate) if gate is not None else self._run_watched(step)
        self._idle.set()
        return replace(result, seconds=time.perf_counter() - begin, started_at=started, worker=self.number)

    def _run_watched(self, step: Step) -> StepResult:
        watch = self._context.watch
        if watch is None:
            return self._run_step(step)
        watch.began(self._session, step.slice)
        result = self._run_step(step)
        return replace(result, profile=watch.ended(self._session, step.slice))

    def _run_gate(self, gate: Gate) -> StepResult:
        """Data tests: one that fails ends the gate, and what waits for it, as an error."""
        self._session, found = gate.examine(self._backend, self._session)
        if self._stopping.is_set():
            return StepResult(gate.slice, Status.INTERRUPTED, message="the run was stopped")
        bad = [verdict for verdict in found if verdict.status in (Status.FAIL, Status.ERROR)]
        status = Status.ERROR if bad else Status.SUCCESS
        error = next((verdict.error for verdict in bad if isinstance(verdict.error, ConnectError)), None)
        names = ", ".join(verdict.test.name for verdict in bad)
        return StepResult(gate.slice, status, message=names, error=error, verdicts=tuple(found))

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
                    return self._failed(step, self._changed(step, error) or error, attempt)
                text = f"{step.slice}: {error.message}; trying again"
                self._dispatcher.outbox.put(Event(EventKind.SLICE_RETRIED, time.time(), message=text, step=step))
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

    def _changed(self, step: Step, error: ExecuteError) -> SqlseedError | None:
        if error.sqlstate not in changes.GONE:
            return None
        compiled = self._context.compiled
        models = [compiled[name] for name in (step.slice.model, *compiled[step.slice.model].refs)]
        with contextlib.suppress(ExecuteError):  # then the first error has to do
            return changes.since_the_run_began(self._session, models)
        return None

    def _failed(self, step: Step, error: SqlseedError, attempt: int) -> StepResult:
        compiled = self._context.compiled[step.slice.model]
        if error.path is None:
            error.path = compiled.path
            position = getattr(error, "position", None)
            if position is not None and position > _WRAPPER_LINES:
                line = min(position - _WRAPPER_LINES, compiled.sql.count("\n") + 1)
                error.line = compiled.source_line(line)
                error.source = compiled.sql.split("\n")[line - 1]
            else:  # the rows are at fault, or the line: where the statement begins
                error.line = compiled.source_line(1)
        return StepResult(step.slice, Status.ERROR, message=str(error), error=error, attempts=attempt)

    def _reconnect(self) -> SqlseedError | None:
        """A new session for the lost one; why there is none, after as long as a server takes to restart."""
        self._session.close()
        try:
            self._session = connect_again(self._backend, self._stopping.wait)
        except ConnectError as error:
            return error
        return None

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
        """From the main thread: waits for the end of the worker, at most so long, and then cuts its connection."""
        if not self.ident:
            self._session.close()
            return
        self.join(seconds)
        if self.is_alive():
            self._session.cut()
