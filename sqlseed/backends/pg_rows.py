"""Changing and removing rows in PostgreSQL: a slice's own rows, those of ours below them, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlseed.backends import Ours, Rows, Session, pg_sql
from sqlseed.errors import ExecuteError, GuardError
from sqlseed.model import Column, Relation, quote

_NEW = "pg_temp.sqlseed_rows"
_UNIQUE_VIOLATION = "23505"
_NO_EQUALITY = ("json", "xml", "point", "box", "polygon", "path")  # types that `is distinct from` refuses
_CHANGES_CHILD = ("n", "d")  # ON DELETE SET NULL, SET DEFAULT: the row below stays


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


def remove(session: Session, target: Relation, own: Rows, ours: Ours) -> int:
    """Deletes the rows of `own`, after those of ours that refer to them; raises GuardError where others' rows do."""
    _remove_below(session, target, own, ours, (target,))
    return session.run(f"delete from {target} as t where {own.predicate}", own.parameters, own.types)


def _remove_below(session: Session, target: Relation, doomed: Rows, ours: Ours, path: tuple[Relation, ...]) -> None:
    """Deletes our rows that refer to the doomed ones, whatever the foreign key would do; others' rows are a refusal."""
    where = {"schema": target.schema, "name": target.name}
    for schema, name, columns, referred, action in session.query(pg_sql.CHILDREN, where, pg_sql.NAME_TYPES):
        child = Relation(schema, name)
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
