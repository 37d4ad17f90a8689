"""Run data tests on several connections at once: count, and where something is wrong fetch and keep rows of it."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlseed.assertion import COUNT, UNLIKE_ZERO
from sqlseed.assertions.compiling import Prepared
from sqlseed.assertions.counting import LINES_BEFORE, Work, decided
from sqlseed.backends import Backend, Session
from sqlseed.errors import OUT_OF_MEMORY, ConnectError, ExecuteError, SqlseedError
from sqlseed.events import Event, EventKind, OnEvent, Status, Verdict
from sqlseed.model import Relation
from sqlseed.reconnecting import Wait, connect_again, pause
from sqlseed.runner import StopFlag

SAMPLE = 3  # rows shown of what is wrong
_POLL_SECONDS = 0.1  # how soon the main thread sees a stop
_STOP_SECONDS = 1.5  # how long cancelled statements may take to end
_ATTEMPTS = 2


@dataclass
class Run:
    """What the statements of a run share."""

    backend: Backend
    on_event: OnEvent
    stop: StopFlag
    examiner: Examiner
    fail_fast: bool = False
    _sessions: queue.SimpleQueue[tuple[int, Session]] = field(default_factory=queue.SimpleQueue)
    _all: list[Session] = field(default_factory=list)

    def execute(self, works: Sequence[Work]) -> dict[str, Verdict]:
        """Every test's verdict, by name; nothing is raised for a test that fails."""
        count = self._connect(min(self.backend.threads, len(works)))
        verdicts: dict[str, Verdict] = {}
        with concurrent.futures.ThreadPoolExecutor(max(1, count)) as pool:
            pending = {pool.submit(self._work, work): work for work in works}
            cramped: list[Work] = []  # had too little memory beside others; run again one by one when those are done
            alone = count < 2
            while pending or cramped:
                if not pending:
                    alone, work = True, cramped.pop()
                    pending[pool.submit(self._work, work)] = work
                done, _ = concurrent.futures.wait(
                    pending, timeout=_POLL_SECONDS, return_when=concurrent.futures.FIRST_COMPLETED
                )
                for future in done:
                    work = pending.pop(future)
                    if not alone and not future.cancelled() and _lacked_memory(future.result()):
                        cramped.append(work)
                    elif not future.cancelled():
                        self._announce(future.result(), verdicts)
                if self.stop.signal is not None and not self.examiner.stopping.is_set():
                    self._end(pending)
                    cramped.clear()
                elif self._enough(verdicts.values()):
                    cramped.clear()
                    for future in list(pending):
                        future.cancel()
        for session in self._all:
            session.close()
        self._skip([one for work in works for one in work.tests if one.test.name not in verdicts], verdicts)
        return verdicts

    def _enough(self, verdicts: Collection[Verdict]) -> bool:
        """Whether no further test is begun."""
        if self.fail_fast and any(verdict.status in (Status.FAIL, Status.ERROR) for verdict in verdicts):
            return True
        return any(isinstance(verdict.error, ConnectError) for verdict in verdicts)

    def _skip(self, rest: Sequence[Prepared], verdicts: dict[str, Verdict]) -> None:
        why = "the run was stopped" if self.examiner.stopping.is_set() else "--fail-fast: another test failed"
        if any(isinstance(verdict.error, ConnectError) for verdict in verdicts.values()):
            why = "the target does not answer any more"
        for one in rest:
            self._announce([Verdict(one.test, Status.SKIPPED, message=why)], verdicts)

    def _announce(self, found: Sequence[Verdict], verdicts: dict[str, Verdict]) -> None:
        for verdict in found:
            verdicts[verdict.test.name] = verdict
            self.on_event(Event(EventKind.TEST_FINISHED, time.time(), name=verdict.test.name, verdict=verdict))

    def _connect(self, count: int) -> int:
        for number in range(count):
            try:
                session = self.backend.connect()
            except ConnectError as error:
                if not number or "too many connections" not in error.message:
                    raise
                text = f"the server gives {number} of {count} connections; going on with {number}"
                self.on_event(Event(EventKind.WARNING, time.time(), message=text))
                return number
            self._all.append(session)
            self._sessions.put((number + 1, session))
        return count

    def _end(self, pending: Mapping[concurrent.futures.Future[list[Verdict]], Work]) -> None:
        """Cancels what runs, again and again until it ends; what does not is cut off."""
        self.examiner.stopping.set()
        for future in pending:
            future.cancel()
        running = [future for future in pending if not future.cancelled()]
        self.on_event(Event(EventKind.RUN_STOPPING, time.time(), rows=len(running)))
        until = time.monotonic() + _STOP_SECONDS
        while running and time.monotonic() < until:
            for session in self._all:
                session.cancel()
            concurrent.futures.wait(running, timeout=_POLL_SECONDS)
            running = [future for future in running if not future.done()]
        if running:
            for session in self._all:
                session.close()

    # --- in the workers

    @contextlib.contextmanager
    def _session(self) -> Iterator[tuple[int, Holder]]:
        number, session = self._sessions.get()
        holder = Holder(self.backend, session, self._all, self.examiner.stopping.wait)
        try:
            yield number, holder
        finally:
            self._sessions.put((number, holder.session))

    def _work(self, work: Work) -> list[Verdict]:
        with self._session() as (number, holder):
            return [replace(verdict, worker=number) for verdict in self.examiner.verdicts(holder, work)]


