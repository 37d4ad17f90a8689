"""One script for each model, with its SQL as the author wrote it, and one with the values of its slices."""

from __future__ import annotations

from collections.abc import Sequence

from sqlseed import chunks, library
from sqlseed.backends import sent
from sqlseed.model import Compiled, KeyKind, Materialized, Parameter, ParameterKind, Step, quote
from sqlseed.planner import Planner
from sqlseed.review.psql.text import (
    MARK,
    comment,
    literal,
    null_setting,
    refuse,
    setting,
    with_variables,
)
from sqlseed.workspace import Workspace


def meaning(parameter: Parameter, made: Planner) -> str:
    """Where a parameter's value comes from, in words."""
    of = parameter.of
    if parameter.kind is ParameterKind.DIMENSION:
        seed = made.project.seeds[made.project.dimensions[of[0]].seed]
        return f"{of[1]} of the {of[0]}, from {seed.path}"
    if parameter.kind is ParameterKind.SALT:
        return f"what makes the random choices of this {' and '.join(of)} differ from another's"
    if parameter.kind is ParameterKind.VAR:
        return f"the project's var {of[0]}"
    if parameter.kind is ParameterKind.CHUNK:
        return f"the {of[0]} of the numbers that the slice, or its chunk, is cut by"
    if made.compiled[of[0]].config.key_kind is KeyKind.INTEGER:
        return f"the key that row number 0 of {of[0]} has in this slice"
    return f"the first 24 characters of the keys of {of[0]} in this slice"


def nullable(steps: Sequence[Step]) -> frozenset[str]:
    """The parameters that are null in some slice."""
    return frozenset(name for step in steps for name, value in step.parameters.items() if value is None)


def model(workspace: Workspace, made: Planner, compiled: Compiled, steps: Sequence[Step]) -> str:
    """The text of NNN_MODEL.sql: one slice in one transaction, the checkpoint claimed first."""
    empty = nullable(steps)
    types = {p.name: p.type for p in compiled.parameters} | {"_slice": "text"}
    statement = with_variables(sent.statement(workspace.target, compiled), types, empty)
    name = literal(compiled.name)
    lines = [
        *_header(made, compiled, empty),
        "",
        "begin;",
        f"select pg_temp.sqlseed_claim({name}, :'_slice', :'_run', :'_fingerprint') as _new \\gset",
        "\\if :_new",
        *_nothing_there(compiled),
        "-- the SELECT is the author's; the INSERT around it and the order of the keys are sqlseed's",
        f"{statement};",
        *_written(compiled),
        f"select pg_temp.sqlseed_complete({name}, :'_slice', :'_run', :'_fingerprint', :_rows) as _said \\gset",
        "\\else",
        f"\\set _said {compiled.name} ' ' :_slice ': up to date'",
        "\\endif",
        "commit;",
        "\\echo :_said",
    ]
    return "\n".join(lines) + "\n"


def _header(made: Planner, compiled: Compiled, empty: frozenset[str]) -> list[str]:
    lines = [f"{MARK}: model {compiled.name}, one slice of it in one transaction.", "--"]
    lines.append(comment(f"Fills {compiled.relation}, from {compiled.path}."))
    if compiled.description:
        lines.append(comment(" ".join(compiled.description.split())))
    lines += ["--", "-- Variables, which slices/ sets for each slice:"]
    lines += ["--   _slice  its name", "--   _fingerprint  a hash of its SQL, its values and what it reads"]
    if compiled.config.key_kind is KeyKind.INTEGER:
        lines.append("--   _first, _last  the integers set aside for its keys")
    elif compiled.config.key_kind is KeyKind.UUID:
        lines.append("--   _prefix  the first 24 characters of its keys")
        if compiled.config.chunks is not None:
            lines.append("--   _first, _last  the first and the last of their other 12 characters")
    for parameter in compiled.parameters:
        note = " (an SQL literal: it may be null)" if parameter.name in empty else ""
        lines.append(comment(f"  {parameter.name}  {parameter.type}, {meaning(parameter, made)}{note}"))
    return lines


