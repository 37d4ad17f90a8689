"""The scripts that come before the models: sqlseed's own tables, the tables that are missing, the lookup tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlseed import planner, preflight
from sqlseed.backends import ddl, slices, state_tables
from sqlseed.model import Column, Compiled, Materialized, Relation, Seed, Value, quote
from sqlseed.planner import Planner
from sqlseed.review.psql.text import MARK, copy_line, literal, query, refuse, setting
from sqlseed.workspace import Workspace

_LOCK = "pg_advisory_xact_lock(hashtext('sqlseed:' || {schema}))"


def lock_state(schema: str) -> str:
    """Waits for whoever else prepares a build in this state schema; held until the transaction ends."""
    return query(f"select {_LOCK.format(schema=literal(schema))}")


def guarded(variable: str, condition: str, statements: Sequence[str]) -> list[str]:
    """Statements for psql that run where a condition holds."""
    return [f"select {condition} as {variable} \\gset", f"\\if :{variable}", *statements, "\\endif"]


def state(workspace: Workspace, made: Planner) -> str:
    """The text of 001_state.sql: schemas, state tables, whose they are, and the integer keys set aside."""
    target, project = workspace.target, workspace.project.name
    schema = quote(target.state_schema)
    lines = [f"{MARK}: sqlseed's own tables, which record what is done. In one transaction.", "", "begin;"]
    lines.append(lock_state(target.state_schema))
    for name in dict.fromkeys((target.state_schema, target.schema)):
        missing = f"to_regnamespace({literal(quote(name))}) is null"
        lines += guarded("_missing", missing, [f"create schema {quote(name)};"])
    some = " or ".join(f"to_regclass({literal(f'{schema}.{name}')}) is null" for name in state_tables.NAMES)
    lines += guarded("_missing", some, [f"{one.format(schema=schema)};" for one in state_tables.TABLES])
    lines += [
        "",
        "-- one project to a state schema",
        f"insert into {schema}.project (name, state_version)",
        f"select {literal(project)}, {state_tables.VERSION} where not exists (select 1 from {schema}.project);",
        refuse(
            "format('schema %s belongs to project %s (state %s), not to %s (state %s)',\n"
            f"    {literal(target.state_schema)}, name, state_version, {literal(project)}, {state_tables.VERSION})",
            f"from {schema}.project where (name, state_version) <> ({literal(project)}, {state_tables.VERSION})",
        ),
        *_sliced_otherwise(workspace.compiled, schema),
        *_key_ranges(made, schema),
        "commit;",
    ]
    return "\n".join(lines) + "\n"


def _sliced_otherwise(compiled: Mapping[str, Compiled], schema: str) -> list[str]:
    """Rows of an intermediate table by other dimensions would be read a second time."""
    rows = [
        f"    ({literal(name)}, {len(model.config.slice_by)})"
        for name, model in sorted(compiled.items())
        if model.config.materialized is Materialized.INTERMEDIATE
    ]
    if not rows:
        return []
    count = "case c.slice when 'all' then 0 else length(c.slice) - length(replace(c.slice, '/', '')) + 1 end"
    return [
        "",
        "-- intermediate tables that were filled by other dimensions than now: only `sqlseed build` makes them anew",
        "with known (model, dimensions) as (values",
        ",\n".join(rows) + ")",
        refuse(
            "known.model || ' is sliced otherwise in the target: `sqlseed build` makes it anew'",
            f"from known join {schema}.checkpoint as c on c.model = known.model and {count} <> known.dimensions",
        ),
    ]


def _key_ranges(made: Planner, schema: str) -> list[str]:
    wanted = set(planner.integer_models(made.compiled))
    rows = [
        f"    ({literal(name)}, {literal(slice_)}, {held.first}::bigint, {held.last}::bigint)"
        for (name, slice_), held in sorted(made.ranges.items())
        if name in wanted
    ]
    if not rows:
        return []
    return [
        "",
        "-- integers set aside for the slices' keys, both ends included",
        "with wanted (model, slice, first, last) as (values",
        ",\n".join(rows) + "),",
        "noted as (",
        f"    insert into {schema}.key_range (model, slice, first, last)",
        "    select model, slice, first, last from wanted on conflict do nothing",
        ")",
        refuse(
            "format('%s: the keys from %s to %s are set aside for %s already; write these scripts anew',\n"
            "    held.model, held.first, held.last, held.slice)",
            f"from wanted join {schema}.key_range as held\n"
            "    on held.model = wanted.model\n"
            "    and case held.slice when wanted.slice then (held.first, held.last) <> (wanted.first, wanted.last)\n"
            "        else held.first <= wanted.last and wanted.first <= held.last end",
        ),
    ]


def tables(workspace: Workspace, made: Planner, names: Sequence[str]) -> str:
    """The text of 002_tables.sql: the tables of these models where they are missing, and those they refer to."""
    compiled, schema = workspace.compiled, quote(workspace.target.state_schema)
    lines = [
        f"{MARK}: the tables that are not there yet, from the models' contracts. In one transaction.",
        "-- A table that is there is used as it is; nothing about it is changed.",
        "",
        "begin;",
        lock_state(workspace.target.state_schema),
    ]
    creating = preflight.missing_tables(compiled, names, {})
    for name in creating:
        model = compiled[name]
        statements = ddl.create_table(model.relation, model, str, keys=True)
        forget = f"delete from {schema}.checkpoint where model = {literal(name)}"
        condition = f"to_regclass({literal(model.relation)}) is null"
        lines += ["", *guarded(f"_creates_{name}", condition, [f"{one};" for one in [*statements, forget]])]
    for name in creating:
        keys = ddl.foreign_keys(compiled[name].relation, compiled[name], compiled)
        if keys:
            lines += ["", f"\\if :_creates_{name}", *(f"{one};" for one in keys), "\\endif"]
    for name in names:
        if compiled[name].config.whole:
            gone = f"to_regclass({literal(compiled[name].relation)}) is null"
            lines += ["", f"delete from {schema}.checkpoint where model = {literal(name)} and {gone};"]
    lines += ["", *_sequences(made, names), "commit;"]
    return "\n".join(lines) + "\n"


def _sequences(made: Planner, names: Sequence[str]) -> list[str]:
    lines = []
    for name in sorted(set(names) & set(planner.integer_models(made.compiled))):
        model = made.compiled[name]
        last = max(held.last for (owner, _), held in made.ranges.items() if owner == name)
        arguments = f"{literal(model.relation)}, {literal(model.config.key)}, {last}"
        lines.append(query(f"select pg_temp.sqlseed_advance({arguments})"))
    return lines


def seed_frames(workspace: Workspace, names: Sequence[str]) -> str:
    """The text of 003_seeds.sql: each lookup table in a transaction of its own, its data in seeds/."""
    lines = [f"{MARK}: the lookup tables that the models read; one that is there already is left alone."]
    for name in names:
        seed = workspace.project.seeds[name]
        there = " and ".join(
            f"to_regclass({literal(table)}) is not null"
            for table in slices.seed_tables(workspace.target.state_schema, seed)
        )
        key, mark = literal(planner.seed_name(seed)), literal(seed.checksum)
        lines += [
            "",
            "begin;",
            f"select pg_temp.sqlseed_claim({key}, 'all', :'_run', {mark}, {there}) as _new \\gset",
            "\\if :_new",
            f"\\ir seeds/{name}.sql",
            f"select pg_temp.sqlseed_complete({key}, 'all', :'_run', {mark}, {len(seed.rows)}) as _said \\gset",
            "\\else",
            setting("_said", f"{planner.seed_name(seed)} all: up to date"),
            "\\endif",
            "commit;",
            "\\echo :_said",
        ]
    return "\n".join(lines) + "\n"


def seed_data(workspace: Workspace, seed: Seed) -> str:
    """The text of seeds/NAME.sql: the table, its rows, and its slots if it has any."""
    tables_ = slices.seed_tables(workspace.target.state_schema, seed)
    lines = [f"{MARK}: lookup table {seed.name}, from {seed.path}. 003_seeds.sql includes it."]
    lines += ["", *_load(tables_[0], seed.columns, seed.rows)]
    if seed.slots is not None:
        lines += ["", *_slots(tables_[1], seed)]
    return "\n".join(lines) + "\n"


def _load(relation: Relation, columns: Sequence[Column], rows: Sequence[tuple[Value, ...]]) -> list[str]:
    body = ",\n    ".join(f"{quote(column.name)} {column.type}" for column in columns)
    names = ", ".join(quote(column.name) for column in columns)
    return [
        f"drop table if exists {relation};",
        f"create table {relation} (\n    {body}\n);",
        f"copy {relation} ({names}) from stdin;",
        *(copy_line(row) for row in rows),
        "\\.",
        f"analyze (skip_locked) {relation};",
    ]


def _slots(relation: Relation, seed: Seed) -> list[str]:
    compact, columns, rows, kept = slices.slot_shares(relation, seed)
    names = "".join(f", {quote(name)}" for name in kept)
    return [
        "-- a row for each slot, so that a pick by weight is a join on the slot's number",
        *_load(compact, columns, rows),
        f"drop table if exists {relation};",
        f"create table {relation} as",
        f"select generate_series(first_slot, first_slot + slots - 1) as slot{names} from {compact} where slots > 0;",
        f"drop table {compact};",
        f"analyze (skip_locked) {relation};",
    ]
