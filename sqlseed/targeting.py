"""A workspace beside its target: what is selected there, what is built there, whose rows are whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlseed import artifacts, planner, runner, selector
from sqlseed.backends import Session, slices
from sqlseed.errors import SelectionError
from sqlseed.model import KeyRange, Plan, Relation, Slice, StepState
from sqlseed.version import __version__
from sqlseed.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Selection:
    """What a command works on: dbt's selection of nodes, and for each dimension the keys wanted (all without)."""

    select: Sequence[str] = ()
    exclude: Sequence[str] = ()
    slices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    state: Path | None = None  # a folder with the manifest.json and run_results.json of an earlier run


EVERYTHING = Selection()


def selection_facts(workspace: Workspace, selection: Selection, session: Session | None = None) -> selector.Facts:
    text = " ".join([*selection.select, *selection.exclude])
    state = artifacts.read_state(workspace, selection.state) if selection.state and "state:" in text else None
    result = artifacts.read_results(workspace, selection.state) if selection.state and "result:" in text else None
    checkpoint = None
    if session is not None and "checkpoint:" in text:
        everything = planner_for(workspace, session).plan(frozenset(workspace.compiled))
        words = {StepState.NEW: "missing", StepState.CHANGED: "stale", StepState.UP_TO_DATE: "complete"}
        found: dict[str, set[str]] = {}
        for step in everything.steps:
            found.setdefault(step.slice.model, set()).add(words[step.state])
        checkpoint = {name: frozenset(words) for name, words in found.items()}
    return selector.Facts(state=state, result=result, checkpoint=checkpoint)


def selected(workspace: Workspace, selection: Selection, session: Session | None = None) -> frozenset[str]:
    return workspace.select(selection.select, selection.exclude, facts=selection_facts(workspace, selection, session))


def selected_models(workspace: Workspace, selection: Selection, session: Session | None = None) -> frozenset[str]:
    names = selected(workspace, selection, session)
    models = workspace.models_of(names)
    if names and not models:
        raise SelectionError(
            f"the selection holds no model, only seeds: {', '.join(sorted(names)[:5])}",
            hint=f"`--select {sorted(names)[0]}+` builds what reads it",
        )
    return models


def planner_for(workspace: Workspace, session: Session) -> planner.Planner:
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


def seeds_to_load(workspace: Workspace, made: planner.Planner, result: Plan, session: Session) -> list[str]:
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


def find_orphans(workspace: Workspace, made: planner.Planner) -> tuple[Slice, ...]:
    known = {(name, slice_.key) for name in workspace.compiled for slice_ in made.slices(name)}
    return tuple(
        Slice(model, ((("slice"), key),) if key != "all" else ())
        for model, key in sorted(made.checkpoints)
        if (model, key) not in known and not model.startswith("seed:")
    )


def run_context(
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