def own_predicate(compiled: Compiled) -> str | None:
    """The rows of the slice that psql's variables name; None where their key does not tell."""
    config = compiled.config
    if config.whole or config.materialized is Materialized.INTERMEDIATE or config.key_kind is KeyKind.NATURAL:
        return None
    column = quote(config.key or "")
    if config.key_kind is KeyKind.INTEGER:
        return f"{column} between :_first and :_last"
    low, high = f":'_prefix' || '{'0' * 12}'", f":'_prefix' || '{'f' * 12}'"
    if config.chunks is not None:
        low, high = ":'_prefix' || :'_first'", ":'_prefix' || :'_last'"
    if {c.name: c.type for c in compiled.contract.columns}[config.key or ""] == "uuid":
        return f"{column} between ({low})::uuid and ({high})::uuid"
    return f'{column} between {low} and {high} and {column} collate "C" between {low} and {high}'


def _nothing_there(compiled: Compiled) -> list[str]:
    """A slice that is new has no rows; those that there are were not made by a run whose record is here."""
    own, table = own_predicate(compiled), str(compiled.relation)
    if compiled.config.whole:
        text = f"{table} is there already, and sqlseed did not make it"
        return [refuse(literal(text), f"where to_regclass({literal(table)}) is not null")]
    if own is None:
        return []
    if compiled.config.key_kind is KeyKind.INTEGER:
        text = f"a row of {table} that sqlseed did not make has a key set aside for it"
    else:
        text = f"rows of {compiled.name} are in the target without a record of it: `sqlseed build` adopts them"
    return [refuse(literal(text), f"from {table} where {own}"), ""]


def _written(compiled: Compiled) -> list[str]:
    """What follows the statement: the number of rows, and what its key must keep to."""
    table = str(compiled.relation)
    if compiled.config.whole:
        analyze = [] if compiled.config.materialized is Materialized.VIEW else [f"analyze (skip_locked) {table};"]
        return [*analyze, f"select count(*) as _rows from {table} \\gset"]
    lines = ["\\set _rows :ROW_COUNT"]
    if compiled.config.materialized is Materialized.INTERMEDIATE:
        lines.append(f"analyze (skip_locked) {table};")
    elif compiled.config.key_kind is KeyKind.INTEGER or compiled.config.chunks is not None:
        text = f"{compiled.name} numbers rows outside the keys set aside for the slice"
        counted = f"(select count(*) from {table} where {own_predicate(compiled)})"
        lines.append(refuse(literal(text), f"where {counted} <> :_rows"))
    return lines


def slices(made: Planner, compiled: Compiled, steps: Sequence[Step], script: str) -> str:
    """The text of slices/NNN_MODEL.sql: the values of each slice, then the model's script."""
    empty = nullable(steps)
    lines = [f"{MARK}: the slices of {compiled.name}, in order."]
    for step in steps:
        lines += ["", setting("_slice", step.slice.key), setting("_fingerprint", step.fingerprint)]
        held = made.ranges.get((compiled.name, step.slice.whole.key))
        first, last = chunks.keys(compiled.config, step.slice)
        if compiled.config.key_kind is KeyKind.INTEGER and held is not None:
            lines += [setting("_first", held.first + first), setting("_last", min(held.first + last, held.last))]
        elif compiled.config.key_kind is KeyKind.UUID:
            keys = [key for _, key in step.slice.point]
            lines.append(setting("_prefix", library.key_prefix(made.project.name, compiled.name, keys)))
            if compiled.config.chunks is not None:
                lines += [setting("_first", f"{first:012x}"), setting("_last", f"{last:012x}")]
        for name, value in step.parameters.items():
            lines.append((null_setting if name in empty else setting)(name, value))
        lines.append(f"\\ir ../{script}")
    return "\n".join(lines) + "\n"
