"""What a build would do to the target, and what stands in its way; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from sqlseed import approval, edits, foreign, guards, planner, preflight, uniques
from sqlseed.backends import Session, open_backend
from sqlseed.backends.pg_bulk import Aside, listed
from sqlseed.bulk import foreseen
from sqlseed.errors import SqlseedError, raise_all
from sqlseed.model import Plan, Slice, StepState
from sqlseed.reconnecting import ask
from sqlseed.targeting import Selection, find_orphans, planner_for, run_context, seeds_to_load, selected_models
from sqlseed.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What a build would do. `creates` are tables that are missing, `orphans` slices that nothing makes any more.

    `refusals` say why the build would be refused, and are empty where it would not.
    """

    target: str
    server: str
    plan: Plan
    creates: tuple[str, ...]
    seeds_to_load: tuple[str, ...]
    orphans: tuple[Slice, ...]
    approval: tuple[bool, str] | None = None  # where the target requires one: whether it holds, and a sentence
    aside: tuple[Aside, ...] = ()  # foreign keys and indexes that the build would set aside meanwhile
    left_aside: tuple[Aside, ...] = ()  # those that an earlier build left so
    edited: tuple[edits.Edit, ...] | None = None  # slices whose rows somebody edited, if that was asked for
    refusals: tuple[SqlseedError, ...] = ()


def plan(workspace: Workspace, selection: Selection, *, edited: bool = False) -> PlanResult:
    """What `build` would do with a selection; raises SqlseedError where it cannot even be planned.

    With `edited` the slices that are up to date are compared with what was written, too.
    """
    workspace.checked()
    backend = open_backend(workspace.target, workspace.project.root, writes=False)
    relations = [model.relation for model in workspace.compiled.values()]

    def work(session: Session) -> PlanResult:
        with guards.before_slices(session, relations):
            return _planned(workspace, selection, session, edited)

    try:
        return ask(backend, work)
    finally:
        backend.close()


def _planned(workspace: Workspace, selection: Selection, session: Session, edited: bool) -> PlanResult:
    made = planner_for(workspace, session)
    chosen = planner.restrict(workspace.values, selection.slices)
    names = selected_models(workspace, selection, session)
    result = made.plan(names, chosen)
    live = session.catalog([model.relation for model in workspace.compiled.values()])
    raise_all(preflight.check(workspace.compiled, names, live))
    context = run_context(workspace, made, "", refresh=False, checksums=False)
    found = edits.found(session, context, edits.lost(result), made.checkpoints, live)
    others = [step for step in result.steps if step.state is StepState.UP_TO_DATE] if edited else []
    needed = {step.slice.model for step in result.pending}
    return PlanResult(
        target=workspace.target.name,
        server=session.server(),
        plan=result,
        creates=tuple(preflight.missing_tables(workspace.compiled, needed, live)),
        seeds_to_load=tuple(seeds_to_load(workspace, made, result, session)),
        orphans=find_orphans(workspace, made),
        approval=approval.status(workspace, names) if workspace.target.require_approval else None,
        aside=tuple(foreseen(session, result, workspace.compiled, made.checkpoints, workspace.target.bulk)),
        left_aside=tuple(listed(session)) if session.has_indexes else (),
        edited=(*found, *edits.found(session, context, others, made.checkpoints, live)) if edited else None,
        refusals=(
            *guards.reasons(workspace.target, session, session.database()),
            *foreign.taken_keys(session, context, result.pending, live),
            *uniques.taken(workspace, session, context, result, live),
            *([edits.refusal(found)] if found else []),
        ),
    )
