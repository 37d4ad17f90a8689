"""Remove what sqlseed made, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlseed import planner, runner
from sqlseed.backends import Session, open_backend, slices
from sqlseed.errors import GuardError, Interrupted
from sqlseed.events import Event, EventKind, Status, StepResult
from sqlseed.model import Relation, Slice, Step, StepState
from sqlseed.targeting import Selection, planner_for, run_context, selected_models
from sqlseed.workspace import Workspace

OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What clean removed, by model."""

    rows: Mapping[str, int]
    slices: int
    state_removed: bool


def clean(
    workspace: Workspace,
    selection: Selection,
    *,
    on_event: OnEvent,
    stop: runner.StopFlag | None,
) -> CleanResult:
    """Remove the rows that sqlseed made, children before parents; nobody else's. Tables stay, lookup tables and
    the state schema go when nothing is left. Raises GuardError where other rows depend on them."""
    backend = open_backend(workspace.target, workspace.project.root)
    try:
        session = backend.connect()
        made = planner_for(workspace, session)
        names = selected_models(workspace, selection, session)
        chosen = planner.restrict(workspace.values, selection.slices)
        _check_dependants(workspace, made, names, chosen)
        rows: dict[str, int] = {}
        count = 0
        live = session.catalog([model.relation for model in workspace.compiled.values()])
        context = run_context(workspace, made, "", refresh=False, checksums=False)
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
