"""Changing and removing rows in PostgreSQL: a slice's own rows, those of ours below them, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlseed.backends import Collision, Ours, Rows, Session, pg_catalog, pg_sql
from sqlseed.errors import ExecuteError, GuardError
from sqlseed.model import Column, Relation, quote

_NEW = "pg_temp.sqlseed_rows"
_UNIQUE_VIOLATION = "23505"
_NO_EQUALITY = ("json", "xml", "point", "box", "polygon", "path")  # types that `is distinct from` refuses
_CHANGES_CHILD = ("set null", "set default")  # ON DELETE: the row below stays


def replace(
    session: Session,
    target: Relation,
    own: Rows,
    columns: Sequence[Column],
    keys: Sequence[str],
    model: Rows,
    ours: Ours,
) -> tuple[int, bool]:
    """Upserts on the key and removes what vanished, so that rows of others keep the rows that they refer to.

    Where a unique column's values change places, no order of updates is right: then the slice is removed and
    written again, with the rows of ours below it. Returns the number of rows, and whether any were removed.
    """
    names = ", ".join(quote(column.name) for column in columns)
    session.run(f"create temporary table sqlseed_rows on commit drop as select {names} from {target} with no data")
    count = session.run(
        f"insert into {_NEW} ({names})\nselect {names} from (\n{model.predicate}\n) as m", model.parameters, model.types
    )
    session.run(f"analyze {_NEW}")
    same = " and ".join(f"r.{quote(key)} = t.{quote(key)}" for key in keys)
    if keys and own.natural:
        _refuse_overwriting(session, target, own, keys, same)
    vanished = own.predicate + (f" and not exists (select 1 from {_NEW} as r where {same})" if keys else "")
    gone = Rows(vanished, own.parameters, own.types)
    any_gone = session.query(f"select 1 from {target} as t where {vanished} limit 1", own.parameters, own.types)
    removed = bool(any_gone)
    try:
        with session.transaction():  # a savepoint
            if removed:
                _remove_below(session, target, gone, ours, (target,))
            _upsert(session, target, columns, keys, gone if removed else None, session.overriding)
    except ExecuteError as error:
        if error.sqlstate != _UNIQUE_VIOLATION:
            raise
        remove(session, target, own, ours)
        session.run(f"insert into {target} ({names}) {session.overriding} select {names} from {_NEW}")
        removed = True
    session.run(f"drop table {_NEW}")
    return count, removed


def _refuse_overwriting(session: Session, target: Relation, own: Rows, keys: Sequence[str], same: str) -> None:
    """A row with a key that is to be written, and yet not one of `own`, is somebody else's: no upsert goes over it."""
    names = ", ".join(f"t.{quote(key)}::text" for key in keys)
    found = session.query(
        f"select count(*) over (), {names} from {target} as t where ({own.predicate}) is not true"
        f" and exists (select 1 from {_NEW} as r where {same}) limit 3",
        own.parameters,
        own.types,
    )
    if found:
        values = ", ".join("(" + ", ".join(f"'{value[:80]}'" for value in map(str, row[1:])) + ")" for row in found)
        raise GuardError(
            f"{found[0][0]} rows of {target} that are not this slice's have keys that it would write"
            f" ({', '.join(keys)}): {values}",
            hint="remove these rows, or give them other keys, then run again; nothing of this slice was written",
        )


def _upsert(
    session: Session, target: Relation, columns: Sequence[Column], keys: Sequence[str], gone: Rows | None, clause: str
) -> None:
    """One statement: what vanished frees its unique values for the new rows; foreign keys are checked after both."""
    names = ", ".join(quote(column.name) for column in columns)
    sql = f"insert into {target} as t ({names}) {clause} select {names} from {_NEW}"
    if gone is not None:
        sql = f"with gone as (delete from {target} as t where {gone.predicate} returning 1) {sql}"
        sql += " where (select count(*) from gone) >= 0"
    others = [column for column in columns if column.name not in keys]
    if keys:
        sql += f" on conflict ({', '.join(quote(key) for key in keys)}) do "
        if others:
            sets = ", ".join(f"{quote(c.name)} = excluded.{quote(c.name)}" for c in others)
            old, new = (", ".join(_comparable(side, c) for c in others) for side in ("t", "excluded"))
            sql += f"update set {sets} where ({old}) is distinct from ({new})"
        else:
            sql += "nothing"
    session.run(sql, gone.parameters if gone else None, gone.types if gone else None)


def _comparable(side: str, column: Column) -> str:
    text = f"{side}.{quote(column.name)}"
    return f"{text}::text" if column.type.lower() in _NO_EQUALITY else text


