"""A workspace beside its target: what is selected there, what is built there, whose rows are whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlseed import artifacts, chunks, planner, runner, selector
from sqlseed.backends import Session, slices, state_tables
from sqlseed.errors import GuardError, SelectionError
from sqlseed.model import Compiled, KeyKind, KeyRange, Materialized, Plan, Slice, StepState
from sqlseed.version import __version__
from sqlseed.workspace import Workspace

_SMALL, _MEDIUM, _LARGE = (1 << 15) - 1, (1 << 31) - 1, (1 << 63) - 1
_HIGHEST = {
    **dict.fromkeys(["smallint", "int2", "smallserial"], _SMALL),
    **dict.fromkeys(["integer", "int", "int4", "serial"], _MEDIUM),
    "bigint": _LARGE,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What a command works on: dbt's selection of nodes, and for each dimension the keys wanted (all without)."""

    select: Sequence[str] = ()
    exclude: Sequence[str] = ()
    slices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    allow_empty: bool = False  # whether it may hold nothing
    state: Path | None = None  # a folder with the manifest.json and run_results.json of an earlier run


EVERYTHING = Selection()


def failures_schema(state_schema: str) -> str:
    """Where data tests keep the rows that fail them."""
    return f"{state_schema}_failures"


def asks_target(selection: Selection) -> bool:
    """Whether the target must be open before it is known what a selection holds."""
    return "checkpoint:" in " ".join([*selection.select, *selection.exclude])


def selection_facts(
    workspace: Workspace, selection: Selection, session: Session | None = None, graph: selector.Graph | None = None
) -> selector.Facts:
    """What the selectors beyond names and tags can ask: earlier artifacts, the target's checkpoints."""
    text = " ".join([*selection.select, *selection.exclude])
    nodes = (graph or workspace.graph).nodes
    state = artifacts.read_state(workspace, selection.state) if selection.state and "state:" in text else None
    result = artifacts.read_results(nodes, selection.state) if selection.state and "result:" in text else None
    checkpoint = None
    if session is not None and "checkpoint:" in text:
        everything = planner_for(workspace, session).plan(frozenset(workspace.compiled))
        words = {StepState.NEW: "missing", StepState.CHANGED: "stale", StepState.UP_TO_DATE: "complete"}
        found: dict[str, set[str]] = {}
        for step in everything.steps:
            found.setdefault(step.slice.model, set()).add(words[step.state])
        checkpoint = {name: frozenset(words) for name, words in found.items()}
    return selector.Facts(state=state, result=result, checkpoint=checkpoint)


def selected(
    workspace: Workspace,
    selection: Selection,
    session: Session | None = None,
    graph: selector.Graph | None = None,
    indirect: str = "",
) -> frozenset[str]:
    """The names of the nodes that a selection picks; with data tests in the graph, of those too."""
    return selector.select(
        graph or workspace.graph,
        selection.select,
        selection.exclude,
        facts=selection_facts(workspace, selection, session, graph),
        selectors=workspace.project.selectors,
        allow_empty=selection.allow_empty,
        indirect=indirect,
    )


def selected_models(workspace: Workspace, selection: Selection, session: Session | None = None) -> frozenset[str]:
    """The models that a selection picks; raises SelectionError where it holds none but seeds."""
    return models_among(workspace, selected(workspace, selection, session))


def models_among(workspace: Workspace, names: frozenset[str]) -> frozenset[str]:
    """The models among selected nodes; raises SelectionError where all of them are seeds."""
    models = workspace.models_of(names)
    if names and not models and names <= set(workspace.project.seeds):
        raise SelectionError(
            f"the selection holds no model, only seeds: {', '.join(sorted(names)[:5])}",
            hint=f"`--select {min(names)}+` builds what reads it",
        )
    return models


def planner_for(workspace: Workspace, session: Session) -> planner.Planner:
    """A planner that knows what the target holds; checkpoints of tables that are gone do not count.

    Raises GuardError if the state there is another project's.
    """
    compiled = workspace.compiled
    if session.has_state():
        state_tables.check_project(session, workspace.project.name, claim=False)
    live = session.catalog([model.relation for model in compiled.values()])
    checkpoints = {
        key: checkpoint
        for key, checkpoint in session.checkpoints().items()
        if key[0] not in compiled or compiled[key[0]].relation in live
    }
    made = planner.Planner(
        workspace.project,
        compiled,
        workspace.variables,
        workspace.values,
        checkpoints,
        session.key_ranges(),
        workspace.target.rows_per_chunk,
    )
    made.ranges = {**made.ranges, **new_ranges(made, session)}
    return made


