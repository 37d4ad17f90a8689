"""Unique values of somebody else's rows that planned rows would have too, found before anything is written.

What the planned rows are, a dry run of their models computes, and of what these are made from: parents may be planned
as well. It only runs where somebody else's rows could be in the way at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlseed import planner, preflight
from sqlseed.backends import Session, open_dry_run, slices
from sqlseed.backends.pg_rows import UniqueKey, unique_keys
from sqlseed.errors import GuardError, SqlseedError
from sqlseed.foreign import SAMPLES, counted, shown
from sqlseed.live import LiveTable
from sqlseed.model import Column, Compiled, KeyKind, Materialized, Plan, Relation, Slice, Step, quote
from sqlseed.runner import RunContext, StopFlag, execute
from sqlseed.targeting import run_context
from sqlseed.workspace import Workspace

MOST = 50_000
"""Rows of somebody else's that are compared for one unique key: with more of them it is left to the slice."""

_THEIRS = Relation("main", "sqlseed_theirs")  # in the dry run's database


@dataclass(frozen=True, slots=True)
class _Candidates:
    """A unique key, and of the rows of somebody else's that could be in its way the primary key and the values."""

    compiled: Compiled
    key: UniqueKey
    rows: Sequence[tuple[str | None, ...]]


def taken(
    workspace: Workspace,
    session: Session,
    context: RunContext,
    plan: Plan,
    live: Mapping[Relation, LiveTable],
    stop: StopFlag | None = None,
) -> list[SqlseedError]:
    """A refusal for each unique key by which somebody else's rows are in the way of the pending steps' rows.

    Values are compared as texts. What an index finds equal in another way (over expressions, of some rows only, by its
    collation) is left to the slice, and so is a model that the dry run cannot make.
    """
    if not session.has_indexes:
        return []
    pending: dict[str, list[Step]] = {}
    for step in plan.pending:
        pending.setdefault(step.slice.model, []).append(step)
    with session.transaction():
        session.prepare(())
        found = [one for name in pending for one in _candidates(session, context, context.compiled[name], live)]
    if not found:
        return []
    wanted = {step.slice.whole for one in found for step in pending[one.compiled.name]}
    return _compare(workspace, context, found, wanted, stop or StopFlag())


def _candidates(
    session: Session, context: RunContext, compiled: Compiled, live: Mapping[Relation, LiveTable]
) -> Iterator[_Candidates]:
    config, table = compiled.config, compiled.relation
    if config.materialized is not Materialized.TABLE or config.whole or table not in live:
        return
    given = set(slices.written_columns(compiled))
    primary = set(compiled.contract.primary_key)
    is_natural = config.key is None or config.key_kind is KeyKind.NATURAL
    keys = [key for key in unique_keys(session, table) if set(key.columns) <= given]
    if not is_natural:  # the key alone keeps such values apart
        keys = [key for key in keys if not primary or not primary <= set(key.columns)]
    theirs = f"({context.ours[table]}) is not true"
    if not keys or not session.query(f"select 1 from {table} as t where {theirs} limit 1"):
        return
    for key in keys:
        shown_ = ", ".join(f"t.{quote(name)}::text" for name in [*compiled.contract.primary_key, *key.columns])
        parts = [theirs, *_could_be_planned(context, compiled, key, live)]
        if key.nulls_distinct:
            parts += [f"t.{quote(name)} is not null" for name in key.columns]
        rows = session.query(f"select {shown_} from {table} as t where {' and '.join(parts)} limit {MOST + 1}")
        if 0 < len(rows) <= MOST:
            yield _Candidates(compiled, key, rows)


def _could_be_planned(
    context: RunContext, compiled: Compiled, key: UniqueKey, live: Mapping[Relation, LiveTable]
) -> Iterator[str]:
    """A row that refers to a row of somebody else's by its unique key has a value that no row of ours has."""
    for reference in compiled.contract.foreign_keys:
        parent = context.compiled.get(reference.to)
        if parent is None or parent.relation not in live or not set(reference.columns) <= set(key.columns):
            continue
        if parent.relation in context.ours and set(reference.to_columns) <= set(live[parent.relation].columns):
            pairs = zip(reference.columns, reference.to_columns, strict=True)
            same = " and ".join(f"p.{quote(there)}::text = t.{quote(here)}::text" for here, there in pairs)
            whose = f"({context.ours[parent.relation]}) is not true"
            yield f"not exists (select 1 from {parent.relation} as p where {whose} and {same})"


