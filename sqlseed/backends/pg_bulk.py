"""Bulk mode on PostgreSQL: foreign keys and plain indexes are set aside while rows come in, and put back afterwards.

What is set aside is written down in the state schema by the same transaction that drops it, and struck out by the one
that puts it back. So a kill at any moment leaves a list of just what is missing, and whoever comes next puts it back.
Primary and unique keys stay: they prove slices by themselves, and with ordered keys they cost little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlseed.backends import Session
from sqlseed.model import Relation, Value, quote

FOREIGN_KEY, INDEX, UNVALIDATED = "foreign key", "index", "unvalidated"
"""What a listed thing is; an unvalidated foreign key is back, and its rows have still to be looked at."""

_TABLE = {"table": "text"}
_PLACE = {"schema": "text", "table": "text", "name": "text"}
_HERE = '"schema" = :schema and "table" = :table and name = :name'

_OWNED = """
select pg_catalog.pg_has_role(c.relowner, 'usage') and c.relkind = 'r' and not c.relispartition
from pg_catalog.pg_class as c
where c.oid = :table::regclass
"""

_FOREIGN_KEYS = """
select
    k.conname::text,
    pg_catalog.pg_get_constraintdef(k.oid),
    pg_catalog.obj_description(k.oid, 'pg_constraint')
from pg_catalog.pg_constraint as k
where k.conrelid = :table::regclass
  and k.contype = 'f'
  and k.conparentid = 0
  and k.convalidated
  and pg_catalog.pg_has_role((select c.relowner from pg_catalog.pg_class as c where c.oid = k.confrelid), 'usage')
  and not exists (
      select from pg_catalog.pg_trigger as t
      where t.tgconstraint = k.oid and t.tgenabled <> 'O'
  )
order by 1
"""

_INDEXES = """
select
    i.relname::text,
    pg_catalog.pg_get_indexdef(x.indexrelid),
    pg_catalog.obj_description(x.indexrelid, 'pg_class')
from pg_catalog.pg_index as x
join pg_catalog.pg_class as i
    on i.oid = x.indexrelid
where x.indrelid = :table::regclass
  and x.indisvalid
  and not (x.indisunique or x.indisprimary or x.indisexclusion or x.indisclustered or x.indisreplident)
  and not exists (select from pg_catalog.pg_constraint as k where k.conindid = x.indexrelid)
  and not exists (
      select from pg_catalog.pg_attribute as a
      where a.attrelid = x.indexrelid and coalesce(a.attstattarget, -1) >= 0
  )
order by 1
"""


@dataclass(frozen=True, slots=True)
class Aside:
    """A foreign key or an index that is not in force, as it stands in the list."""

    table: Relation
    name: str
    kind: str
    definition: str
    comment: str | None = None


def list_name(session: Session) -> str:
    """The list's table."""
    return f"{quote(session.state_schema)}.set_aside"


def listed(session: Session) -> list[Aside]:
    """What is set aside now, by this build or by one that was killed; indexes first."""
    if not session.query("select 1 where to_regclass(:table) is not null", {"table": list_name(session)}, _TABLE):
        return []
    names = '"schema", "table", name, kind, definition, comment'
    rows = session.query(f"select {names} from {list_name(session)} order by 1, 2, 3")
    found = (Aside(Relation(schema, table), *rest) for schema, table, *rest in rows)
    return sorted(found, key=lambda one: one.kind != INDEX)


def lock(session: Session) -> bool:
    """Takes the lock of whoever sets aside and puts back, for as long as the session lives; False if it is taken."""
    found = session.query(
        "select pg_catalog.pg_try_advisory_lock(pg_catalog.hashtext('sqlseed:bulk:' || :schema))",
        {"schema": session.state_schema},
        {"schema": "text"},
    )
    return bool(found[0][0])


def candidates(session: Session, relation: Relation) -> list[Aside]:
    """What can be set aside of a table: nothing of a table of somebody else's, or of a partition."""
    where = {"table": str(relation)}
    if not all(row[0] for row in session.query(_OWNED, where, _TABLE)):
        return []
    found: list[Aside] = []
    for kind, query in ((FOREIGN_KEY, _FOREIGN_KEYS), (INDEX, _INDEXES)):
        found += [Aside(relation, row[0], kind, row[1], row[2]) for row in session.query(query, where, _TABLE)]
    return found


def set_aside(session: Session, some: Sequence[Aside]) -> None:
    """Drops them and writes them down, all or nothing."""
    with session.transaction():
        session.prepare(())
        session.run(
            f'create table if not exists {list_name(session)} ("schema" text not null, "table" text not null,'
            " name text not null, kind text not null, definition text not null, comment text,"
            ' primary key ("schema", "table", name))'
        )
        for one in some:
            values = _place(one) | {"kind": one.kind, "definition": one.definition, "comment": one.comment}
            session.run(
                f"insert into {list_name(session)} values (:schema, :table, :name, :kind, :definition, :comment)",
                values,
                dict.fromkeys(values, "text"),
            )
            if one.kind == FOREIGN_KEY:
                session.run(f"alter table {one.table} drop constraint {quote(one.name)}")
            else:
                session.run(f"drop index {Relation(one.table.schema, one.name)}")


def put_back(session: Session, one: Aside) -> None:
    """Makes an index again, or a foreign key for new rows; the rows that are there come with `validate`."""
    with session.transaction():
        session.prepare(())
        if one.kind == INDEX:
            _more_memory(session)
            session.run(one.definition)
            _comment(session, f"index {Relation(one.table.schema, one.name)}", one)
            _strike_out(session, one)
        else:
            session.run(f"alter table {one.table} add constraint {quote(one.name)} {one.definition} not valid")
            _comment(session, f"constraint {quote(one.name)} on {one.table}", one)
            session.run(f"update {list_name(session)} set kind = '{UNVALIDATED}' where {_HERE}", _place(one), _PLACE)


def validate(session: Session, one: Aside) -> None:
    """Looks at the rows of a foreign key that is back; raises ExecuteError for one that leads nowhere."""
    with session.transaction():
        session.prepare(())
        _more_memory(session)
        session.run(f"alter table {one.table} validate constraint {quote(one.name)}")
        _strike_out(session, one)


def forget_list(session: Session) -> None:
    """Removes the list when nothing is on it."""
    with session.transaction():
        session.prepare(())
        if not session.query(f"select 1 from {list_name(session)} limit 1"):
            session.run(f"drop table {list_name(session)}")


def _more_memory(session: Session) -> None:
    """For sorts of an index, and for the join that validates: in kB, and never less than the server's own."""
    session.query(
        "select pg_catalog.set_config(name, greatest(262144, setting::bigint)::text, true)"
        " from pg_catalog.pg_settings where name in ('maintenance_work_mem', 'work_mem')"
    )


def _comment(session: Session, what: str, one: Aside) -> None:
    if one.comment is not None:
        text = one.comment.replace("'", "''")  # standard_conforming_strings is on
        session.run(f"comment on {what} is '{text}'")


def _strike_out(session: Session, one: Aside) -> None:
    session.run(f"delete from {list_name(session)} where {_HERE}", _place(one), _PLACE)


def _place(one: Aside) -> dict[str, Value]:
    return {"schema": one.table.schema, "table": one.table.name, "name": one.name}
