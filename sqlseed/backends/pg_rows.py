"""Changing and removing rows in PostgreSQL: a slice's own rows, those of ours below them, and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlseed import sqltext
from sqlseed.backends import Collision, Ours, OutOfOrder, Rows, Session, pg_catalog, pg_sql
from sqlseed.errors import ExecuteError, GuardError
from sqlseed.model import Column, Relation, Value, quote

_UNIQUE_VIOLATION = "23505"
_NO_EQUALITY = ("json", "xml", "point", "box", "polygon", "path")  # types that `is distinct from` refuses
_CHANGES_CHILD = ("set null", "set default")  # ON DELETE: the row below stays
_MOST_KEYS = 5000  # of vanished rows: more are not sent back and forth
_SHOWN = 80  # characters of a value in a message

_UNMET = (
    "not exists (select 1 from pg_catalog.pg_trigger where tgrelid = {oid} and tgtype & 9 = 8)"
    " and not exists (select 1 from pg_catalog.pg_rewrite where ev_class = {oid})"
)
"""Of a table that has no rules, and no triggers for a DELETE statement (TRIGGER_TYPE_DELETE without _ROW)."""

ForeignKey = tuple[Relation, str, list[str], list[str], str]
"""One that leads to a table: child, name, columns, columns referred to, action on delete."""


@dataclass(frozen=True, slots=True)
class _Doomed:
    """Rows of a table that are to go: what is true of them as `t`, and what has to stand in the WITH before it."""

    table: Relation
    predicate: str
    before: tuple[str, ...]
    parameters: Mapping[str, Value]
    types: Mapping[str, str]

    def query(self, session: Session, sql: str, *more: str) -> list[tuple[Any, ...]]:
        ctes = ", ".join((*self.before, *more))
        return session.query(f"with {ctes} {sql}" if ctes else sql, self.parameters, self.types)

    def delete(self, session: Session) -> int:
        head = f"with {', '.join(self.before)} " if self.before else ""
        sql = f"{head}delete from {self.table} as t where {self.predicate}"
        return session.run(sql, self.parameters, self.types)


def replace(
    session: Session,
    target: Relation,
    own: Rows,
    columns: Sequence[Column],
    keys: Sequence[str],
    model: Rows,
    ours: Ours,
    plain: set[Relation],
) -> tuple[int, bool]:
    """Upserts on the key and removes what vanished, so that rows of others keep the rows that they refer to.

    It takes one statement as long as nothing vanished, and in tables known to be `plain`. Where a unique column's
    values change places, no order of updates is right. Returns the number of rows, and whether any were removed.
    """
    change = _Change(target, own, columns, keys, model)
    is_plain = target in plain
    try:
        done = change.attempt(session, is_plain=is_plain)
        (plain.add if done.is_plain else plain.discard)(target)
        if done.has_vanished:
            doomed = change.doomed(done.vanished)
            _remove_below(session, doomed, done.below, ours, (target,), is_locked=not is_plain)
            return change.carry_out(session), True
    except ExecuteError as error:
        if error.sqlstate != _UNIQUE_VIOLATION:
            raise
        raise OutOfOrder(error) from None
    return done.rows, done.has_removed


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What a first statement did: it wrote, unless rows `has_vanished`, which are then to be removed by others."""

    rows: int
    has_removed: bool
    has_vanished: bool
    vanished: str | None  # their keys, as JSON; None where they are too many
    below: list[ForeignKey]  # who refers to the table, where some vanished
    is_plain: bool
    """Whether no foreign key leads to the table, and no DELETE of no row would meet a trigger or a rule."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What a slice's rows are to become. The model's rows are computed once a statement, in its first lines: the
    lines of an error are counted from there."""

    target: Relation
    own: Rows
    columns: Sequence[Column]
    keys: Sequence[str]
    model: Rows

    @property
    def _oid(self) -> str:
        return f"{_literal(str(self.target))}::pg_catalog.regclass"

    @property
    def rows(self) -> str:
        names = ", ".join(quote(column.name) for column in self.columns)
        return f"sqlseed_rows as materialized (\nselect {names} from (\n{self.model.predicate}\n) as m)"

    @property
    def _same(self) -> str:
        return " and ".join(f"r.{quote(key)} = t.{quote(key)}" for key in self.keys)

    @property
    def vanished(self) -> str:
        """Which of the own rows the model does not give any more."""
        if not self.keys:
            return self.own.predicate
        return f"{self.own.predicate} and not exists (select 1 from sqlseed_rows as r where {self._same})"

    def attempt(self, session: Session, *, is_plain: bool) -> _Attempt:
        """Writes, if nothing vanished; if the table is plain as before, in any case.

        What vanished is locked where a foreign key would change rows below it: whoever is about to refer to it is
        waited for, and then seen; whoever comes later finds it gone. Elsewhere the key refuses the delete by itself.
        """
        leads = f"select 1 from pg_catalog.pg_constraint where contype = 'f' and confrelid = {self._oid}"
        gone = f"from {self.target} as t where {self.vanished}"
        deleted, number = "0", "(select count(*) from sqlseed_gone)"
        if is_plain:  # nobody adds a key meanwhile: this statement's own lock on the table is in the way
            ctes = [
                f"sqlseed_deleted as (delete {gone} and not exists ({leads}) returning 1)",
                f"sqlseed_gone as materialized (select 1 {gone} and exists ({leads}) limit 1)",
            ]
            deleted, keys = "(select count(*) from sqlseed_deleted)", "null"
        else:
            acts = f"exists ({leads} and confdeltype in ('c', 'n', 'd'))"
            texts = ", ".join(f"t.{quote(key)}::text" for key in self.keys) or "1"
            ctes = [
                f"sqlseed_locked as materialized (select {texts} {gone} and {acts} for update of t)",
                f"sqlseed_some as materialized (select {texts} {gone} and not {acts} limit {_MOST_KEYS + 1})",
                "sqlseed_gone as (select * from sqlseed_locked union all select * from sqlseed_some)",
            ]
            keys = f"case when {number} <= {_MOST_KEYS} then (select json_agg(g) from sqlseed_gone as g)::text end"
        below = f"case when {number} > 0 then ({_children_json(self.target)}) end"
        plain = f"not exists ({leads}) and {_UNMET.format(oid=self._oid)}"
        result = f"json_build_array({deleted} > 0, {number} > 0, {keys}, {below}, {plain})"
        rows, (has_removed, has_vanished, vanished, children_, found_plain) = self._send(
            session, ctes, f"{deleted} >= 0 and {number} = 0", result
        )
        return _Attempt(rows, has_removed, has_vanished, vanished, _foreign_keys(children_ or []), found_plain)

    def doomed(self, keys: str | None) -> _Doomed:
        """The rows that vanished, by their keys, so that the model's rows are not computed again."""
        if keys is None or not self.keys:
            return _Doomed(self.target, self.vanished, (self.rows,), self.model.parameters, self.model.types)
        texts, names, typed = (
            ", ".join(form.format(quote(key)) for key in self.keys) for form in ("t.{}::text", "d.{}", "{} text")
        )
        listed = f"select {names} from pg_catalog.json_to_recordset(:sqlseed_gone::json) as d ({typed})"
        return _Doomed(
            self.target,
            f"{self.own.predicate} and ({texts}) in ({listed})",
            (),
            {**self.own.parameters, "sqlseed_gone": keys},
            {**self.own.types, "sqlseed_gone": "text"},
        )

    def carry_out(self, session: Session) -> int:
        """Deletes the rows that vanished, and writes; the number of rows.

        One statement: what goes frees its unique values for the new rows; foreign keys are checked after both.
        """
        deleted = f"sqlseed_gone as (delete from {self.target} as t where {self.vanished} returning 1)"
        return self._send(session, [deleted], "(select count(*) from sqlseed_gone) >= 0", "null::json")[0]

    def _send(self, session: Session, ctes: list[str], condition: str, result: str) -> tuple[int, Any]:
        """A row with a key that is to be written, and yet not one of `own`, is somebody else's: no upsert goes over
        it."""
        taken = "null"
        if self.keys and self.own.natural:
            texts = ", ".join(f"t.{quote(key)}::text" for key in self.keys)
            ctes.append(
                f"sqlseed_taken as materialized (select count(*) over () as number, array[{texts}] as key"
                f" from {self.target} as t where ({self.own.predicate}) is not true"
                f" and exists (select 1 from sqlseed_rows as r where {self._same}) limit 3)"
            )
            condition += " and not exists (select 1 from sqlseed_taken)"
            taken = "(select json_agg(json_build_array(number, key)) from sqlseed_taken)"
        ctes.append(f"sqlseed_written as ({self._upsert(session.overriding, condition)})")
        result = f"select (select count(*) from sqlseed_rows), {taken}, {result}"
        sql = f"with {self.rows}, {', '.join(ctes)} {result}"
        (rows, others, found), *_ = session.query(sql, self.model.parameters, self.model.types)
        if others:
            raise self._refusal(others)
        return rows, found

    def _refusal(self, others: Sequence[tuple[int, Sequence[str]]]) -> GuardError:
        values = ", ".join("(" + ", ".join(f"'{value[:_SHOWN]}'" for value in key) + ")" for _, key in others)
        return GuardError(
            f"{others[0][0]} rows of {self.target} that are not this slice's have keys that it would write"
            f" ({', '.join(self.keys)}): {values}",
            hint="remove these rows, or give them other keys, then run again; nothing of this slice was written",
        )

    def _upsert(self, clause: str, condition: str) -> str:
        names = ", ".join(quote(column.name) for column in self.columns)
        head = f"insert into {self.target} as t ({names}) {clause}"
        sql = f"{head} select {names} from sqlseed_rows where {condition}"
        others = [column for column in self.columns if column.name not in self.keys]
        if not self.keys:
            return sql
        sql += f" on conflict ({', '.join(quote(key) for key in self.keys)}) do "
        if not others:
            return sql + "nothing"
        sets = ", ".join(f"{quote(c.name)} = excluded.{quote(c.name)}" for c in others)
        old, new = (", ".join(_comparable(side, c) for c in others) for side in ("t", "excluded"))
        return sql + f"update set {sets} where ({old}) is distinct from ({new})"


