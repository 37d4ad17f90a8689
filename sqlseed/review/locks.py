"""The locks on tables that a slice's transaction takes in PostgreSQL, statement by statement.

The manual's chapter "Explicit Locking" says which statement takes which; a test holds such transactions open and
compares. Left out are locks on indexes, which follow their table's, on catalogs, and on the session's temporary tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlseed.model import Compiled, KeyKind, Materialized, Relation
from sqlseed.review.facts import ForeignKeyFacts, LockFacts

_READ, _KEY_SHARE, _WRITE = "AccessShareLock", "RowShareLock", "RowExclusiveLock"
_SHARE = "ShareLock"
_ANALYZE, _REFER, _ALL = "ShareUpdateExclusiveLock", "ShareRowExclusiveLock", "AccessExclusiveLock"
BLOCKS = {
    _READ: "nothing but what takes the whole table: DROP, TRUNCATE, most of ALTER TABLE",
    _KEY_SHARE: "reads and writes go on; removing a row that is referred to, or changing its key, waits",
    _WRITE: "reads and writes go on; CREATE INDEX, ALTER TABLE, DROP and TRUNCATE wait",
    _ANALYZE: "reads and writes go on; VACUUM, ANALYZE, CREATE INDEX and ALTER TABLE wait",
    _SHARE: "reads go on; writes wait",
    _REFER: "reads go on; writes wait",
    _ALL: "reads and writes wait",
}
"""What others cannot do meanwhile, by the lock's name in pg_locks."""

_REMOVES_BELOW = ("cascade", "set null", "set default")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a model's statements meet beside its own table."""

    models: Mapping[str, Compiled]
    state_schema: str
    foreign_keys: Sequence[ForeignKeyFacts]  # all that are known, of the target or of the contracts
    ours: frozenset[Relation]  # the tables whose rows sqlseed may remove
    aside: frozenset[ForeignKeyFacts] = frozenset()  # those that bulk mode drops, and puts back at the end
    indexes_aside: frozenset[Relation] = frozenset()  # the tables of which it drops indexes


def of_model(compiled: Compiled, around: Surroundings, *, creates: bool, new: bool, changed: bool) -> list[LockFacts]:
    """The locks for what the plan has of a model: its table made, new slices, changed slices; each lock once."""
    found: list[tuple[str, Relation, str]] = []
    if creates:
        found += _creation(compiled, around)
    found += _bulk(compiled.relation, around)
    if compiled.config.whole:
        found += _whole(compiled, around, changed=changed) if new or changed else []
    else:
        found += _new(compiled, around) if new else []
        found += _changed(compiled, around) if changed else []
    return [LockFacts(statement, relation, mode, BLOCKS[mode]) for statement, relation, mode in dict.fromkeys(found)]


def _creation(compiled: Compiled, around: Surroundings) -> Iterator[tuple[str, Relation, str]]:
    yield "create table", compiled.relation, _ALL
    for parent in dict.fromkeys(key.to for key in around.foreign_keys if key.table == compiled.relation):
        yield "add foreign key", compiled.relation, _REFER
        yield "add foreign key", parent, _REFER


def _bulk(relation: Relation, around: Surroundings) -> Iterator[tuple[str, Relation, str]]:
    """Before the slices of a table that is filled in bulk, and after all slices of the build."""
    keys = [key for key in around.aside if key.table == relation]
    indexes = relation in around.indexes_aside
    parents = dict.fromkeys(key.to for key in keys)
    for table in (relation, *parents) if keys or indexes else ():
        yield "set aside (bulk)", table, _ALL
    if indexes:
        yield "put indexes back (bulk)", relation, _SHARE
    for table in (relation, *parents) if keys else ():
        yield "put keys back (bulk)", table, _REFER
    if keys:
        yield "validate keys (bulk)", relation, _ANALYZE
    for parent in parents:
        yield "validate keys (bulk)", parent, _KEY_SHARE
    if keys or indexes:
        yield "analyze (bulk)", relation, _ANALYZE


def _new(compiled: Compiled, around: Surroundings) -> Iterator[tuple[str, Relation, str]]:
    relation, checkpoint = compiled.relation, Relation(around.state_schema, "checkpoint")
    intermediate = compiled.config.materialized is Materialized.INTERMEDIATE
    yield "claim", checkpoint, _WRITE
    if not intermediate and compiled.config.key_kind is not KeyKind.NATURAL:
        yield "look for rows", relation, _READ
    yield "insert", relation, _WRITE
    for read in reads(compiled, around.models):
        yield "insert", read, _READ
    for parent in _parents(relation, around):
        yield "insert", parent, _KEY_SHARE
    if not intermediate and compiled.config.key_kind is KeyKind.INTEGER:
        yield "count the keys", relation, _READ
    yield ("analyze", relation, _ANALYZE) if intermediate else ("complete", relation, _READ)
    if compiled.refs or compiled.seeds:  # whose checkpoints must be as they were
        yield "complete", checkpoint, _READ
    yield "complete", checkpoint, _WRITE


