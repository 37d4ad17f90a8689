"""DDL from contracts, with PostgreSQL's (and Prisma's) names for keys and indexes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlseed.backends.slices import SLICE_COLUMN
from sqlseed.model import Compiled, Contract, Materialized, Relation, quote

_MAX_NAME = 63  # bytes of an identifier in PostgreSQL


def constraint_name(table: str, columns: Sequence[str], suffix: str) -> str:
    """`Student_admissionNo_key`: the part before the suffix is cut where the name would pass 63 bytes.

    >>> constraint_name("Student", ["admissionNo"], "key")
    'Student_admissionNo_key'
    """
    stem = "_".join([table, *columns])
    room = _MAX_NAME - len(suffix.encode()) - 1
    while len(stem.encode()) > room:
        stem = stem[:-1]
    return f"{stem}_{suffix}"


def create_table(relation: Relation, compiled: Compiled, column_type: Callable[[str], str], *, keys: bool) -> list[str]:
    """The statements that create a model's table; `keys` adds primary key, unique keys and indexes."""
    contract = compiled.contract
    intermediate = compiled.config.materialized is Materialized.INTERMEDIATE
    lines = [f"{quote(SLICE_COLUMN)} text not null"] if intermediate else []
    for column in contract.columns:
        line = f"{quote(column.name)} {column_type(column.type)}"
        if column.default is not None:
            line += f" default {column.default}"
        lines.append(line if column.nullable else f"{line} not null")
    if keys and contract.primary_key:
        name = quote(constraint_name(relation.name, [], "pkey"))
        lines.append(f"constraint {name} primary key ({_names(contract.primary_key)})")
    body = ",\n    ".join(lines)
    statements = [f"create table {relation} (\n    {body}\n)"]
    if keys:
        statements += _indexes(relation, contract)
        if intermediate:
            name = quote(constraint_name(relation.name, [SLICE_COLUMN], "idx"))
            statements.append(f"create index {name} on {relation} ({quote(SLICE_COLUMN)})")
    return statements


def _indexes(relation: Relation, contract: Contract) -> list[str]:
    statements = []
    for index in contract.indexes:
        name = quote(constraint_name(relation.name, index.columns, "key" if index.unique else "idx"))
        unique = "unique " if index.unique else ""
        statements.append(f"create {unique}index {name} on {relation} ({_names(index.columns)})")
    return statements


def foreign_keys(relation: Relation, compiled: Compiled, others: Mapping[str, Compiled]) -> list[str]:
    """The statements that add a contract's foreign keys to tables of enabled models."""
    statements = []
    for key in compiled.contract.foreign_keys:
        if key.to not in others:
            continue
        name = quote(constraint_name(relation.name, key.columns, "fkey"))
        actions = ""
        if key.on_delete != "no action":
            actions += f" on delete {key.on_delete}"
        if key.on_update != "no action":
            actions += f" on update {key.on_update}"
        statements.append(
            f"alter table {relation} add constraint {name} foreign key ({_names(key.columns)})"
            f" references {others[key.to].relation} ({_names(key.to_columns)}){actions}"
        )
    return statements


def _names(columns: Sequence[str]) -> str:
    return ", ".join(quote(name) for name in columns)