def _comparable(side: str, column: Column) -> str:
    text = f"{side}.{quote(column.name)}"
    return f"{text}::text" if column.type.lower() in _NO_EQUALITY else text


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def children(session: Session, target: Relation) -> list[ForeignKey]:
    """The foreign keys that lead to a table: child, name, columns, columns referred to, action on delete."""
    return _foreign_keys(
        session.query(pg_sql.CHILDREN, {"schema": target.schema, "name": target.name}, pg_sql.NAME_TYPES)
    )


def _children_json(target: Relation) -> str:
    """The same as part of another query: a scalar one."""
    names = {"schema": target.schema, "name": target.name}
    found = sqltext.with_literals(pg_sql.CHILDREN, names, pg_sql.NAME_TYPES)
    columns = ("child_schema", "child", "columns", "referred", "action", "name")
    listed = ", ".join(f"k.{column}" for column in columns)
    return f"select json_agg(json_build_array({listed})) from ({found}) as k ({', '.join(columns)})"


def _foreign_keys(found: Sequence[Sequence[Any]]) -> list[ForeignKey]:
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
    doomed = _Doomed(target, own.predicate, (), own.parameters, own.types)
    _remove_below(session, doomed, children(session, target), ours, (target,))
    return doomed.delete(session)


def _remove_below(
    session: Session,
    doomed: _Doomed,
    below: Sequence[ForeignKey],
    ours: Ours,
    path: tuple[Relation, ...],
    *,
    is_locked: bool = False,
) -> None:
    """Deletes our rows that refer to the doomed ones, whatever the foreign key would do; others' rows are a refusal."""
    if not below:
        return
    target = doomed.table
    if not is_locked and any(action in _CHANGES_CHILD or action == "cascade" for *_, action in below):
        # As in `_Change.attempt`: whoever is about to refer to one of them is waited for, and then seen.
        locked = f"select 1 from {target} as t where {doomed.predicate} for update of t"
        doomed.query(session, f"select count(*) from ({locked}) as locked")
    name = f"sqlseed_doomed_{len(path)}"
    referred = ", ".join(dict.fromkeys(f"t.{quote(column)}" for key in below for column in key[3]))
    upper = f"{name} as materialized (select {referred} from {target} as t where {doomed.predicate})"
    looks = [_Look(key, name, ours.get(key[0], "false"), is_cycle=key[0] in path) for key in below]
    (found,) = doomed.query(session, f"select {', '.join(look.sql for look in looks)}", upper)
    for look, (foreign, _) in zip(looks, found, strict=True):
        if foreign is not None:
            raise look.refusal(target, foreign)
    for look, (_, keys) in zip(looks, found, strict=True):
        if keys is not None:
            rows = _Doomed(look.child, look.ours, (*doomed.before, upper), doomed.parameters, doomed.types)
            _remove_below(session, rows, _foreign_keys(keys), ours, (*path, look.child))
            rows.delete(session)


