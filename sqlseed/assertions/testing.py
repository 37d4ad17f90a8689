"""One run of data tests and unit tests, from the selection to the verdicts."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlseed import artifacts, guards
from sqlseed.assertions import selecting, unitrun
from sqlseed.assertions.compiling import Prepared, Preparer
from sqlseed.assertions.counting import works
from sqlseed.assertions.running import Examiner, Run
from sqlseed.assertions.units import PreparedUnit
from sqlseed.backends import Backend, Session
from sqlseed.errors import INSUFFICIENT_PRIVILEGE, ExecuteError
from sqlseed.events import Event, EventKind, OnEvent, Status, Verdict
from sqlseed.model import Checkpoint, Relation, quote
from sqlseed.reconnecting import ask
from sqlseed.runner import StopFlag
from sqlseed.targeting import Selection, failures_schema
from sqlseed.version import __version__
from sqlseed.workspace import Workspace

IN_MEMORY = "DuckDB in memory"
"""Where unit tests are run."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How a run of tests ended. `elapsed` is wall time in seconds."""

    run_id: str
    target: str
    server: str
    verdicts: tuple[Verdict, ...]
    elapsed: float

    @property
    def success(self) -> bool:
        """Whether no test failed; warnings are no failures."""
        return not any(verdict.status in (Status.FAIL, Status.ERROR) for verdict in self.verdicts)

    def count(self, *statuses: Status) -> int:
        """How many tests ended so."""
        return sum(verdict.status in statuses for verdict in self.verdicts)


@dataclass
class DataTests:
    """The settings of a run of data tests."""

    workspace: Workspace
    backend: Backend
    on_event: OnEvent
    stop: StopFlag
    indirect: str = "eager"
    store_failures: bool = False
    fail_fast: bool = False
    confirm_database: str | None = None  # as typed, to keep failing rows where `guards.check` would refuse

    def run(self, selection: Selection, arguments: Mapping[str, Any]) -> Verdicts:
        """Runs the tests that a selection picks; what cannot begin raises SqlseedError."""
        started, run_id = time.perf_counter(), uuid.uuid4().hex
        prepared = selecting.prepare_all(self.workspace)
        everything = selecting.selected(self.workspace, prepared, selection, self.indirect)
        units = [one for one in everything if isinstance(one, PreparedUnit)]
        chosen = [one for one in everything if not isinstance(one, PreparedUnit)]
        record = artifacts.RunResults(self.workspace, __version__, run_id, arguments)

        def on_event(event: Event) -> None:
            record.on_event(event)
            self.on_event(event)

        def announce(verdict: Verdict) -> None:
            on_event(Event(EventKind.TEST_FINISHED, time.time(), name=verdict.test.name, verdict=verdict))

        server, rows, verdicts = IN_MEMORY, dict[str, int](), dict[str, Verdict]()
        if chosen or not units:  # unit tests need no target
            warn = lambda text: on_event(Event(EventKind.WARNING, time.time(), message=text))  # noqa: E731
            asking = partial(self._begin, chosen)
            server, chosen, verdicts, rows = ask(self.backend, asking, wait=self.stop.wait, tell=warn)
        on_event(Event(EventKind.TESTS_STARTED, time.time(), message=server, rows=len(everything)))
        for verdict in verdicts.values():
            announce(verdict)
        verdicts |= unitrun.run(self.workspace, units, announce, self.stop, self.fail_fast)
        ready = [one for one in chosen if one.test.name not in verdicts]
        failed = any(verdicts[one.test.name].status in (Status.FAIL, Status.ERROR) for one in units)
        if ready and failed and self.fail_fast:
            for one in ready:
                why = "--fail-fast: another test failed"
                verdicts[one.test.name] = Verdict(one.test, Status.SKIPPED, message=why)
                announce(verdicts[one.test.name])
        elif ready:
            run = Run(self.backend, on_event, self.stop, self.examiner, self.fail_fast)
            verdicts |= run.execute(works(ready, rows))
        record.flush()
        if record.problem:
            on_event(Event(EventKind.WARNING, time.time(), message=record.problem))
        elapsed = time.perf_counter() - started
        on_event(Event(EventKind.TESTS_FINISHED, time.time(), rows=len(everything), seconds=elapsed))
        self.stop.check()
        ordered = tuple(verdicts[one.test.name] for one in everything)
        return Verdicts(run_id, self.workspace.target.name, server, ordered, elapsed)

    def _begin(
        self, chosen: Sequence[Prepared], session: Session
    ) -> tuple[str, list[Prepared], dict[str, Verdict], dict[str, int]]:
        """What has to be known before the first test: of the server, of the tests, of their tables' rows."""
        with self.stop.cancelling(session):
            if any(self._keeps(one) for one in chosen):
                guards.check(self.workspace.target, session, self.confirm_database)
            ready, verdicts = self.get_ready(session, chosen)
            rows = rows_built(session)
        session.close()
        return session.server(), ready, verdicts, rows

    @property
    def examiner(self) -> Examiner:
        """Who gives the verdicts."""
        return Examiner(failures_schema(self.workspace.target.state_schema), self.store_failures)

    def get_ready(
        self, session: Session, chosen: Sequence[Prepared], coming: frozenset[Relation] = frozenset()
    ) -> tuple[list[Prepared], dict[str, Verdict]]:
        """The tests, with the rows of seeds that are not there in their own SQL, and the verdict of each test whose
        tables are not there, nor `coming`.

        Writes their SQL below target/compiled/, and makes the schema for what they keep.
        """
        live = session.catalog({relation for one in chosen for relation in one.relations.values()})
        loaded = _checkpoints(session) if any(one.seeds for one in chosen) else {}
        absent = {name for one in chosen for name in one.seeds if not self._loaded(name, live, loaded)}
        there = {*live, *coming}
        inliner = Preparer(self.workspace, frozenset(absent))
        ready: list[Prepared] = []
        verdicts: dict[str, Verdict] = {}
        for one in chosen:
            if absent.intersection(one.seeds):
                one = inliner.one(one.test) or one
            missing = [name for name, relation in one.relations.items() if relation not in there]
            if missing:
                verdicts[one.test.name] = _not_built(one, missing)
            ready.append(one)
        write_compiled(self.workspace, ready)
        if any(self._keeps(one) for one in ready if one.test.name not in verdicts):
            with session.transaction():
                session.prepare(())
                session.run(f"create schema if not exists {quote(self.examiner.failures_schema)}")
        return ready, verdicts

    def _keeps(self, one: Prepared) -> bool:
        """Whether the rows that fail a test are kept in the target."""
        setting = one.test.config.store_failures
        return self.store_failures if setting is None else setting

    def _loaded(self, name: str, live: Mapping[Relation, Any], checkpoints: Mapping[tuple[str, str], Any]) -> bool:
        """Whether the target has a seed's rows as they are now."""
        done = checkpoints.get((f"seed:{name}", "all"))
        table = Relation(self.workspace.target.state_schema, name)
        return table in live and done is not None and done.fingerprint == self.workspace.project.seeds[name].checksum


