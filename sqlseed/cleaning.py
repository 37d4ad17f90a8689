"""Remove what sqlseed made, and nothing else."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlseed import edits, foreign, guards, planner, runner
from sqlseed.backends import Backend, Session, open_backend, slices, state_tables
from sqlseed.bulk import Bulk, refusing, told
from sqlseed.errors import ExecuteError, GuardError, raise_all
from sqlseed.events import Event, EventKind, OnEvent, Status, StepResult
from sqlseed.live import LiveTable
from sqlseed.model import KeyKind, Relation, Slice, Step, StepState, quote
from sqlseed.reconnecting import ask
from sqlseed.targeting import Selection, failures_schema, find_orphans, planner_for, run_context, selected_models
from sqlseed.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What clean removed, by model. `kept` are slices whose rows somebody edited, left with what they are made from."""

    rows: Mapping[str, int]
    slices: int
    state_removed: bool
    kept: tuple[edits.Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class CleanPreview:
    """What clean is about to remove; `rows` are those that the checkpoints count, by model.

    Of the slices that somebody `edited` since, either all go or all stay: `keeps` says which.
    """

    rows: Mapping[str, int]
    slices: int
    edited: tuple[edits.Edit, ...]
    keeps: bool


def clean(
    workspace: Workspace,
    selection: Selection,
    *,
    on_event: OnEvent,
    stop: runner.StopFlag | None,
    confirm_database: str | None = None,
    edited: str | None = None,
) -> CleanResult:
    """Remove the rows that sqlseed made, children before parents; nobody else's. Tables stay, lookup tables and
    the state schema go when nothing is left. Raises GuardError where other rows depend on them, and where rows were
    edited since and `edited` does not say whether to keep or to remove them."""
    stop = stop or runner.StopFlag()
    backend = open_backend(workspace.target, workspace.project.root)
    rows: dict[str, int] = {}

    def tell(message: str) -> None:
        on_event(Event(EventKind.WARNING, time.time(), message=message))

    def work(session: Session) -> CleanResult:
        with stop.cancelling(session):
            guards.check(workspace.target, session, confirm_database)
            guards.hold_off_migrations(session)
            _put_back(backend, session, on_event)
            found = _work(workspace, selection, session, edited)
            for slice_ in found.doomed:
                stop.check()
                rows.setdefault(slice_.model, 0)  # from here on nothing is done anew: it would not be counted
                removed = _clean_slice(found.made, session, found.context, slice_, found.live)
                rows[slice_.model] += removed
                result = StepResult(slice_, Status.SUCCESS, removed)
                on_event(Event(EventKind.SLICE_FINISHED, time.time(), result=result, rows=removed))
            kept = found.edited if edited == "keep" else ()
            return CleanResult(rows, len(found.doomed), _remove_state(workspace, session), kept)

    left = "each slice is there wholly or not at all"
    try:
        return ask(backend, work, wait=stop.wait, tell=tell, again=lambda: not rows, left=left)
    finally:
        backend.close()


def preview(
    workspace: Workspace, selection: Selection, *, confirm_database: str | None = None, edited: str | None = None
) -> CleanPreview:
    """What `clean` would remove, refused as that would be; nothing is written."""
    backend = open_backend(workspace.target, workspace.project.root, writes=False)

    def work(session: Session) -> CleanPreview:
        guards.check(workspace.target, session, confirm_database)
        found = _work(workspace, selection, session, edited)
        rows: dict[str, int] = {}
        for slice_ in found.doomed:
            done = found.made.checkpoints[slice_.model, slice_.key]
            rows[slice_.model] = rows.get(slice_.model, 0) + done.rows
        return CleanPreview(rows, len(found.doomed), found.edited, edited == "keep")

    try:
        return ask(backend, work)
    finally:
        backend.close()


@dataclass(frozen=True, slots=True)
class _Work:
    """The slices to remove, children before parents, those that were edited, and what is needed to remove any."""

    doomed: Sequence[Slice]
    edited: tuple[edits.Edit, ...]
    made: planner.Planner
    context: runner.RunContext
    live: Mapping[Relation, LiveTable]


def _work(workspace: Workspace, selection: Selection, session: Session, edited: str | None) -> _Work:
    made = planner_for(workspace, session)
    made.checkpoints = session.checkpoints()  # those of dropped tables too
    names = selected_models(workspace, selection, session)
    doomed = _to_clean(workspace, made, names, planner.restrict(workspace.values, selection.slices))
    live = session.catalog([model.relation for model in workspace.compiled.values()])
    context = run_context(workspace, made, "", refresh=False, checksums=False)
    steps = {slice_: _step(made, context, slice_) for slice_ in doomed}
    _check_dependants(workspace, made, doomed)
    found = tuple(edits.found(session, context, steps.values(), made.checkpoints, live))
    if found and edited is None:
        raise edits.refusal_to_clean(found)
    if edited == "keep":
        doomed = _without(made, doomed, found)
    with session.transaction():
        session.prepare(())
        raise_all(foreign.dependants(session, context, doomed, made.checkpoints, steps, live))
    return _Work(doomed, found, made, context, live)


def _put_back(backend: Backend, session: Session, on_event: OnEvent) -> None:
    """Foreign keys and indexes that a killed build left aside: without them nobody would see what depends on a row."""
    bulk = Bulk(backend, lambda _: None)
    if bulk.recover(session):
        put = bulk.end(refusing)
        if put is not None:
            on_event(Event(EventKind.NOTE, time.time(), message=f"an earlier build left {told(put.back)} aside: back"))


def _to_clean(
    workspace: Workspace, made: planner.Planner, names: frozenset[str], chosen: Mapping[str, frozenset[str]]
) -> list[Slice]:
    """The slices that stand in the target, children before parents.

    Where slices are chosen, a model without that dimension is left alone: its rows serve the other slices too.
    Without a choice those slices are among them that no value of a dimension makes any more.
    """
    orphans = [] if chosen else find_orphans(workspace, made)
    found: list[Slice] = []
    for name in reversed(planner.order(workspace.compiled)):
        config = workspace.compiled[name].config
        if name not in names or not set(chosen) <= set(config.slice_by):
            continue
        for slice_ in made.slices(name):
            inside = all(key in chosen.get(dimension, (key,)) for dimension, key in slice_.point)
            if inside and (name, slice_.key) in made.checkpoints:
                found.append(slice_)
        if config.owner is None:  # an owner predicate needs the values that are gone
            found += [s for s in orphans if s.model == name and tuple(d for d, _ in s.point) == config.slice_by]
    return found


def _without(made: planner.Planner, doomed: Sequence[Slice], found: Sequence[edits.Edit]) -> list[Slice]:
    """The slices but for those that were edited, and those that they are made from."""
    above = {step.slice: step.depends_on for step in made.plan(frozenset(made.compiled)).steps}
    kept = {edit.slice for edit in found}
    stack = list(kept)
    while stack:
        parents = set(above.get(stack.pop(), ())) - kept
        kept |= parents
        stack += parents
    return [slice_ for slice_ in doomed if slice_ not in kept]


def _check_dependants(workspace: Workspace, made: planner.Planner, doomed: Sequence[Slice]) -> None:
    """Refuses to take the rows from under slices that are built and stay."""
    by_model: dict[str, list[dict[str, str]]] = {}
    for slice_ in doomed:
        by_model.setdefault(slice_.model, []).append(dict(slice_.point))
    going = set(doomed)
    left: set[str] = set()
    wanted: set[str] = set()
    for name, model in workspace.compiled.items():
        for slice_ in made.slices(name):
            if (name, slice_.key) not in made.checkpoints or slice_ in going:
                continue
            for parent in model.refs:
                if any(all(p.get(d, key) == key for d, key in slice_.point) for p in by_model.get(parent, ())):
                    left.add(name)
                    wanted.add(f"{parent}+")
    if left:
        names = sorted(left)
        raise GuardError(
            f"{', '.join(names)} depend{'' if names[1:] else 's'} on these rows and would be left without them",
            hint=f"`sqlseed clean --select {' '.join(sorted(wanted))}` removes them too",
        )


def _step(made: planner.Planner, context: runner.RunContext, slice_: Slice) -> Step:
    config = context.compiled[slice_.model].config
    known = config.key_kind is KeyKind.NATURAL and config.owner is not None
    return Step(slice_, StepState.UP_TO_DATE, "", made.parameters(slice_) if known else {}, None, ())


def _clean_slice(
    made: planner.Planner,
    session: Session,
    context: runner.RunContext,
    slice_: Slice,
    live: Mapping[Relation, LiveTable],
) -> int:
    model = context.compiled[slice_.model]
    own = context.own(_step(made, context, slice_))
    return slices.clean_slice(session, model, slice_, own, context.ours, table_exists=model.relation in live)


def _remove_state(workspace: Workspace, session: Session) -> bool:
    """Drops sqlseed's own tables once no model's slice is left, and their schema if nothing else is in it."""
    if not session.has_state():
        return False
    names = [name for name, _ in session.checkpoints()]
    if any(not name.startswith("seed:") for name in names):
        return False
    schema = session.state_schema
    tables = [Relation(schema, name.removeprefix("seed:") + end) for name in names for end in ("", "__slots")]
    tables += [model.relation for model in workspace.compiled.values() if model.relation.schema == schema]
    tables += [Relation(schema, name) for name in state_tables.NAMES]
    with session.transaction():
        session.prepare(())
        session.lock_state()
        for relation in session.catalog(tables):
            session.run(f"drop table {relation}")
        for relation in _kept_failures(session):
            session.run(f"drop table {relation}")
    for name in (schema, failures_schema(schema)):
        with contextlib.suppress(ExecuteError), session.transaction():  # somebody else's table, or schema: it stays
            session.run(f"drop schema {quote(name)}")
    return True


def _kept_failures(session: Session) -> list[Relation]:
    """The tables that data tests keep their failing rows in."""
    schema = failures_schema(session.state_schema)
    listing = "select table_name::text from information_schema.tables where table_schema = :schema"
    return [Relation(schema, row[0]) for row in session.query(listing, {"schema": schema}, {"schema": "text"})]