class _Look:
    """What is asked about the rows that refer to doomed ones by one foreign key; `doomed` is the name of those."""

    def __init__(self, key: ForeignKey, doomed: str, mine: str, *, is_cycle: bool) -> None:
        self.child, _, self._columns, referred, action = key
        pairs = ", ".join(f"t.{quote(column)}" for column in self._columns)
        refers = f"({pairs}) in (select {', '.join(map(quote, referred))} from {doomed})"
        self.ours = f"{mine} and {refers}"
        texts = ", ".join(f"t.{quote(column)}::text" for column in self._columns)
        foreign = f"select json_build_array({texts}) from {self.child} as t where ({mine}) is not true and {refers}"
        keys = "null"
        if not (is_cycle or action in _CHANGES_CHILD or mine == "false"):
            there = f"exists (select 1 from {self.child} as t where {self.ours})"
            keys = f"case when {there} then coalesce(({_children_json(self.child)}), '[]') end"
        self.sql = f"json_build_array(({foreign} limit 1), {keys})"
        """A pair: the values of a row of somebody else's, and where there are some of ours, who refers to their table.
        """

    def refusal(self, target: Relation, values: Sequence[str]) -> GuardError:
        return GuardError(
            f"a row of {self.child} that sqlseed did not make refers to a row of {target} that would be removed:"
            f" {', '.join(self._columns)} = {', '.join(str(value)[:_SHOWN] for value in values)}",
            hint="remove that row, or point it elsewhere, then run again",
        )