def _changed(compiled: Compiled, around: Surroundings) -> Iterator[tuple[str, Relation, str]]:
    """As much as it can take: that of an upsert where rows vanish and others of ours refer to them."""
    relation, checkpoint = compiled.relation, Relation(around.state_schema, "checkpoint")
    yield "claim", checkpoint, _WRITE
    if compiled.config.materialized is Materialized.INTERMEDIATE:
        yield "rewrite (changed)", relation, _WRITE
        for read in reads(compiled, around.models):
            yield "rewrite (changed)", read, _READ
        yield "analyze", relation, _ANALYZE
    else:
        yield from _replaced(compiled, around)
        yield "complete", relation, _READ
    if compiled.refs or compiled.seeds:
        yield "complete", checkpoint, _READ
    yield "complete", checkpoint, _WRITE


def _replaced(compiled: Compiled, around: Surroundings) -> Iterator[tuple[str, Relation, str]]:
    relation = compiled.relation
    for read in reads(compiled, around.models):
        yield "upsert (changed)", read, _READ
    for mode in (_READ, _KEY_SHARE, _WRITE):  # it compares, locks what vanished, and writes
        yield "upsert (changed)", relation, mode
    for parent in _parents(relation, around):
        yield "upsert (changed)", parent, _KEY_SHARE
    yield from _removed_below(relation, around, (relation,))
    yield from _deleted("delete (vanished rows)", relation, around)


def _removed_below(
    relation: Relation, around: Surroundings, path: tuple[Relation, ...]
) -> Iterator[tuple[str, Relation, str]]:
    """Rows of ours that refer to vanished ones go first; where others' rows do, the slice is refused."""
    if len(path) > 1 and any(key.on_delete in _REMOVES_BELOW for key in _children(relation, around)):
        yield "look below (vanished rows)", relation, _KEY_SHARE
    for key in _children(relation, around):
        yield "look below (vanished rows)", key.table, _READ
        if key.table in path or key.on_delete in ("set null", "set default") or key.table not in around.ours:
            continue
        yield from _removed_below(key.table, around, (*path, key.table))
        yield "delete below (vanished rows)", key.table, _WRITE
        yield from _deleted("delete below (vanished rows)", key.table, around)


def _deleted(statement: str, relation: Relation, around: Surroundings) -> Iterator[tuple[str, Relation, str]]:
    """A removed row's foreign keys from elsewhere are checked, or acted upon."""
    for key in _children(relation, around):
        yield statement, key.table, _WRITE if key.on_delete in _REMOVES_BELOW else _KEY_SHARE
        if key.on_delete == "no action":  # another row may have taken the key over (ri_Check_Pk_Match)
            yield statement, relation, _KEY_SHARE


def _whole(compiled: Compiled, around: Surroundings, *, changed: bool) -> Iterator[tuple[str, Relation, str]]:
    checkpoint = Relation(around.state_schema, "checkpoint")
    yield "claim", checkpoint, _WRITE
    if changed:
        yield "drop", compiled.relation, _ALL
    yield "create", compiled.relation, _ALL
    for read in reads(compiled, around.models):
        yield "create", read, _READ
    if compiled.config.materialized is not Materialized.VIEW:
        yield "analyze", compiled.relation, _ANALYZE
    else:
        yield "count", compiled.relation, _READ
    if compiled.refs or compiled.seeds:
        yield "complete", checkpoint, _READ
    yield "complete", checkpoint, _WRITE


def reads(compiled: Compiled, models: Mapping[str, Compiled]) -> list[Relation]:
    """The tables and views that a model's query reads, those below the project's views included."""
    found: dict[Relation, None] = {}
    stack: list[tuple[str, Relation]] = list(compiled.relations.items())
    while stack:
        name, relation = stack.pop(0)
        if relation in found:
            continue
        if relation == compiled.relation and name == compiled.name:
            continue
        found[relation] = None
        other = models.get(name)
        if other is not None and other.config.materialized is Materialized.VIEW:
            stack += other.relations.items()
    return list(found)


def _parents(relation: Relation, around: Surroundings) -> Iterable[Relation]:
    """The tables that a row of this one is checked against as it comes in."""
    return dict.fromkeys(key.to for key in around.foreign_keys if key.table == relation and key not in around.aside)


def _children(relation: Relation, around: Surroundings) -> Iterable[ForeignKeyFacts]:
    return [key for key in around.foreign_keys if key.to == relation]
