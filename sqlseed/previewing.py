"""The first rows of a model, computed by a dry run of it alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlseed import planner, runner
from sqlseed.backends import open_dry_run, slices
from sqlseed.building import Build
from sqlseed.errors import ProjectError, SelectionError, did_you_mean
from sqlseed.events import OnEvent
from sqlseed.model import Compiled, Slice, quote
from sqlseed.targeting import Selection, planner_for, run_context
from sqlseed.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a model at one slice, computed and not stored."""

    model: str
    slice: Slice
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def preview(
    workspace: Workspace, model: str, slices_wanted: Mapping[str, Sequence[str]], limit: int, on_event: OnEvent
) -> Preview:
    """A model's first rows at one slice, the first one unless told otherwise; raises SqlseedError."""
    workspace.checked()
    if model not in workspace.compiled:
        raise SelectionError(f"no model is called '{model}'", hint=did_you_mean(model, workspace.compiled))
    chosen = {name: list(keys) for name, keys in slices_wanted.items()}
    planner.restrict(workspace.values, chosen)
    compiled = workspace.compiled[model]
    for name in compiled.config.slice_by:
        if not workspace.values[name]:
            raise ProjectError(f"dimension '{name}' has no values under these vars")
        chosen.setdefault(name, [workspace.values[name][0].key])
    return _dry_rows(workspace, compiled, chosen, limit, on_event)


def _dry_rows(
    workspace: Workspace, compiled: Compiled, chosen: Mapping[str, Sequence[str]], limit: int, on_event: OnEvent
) -> Preview:
    backend = open_dry_run(workspace.target, workspace.project.root)
    try:
        job = Build(
            workspace,
            backend,
            on_event,
            runner.StopFlag(),
            dry_run=True,
            full_refresh=False,
            fail_fast=True,
            tests=False,
        )
        result = job.run(Selection([compiled.name], (), chosen), {})
        if not result.success:
            failed = result.failures[0]
            raise failed.error or ProjectError(failed.message)
        session = backend.connect()
        slice_ = next(r.slice for r in result.results if r.slice.model == compiled.name)
        columns = slices.written_columns(compiled)
        if compiled.config.whole:
            columns = tuple(session.catalog([compiled.relation])[compiled.relation].columns)
        step = next(step for step in result.plan.steps if step.slice == slice_)
        made = planner_for(workspace, session)
        own = run_context(workspace, made, "", refresh=False, checksums=False).own(step)
        names = ", ".join(map(quote, columns))
        order = quote(compiled.config.key) if compiled.config.key else "all"
        sql = f"select {names} from {compiled.relation} where {own.predicate} order by {order} limit {int(limit)}"
        rows = session.query(sql, own.parameters, own.types)
        return Preview(compiled.name, slice_, columns, tuple(rows))
    finally:
        backend.close()
