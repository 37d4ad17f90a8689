"""One build, from the selection to its result."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlseed import approval, artifacts, backup, edits, foreign, guards, planner, preflight, profiling, runner, uniques
from sqlseed.assertions.gating import BuildTests
from sqlseed.backends import Backend, Session, overtaken, slices, wholes
from sqlseed.backends.pg_bulk import Aside
from sqlseed.built import BuildResult, TableSummary
from sqlseed.bulk import Bulk, taking_back, told, worth_it
from sqlseed.errors import ConnectError, Interrupted, raise_all
from sqlseed.events import Event, EventKind, OnEvent, SpanKind, Spans, Status, StepResult
from sqlseed.live import LiveTable
from sqlseed.model import Plan, Relation, StepState, quote
from sqlseed.reconnecting import ask
from sqlseed.targeting import Selection, asks_target, new_ranges, planner_for, run_context, seeds_to_load
from sqlseed.version import __version__
from sqlseed.workspace import Workspace

T = TypeVar("T")
_NOT_BEGUN = "no slice was begun, and each table and seed is there wholly or not at all"
_BUILT = "what was built is there"


@dataclass
class Build:
    """A build's settings, and the steps that it goes through."""

    workspace: Workspace
    backend: Backend
    on_event: OnEvent
    stop: runner.StopFlag
    dry_run: bool
    full_refresh: bool
    fail_fast: bool
    checksums: bool = False
    tests: bool = True
    indirect: str = "buildable"
    approved: bool = False  # whether review.lock must hold, also in a dry run
    edited: str | None = None  # what to do with rows edited since: keep, replace, or refuse
    backup: Path | None = None  # where pg_dump puts the tables as they are before
    confirm_database: str | None = None  # as typed, to go over the guards of `guards.check`
    profile: bool = False  # whether the sessions are watched
    spans: Spans = field(default_factory=Spans)

    def run(self, selection: Selection, arguments: Mapping[str, Any]) -> BuildResult:
        """Builds the selection; raises what `api.build` says."""
        started, started_at = time.perf_counter(), time.time()
        workspace, run_id = self.workspace, uuid.uuid4().hex
        for note in workspace.target.notes:
            self._tell(EventKind.NOTE, note)
        testing = BuildTests(workspace, self.backend, self.on_event, self.stop, self.indirect, fail_fast=self.fail_fast)
        names = self._approved(testing, selection)
        chosen = planner.restrict(workspace.values, selection.slices)
        if not names and not asks_target(selection):  # a slip in it must not cost a connection
            names = testing.select(selection, None, self.tests)
        bulk = Bulk(self.backend, partial(self._tell, EventKind.NOTE), self.spans)
        begin = partial(self._before_slices, testing, bulk, selection, chosen, names, run_id)
        session, names, made, plan_ = self._ask(begin, "before the first slice: ", _NOT_BEGUN)
        server = session.server()
        results = self._execute(made, plan_, run_id, arguments, server, testing, bulk)
        session.close()  # it kept migrations out until now
        sums = self._checksums(made, plan_, results) if self.checksums and self.stop.signal is None else {}
        tables = self._summarize(results, names, sums)
        elapsed = time.perf_counter() - started
        written = sum(result.rows for result in results if result.status is Status.SUCCESS)
        self.on_event(Event(EventKind.RUN_FINISHED, time.time(), plan=plan_, rows=written, seconds=elapsed))
        self.stop.check()
        name, done = workspace.target.name, tuple(results)
        spans = tuple(sorted(self.spans, key=lambda span: span.started_at))
        verdicts = testing.verdicts
        return BuildResult(
            run_id, name, server, plan_, done, tables, elapsed, self.dry_run, verdicts, spans, started_at
        )

    def _before_slices(
        self,
        testing: BuildTests,
        bulk: Bulk,
        selection: Selection,
        chosen: Mapping[str, frozenset[str]],
        names: frozenset[str],
        run_id: str,
        session: Session,
    ) -> tuple[Session, frozenset[str], planner.Planner, Plan]:
        """Everything before the first slice: the session that keeps migrations out, the models, and their plan.

        Where the connection is lost on the way, all of it is done again on another one.
        """
        workspace = self.workspace
        relations = [model.relation for model in workspace.compiled.values()]
        with self.stop.cancelling(session), guards.before_slices(session, relations):
            if not self.dry_run:
                for remark in guards.check(workspace.target, session, self.confirm_database):
                    self._tell(EventKind.NOTE, remark)
                if self.confirm_database is not None:
                    guards.stamp(workspace.target, session)
                guards.hold_off_migrations(session)
            left = () if self.dry_run else bulk.recover(session)
            made = planner_for(workspace, session)
            names = names or testing.select(selection, None if self.dry_run else session, self.tests)
            wanted = workspace.ancestors(names) if self.dry_run else names
            plan_ = made.plan(wanted, chosen, full_refresh=self.full_refresh)
            if plan_.pending:
                made, plan_ = self._prepare(session, made, plan_, wanted, chosen, run_id)
            testing.get_ready_for(session, plan_)
            self._set_aside(session, bulk, made, plan_, left)
        return session, names, made, plan_

    def _ask(self, work: Callable[[Session], T], before: str, left: str) -> T:
        tell = partial(self._tell, EventKind.WARNING)
        return ask(self.backend, work, wait=self.stop.wait, tell=tell, left=left, before=before)

    def _approved(self, testing: BuildTests, selection: Selection) -> frozenset[str]:
        """The selected models where review.lock must hold, and it does; else none.

        Raises GuardError, before the target is opened: a selection by what the target holds is refused with it.
        """
        if not self.approved and (self.dry_run or not self.workspace.target.require_approval):
            return frozenset()
        names = testing.select(selection, None, self.tests)
        for note in approval.require(self.workspace, names):
            self._tell(EventKind.NOTE, note)
        return names

    def _prepare(
        self,
        session: Session,
        made: planner.Planner,
        plan_: Plan,
        wanted: frozenset[str],
        chosen: Mapping[str, frozenset[str]],
        run_id: str,
    ) -> tuple[planner.Planner, Plan]:
        """Checks, state, tables, lookup tables; the plan with settled keys."""
        workspace = self.workspace
        compiled = workspace.compiled
        needed = {step.slice.model for step in plan_.pending}
        live = session.catalog([model.relation for model in compiled.values()])
        raise_all(preflight.check(compiled, needed, live))
        is_change = any(step.state is StepState.CHANGED for step in plan_.pending)
        guards.privileges(session, [compiled[name].relation for name in sorted(needed)], changes=is_change)
        for caution in preflight.cautions(compiled, needed, live):
            self._tell(EventKind.WARNING, caution)
        context = run_context(workspace, made, run_id, refresh=False, checksums=False)
        taken = foreign.taken_keys(session, context, plan_.pending, live)
        raise_all([*taken, *uniques.taken(workspace, session, context, plan_, live, self.stop)])
        is_told = self.edited == "replace" or self.dry_run
        kept = [] if is_told else edits.found(session, context, edits.lost(plan_), made.checkpoints, live)
        if kept and self.edited is None:
            raise edits.refusal(kept)
        self._back_up(session)
        session.bootstrap(workspace.project.name)
        guards.stamp(workspace.target, session)
        with session.transaction():
            session.prepare(())
            session.lock_state()
            settled = self._record_ranges(session, made)
            if settled.ranges != made.ranges:  # somebody was faster, and other keys hold than planned
                made, plan_ = settled, settled.plan(wanted, chosen, full_refresh=self.full_refresh)
            live = session.catalog([model.relation for model in compiled.values()])
            reshaped = preflight.reshaped_intermediates(compiled, needed, live, slices.SLICE_COLUMN, made.checkpoints)
            self._drop_readers(session, made, plan_, reshaped)
            created = self._create_tables(session, needed, live, reshaped)
        for name in created:
            self._tell(EventKind.TABLE_CREATED, str(compiled[name].relation), name)
        self._advance_sequences(session, made, needed)
        for name in seeds_to_load(workspace, made, plan_, session):
            self.stop.check()
            self._load_seed(session, name, run_id)
        if kept:
            self._tell(EventKind.NOTE, f"kept, with what depends on them: {edits.named(kept)}")
        return made, edits.without(plan_, kept)

    def _back_up(self, session: Session) -> None:
        if self.backup is None or self.dry_run:
            return
        relations = [model.relation for model in self.workspace.compiled.values()]
        count = backup.dump(self.workspace.target, session, relations, self.backup, self.stop.check)
        file, self.backup = self.backup, None  # once, also where what follows has to be done again
        text = f"backup: {count} tables as they are, in {file}" if count else "backup: there is no table yet"
        self._tell(EventKind.NOTE, text)

    def _record_ranges(self, session: Session, made: planner.Planner) -> planner.Planner:
        """Writes down the integer ranges; a planner with those that hold now."""
        settled = replace(made, ranges=session.key_ranges())
        fresh = new_ranges(settled, session)
        for (model, slice_), key_range in fresh.items():
            session.run(
                f"insert into {quote(session.state_schema)}.key_range (model, slice, first, last)"
                " values (:model, :slice, :first, :last)",
                {"model": model, "slice": slice_, "first": key_range.first, "last": key_range.last},
                {"model": "text", "slice": "text", "first": "bigint", "last": "bigint"},
            )
        settled.ranges = {**settled.ranges, **fresh}
        return settled

    def _drop_readers(self, session: Session, made: planner.Planner, plan_: Plan, reshaped: Sequence[str]) -> None:
        """Drops the project's views over what this build drops and makes anew; they are made anew by it, too."""
        wholes_ = {
            name: model.relation
            for name, model in self.workspace.compiled.items()
            if model.config.whole and (name, "all") in made.checkpoints
        }
        pending = {step.slice.model for step in plan_.pending}
        remade = {name: relation for name, relation in wholes_.items() if name in pending}
        remade |= {name: self.workspace.compiled[name].relation for name in reshaped}
        for name in seeds_to_load(self.workspace, made, plan_, session):
            for relation in slices.seed_tables(session.state_schema, self.workspace.project.seeds[name]):
                remade[relation.name] = relation
        wholes.drop_readers(session, remade, {relation: name in pending for name, relation in wholes_.items()})

    def _create_tables(
        self, session: Session, needed: set[str], live: Mapping[Relation, LiveTable], reshaped: Sequence[str]
    ) -> list[str]:
        """Creates the tables that are missing, and those of another shape; the names of the models of the first."""
        compiled = self.workspace.compiled
        missing = preflight.missing_tables(compiled, needed, live)
        for name in reshaped:
            session.run(f"drop table {compiled[name].relation}")
        for name in [*missing, *reshaped]:
            session.run(
                f"delete from {quote(session.state_schema)}.checkpoint where model = :model",
                {"model": name},
                {"model": "text"},
            )
            session.create_table(compiled[name].relation, compiled[name])
        for name in missing:
            session.add_foreign_keys(compiled[name].relation, compiled[name], compiled)
        return missing

    def _advance_sequences(self, session: Session, made: planner.Planner, needed: set[str]) -> None:
        for name in sorted(needed & set(planner.integer_models(made.compiled))):
            model = made.compiled[name]
            last = max(r.last for (owner, _), r in made.ranges.items() if owner == name)
            session.advance_sequence(model.relation, model.config.key or "", last)

    def _load_seed(self, session: Session, name: str, run_id: str) -> None:
        seed = self.workspace.project.seeds[name]
        started = time.perf_counter()
        with self.spans.timed(SpanKind.SEED, name):
            is_loaded = slices.load_seed(session, seed, planner.seed_name(seed), run_id, __version__)
        if is_loaded:
            seconds = time.perf_counter() - started
            event = Event(EventKind.SEED_LOADED, time.time(), name=name, rows=len(seed.rows), seconds=seconds)
            self.on_event(event)

    def _execute(
        self,
        made: planner.Planner,
        plan_: Plan,
        run_id: str,
        arguments: Mapping[str, Any],
        server: str,
        testing: BuildTests,
        bulk: Bulk,
    ) -> list[StepResult]:
        workspace = self.workspace
        context = run_context(workspace, made, run_id, refresh=self.full_refresh, checksums=self.checksums)
        self.on_event(Event(EventKind.RUN_STARTED, time.time(), message=server, plan=plan_))
        record = artifacts.RunResults(workspace, __version__, run_id, arguments) if not self.dry_run else None

        def on_event(event: Event) -> None:
            if record is not None:
                record.on_event(event)
            testing.note(event)
            self.on_event(event)

        testing.tell_missing(on_event)
        results = [StepResult(step.slice, Status.NO_OP, step.expected_rows or 0) for step in plan_.steps]
        if plan_.pending or testing.gates:
            with profiling.watching(self.backend, self.profile, partial(self._tell, EventKind.WARNING)) as watch:
                results = runner.execute(
                    plan_,
                    replace(context, watch=watch),
                    self.backend,
                    on_event,
                    gates=testing.gates,
                    fail_fast=self.fail_fast,
                    stop=self.stop,
                    spans=self.spans,
                )
        self._put_back(bulk, context, plan_, results)
        taken = self._taken(plan_, results)
        if record is not None:
            record.add([result for result in results if result.status is Status.NO_OP])
            record.flush()
            problem = record.problem or artifacts.try_manifest(workspace, __version__)
            if problem:  # the rows count; the database knows what is there
                self._tell(EventKind.WARNING, problem)
        if taken:
            raise overtaken.refusal(taken)
        return results

    def _taken(self, plan_: Plan, results: Sequence[StepResult]) -> list[str]:
        """The slices of this build that another one has written since; none where that cannot be asked."""
        gone = any(isinstance(result.error, ConnectError) for result in results)
        if gone or self.dry_run or self.stop.signal is not None or not plan_.pending:
            return []
        done = {result.slice for result in results if result.status is Status.SUCCESS}
        with contextlib.suppress(ConnectError):
            checkpoints = self._ask(lambda session: session.checkpoints(), "", _BUILT)
            return overtaken.slices((step for step in plan_.steps if step.slice in done), checkpoints)
        return []

    def _set_aside(
        self, session: Session, bulk: Bulk, made: planner.Planner, plan_: Plan, left: Sequence[Aside]
    ) -> None:
        """Bulk mode, where it pays; what an earlier build left aside comes back at the end of this one."""
        if left:
            self._tell(
                EventKind.NOTE, f"an earlier build left {told(left)} aside; they come back at the end of this one"
            )
        if self.dry_run:
            return
        compiled = self.workspace.compiled
        bulk.begin(session, worth_it(session, plan_, compiled, made.checkpoints, self.workspace.target.bulk))

    def _put_back(self, bulk: Bulk, context: runner.RunContext, plan_: Plan, results: list[StepResult]) -> None:
        if not bulk.active:
            return
        try:
            if self.stop.signal is None:
                with self.stop.cancelling(bulk):
                    put = bulk.end(taking_back(context, {step.slice: step for step in plan_.steps}, results))
                if put is not None:
                    self._tell(EventKind.NOTE, f"bulk mode: {told(put.back)} back in {put.seconds:.1f} s")
                return
        except Interrupted:
            pass  # said by whoever checks the stop flag next
        finally:
            bulk.close()
        self._tell(EventKind.WARNING, "foreign keys and indexes are set aside; the next `sqlseed build` puts them back")

    def _summarize(
        self, results: Sequence[StepResult], names: frozenset[str], sums: Mapping[str, str]
    ) -> tuple[TableSummary, ...]:
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

    def _checksums(self, made: planner.Planner, plan_: Plan, results: Sequence[StepResult]) -> dict[str, str]:
        """Each table's checksum over the plan's slices: the sum of the slices', below 2^64, as 16 hex digits.

        A slice that was up to date is read again: what counts is what stands there, not what once did.
        """
        summing = partial(self._sums, made, plan_, results)
        return self._ask(summing, "for the checksums: ", _BUILT)

    def _sums(
        self, made: planner.Planner, plan_: Plan, results: Sequence[StepResult], session: Session
    ) -> dict[str, str]:
        totals: dict[str, int] = {}
        context = run_context(self.workspace, made, "", refresh=False, checksums=False)
        steps = {step.slice: step for step in plan_.steps}
        with self.stop.cancelling(session), session.transaction():
            session.prepare(())
            for result in results:
                if result.status not in (Status.SUCCESS, Status.NO_OP):
                    continue
                model = self.workspace.compiled[result.slice.model]
                if model.config.whole:
                    continue  # no contract says which columns there are
                text = result.checksum if result.status is Status.SUCCESS else None
                if text is None:
                    own = context.own(steps[result.slice])
                    text = session.checksum(model.relation, model.contract.columns, own)
                totals[model.name] = (totals.get(model.name, 0) + int(text)) % (1 << 64)
        session.close()
        return {name: f"{total:016x}" for name, total in totals.items()}

    def _tell(self, kind: EventKind, message: str, name: str = "") -> None:
        self.on_event(Event(kind, time.time(), message=message, name=name))