@dataclass
class Examiner:
    """Gives verdicts. `failures_schema` is where failing rows are kept."""

    failures_schema: str
    store_failures: bool = False
    stopping: threading.Event = field(default_factory=threading.Event)
    _writing: threading.Lock = field(default_factory=threading.Lock)

    def verdicts(self, holder: Holder, work: Work) -> list[Verdict]:
        """Of the tests that one statement answers."""
        started, begin = time.time(), time.perf_counter()
        try:
            row = holder.query(work.sql, work)[0]
            found = decided(work.tests, row)
        except SqlseedError as error:
            if len(work.tests) > 1 and not getattr(error, "cancelled", False) and not self.stopping.is_set():
                # One of them is at fault, and only the engine knows which.
                return [verdict for single in work.alone() for verdict in self.verdicts(holder, single)]
            return [self._failed(work.tests[0], error, time.perf_counter() - begin, started)]
        except Exception as error:  # a bug of ours fails its tests, not the others
            return [
                Verdict(one.test, Status.ERROR, message=f"internal error: {error!r}", error=error) for one in work.tests
            ]
        seconds = time.perf_counter() - begin
        verdicts = []
        for one, (count, status) in zip(work.tests, found, strict=True):
            verdict = Verdict(one.test, status, count, _message(one, count, status), seconds=seconds)
            verdict = replace(verdict, compiled_path=one.compiled_path, started_at=started)
            verdicts.append(self._with_rows(holder, one, verdict))
        return verdicts

    def _failed(self, one: Prepared, error: SqlseedError, seconds: float, started: float) -> Verdict:
        if self.stopping.is_set():
            return Verdict(one.test, Status.SKIPPED, message="the run was stopped")
        position = getattr(error, "position", None)
        if error.path is None:
            error.path, error.line = one.test.path, one.test.line
            if position is not None and one.source_lines and 0 < position - LINES_BEFORE <= len(one.source_lines):
                error.line = one.source_lines[position - LINES_BEFORE - 1]
                error.source = one.sql.split("\n")[position - LINES_BEFORE - 1]
        return Verdict(
            one.test,
            Status.ERROR,
            message=str(error),
            compiled_path=one.compiled_path,
            seconds=seconds,
            error=error,
            started_at=started,
        )

    def _with_rows(self, holder: Holder, one: Prepared, verdict: Verdict) -> Verdict:
        """The verdict with some of the rows that are wrong, and with all of them kept if that is asked for."""
        keeps = self.store_failures if one.test.config.store_failures is None else one.test.config.store_failures
        try:
            if keeps:
                verdict = replace(verdict, kept=self._keep(holder, one, bool(verdict.failures)))
            if verdict.status is not Status.PASS:
                verdict = replace(verdict, sample=self._sample(holder, one))
        except SqlseedError as error:
            verdict = replace(verdict, message=f"{verdict.message}; its rows could not be read: {error.message}")
        return verdict

    def _sample(self, holder: Holder, one: Prepared) -> tuple[Mapping[str, Any], ...]:
        work = Work((one,))
        sql = one.sql
        if one.shows is not None and one.sample is None:
            names = ", ".join(dict.fromkeys([*one.keys, *one.shows]))
            sql = f"select {names}\nfrom (\n{one.sql}\n) as rows"
        for text in filter(None, [one.sample, sql]):
            rows = holder.query(text, work, wrap=_as_json)
            if rows:
                return tuple(json.loads(row[0]) for row in rows)
        return ()

    def _keep(self, holder: Holder, one: Prepared, any_wrong: bool) -> str:
        """Puts the rows that are wrong into a table of their own, in place of an earlier run's; its name, if any."""
        table = Relation(self.failures_schema, one.test.short_name)
        with self._writing:
            return holder.keep(table, one if any_wrong else None)


