"""The commands as functions with typed results. They print nothing and read nothing but their arguments."""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlseed import __version__, artifacts, planner, preflight, runner, selector
from sqlseed.backends import Backend, Session, open_backend, open_dry_run, slices
from sqlseed.errors import GuardError, Interrupted, ProjectError, SelectionError, did_you_mean, raise_all
from sqlseed.model import (
    Compiled,
    Event,
    EventKind,
    KeyRange,
    Plan,
    Relation,
    Slice,
    Status,
    Step,
    StepResult,
    StepState,
)
from sqlseed.workspace import Workspace, load

__all__ = [
    "BuildResult", "Check", "CleanResult", "PlanResult", "Preview", "Selection", "build", "clean", "compile", "debug",
    "init", "load", "ls", "plan", "show",
]

OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a command works on: dbt's selection of nodes, and for each dimension the keys wanted (all without)."""

    select: Sequence[str] = ()
    exclude: Sequence[str] = ()
    slices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    state: Path | None = None  # a folder with the manifest.json and run_results.json of an earlier run


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


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What a build would do. `creates` are tables that do not exist yet; `orphans` slices that nothing makes any more."""

    target: str
    server: str
    plan: Plan
    creates: tuple[str, ...]
    seeds_to_load: tuple[str, ...]
    orphans: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What clean removed, by model."""

    rows: Mapping[str, int]
    slices: int
    state_removed: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a model at one slice, computed and not stored."""

    model: str
    slice: Slice
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `debug`."""

    name: str
    ok: bool
    detail: str


def _workspace(project: Workspace | str | Path | None) -> Workspace:
    return project if isinstance(project, Workspace) else load(project)


def _ignore(_: Event) -> None:
    return None


# --- listing and compiling ---------------------------------------------------------------------------------


def ls(project: Workspace | str | Path | None = None, selection: Selection = Selection()) -> list[selector.Node]:
    """The nodes that a selection picks, parents before children. Touches no database."""
    workspace = _workspace(project)
    names = workspace.select(selection.select, selection.exclude, facts=_facts(workspace, selection))
    ranks = {name: i for i, name in enumerate(planner.order(workspace.compiled))}
    ordered = sorted(names, key=lambda name: (ranks.get(name, -1), name))
    return [workspace.graph.nodes[name] for name in ordered]


def compile(
    project: Workspace | str | Path | None = None, selection: Selection = Selection(), *, write: bool = True
) -> list[Compiled]:
    """Render and check the selected models; with `write` also target/compiled/ and target/manifest.json."""
    workspace = _workspace(project)
    names = sorted(workspace.models_of(_selected(workspace, selection)))
    compiled = workspace.checked(names)
    if write:
        artifacts.write_compiled(workspace, names)
        artifacts.write_manifest(workspace, __version__)
    return [compiled[name] for name in names]


def _facts(workspace: Workspace, selection: Selection, session: Session | None = None) -> selector.Facts:
    text = " ".join([*selection.select, *selection.exclude])
    state = artifacts.read_state(workspace, selection.state) if selection.state and "state:" in text else None
    result = artifacts.read_results(workspace, selection.state) if selection.state and "result:" in text else None
    checkpoint = None
    if session is not None and "checkpoint:" in text:
        everything = _planner(workspace, session).plan(frozenset(workspace.compiled))
        words = {StepState.NEW: "missing", StepState.CHANGED: "stale", StepState.UP_TO_DATE: "complete"}
        found: dict[str, set[str]] = {}
        for step in everything.steps:
            found.setdefault(step.slice.model, set()).add(words[step.state])
        checkpoint = {name: frozenset(words) for name, words in found.items()}
    return selector.Facts(state=state, result=result, checkpoint=checkpoint)


def _selected(workspace: Workspace, selection: Selection, session: Session | None = None) -> frozenset[str]:
    return workspace.select(selection.select, selection.exclude, facts=_facts(workspace, selection, session))


def _selected_models(workspace: Workspace, selection: Selection, session: Session | None = None) -> frozenset[str]:
    names = _selected(workspace, selection, session)
    models = workspace.models_of(names)
    if names and not models:
        raise SelectionError(
            f"the selection holds no model, only seeds: {', '.join(sorted(names)[:5])}",
            hint=f"`--select {sorted(names)[0]}+` builds what reads it",
        )
    return models