def new_ranges(made: planner.Planner, session: Session) -> dict[tuple[str, str], KeyRange]:
    """Integer ranges for the slices that have none in `made.ranges`, above every key in their tables.

    Raises GuardError where the key column's type has no room for them.
    """
    highest = {
        name: session.highest_key(made.compiled[name].relation, made.compiled[name].config.key or "")
        for name in planner.integer_models(made.compiled)
        if any((name, slice_.key) not in made.ranges for slice_ in made.whole_slices(name))
    }
    fresh = planner.allocate(made, made.ranges, highest)
    for (name, _), key_range in fresh.items():
        model = made.compiled[name]
        types = {column.name: column.type.lower() for column in model.contract.columns}
        limit = _HIGHEST.get(types.get(model.config.key or "", ""), _HIGHEST["bigint"])
        if key_range.last > limit:
            raise GuardError(
                f"{name}: keys up to {key_range.last} are set aside, and {model.config.key} ends at {limit}",
                path=model.path,
                hint=f"config(key_block=...) sets fewer aside for a slice than {model.config.key_block}",
            )
    return fresh


def seeds_to_load(workspace: Workspace, made: planner.Planner, result: Plan, session: Session) -> list[str]:
    """The lookup tables that the plan's pending steps read and the target does not have as they are now."""
    needed = {seed: None for step in result.pending for seed in workspace.compiled[step.slice.model].seeds}
    tables = {name: slices.seed_tables(session.state_schema, workspace.project.seeds[name]) for name in needed}
    live = session.catalog([table for found in tables.values() for table in found])
    loading = []
    for name in needed:
        seed = workspace.project.seeds[name]
        done = made.checkpoints.get((planner.seed_name(seed), "all"))
        if done is None or done.fingerprint != seed.checksum or any(table not in live for table in tables[name]):
            loading.append(name)
    return loading


def find_orphans(workspace: Workspace, made: planner.Planner) -> tuple[Slice, ...]:
    """Slices in the target that nothing makes any more: of models that are gone, or of other values of a dimension."""
    known = {(name, slice_.key) for name in workspace.compiled for slice_ in made.slices(name)}
    found = []
    for name, key in sorted(made.checkpoints):
        if (name, key) in known or name.startswith("seed:"):
            continue
        whole, chunk = chunks.split(key)
        keys = whole.split("/") if whole != "all" else []
        dimensions = workspace.compiled[name].config.slice_by if name in workspace.compiled else ()
        if len(dimensions) != len(keys):
            dimensions = tuple(f"dimension {i}" for i, _ in enumerate(keys, 1))
        found.append(Slice(name, tuple(zip(dimensions, keys, strict=True)), chunk))
    return tuple(found)


def run_context(
    workspace: Workspace, made: planner.Planner, run_id: str, *, refresh: bool, checksums: bool
) -> runner.RunContext:
    """What the slices of a run share."""
    compiled = workspace.compiled
    by_model: dict[str, list[KeyRange]] = {}
    for (name, _), key_range in made.ranges.items():
        by_model.setdefault(name, []).append(key_range)
    ours = {
        model.relation: slices.own_of_model(
            workspace.project.name,
            model,
            by_model.get(name, []),
            [made.parameters(slice_) for slice_ in made.slices(name)] if _is_natural(model) else (),
        )
        for name, model in compiled.items()
        if model.config.materialized is not Materialized.INTERMEDIATE and not model.config.whole
    }
    return runner.RunContext(
        workspace.project.name,
        __version__,
        run_id,
        compiled,
        made.ranges,
        ours,
        partial(dependants, made),
        refresh,
        checksums,
    )


def _is_natural(model: Compiled) -> bool:
    return model.config.key is None or model.config.key_kind is KeyKind.NATURAL


def dependants(made: planner.Planner, slice_: Slice) -> list[Slice]:
    """The slices made from a slice's rows, directly or not: they agree with it where they share dimensions."""
    found: dict[Slice, None] = {}
    stack = [slice_]
    while stack:
        above = stack.pop()
        for name, model in made.compiled.items():
            if above.model not in model.refs:
                continue
            for below in made.slices(name):
                point = dict(below.point)
                if below not in found and all(point.get(d, key) == key for d, key in above.point):
                    found[below] = None
                    stack.append(below)
    return list(found)