def _lacked_memory(verdicts: Sequence[Verdict]) -> bool:
    return any(getattr(verdict.error, "sqlstate", None) == OUT_OF_MEMORY for verdict in verdicts)


def _as_json(session: Session, sql: str) -> str:
    return f"select {session.row_json}\nfrom (\n{sql}\n) as w\nlimit {SAMPLE}"


def _message(one: Prepared, count: int | float, status: Status) -> str:
    if status is Status.PASS and not count:
        return ""
    config = one.test.config
    limit = config.error_if if status is Status.FAIL else config.warn_if
    what = one.unit if count == 1 else f"{one.unit}s"
    text = f"{count:,} {what}" if config.fail_calc == COUNT else f"{config.fail_calc} is {count:,}"
    if status is Status.PASS:
        return f"{text}, as many as it allows"
    return text if limit == UNLIKE_ZERO else f"{text}, configured to {status.value} if {limit}"


@dataclass
class Holder:
    """A session, replaced by another when its connection is lost."""

    backend: Backend
    session: Session
    everyone: list[Session]
    wait: Wait = pause  # as `reconnecting` has it

    def query(self, sql: str, work: Work, wrap: Callable[[Session, str], str] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a SELECT in PostgreSQL's SQL, read in a transaction that can write nothing."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._query(sql, work, wrap)
            except ExecuteError as error:
                if not error.retryable or attempt == _ATTEMPTS:
                    raise
                if error.connection_lost:
                    self.session.close()
                    self.session = connect_again(self.backend, self.wait)
                    self.everyone.append(self.session)

    def _query(self, sql: str, work: Work, wrap: Callable[[Session, str], str] | None) -> list[tuple[Any, ...]]:
        session = self.session
        text = session.select_sql(sql, work.types, in_part=wrap is not None)
        with session.transaction():
            session.prepare(work.functions)
            session.read_only()
            return session.query(wrap(session, text) if wrap else text, work.parameters, work.types)

    def keep(self, table: Relation, one: Prepared | None) -> str:
        """Replaces a table of failing rows; without a test it is only removed."""
        session = self.session
        with session.transaction():
            session.prepare(one.functions if one else ())
            session.run(f"drop table if exists {table}")
            if one is None:
                return ""
            limit = f"\nlimit {one.test.config.limit}" if one.test.config.limit else ""
            text = session.select_sql(one.sql, one.types, in_part=bool(limit))
            session.run(f"create table {table} as\nselect *\nfrom (\n{text}\n) as w{limit}", one.parameters, one.types)
            return str(table)
