"""`build --profile`: what the sessions of a run wait for, and what each slice writes and reads.

A connection of its own looks at the server's list of sessions at short intervals, so a statement is sent as it always
is. What is counted by the server itself is asked for between slices. Without `--profile` nothing of this is there.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlseed.backends import Backend, Session
from sqlseed.errors import ConnectError, SqlseedError
from sqlseed.events import SliceProfile, StepResult
from sqlseed.model import Slice

EVERY_SECONDS = 0.05  # between two looks, each of which costs the server less than a millisecond


class Profiler:
    """Watches the sessions of one run. `began` and `ended` are called by the thread whose session it is."""

    def __init__(self, session: Session | None) -> None:
        self._session = session  # nobody looks without one
        self._running: dict[int, Slice] = {}  # by the server's processes
        self._seen: dict[Slice, Counter[str]] = {}
        self._before: dict[Slice, tuple[float, float, dict[str, int]]] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="sqlseed-profiler", daemon=True)
        if session is not None and session.process is not None:
            self._thread.start()

    def began(self, session: Session, slice_: Slice) -> None:
        """A slice begins on a session."""
        self._seen[slice_] = Counter()
        counters = _counters(session)
        if session.process is not None:
            self._running[session.process] = slice_
        self._before[slice_] = time.perf_counter(), time.thread_time(), counters

    def ended(self, session: Session, slice_: Slice) -> SliceProfile:
        """A slice has ended, on the session that it began on or one that took its place."""
        started, computed, before = self._before.pop(slice_)
        seconds, cpu = time.perf_counter() - started, time.thread_time() - computed
        self._running = {process: one for process, one in self._running.items() if one != slice_}
        seen = self._seen.pop(slice_)
        after = _counters(session)
        same = before.keys() == after.keys() and all(before[name] <= after[name] for name in after)
        written = {name: after[name] - before[name] for name in after} if same else {}
        return SliceProfile(round(seconds, 6), round(cpu, 6), dict(seen.most_common()), written)

    def close(self) -> None:
        """Stops looking; never raises."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(2.0)
        if self._session is not None:
            self._session.close()

    def _look(self) -> None:
        session = self._session
        with contextlib.suppress(SqlseedError):  # a lost connection ends the looking, not the run
            while session is not None and not self._ended.wait(EVERY_SECONDS):
                running = dict(self._running)
                for process, event in session.waits(list(running)) if running else ():
                    if (seen := self._seen.get(running[process])) is not None:
                        seen[event] += 1


@contextlib.contextmanager
def watching(backend: Backend, wanted: bool, tell: Callable[[str], None]) -> Iterator[Profiler | None]:
    """A profiler while the block runs; None where it is not wanted. `tell` is given why waits cannot be seen."""
    if not wanted:
        yield None
        return
    session: Session | None = None
    try:
        session = backend.connect()
    except ConnectError as error:
        tell(f"--profile has no connection to look from: {error.message}")
    if session is not None and session.process is None and backend.engine == "postgres":
        tell("--profile sees no waits behind a transaction pooler, where no process belongs to a session")
    profiler = Profiler(session)
    try:
        yield profiler
    finally:
        profiler.close()


def _counters(session: Session) -> dict[str, int]:
    try:
        return session.counters()
    except SqlseedError:  # after a failed slice the connection may be gone
        return {}


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """What the slices of a model took together. `slowest` is the key of the one that took longest."""

    model: str
    rows: int
    slices: int
    seconds: float
    cpu_seconds: float
    waits: Mapping[str, int]
    counters: Mapping[str, int]
    slowest: str
    slowest_seconds: float


def by_model(results: Sequence[StepResult]) -> list[ModelProfile]:
    """The models whose slices were watched, the slowest first."""
    found: dict[str, list[tuple[StepResult, SliceProfile]]] = {}
    for result in results:
        if result.profile is not None:
            found.setdefault(result.slice.model, []).append((result, result.profile))
    models = [_together(name, some) for name, some in found.items()]
    return sorted(models, key=lambda model: -model.seconds)


def _together(name: str, some: Sequence[tuple[StepResult, SliceProfile]]) -> ModelProfile:
    waits: Counter[str] = Counter()
    counters: Counter[str] = Counter()
    for _, profile in some:
        waits.update(profile.waits)
        counters.update(profile.counters)
    slowest, its = max(some, key=lambda pair: pair[1].seconds)
    return ModelProfile(
        name,
        sum(result.rows for result, _ in some),
        len(some),
        round(sum(profile.seconds for _, profile in some), 3),
        round(sum(profile.cpu_seconds for _, profile in some), 3),
        dict(waits.most_common()),
        dict(counters),
        slowest.slice.key,
        round(its.seconds, 3),
    )