# --- planning ------------------------------------------------------------------------------------------------


def _planner(workspace: Workspace, session: Session) -> planner.Planner:
    """A planner that knows what the target holds; checkpoints of tables that are gone do not count."""
    compiled = workspace.compiled
    live = session.catalog([model.relation for model in compiled.values()])
    checkpoints = {
        key: checkpoint
        for key, checkpoint in session.checkpoints().items()
        if key[0] not in compiled or compiled[key[0]].relation in live
    }
    made = planner.Planner(
        workspace.project, compiled, workspace.variables, workspace.values, checkpoints, session.key_ranges()
    )
    highest = {
        name: session.highest_key(compiled[name].relation, compiled[name].config.key or "")
        for name in planner.integer_models(compiled)
        if any((name, slice_.key) not in made.ranges for slice_ in made.slices(name))
    }
    made.ranges = {**made.ranges, **planner.allocate(made, made.ranges, highest)}
    return made


def plan(project: Workspace | str | Path | None = None, selection: Selection = Selection()) -> PlanResult:
    """What `build` would do to the target; writes nothing."""
    workspace = _workspace(project)
    workspace.checked()
    backend = open_backend(workspace.target, workspace.project.root)
    try:
        session = backend.connect()
        made = _planner(workspace, session)
        chosen = planner.restrict(workspace.values, selection.slices)
        names = _selected_models(workspace, selection, session)
        result = made.plan(names, chosen)
        live = session.catalog([model.relation for model in workspace.compiled.values()])
        raise_all(preflight.check(workspace.compiled, names, live))
        needed = {step.slice.model for step in result.pending}
        return PlanResult(
            target=workspace.target.name,
            server=session.server(),
            plan=result,
            creates=tuple(preflight.missing_tables(workspace.compiled, needed, live)),
            seeds_to_load=tuple(_seeds_to_load(workspace, made, result, session)),
            orphans=_orphans(workspace, made),
        )
    finally:
        backend.close()


def _seeds_to_load(workspace: Workspace, made: planner.Planner, result: Plan, session: Session) -> list[str]:
    needed = {seed: None for step in result.pending for seed in workspace.compiled[step.slice.model].seeds}
    live = session.catalog([Relation(session.state_schema, name) for name in needed])
    loading = []
    for name in needed:
        seed = workspace.project.seeds[name]
        done = made.checkpoints.get((planner.seed_name(seed), "all"))
        there = Relation(session.state_schema, name) in live
        if done is None or done.fingerprint != seed.checksum or not there:
            loading.append(name)
    return loading


def _orphans(workspace: Workspace, made: planner.Planner) -> tuple[Slice, ...]:
    known = {(name, slice_.key) for name in workspace.compiled for slice_ in made.slices(name)}
    return tuple(
        Slice(model, ((("slice"), key),) if key != "all" else ())
        for model, key in sorted(made.checkpoints)
        if (model, key) not in known and not model.startswith("seed:")
    )


# --- building ------------------------------------------------------------------------------------------------


