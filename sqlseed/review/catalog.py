"""The target's own indexes, foreign keys and triggers, and those that a contract asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlseed.backends import Session, pg_catalog
from sqlseed.backends.ddl import constraint_name
from sqlseed.backends.slices import SLICE_COLUMN
from sqlseed.model import Compiled, Materialized, Relation
from sqlseed.review.facts import ForeignKeyFacts, IndexFacts, TriggerFacts

_SCHEMA = {"schema": "text"}
_BTREE = "btree"
_SMALL = 64 * 8192  # bytes of a table whose plans do not depend on its statistics


@dataclass(slots=True)
class Catalog:
    """What a schema's catalog says; empty for a target that was not reached, or has no such catalog."""

    rows: dict[Relation, int] = field(default_factory=dict)  # as the statistics say; -1 where they say nothing
    sizes: dict[Relation, int] = field(default_factory=dict)  # bytes of the heap
    stale: set[Relation] = field(default_factory=set)  # tables with rows, whose statistics are missing or old
    secured: set[Relation] = field(default_factory=set)  # with row security
    sequences: dict[Relation, tuple[str, ...]] = field(default_factory=dict)
    indexes: dict[Relation, tuple[IndexFacts, ...]] = field(default_factory=dict)
    methods: dict[tuple[Relation, str], str] = field(default_factory=dict)  # of indexes that are no btree
    foreign_keys: tuple[ForeignKeyFacts, ...] = ()
    triggers: dict[Relation, tuple[TriggerFacts, ...]] = field(default_factory=dict)


def read(session: Session, schemas: Iterable[str]) -> Catalog:
    """The catalog of some schemas of a PostgreSQL database."""
    found = Catalog()
    keys: dict[ForeignKeyFacts, None] = {}
    for schema in schemas:
        where = {"schema": schema}
        for name, rows, size, secured, stale, sequences in session.query(pg_catalog.TABLES, where, _SCHEMA):
            relation = Relation(schema, name)
            found.rows[relation] = rows
            found.sizes[relation] = size
            found.sequences[relation] = tuple(sequences)
            if stale and size > _SMALL:
                found.stale.add(relation)
            if secured:
                found.secured.add(relation)
        _read_indexes(session, schema, found)
        for row in session.query(pg_catalog.FOREIGN_KEYS, where, _SCHEMA):
            keys.setdefault(_foreign_key(row))
        triggers: dict[Relation, list[TriggerFacts]] = {}
        for table, *rest in session.query(pg_catalog.TRIGGERS, where, _SCHEMA):
            triggers.setdefault(Relation(schema, table), []).append(_trigger(*rest))
        found.triggers |= {relation: tuple(some) for relation, some in triggers.items()}
    found.foreign_keys = tuple(keys)
    return found


def _read_indexes(session: Session, schema: str, found: Catalog) -> None:
    indexes: dict[Relation, list[IndexFacts]] = {}
    for table, name, shown, plain, unique, primary, predicate, method in session.query(
        pg_catalog.INDEXES, {"schema": schema}, _SCHEMA
    ):
        columns = tuple(bare or text for bare, text in zip(plain, shown, strict=False))
        relation = Relation(schema, table)
        indexes.setdefault(relation, []).append(IndexFacts(name, columns, unique, primary, predicate, live=True))
        if method != _BTREE:
            found.methods[relation, name] = method
    found.indexes |= {relation: tuple(some) for relation, some in indexes.items()}


def _foreign_key(row: tuple[object, ...]) -> ForeignKeyFacts:
    name, schema, table, columns, to_schema, to, to_columns, on_delete, on_update, indexed, validated = row
    return ForeignKeyFacts(
        name=str(name),
        table=Relation(str(schema), str(table)),
        columns=tuple(columns),  # type: ignore[arg-type]  # an array of text
        to=Relation(str(to_schema), str(to)),
        to_columns=tuple(to_columns),  # type: ignore[arg-type]
        on_delete=pg_catalog.ACTIONS[str(on_delete)],
        on_update=pg_catalog.ACTIONS[str(on_update)],
        indexed=bool(indexed),
        validated=bool(validated),
        live=True,
    )


def _trigger(name: str, bits: int, enabled: str, function: str, internal: bool) -> TriggerFacts:
    timing = "instead of" if bits & 64 else "before" if bits & 2 else "after"
    events = tuple(event for bit, event in pg_catalog.EVENTS.items() if bits & bit)
    level = "row" if bits & 1 else "statement"
    return TriggerFacts(name, timing, events, level, enabled not in pg_catalog.DISABLED, function, internal)


# --- of the contracts


def contract_indexes(compiled: Compiled) -> tuple[IndexFacts, ...]:
    """The indexes that sqlseed makes with a model's table."""
    contract, table = compiled.contract, compiled.relation.name
    found = []
    if contract.primary_key:
        found.append(IndexFacts(constraint_name(table, [], "pkey"), contract.primary_key, True, primary=True))
    for index in contract.indexes:
        name = constraint_name(table, index.columns, "key" if index.unique else "idx")
        found.append(IndexFacts(name, index.columns, index.unique))
    if compiled.config.materialized is Materialized.INTERMEDIATE and not compiled.config.whole:
        found.append(IndexFacts(constraint_name(table, [SLICE_COLUMN], "idx"), (SLICE_COLUMN,), False))
    return tuple(found)


def contract_foreign_keys(compiled: Compiled, others: Mapping[str, Compiled]) -> tuple[ForeignKeyFacts, ...]:
    """The foreign keys that sqlseed makes with a model's table."""
    indexes = contract_indexes(compiled)
    return tuple(
        ForeignKeyFacts(
            name=constraint_name(compiled.relation.name, key.columns, "fkey"),
            table=compiled.relation,
            columns=key.columns,
            to=others[key.to].relation,
            to_columns=key.to_columns,
            on_delete=key.on_delete,
            on_update=key.on_update,
            indexed=any(set(index.columns[: len(key.columns)]) == set(key.columns) for index in indexes),
        )
        for key in compiled.contract.foreign_keys
        if key.to in others
    )