def _compare(
    workspace: Workspace,
    context: RunContext,
    candidates: Sequence[_Candidates],
    wanted: set[Slice],
    stop: StopFlag,
) -> list[SqlseedError]:
    """Makes the wanted slices in an in-memory DuckDB, and looks for the candidates' values in them."""
    backend = open_dry_run(workspace.target, workspace.project.root)
    try:
        session = backend.connect()
        session.bootstrap(workspace.project.name)
        made = planner.Planner(
            workspace.project, workspace.compiled, workspace.variables, workspace.values, {}, context.ranges
        )
        steps = _needed(made.plan(workspace.ancestors(frozenset(s.model for s in wanted))), wanted)
        dry = run_context(workspace, made, "dry", refresh=False, checksums=False)
        names = {step.slice.model for step in steps}
        with session.transaction():
            for name in preflight.missing_tables(workspace.compiled, names, {}):
                session.create_table(workspace.compiled[name].relation, workspace.compiled[name])
        for seed in {seed: None for name in sorted(names) for seed in workspace.compiled[name].seeds}:
            stop.check()
            slices.load_seed(session, workspace.project.seeds[seed], seed, "dry", "")
        execute(Plan(tuple(steps), ()), dry, backend, lambda _: None, stop=stop)
        stop.check()
        own = [step for step in steps if step.slice in wanted]
        return [error for one in candidates for error in _collisions(session, dry, one, own)]
    finally:
        backend.close()


def _needed(plan: Plan, wanted: set[Slice]) -> list[Step]:
    """The steps of the wanted slices and of all that they are made from, in the plan's order."""
    needed = set(wanted)
    for step in reversed(plan.steps):
        if step.slice in needed:
            needed.update(step.depends_on)
    return [step for step in plan.steps if step.slice in needed]


def _collisions(session: Session, dry: RunContext, found: _Candidates, steps: Sequence[Step]) -> list[SqlseedError]:
    compiled, key = found.compiled, found.key
    primary = compiled.contract.primary_key
    theirs = [f"k{i}" for i, _ in enumerate(primary)]
    values = [f"v{i}" for i, _ in enumerate(key.columns)]
    with session.transaction():
        session.load(_THEIRS, [Column(name, "text") for name in [*theirs, *values]], found.rows)
        equals = "=" if key.nulls_distinct else "is not distinct from"
        pairs = zip(values, key.columns, strict=True)
        same = " and ".join(f"f.{value} {equals} m.{quote(column)}::text" for value, column in pairs)
        texts = ", ".join([*(f"f.{name}" for name in [*values, *theirs]), *(f"m.{quote(c)}::text" for c in primary)])
        rows = session.query(
            f"select count(*) over (), {texts} from {compiled.relation} as m join {_THEIRS} as f on {same}"
            f" order by all limit {SAMPLES}"
        )
    if not rows:
        return []
    count, width, depth = int(rows[0][0]), len(values), len(primary)
    told = []
    for row in rows:
        value, their, planned = row[1 : 1 + width], row[1 + width : 1 + width + depth], row[1 + width + depth :]
        whose = _slice_of(session, dry, compiled, primary, planned, steps)
        standing = shown(key.columns, [value], 1)
        if primary != key.columns:
            standing = f"{shown(primary, [their], 1)} has {standing}" if primary else standing
            whose = f"{shown(primary, [planned], 1)} ({whose})" if primary else whose
        told.append(f"{standing}, planned for {whose}")
    more = "; ..." if count > len(told) else ""
    return [
        GuardError(
            f"{counted(count)} of {compiled.relation} that sqlseed did not make ha{'s' if count == 1 else 've'} values"
            f" that planned rows would have, and {key.name} lets stand once: {'; '.join(told)}{more}",
            path=compiled.path,
            hint="remove these rows, or give them other values, then run again",
        )
    ]


def _slice_of(
    session: Session,
    dry: RunContext,
    compiled: Compiled,
    primary: Sequence[str],
    planned: Sequence[str],
    steps: Sequence[Step],
) -> str:
    """The slice that would make a row, by name."""
    names = {f"_k{i}": value for i, value in enumerate(planned)}
    same = " and ".join(f"{quote(column)}::text = :_k{i}" for i, column in enumerate(primary)) or "false"
    for step in steps:
        if step.slice.model == compiled.name:
            own = dry.own(step)
            sql = f"select 1 from {compiled.relation} where {own.predicate} and {same}"
            if session.query(sql, {**own.parameters, **names}, {**own.types, **dict.fromkeys(names, "text")}):
                return str(step.slice)
    return compiled.name
