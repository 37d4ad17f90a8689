"""Compare contracts with the target's catalog before a row is written: what is missing, and what would go wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sqlseed.errors import GuardError, SqlseedError, did_you_mean
from sqlseed.live import LiveTable
from sqlseed.model import Compiled, Materialized, Relation, quote

_FAMILIES: dict[str, str] = {
    **dict.fromkeys(["text", "varchar", "character varying", "bpchar", "char", "character", "citext"], "text"),
    **dict.fromkeys(
        ["smallint", "int2", "integer", "int", "int4", "bigint", "int8", "serial", "bigserial", "hugeint"], "integer"
    ),
    **dict.fromkeys(["numeric", "decimal"], "numeric"),
    **dict.fromkeys(["real", "float4", "float", "double", "double precision", "float8"], "float"),
    **dict.fromkeys(["boolean", "bool"], "boolean"),
    **dict.fromkeys(
        ["timestamp", "timestamp without time zone", "timestamp_ms", "timestamp_s", "datetime"], "timestamp"
    ),
    **dict.fromkeys(["timestamptz", "timestamp with time zone"], "timestamptz"),
    **dict.fromkeys(["json", "jsonb"], "json"),
}
_ASSIGNABLE = {
    ("integer", "numeric"),
    ("integer", "float"),
    ("numeric", "float"),
    ("float", "numeric"),
    ("date", "timestamp"),
}
"""(contract, live): families that differ, but whose values the engine stores without a cast by the author."""


def family(type_: str) -> str:
    """The family of a type, without length and precision: `varchar(20)` and `text` are both text.

    >>> family("timestamp(3) without time zone")
    'timestamp'
    """
    bare = re.sub(r"\s*\([^)]*\)", "", type_.strip().lower()).strip('"')
    return _FAMILIES.get(bare, bare)


def missing_tables(
    compiled: Mapping[str, Compiled], wanted: Iterable[str], live: Mapping[Relation, LiveTable]
) -> list[str]:
    """The models whose table has to be created: the wanted ones, and those that their foreign keys lead to."""
    found: dict[str, None] = {}
    stack = list(wanted)
    seen: set[str] = set()
    while stack:
        name = stack.pop()
        if name in seen or name not in compiled:
            continue
        seen.add(name)
        if compiled[name].relation not in live and not compiled[name].config.whole:
            found.setdefault(name)
            stack += [key.to for key in compiled[name].contract.foreign_keys]
    return sorted(found)


def reshaped_intermediates(
    compiled: Mapping[str, Compiled],
    wanted: Iterable[str],
    live: Mapping[Relation, LiveTable],
    hidden: str,
    built: Iterable[tuple[str, str]],
) -> list[str]:
    """The intermediate models whose table has other columns or slices than the project now says; they are made anew.

    `built` are the model and slice of every checkpoint: rows of slices by other dimensions would be read a second time.
    """
    names = []
    sliced = {(name, key.count("/") + 1 if key != "all" else 0) for name, key in built}
    for name in wanted:
        model = compiled[name]
        table = live.get(model.relation)
        if model.config.materialized is not Materialized.INTERMEDIATE or table is None:
            continue
        expected = {column.name: family(column.type) for column in model.contract.columns} | {hidden: "text"}
        is_sliced_otherwise = any(name == other and n != len(model.config.slice_by) for other, n in sliced)
        columns = {column.name: family(column.type) for column in table.columns.values()}
        if columns != expected or is_sliced_otherwise:
            names.append(name)
    return names


def check(
    compiled: Mapping[str, Compiled], wanted: Iterable[str], live: Mapping[Relation, LiveTable]
) -> list[SqlseedError]:
    """What stands between the contracts and the live tables; empty where a build can begin."""
    errors: list[SqlseedError] = []
    for name in sorted(wanted):
        model = compiled[name]
        table = live.get(model.relation)
        if table is None or model.config.materialized is Materialized.INTERMEDIATE or model.config.whole:
            continue
        errors += _check_table(model, table)
    return errors


def cautions(compiled: Mapping[str, Compiled], wanted: Iterable[str], live: Mapping[Relation, LiveTable]) -> list[str]:
    """What a build into the live tables should know before it begins, and is not refused for.

    Row-level security is the tables' owner's wish, and stays in force: also in what the models read.
    """
    read = {name: None for reader in sorted(wanted) for name in (reader, *compiled[reader].refs)}
    tables = dict.fromkeys(compiled[name].relation for name in read if name in compiled)
    return [
        f"row-level security holds for this role in {table}: a slice with a row that a policy refuses fails, and rows"
        " that a policy hides are missing from what is made of them and from every count"
        for table in tables
        if table in live and live[table].filtered
    ]


def _check_table(model: Compiled, table: LiveTable) -> list[SqlseedError]:
    if table.kind != "table":
        return [_refuse(model, f"{model.relation} is a {table.kind}, not a table", "rows can only go into a table")]
    errors: list[SqlseedError] = []
    for column in model.contract.columns:
        live = table.columns.get(column.name)
        if live is None:
            hint = f"alter table {model.relation} add column {quote(column.name)} {column.type}; "
            hint += did_you_mean(column.name, table.columns)
            errors.append(_refuse(model, f"{model.relation} has no column '{column.name}'", hint))
            continue
        wanted, found = family(column.type), family(live.type)
        if wanted != found and (wanted, found) not in _ASSIGNABLE:
            message = f"{model.relation}.{column.name} is {live.type} in the target, {column.type} in the contract"
            errors.append(
                _refuse(model, message, f"write data_type: {live.type} and cast in the model, or alter the table")
            )
        elif live.generated:
            message = f"{model.relation}.{column.name} is generated by the target"
            errors.append(_refuse(model, message, "leave it out of the contract"))
        elif not live.nullable and column.nullable and not live.filled:
            message = f"{model.relation}.{column.name} is NOT NULL in the target, but nullable in the contract"
            errors.append(_refuse(model, message, "add constraints: [{type: not_null}] to the column"))
    named = {column.name for column in model.contract.columns}
    for live in table.columns.values():
        if live.name not in named and not live.nullable and not live.filled and not live.generated:
            message = f"{model.relation}.{live.name} is NOT NULL without a default, and the contract does not fill it"
            errors.append(_refuse(model, message, "add the column to the contract and to the model"))
    return errors


def _refuse(model: Compiled, message: str, hint: str) -> GuardError:
    return GuardError(message, path=model.patch_path or model.path, hint=hint)
