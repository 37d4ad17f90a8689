"""One build, from the selection to its result."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlseed import artifacts, planner, preflight, runner
from sqlseed.backends import Backend, Session, slices
from sqlseed.errors import Interrupted, raise_all
from sqlseed.events import Event, EventKind, Status, StepResult
from sqlseed.model import Plan, Relation
from sqlseed.targeting import Selection, planner_for, run_context, seeds_to_load, selected_models
from sqlseed.version import __version__
from sqlseed.workspace import Workspace

OnEvent = Callable[[Event], None]


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

    @property
    def success(self) -> bool:
        """Whether everything asked for is in the target."""
        return all(result.status in (Status.SUCCESS, Status.NO_OP) for result in self.results)

    @property
    def failures(self) -> tuple[StepResult, ...]:
        """The slices that failed by themselves, not because of others."""
        return tuple(result for result in self.results if result.status is Status.ERROR)


@dataclass
class Build:
    workspace: Workspace
    backend: Backend
    on_event: OnEvent
    stop: runner.StopFlag
    dry_run: bool
    full_refresh: bool
    fail_fast: bool
    checksums: bool = False

    def run(self, selection: Selection, names: frozenset[str], arguments: Mapping[str, Any]) -> BuildResult:
        started = time.perf_counter()
        workspace, run_id = self.workspace, uuid.uuid4().hex
        session = self.backend.connect()
        for note in workspace.target.notes:
            self._tell(EventKind.NOTE, note)
        made = planner_for(workspace, session)
        if not self.dry_run:
            names = selected_models(workspace, selection, session)
        chosen = planner.restrict(workspace.values, selection.slices)
        wanted = workspace.ancestors(names) if self.dry_run else names
        plan_ = made.plan(wanted, chosen, full_refresh=self.full_refresh)
        if plan_.pending:
            plan_ = self._prepare(session, made, plan_, wanted, chosen, run_id)
        results = self._execute(session, made, plan_, run_id, arguments)
        server = session.server()
        tables = self._summarize(session, made, plan_, results, names)
        session.close()
        elapsed = time.perf_counter() - started
        self.on_event(Event(EventKind.RUN_FINISHED, time.time(), plan=plan_, seconds=elapsed))
        if self.stop.signal is not None:
            raise Interrupted(self.stop.signal)
        return BuildResult(run_id, workspace.target.name, server, plan_, tuple(results), tables, elapsed, self.dry_run)

    def _prepare(
        self,
        session: Session,
        made: planner.Planner,
        plan_: Plan,
        wanted: frozenset[str],
        chosen: Mapping[str, frozenset[str]],
        run_id: str,
    ) -> Plan:
        """Everything before the first slice: checks, state, tables, lookup tables; the plan with settled keys."""
        workspace = self.workspace
        compiled = workspace.compiled
        needed = {step.slice.model for step in plan_.pending}
        live = session.catalog([model.relation for model in compiled.values()])
        raise_all(preflight.check(compiled, needed, live))
        session.bootstrap(workspace.project.name)
        if self._record_ranges(session, made):
            plan_ = made.plan(wanted, chosen, full_refresh=self.full_refresh)
        self._create_tables(session, needed, live)
        for name in seeds_to_load(workspace, made, plan_, session):
            self._load_seed(session, name, run_id)
        return plan_

    def _record_ranges(self, session: Session, made: planner.Planner) -> bool:
        """Writes down the integer ranges; True if somebody else had recorded others in the meantime."""
        models = planner.integer_models(made.compiled)
        recorded = session.key_ranges()
        fresh = {key: r for key, r in made.ranges.items() if key not in recorded and key[0] in models}
        if fresh:
            with session.transaction():
                session.prepare(())
                for (model, slice_), key_range in fresh.items():
                    session.run(
                        f'insert into "{session.state_schema}".key_range (model, slice, first, last)'
                        " values (:model, :slice, :first, :last) on conflict do nothing",
                        {"model": model, "slice": slice_, "first": key_range.first, "last": key_range.last},
                        {"model": "text", "slice": "text", "first": "bigint", "last": "bigint"},
                    )
        settled = {**made.ranges, **session.key_ranges()}
        changed = settled != made.ranges
        made.ranges = settled
        return changed

    def _create_tables(self, session: Session, needed: set[str], live: Mapping[Relation, Any]) -> None:
        compiled = self.workspace.compiled
        reshaped = preflight.reshaped_intermediates(compiled, needed, live, slices.SLICE_COLUMN)
        missing = preflight.missing_tables(compiled, needed, live)
        if not missing and not reshaped:
            self._advance_sequences(session, needed)
            return
        with session.transaction():
            session.prepare(())
            for name in reshaped:
                session.run(f"drop table {compiled[name].relation}")
            for name in [*missing, *reshaped]:
                session.run(
                    f'delete from "{session.state_schema}".checkpoint where model = :model',
                    {"model": name},
                    {"model": "text"},
                )
                session.create_table(compiled[name].relation, compiled[name], compiled, True)
            for name in missing:
                session.add_foreign_keys(compiled[name].relation, compiled[name], compiled)
        for name in missing:
            self._tell(EventKind.TABLE_CREATED, str(compiled[name].relation), name)
        self._advance_sequences(session, needed)

    def _advance_sequences(self, session: Session, needed: set[str]) -> None:
        ranges = session.key_ranges()
        for name in sorted(needed & set(planner.integer_models(self.workspace.compiled))):
            model = self.workspace.compiled[name]
            last = max(r.last for (owner, _), r in ranges.items() if owner == name)
            session.advance_sequence(model.relation, model.config.key or "", last)

    def _load_seed(self, session: Session, name: str, run_id: str) -> None:
        seed = self.workspace.project.seeds[name]
        started = time.perf_counter()
        relation = Relation(session.state_schema, seed.name)
        if not session.catalog([relation]):
            session.run(
                f'delete from "{session.state_schema}".checkpoint where model = :model',
                {"model": planner.seed_name(seed)},
                {"model": "text"},
            )
        if slices.load_seed(session, seed, planner.seed_name(seed), run_id, __version__):
            seconds = time.perf_counter() - started
            event = Event(EventKind.SEED_LOADED, time.time(), name=name, rows=len(seed.rows), seconds=seconds)
            self.on_event(event)

    def _execute(
        self, session: Session, made: planner.Planner, plan_: Plan, run_id: str, arguments: Mapping[str, Any]
    ) -> list[StepResult]:
        workspace = self.workspace
        context = run_context(workspace, made, run_id, refresh=self.full_refresh, checksums=self.checksums)
        self.on_event(Event(EventKind.RUN_STARTED, time.time(), message=session.server(), plan=plan_))
        record = artifacts.RunResults(workspace, __version__, run_id, arguments) if not self.dry_run else None

        def on_event(event: Event) -> None:
            if record is not None:
                record.on_event(event)
            self.on_event(event)

        results = (
            runner.execute(plan_, context, self.backend, on_event, fail_fast=self.fail_fast, stop=self.stop)
            if plan_.pending
            else [StepResult(step.slice, Status.NO_OP, step.expected_rows or 0) for step in plan_.steps]
        )
        if record is not None:
            record.add([result for result in results if result.status is Status.NO_OP])
            record.flush()
            artifacts.write_manifest(workspace, __version__)
        return results

    def _summarize(
        self,
        session: Session,
        made: planner.Planner,
        plan_: Plan,
        results: Sequence[StepResult],
        names: frozenset[str],
    ) -> tuple[TableSummary, ...]:
        sums = self._checksums(session, made, plan_, results) if self.checksums and not self.stop.signal else {}
        tables = []
        for name in planner.order(self.workspace.compiled):
            if name not in names:
                continue
            model = self.workspace.compiled[name]
            own = [result for result in results if result.slice.model == name]
            counts = {status: sum(r.status is status for r in own) for status in Status}
            tables.append(
                TableSummary(
                    model=name,
                    relation=model.relation,
                    rows=sum(r.rows for r in own),
                    slices={status: count for status, count in counts.items() if count},
                    seconds=sum(r.seconds for r in own),
                    checksum=sums.get(name),
                    intermediate=model.relation.schema == self.workspace.target.state_schema,
                )
            )
        return tuple(tables)

    def _checksums(
        self, session: Session, made: planner.Planner, plan_: Plan, results: Sequence[StepResult]
    ) -> dict[str, str]:
        """Each table's checksum over the plan's slices: the sum of the slices', below 2^64, as 16 hex digits."""
        totals: dict[str, int] = {}
        context = run_context(self.workspace, made, "", refresh=False, checksums=False)
        steps = {step.slice: step for step in plan_.steps}
        for result in results:
            step = steps[result.slice]
            if result.status not in (Status.SUCCESS, Status.NO_OP):
                continue
            model = self.workspace.compiled[result.slice.model]
            done = made.checkpoints.get((result.slice.model, result.slice.key))
            text = result.checksum or (done.checksum if done and result.status is Status.NO_OP else None)
            if text is None:
                own = context.own(step)
                columns = model.contract.columns
                text = session.checksum(model.relation, columns, own.predicate, own.parameters, own.types)
            totals[model.name] = (totals.get(model.name, 0) + int(text)) % (1 << 64)
        return {name: f"{total:016x}" for name, total in totals.items()}

    def _tell(self, kind: EventKind, message: str, name: str = "") -> None:
        self.on_event(Event(kind, time.time(), message=message, name=name))