def children(session: Session, target: Relation) -> list[tuple[Relation, str, list[str], list[str], str]]:
    """The foreign keys that lead to a table: child, name, columns, columns referred to, action on delete."""
    found = session.query(pg_sql.CHILDREN, {"schema": target.schema, "name": target.name}, pg_sql.NAME_TYPES)
    return [
        (Relation(schema, name), constraint, columns, referred, pg_catalog.ACTIONS[action])
        for schema, name, columns, referred, action, constraint in found
    ]


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A unique index over plain columns of all rows. `nulls_distinct`: a null is equal to no other."""

    name: str
    columns: tuple[str, ...]
    nulls_distinct: bool


def unique_keys(session: Session, target: Relation) -> list[UniqueKey]:
    """A table's unique keys, the primary one first; neither those of some of its rows nor over expressions."""
    found = session.query(pg_sql.UNIQUE_KEYS, {"schema": target.schema, "name": target.name}, pg_sql.NAME_TYPES)
    return [UniqueKey(name, tuple(columns), distinct) for name, columns, distinct in found]


def collisions(
    session: Session, target: Relation, columns: Sequence[Column], model: Rows, ours: Ours
) -> list[Collision]:
    """The unique keys of plain columns by which rows that are not `ours` are in the way of the model's."""
    given = {column.name for column in columns}
    found: list[Collision] = []
    for key in unique_keys(session, target):
        name, keys = key.name, list(key.columns)
        if not set(keys) <= given:
            continue
        texts = ", ".join(f"t.{quote(key)}::text" for key in keys)
        wanted, held = (", ".join(f"{side}.{quote(key)}" for key in keys) for side in ("m", "t"))
        foreign = f"select * from {target} where ({ours[target]}) is not true"
        rows = session.query(
            f"select count(*) over (), {texts} from ({foreign}) as t"
            f" where ({held}) in (select {wanted} from (\n{model.predicate}\n) as m) limit 3",
            model.parameters,
            model.types,
        )
        if rows:
            found.append((name, keys, int(rows[0][0]), [tuple(map(str, row[1:])) for row in rows]))
    return found


def remove(session: Session, target: Relation, own: Rows, ours: Ours) -> int:
    """Deletes the rows of `own`, after those of ours that refer to them; raises GuardError where others' rows do."""
    _remove_below(session, target, own, ours, (target,))
    return session.run(f"delete from {target} as t where {own.predicate}", own.parameters, own.types)


def _remove_below(session: Session, target: Relation, doomed: Rows, ours: Ours, path: tuple[Relation, ...]) -> None:
    """Deletes our rows that refer to the doomed ones, whatever the foreign key would do; others' rows are a refusal."""
    below_ = children(session, target)
    if any(action in _CHANGES_CHILD or action == "cascade" for *_, action in below_):
        # Whoever is about to refer to one of them is waited for, and then seen; whoever comes later finds them gone.
        # Where the key would refuse the delete by itself, that is enough.
        locked = f"select 1 from {target} as t where {doomed.predicate} for update"
        session.query(f"select count(*) from ({locked}) as locked", doomed.parameters, doomed.types)
    for child, _, columns, referred, action in below_:
        pairs = ", ".join(f"t.{quote(c)}" for c in columns)
        keys = ", ".join(f"t.{quote(c)}" for c in referred)
        refers = f"({pairs}) in (select {keys} from {target} as t where {doomed.predicate})"
        mine = ours.get(child, "false")
        _refuse_foreign(
            session, target, child, columns, Rows(f"({mine}) is not true and {refers}", doomed.parameters, doomed.types)
        )
        if child in path or action in _CHANGES_CHILD or mine == "false":
            continue
        below = Rows(f"{mine} and {refers}", doomed.parameters, doomed.types)
        if session.query(f"select 1 from {child} as t where {below.predicate} limit 1", below.parameters, below.types):
            _remove_below(session, child, below, ours, (*path, child))
            session.run(f"delete from {child} as t where {below.predicate}", below.parameters, below.types)


def _refuse_foreign(session: Session, target: Relation, child: Relation, columns: Sequence[str], foreign: Rows) -> None:
    names = ", ".join(f"t.{quote(c)}::text" for c in columns)
    sql = f"select {names} from {child} as t where {foreign.predicate} limit 1"
    found = session.query(sql, foreign.parameters, foreign.types)
    if found:
        raise GuardError(
            f"a row of {child} that sqlseed did not make refers to a row of {target} that would be removed:"
            f" {', '.join(columns)} = {', '.join(str(v)[:80] for v in found[0])}",
            hint="remove that row, or point it elsewhere, then run again",
        )