def build(
    project: Workspace | str | Path | None = None,
    selection: Selection = Selection(),
    *,
    full_refresh: bool = False,
    dry_run: bool = False,
    fail_fast: bool = False,
    checksums: bool = False,
    on_event: OnEvent = _ignore,
    stop: runner.StopFlag | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> BuildResult:
    """Load the seeds and run the models of a selection; slices that are up to date are left alone.

    `dry_run` computes the selection, and what it needs, in an in-memory DuckDB instead of the target, checksums
    included. A failed slice is a result, not an exception; what cannot begin raises SqlseedError, and a stop
    that was asked for through `stop` raises Interrupted after everything is rolled back and written down.
    """
    workspace = _workspace(project)
    workspace.checked()
    names = _selected_models(workspace, selection) if dry_run else frozenset[str]()
    open_ = open_dry_run if dry_run else open_backend
    backend = open_(workspace.target, workspace.project.root)
    try:
        job = _Build(workspace, backend, on_event, stop or runner.StopFlag(), dry_run, full_refresh, fail_fast)
        job.checksums = checksums or dry_run
        return job.run(selection, names, arguments or {})
    finally:
        backend.close()


@dataclass
class _Build:
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
        made = _planner(workspace, session)
        if not self.dry_run:
            names = _selected_models(workspace, selection, session)
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
        return BuildResult(
            run_id, workspace.target.name, server, plan_, tuple(results), tables, elapsed, self.dry_run
        )

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
        for name in _seeds_to_load(workspace, made, plan_, session):
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
                    f'delete from "{session.state_schema}".checkpoint where model = :model', {"model": name},
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
        context = _run_context(workspace, made, run_id, refresh=self.full_refresh, checksums=self.checksums)
        self.on_event(Event(EventKind.RUN_STARTED, time.time(), message=session.server(), plan=plan_))
        record = artifacts.RunResults(workspace, __version__, run_id, arguments) if not self.dry_run else None

        def on_event(event: Event) -> None:
            if record is not None:
                record.on_event(event)
            self.on_event(event)

        results = runner.execute(
            plan_, context, self.backend, on_event, fail_fast=self.fail_fast, stop=self.stop
        ) if plan_.pending else [
            StepResult(step.slice, Status.NO_OP, step.expected_rows or 0) for step in plan_.steps
        ]
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
        context = _run_context(self.workspace, made, "", refresh=False, checksums=False)
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


def _run_context(
    workspace: Workspace, made: planner.Planner, run_id: str, *, refresh: bool, checksums: bool
) -> runner.RunContext:
    compiled = workspace.compiled
    by_model: dict[str, list[KeyRange]] = {}
    for (name, _), key_range in made.ranges.items():
        by_model.setdefault(name, []).append(key_range)
    own_rows = {
        model.relation: slices.own_of_model(workspace.project.name, model, by_model.get(name, []))
        for name, model in compiled.items()
        if model.relation.schema != workspace.target.state_schema
    }
    return runner.RunContext(
        workspace.project.name, __version__, run_id, compiled, made.ranges, own_rows, refresh, checksums
    )


# --- removing, looking, checking ----------------------------------------------------------------------------


def clean(
    project: Workspace | str | Path | None = None,
    selection: Selection = Selection(),
    *,
    on_event: OnEvent = _ignore,
    stop: runner.StopFlag | None = None,
) -> CleanResult:
    """Remove the rows that sqlseed made, children before parents; nobody else's. Tables stay, lookup tables and
    the state schema go when nothing is left. Raises GuardError where other rows depend on them."""
    workspace = _workspace(project)
    backend = open_backend(workspace.target, workspace.project.root)
    try:
        session = backend.connect()
        made = _planner(workspace, session)
        names = _selected_models(workspace, selection, session)
        chosen = planner.restrict(workspace.values, selection.slices)
        _check_dependants(workspace, made, names, chosen)
        rows: dict[str, int] = {}
        count = 0
        live = session.catalog([model.relation for model in workspace.compiled.values()])
        context = _run_context(workspace, made, "", refresh=False, checksums=False)
        for slice_ in _to_clean(workspace, made, names, chosen):
            if stop is not None and stop.signal is not None:
                raise Interrupted(stop.signal)
            removed = _clean_slice(workspace, made, session, context, slice_, live)
            rows[slice_.model] = rows.get(slice_.model, 0) + removed
            count += 1
            result = StepResult(slice_, Status.SUCCESS, removed)
            on_event(Event(EventKind.SLICE_FINISHED, time.time(), result=result, rows=removed))
        return CleanResult(rows, count, _remove_state(workspace, session, live))
    finally:
        backend.close()


def _to_clean(
    workspace: Workspace, made: planner.Planner, names: frozenset[str], chosen: Mapping[str, frozenset[str]]
) -> list[Slice]:
    found = []
    for name in reversed(planner.order(workspace.compiled)):
        if name in names:
            for slice_ in made.slices(name):
                inside = all(key in chosen.get(dimension, (key,)) for dimension, key in slice_.point)
                if inside and (name, slice_.key) in made.checkpoints:
                    found.append(slice_)
    return found


def _check_dependants(
    workspace: Workspace, made: planner.Planner, names: frozenset[str], chosen: Mapping[str, frozenset[str]]
) -> None:
    """Refuses to take the rows from under models that are built and not selected."""
    doomed = {slice_.model for slice_ in _to_clean(workspace, made, names, chosen)}
    below = workspace.descendants(frozenset(doomed)) - names
    built = sorted({slice_.model for slice_ in _to_clean(workspace, made, below, chosen)})
    if built:
        first = sorted(doomed)[0]
        raise GuardError(
            f"{', '.join(built)} depend{'' if built[1:] else 's'} on these rows and would be left without them",
            hint=f"`sqlseed clean --select {first}+` removes them too",
        )


def _clean_slice(
    workspace: Workspace,
    made: planner.Planner,
    session: Session,
    context: runner.RunContext,
    slice_: Slice,
    live: Mapping[Relation, Any],
) -> int:
    model = workspace.compiled[slice_.model]
    step = Step(slice_, StepState.UP_TO_DATE, "", made.parameters(slice_), None, ())
    children = list(context.own_rows.items())
    return slices.clean_slice(
        session, model, slice_.model, slice_.key, context.own(step), children, table_exists=model.relation in live
    )


def _remove_state(workspace: Workspace, session: Session, live: Mapping[Relation, Any]) -> bool:
    """Drops lookup and intermediate tables and the state schema once no model's slice is left."""
    left = [key for key in session.checkpoints() if not key[0].startswith("seed:")]
    if left or not session.checkpoints():
        return False
    with session.transaction():
        session.prepare(())
        session.run(f'drop schema "{session.state_schema}" cascade')
    return True


def show(
    project: Workspace | str | Path | None = None,
    model: str = "",
    *,
    slices_wanted: Mapping[str, Sequence[str]] | None = None,
    limit: int = 10,
    on_event: OnEvent = _ignore,
) -> Preview:
    """The first rows of a model at one slice, the first one unless told otherwise; computed in an in-memory DuckDB."""
    workspace = _workspace(project)
    workspace.checked()
    if model not in workspace.compiled:
        raise SelectionError(f"no model is called '{model}'", hint=did_you_mean(model, workspace.compiled))
    chosen = {name: list(keys) for name, keys in (slices_wanted or {}).items()}
    planner.restrict(workspace.values, chosen)
    compiled = workspace.compiled[model]
    for name in compiled.config.slice_by:
        if not workspace.values[name]:
            raise ProjectError(f"dimension '{name}' has no values under these vars")
        chosen.setdefault(name, [workspace.values[name][0].key])
    result = _dry_rows(workspace, compiled, chosen, limit, on_event)
    return result


def _dry_rows(
    workspace: Workspace, compiled: Compiled, chosen: Mapping[str, Sequence[str]], limit: int, on_event: OnEvent
) -> Preview:
    backend = open_dry_run(workspace.target, workspace.project.root)
    try:
        job = _Build(workspace, backend, on_event, runner.StopFlag(), True, False, True)
        result = job.run(Selection([compiled.name], (), chosen), frozenset({compiled.name}), {})
        if not result.success:
            failed = result.failures[0]
            raise failed.error or ProjectError(failed.message)
        session = backend.connect()
        slice_ = next(r.slice for r in result.results if r.slice.model == compiled.name)
        columns = slices.written_columns(compiled)
        step = next(step for step in result.plan.steps if step.slice == slice_)
        made = _planner(workspace, session)
        own = _run_context(workspace, made, "", refresh=False, checksums=False).own(step)
        names = ", ".join(f'"{name}"' for name in columns)
        order = f'"{compiled.config.key}"' if compiled.config.key else "all"
        sql = f"select {names} from {compiled.relation} where {own.predicate} order by {order} limit {int(limit)}"
        rows = session.query(sql, own.parameters, own.types)
        return Preview(compiled.name, slice_, columns, tuple(rows))
    finally:
        backend.close()


def debug(project: Workspace | str | Path | None = None, **options: Any) -> list[Check]:
    """Checks project, profile, connection, privileges and versions, one after the other; raises nothing of its own."""
    from sqlseed import diagnose

    return diagnose.run(project, **options)


def init(folder: str | Path) -> list[Path]:
    """Writes a small project that builds as it is; raises ProjectError if the folder holds anything already."""
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ProjectError(f"{root} is not empty", hint="name a new folder: sqlseed init my_project")
    source = Path(__file__).parent / "starter"
    written = []
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            place = root / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            written.append(place)
    return written
