"""The dry run of a review: every slice computed in an in-memory DuckDB, its rows counted, their widths measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlseed.backends import Session, open_dry_run, slices
from sqlseed.building import Build
from sqlseed.events import OnEvent, Status
from sqlseed.model import Column, Compiled, Materialized, Relation, Slice, quote
from sqlseed.review.layout import KeyWidth, Width, entry_bytes, row_bytes
from sqlseed.runner import StopFlag
from sqlseed.targeting import Selection
from sqlseed.workspace import Workspace

SAMPLE = 5  # rows shown of a model

Keys = Mapping[Relation, Sequence[tuple[str, ...]]]
"""For each table the column lists of its indexes and foreign keys."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a model, in the order of their keys."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(slots=True)
class Rehearsal:
    """What the dry run found. `problem` is what kept it from its end; what it found before counts."""

    rows: dict[Slice, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)  # of a model's slices, in DuckDB
    widths: dict[Relation, Width] = field(default_factory=dict)
    samples: dict[str, Sample] = field(default_factory=dict)
    problem: str = ""


def rehearse(workspace: Workspace, selection: Selection, keys: Keys, on_event: OnEvent, stop: StopFlag) -> Rehearsal:
    """Computes the selected models, and what they need, and looks at what came. Touches no target.

    A slice that fails is told in `problem`; what cannot begin raises SqlseedError.
    """
    found = Rehearsal()
    backend = open_dry_run(workspace.target, workspace.project.root)
    try:
        job = Build(workspace, backend, on_event, stop, dry_run=True, full_refresh=False, fail_fast=False, tests=False)
        result = job.run(selection, {})
        for one in result.results:
            found.seconds[one.slice.model] = found.seconds.get(one.slice.model, 0.0) + one.seconds
            if one.status is Status.SUCCESS:
                found.rows[one.slice] = one.rows
        failed = result.failures
        if failed:
            found.problem = f"{failed[0].slice}: {failed[0].message}"
        session = backend.connect()
        with stop.cancelling(session):
            models = [workspace.compiled[table.model] for table in result.tables]
            _look(session, models, keys, found)
            _measure_seeds(session, workspace, models, found)
    finally:
        backend.close()
    return found


def _look(session: Session, models: Iterable[Compiled], keys: Keys, found: Rehearsal) -> None:
    live = session.catalog([model.relation for model in models])
    for model in models:
        if model.relation not in live:
            continue
        columns = stored_columns(model)
        if not columns:  # made anew as a whole: its columns are what the engine says
            columns = [Column(c.name, c.type, c.nullable) for c in live[model.relation].columns.values()]
        found.samples[model.name] = _sample(session, model, [c.name for c in columns])
        if model.config.materialized is not Materialized.VIEW:
            found.widths[model.relation] = measure(session, model.relation, columns, keys.get(model.relation, ()))


def stored_columns(model: Compiled) -> list[Column]:
    """The columns of a model's table, that of the slice included where there is one."""
    if model.config.whole:
        return []
    hidden = [Column(slices.SLICE_COLUMN, "text", nullable=False)]
    return [*(hidden if model.config.materialized is Materialized.INTERMEDIATE else ()), *model.contract.columns]


def _sample(session: Session, model: Compiled, names: Sequence[str]) -> Sample:
    shown = [name for name in names if name != slices.SLICE_COLUMN]
    order = quote(model.config.key) if model.config.key else "all"
    picked = ", ".join(map(quote, shown))
    rows = session.query(f"select {picked} from {model.relation} order by {order} limit {SAMPLE}")
    return Sample(tuple(shown), tuple(rows))


def measure(session: Session, relation: Relation, columns: Sequence[Column], keys: Sequence[tuple[str, ...]]) -> Width:
    """The rows of a table in DuckDB, and the bytes that they and their index entries would have in PostgreSQL.

    One scan. The number of different keys is DuckDB's estimate of it (HyperLogLog), within some percent.
    """
    by_name = {column.name: column for column in columns}
    wanted = [key for key in dict.fromkeys(keys) if all(name in by_name for name in key)]
    parts = ["count(*)", f"avg({row_bytes(columns)})"]
    for key in wanted:
        names = ", ".join(map(quote, key))
        filled = " and ".join(f"{quote(name)} is not null" for name in key)
        parts += [
            f"avg({entry_bytes([by_name[name] for name in key])})",
            f"approx_count_distinct(hash({names}))",
            f"avg(({filled})::integer)",
        ]
    rows, row, *rest = session.query(f"select {', '.join(parts)} from {relation}")[0]
    entries = zip(wanted, rest[::3], rest[1::3], rest[2::3], strict=True)
    return Width(
        rows, row or 0.0, tuple(KeyWidth(key, e or 0.0, distinct, f or 0.0) for key, e, distinct, f in entries)
    )


def _measure_seeds(session: Session, workspace: Workspace, models: Iterable[Compiled], found: Rehearsal) -> None:
    names = {seed: None for model in models for seed in model.seeds}
    state = workspace.target.state_schema
    live = session.catalog([r for name in names for r in slices.seed_tables(state, workspace.project.seeds[name])])
    for relation, table in live.items():
        columns = [Column(c.name, c.type, c.nullable) for c in table.columns.values()]
        found.widths[relation] = measure(session, relation, columns, ())
