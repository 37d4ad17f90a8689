"""Bulk mode: a build that fills tables sets their foreign keys and plain indexes aside, and puts them back at its end.

Checking each row against its parents as it comes in takes most of the time of a build in place; checking all of them
at the end takes little. What is set aside is known to the target itself, so that any build, and `clean`, puts back what
a killed one left.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import queue
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlseed.backends import Backend, Session, slices, stale
from sqlseed.backends.pg_bulk import (
    FOREIGN_KEY,
    INDEX,
    Aside,
    candidates,
    forget_list,
    listed,
    lock,
    put_back,
    set_aside,
    validate,
)
from sqlseed.errors import ConnectError, ExecuteError, GuardError
from sqlseed.events import SpanKind, Spans, Status, StepResult
from sqlseed.model import BulkMode, Checkpoint, Compiled, Materialized, Plan, Relation, Slice, Step, StepState
from sqlseed.runner import RunContext

MIN_ROWS = 20_000
"""New rows of a table from which on bulk mode is chosen by itself: for fewer it takes longer than it saves."""


@dataclass(frozen=True, slots=True)
class Putting:
    """How putting back went: what is in force again, and what could not be, with the reason."""

    back: tuple[Aside, ...]
    refused: tuple[tuple[Aside, ExecuteError], ...]
    seconds: float


def worth_it(
    session: Session,
    plan: Plan,
    compiled: Mapping[str, Compiled],
    checkpoints: Mapping[tuple[str, str], Checkpoint],
    mode: BulkMode,
) -> list[Aside]:
    """What a plan sets aside of the tables that it fills in bulk: those with no rows but sqlseed's.

    Their pending slices are all new. With `auto` they are tables that get many rows, and at least as many as they
    have; a role that does not own a table leaves it in place, and so does a table with rows of somebody else's. With
    `on` such a table is a GuardError.
    """
    if mode is BulkMode.OFF or not session.has_indexes:
        return []
    found: list[Aside] = []
    filled = _new_rows(plan, compiled)
    there = session.catalog([compiled[name].relation for name in filled])
    for name, rows in filled.items():
        model = compiled[name]
        if model.relation not in there:
            continue
        known = sum(point.rows for (owner, _), point in checkpoints.items() if owner == name)
        if mode is BulkMode.AUTO and (rows < MIN_ROWS or rows < known):
            continue
        some = candidates(session, model.relation)
        if not some:
            continue
        count = int(session.query(f"select count(*) from {model.relation}")[0][0])
        if count == known:
            found += some
        elif mode is BulkMode.ON:
            raise GuardError(
                f"{model.relation} holds rows that sqlseed did not make ({count:,}, {known:,} of them known):"
                " it is not filled in bulk",
                hint="`bulk: auto` in the target fills such a table in place",
            )
    return found


def _new_rows(plan: Plan, compiled: Mapping[str, Compiled]) -> dict[str, int]:
    """For each target table whose pending slices are all new, the rows that are expected of them."""
    rows: dict[str, int] = {}
    changed: set[str] = set()
    for step in plan.pending:
        config = compiled[step.slice.model].config
        if config.whole or config.materialized is Materialized.INTERMEDIATE:
            continue
        rows[step.slice.model] = rows.get(step.slice.model, 0) + (step.expected_rows or 0)
        if step.state is not StepState.NEW:
            changed.add(step.slice.model)
    return {name: count for name, count in rows.items() if name not in changed}


def foreseen(
    session: Session,
    plan: Plan,
    compiled: Mapping[str, Compiled],
    checkpoints: Mapping[tuple[str, str], Checkpoint],
    mode: BulkMode,
) -> list[Aside]:
    """What a build would set aside; of tables that it has still to create, what their contracts say."""
    found = worth_it(session, plan, compiled, checkpoints, mode)
    if mode is BulkMode.OFF or not session.has_indexes:
        return found
    filled = _new_rows(plan, compiled)
    there = session.catalog([compiled[name].relation for name in filled])
    for name, rows in filled.items():
        model = compiled[name]
        if model.relation in there or (mode is BulkMode.AUTO and rows < MIN_ROWS):
            continue
        keys = [key for key in model.contract.foreign_keys if key.to in compiled]
        found += [Aside(model.relation, ", ".join(key.columns), FOREIGN_KEY, "") for key in keys]
        plain = [index for index in model.contract.indexes if not index.unique]
        found += [Aside(model.relation, ", ".join(index.columns), INDEX, "") for index in plain]
    return found


def told(some: Sequence[Aside]) -> str:
    """Things set aside, in words.

    >>> told([Aside(Relation("s", "t"), "a", INDEX, ""), Aside(Relation("s", "t"), "b", FOREIGN_KEY, "")])
    '1 index and 1 foreign key of 1 table'
    """
    indexes = sum(one.kind == INDEX for one in some)
    keys = len(some) - indexes
    tables = len({one.table for one in some})
    parts = [f"{indexes} index{'es' * (indexes != 1)}"] * bool(indexes)
    parts += [f"{keys} foreign key{'s' * (keys != 1)}"] * bool(keys)
    return f"{' and '.join(parts)} of {tables} table{'s' * (tables != 1)}"


TakeBack = Callable[[Session, Relation, ExecuteError], None]
Refused = tuple[Aside, ExecuteError]


def taking_back(context: RunContext, steps: Mapping[Slice, Step], results: list[StepResult]) -> TakeBack:
    """Removes what this run wrote into a table, with what it wrote below that, and has its results say so."""

    def take_back(session: Session, table: Relation, error: ExecuteError) -> None:
        for i, result in enumerate(results):
            compiled = context.compiled.get(result.slice.model)
            if compiled is None or compiled.relation != table or result.status is not Status.SUCCESS:
                continue
            error.path = error.path or compiled.path
            own = context.own(steps[result.slice])
            slices.clean_slice(session, compiled, result.slice, own, context.ours, table_exists=True)
            results[i] = replace(result, status=Status.ERROR, rows=0, message=str(error), error=error)
            below = set(context.dependants(result.slice))
            with session.transaction():
                stale.mark(session, list(below))
            why = f"{compiled.name} was taken back, and what was built on it is stale"
            for j, other in enumerate(results):
                if other.slice in below and other.status is Status.SUCCESS:
                    results[j] = replace(other, status=Status.SKIPPED, message=why)

    return take_back


def refusing(_session: Session, table: Relation, error: ExecuteError) -> None:
    """For who may take nothing back: raises the error."""
    raise GuardError(
        f"a foreign key of {table} cannot be put back: {error.message}",
        hint="`sqlseed build` takes back what it cannot stand on",
    )


@dataclass
class Bulk:
    """What one build sets aside and puts back. `tell` is given notes for people."""

    backend: Backend
    tell: Callable[[str], None]
    spans: Spans = field(default_factory=Spans)
    _keeper: Session | None = None  # holds the lock
    _sessions: list[Session] = field(default_factory=list)
    _waiting: queue.SimpleQueue[tuple[int, Session]] = field(default_factory=queue.SimpleQueue)

    @property
    def active(self) -> bool:
        """Whether something is set aside, by this build or an earlier one."""
        return self._keeper is not None

    def recover(self, session: Session) -> list[Aside]:
        """What an earlier build set aside and did not put back; this one answers for it from now on.

        Raises ConnectError where that build still runs.
        """
        left = listed(session) if session.has_indexes else []
        if left:
            self._take_lock()
            left = listed(session)
            if not left:
                self.close()
        return left

    def begin(self, session: Session, some: Sequence[Aside]) -> None:
        """Sets some things aside."""
        if not some:
            return
        if self._keeper is None:
            self._take_lock()
        with self.spans.timed(SpanKind.SET_ASIDE, told(some)):
            set_aside(session, some)
        self.tell(f"bulk mode: set aside {told(some)}; they come back when the rows are there")

    def end(self, take_back: TakeBack) -> Putting | None:
        """Puts everything back on as many connections as the target has threads; None where nothing was set aside.

        `take_back` removes the rows of a table that break one of its foreign keys, and whatever was built on them.
        """
        if self._keeper is None:
            return None
        started = time.perf_counter()
        waiting = listed(self._keeper)
        count = max(1, min(self.backend.threads, len(waiting)))
        self._sessions = [self.backend.connect() for _ in range(count)]
        self._waiting = queue.SimpleQueue()
        for numbered in enumerate(self._sessions, 1):
            self._waiting.put(numbered)
        refused = self._put_back(waiting)
        for one, error in refused:
            if one.kind != INDEX:
                take_back(self._keeper, one.table, error)
                validate(self._keeper, one)
                self._analyze(self._keeper, one.table)
        bad = {one for one, _ in refused if one.kind == INDEX}
        if not bad:
            forget_list(self._keeper)
        back = tuple(one for one in waiting if one not in bad)
        self.close()
        return Putting(back, tuple(refused), time.perf_counter() - started)

    def cancel(self) -> None:
        """From another thread: stops what runs."""
        for session in [*self._sessions, *([self._keeper] if self._keeper else [])]:
            session.cancel()

    def close(self) -> None:
        """Lets the lock go; what is still set aside stays written down."""
        for session in self._sessions:
            session.close()
        self._sessions = []
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None

    def _take_lock(self) -> None:
        if self._keeper is not None:  # of an attempt whose own connection was lost
            with contextlib.suppress(ExecuteError):
                if lock(self._keeper):
                    return
            self._keeper.close()
            self._keeper = None
        keeper = self.backend.connect()
        if not lock(keeper):
            keeper.close()
            raise ConnectError(
                "another build fills this target in bulk, with foreign keys set aside",
                hint="try again when it has ended",
            )
        self._keeper = keeper

    def _put_back(self, waiting: Sequence[Aside]) -> list[Refused]:
        """Puts back and validates on all connections; what was refused. What was cancelled is raised.

        Foreign keys come first, unvalidated: each locks two tables for a moment. Then indexes, those of the largest
        tables first; and as soon as a table has its own, its foreign keys are validated, one by one since each locks
        the table, and it is analyzed.
        """
        refused = [found for one in waiting if one.kind == FOREIGN_KEY for found in self._do(put_back, one)]
        bad = {one for one, _ in refused}
        tables = self._largest_first({one.table: None for one in waiting})
        indexes = {table: [one for one in waiting if one.table == table and one.kind == INDEX] for table in tables}
        keys = {
            table: [one for one in waiting if one.table == table and one.kind != INDEX and one not in bad]
            for table in tables
        }
        with concurrent.futures.ThreadPoolExecutor(len(self._sessions)) as pool:
            running = {pool.submit(self._do, put_back, one): one.table for table in tables for one in indexes[table]}
            left = Counter(running.values())
            running |= {pool.submit(self._finish, table, keys[table]): table for table in tables if not left[table]}
            try:
                while running:
                    ended, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                    for future in ended:
                        table = running.pop(future)
                        refused += future.result()
                        left[table] -= 1
                        if left[table] == 0:
                            running[pool.submit(self._finish, table, keys[table])] = table
            finally:
                pool.shutdown(cancel_futures=True)
        return refused

    def _largest_first(self, tables: Iterable[Relation]) -> list[Relation]:
        """What takes longest begins first, so that no connection works on alone at the end."""
        if self._keeper is None:
            return list(tables)
        size, kinds = "select pg_catalog.pg_table_size(:table::regclass)", {"table": "text"}
        sizes = {table: int(self._keeper.query(size, {"table": str(table)}, kinds)[0][0]) for table in tables}
        return sorted(sizes, key=lambda table: -sizes[table])

    def _do(self, do: Callable[[Session, Aside], None], *some: Aside) -> list[Refused]:
        """Does it for each on a free connection; those that were refused, but for what was cancelled."""
        with self._free() as (number, session):
            return [found for one in some if (found := self._try(do, one, number, session)) is not None]

    def _finish(self, table: Relation, keys: Sequence[Aside]) -> list[Refused]:
        """Validates a table's foreign keys, and analyzes it: for the tests that follow, and whoever queries next."""
        refused = self._do(validate, *keys)
        with self._free() as (number, session):
            self._analyze(session, table, number)
        return refused

    def _try(self, do: Callable[[Session, Aside], None], one: Aside, number: int, session: Session) -> Refused | None:
        what = f"{do.__name__.replace('_', ' ')} {one.kind} {one.name} of {one.table}"
        try:
            with self.spans.timed(SpanKind.PUT_BACK, what, number):
                do(session, one)
        except ExecuteError as error:
            if error.cancelled or error.connection_lost:
                raise
            return one, error
        return None

    def _analyze(self, session: Session, table: Relation, number: int = 0) -> None:
        with self.spans.timed(SpanKind.PUT_BACK, f"analyze {table}", number):
            session.analyze(table)

    @contextlib.contextmanager
    def _free(self) -> Iterator[tuple[int, Session]]:
        """A connection that nobody uses, and its number."""
        numbered = self._waiting.get()
        try:
            yield numbered
        finally:
            self._waiting.put(numbered)