def _not_built(one: Prepared, missing: Sequence[str]) -> Verdict:
    tables = ", ".join(str(one.relations[name]) for name in missing)
    message = f"the target has no table {tables}"
    error = ExecuteError(
        message, path=one.test.path, line=one.test.line, hint=f"`sqlseed build --select +{missing[0]}` makes it"
    )
    return Verdict(one.test, Status.ERROR, message=str(error), compiled_path=one.compiled_path, error=error)


def _checkpoints(session: Session) -> dict[tuple[str, str], Checkpoint]:
    """What is built; nothing where the role may read the application's tables and not sqlseed's."""
    try:
        return session.checkpoints()
    except ExecuteError as error:
        if error.sqlstate != INSUFFICIENT_PRIVILEGE:
            raise
        return {}


def rows_built(session: Session) -> dict[str, int]:
    """About how many rows each model has, of what sqlseed built."""
    rows: dict[str, int] = {}
    for (model, _), checkpoint in _checkpoints(session).items():
        rows[model] = rows.get(model, 0) + checkpoint.rows
    return rows


def write_compiled(workspace: Workspace, chosen: Sequence[Prepared]) -> None:
    """One file per test under target/compiled/tests/."""
    for one in chosen:
        place = f"{one.test.path}:{one.test.line}" if one.test.line else one.test.path
        lines = [f"-- {one.test.name} ({place}): what is wrong"]
        lines += [f"--   :{name} {type_} is {one.parameters[name]!r}" for name, type_ in one.types.items()]
        artifacts.write_text(workspace.target_path / "compiled" / one.compiled_path, "\n".join([*lines, one.sql, ""]))
