"""Which privileges a build needs in PostgreSQL, and the GRANT for each that the role lacks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlseed.model import Relation, quote

Query = Callable[[str, Mapping[str, Any], Mapping[str, str]], list[tuple[Any, ...]]]
"""Runs a query: (sql with `:name` parameters, values, types) -> rows."""

_ROLE = """
select
    current_user::text,
    current_database()::text,
    pg_catalog.has_database_privilege(current_database(), 'create'),
    pg_catalog.has_database_privilege(current_database(), 'temporary')
"""

_SCHEMA = """
select
    pg_catalog.has_schema_privilege(n.oid, 'usage'),
    pg_catalog.has_schema_privilege(n.oid, 'create')
from pg_catalog.pg_namespace as n
where n.nspname = :schema
"""

_TABLES = """
select
    c.relname::text,
    pg_catalog.pg_has_role(c.relowner, 'usage'),
    pg_catalog.pg_get_userbyid(c.relowner)::text,
    array(select p from unnest(array['select', 'insert', 'update', 'delete', 'references']) as p
          where not pg_catalog.has_table_privilege(c.oid, p)),
    array(select s.relname::text from pg_catalog.pg_depend as d
          join pg_catalog.pg_class as s on s.oid = d.objid and s.relkind = 'S'
          where d.refobjid = c.oid and d.deptype in ('a', 'i') and d.classid = 'pg_catalog.pg_class'::regclass
          and not (pg_catalog.has_sequence_privilege(s.oid, 'select')
                   and pg_catalog.has_sequence_privilege(s.oid, 'update')))
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = :schema and c.relkind in ('r', 'p')
order by c.relname
"""


def missing(query: Query, relations: Iterable[Relation], state_schema: str, *, changes: bool) -> list[str]:
    """The statements that give the role what it lacks to fill `relations`; those not there yet will be created.

    Without `changes` nothing is asked that only changing and removing rows needs.
    """
    role, database, may_create, may_temp = query(_ROLE, {}, {})[0]
    who = quote(role)
    statements = [] if may_temp else [f"grant temporary on database {quote(database)} to {who};"]
    by_schema: dict[str, set[str]] = {state_schema: set()}
    for relation in relations:
        by_schema.setdefault(relation.schema, set()).add(relation.name)
    for schema, names in by_schema.items():
        found = query(_SCHEMA, {"schema": schema}, {"schema": "text"})
        if not found:
            if not may_create:
                statements.append(f"create schema {quote(schema)} authorization {who};")
            continue
        tables = query(_TABLES, {"schema": schema}, {"schema": "text"})
        creates = schema == state_schema or bool(names - {table[0] for table in tables})
        needs = [("usage", found[0][0]), ("create", found[0][1] or not creates)]
        lacking = [privilege for privilege, there in needs if not there]
        if lacking:
            statements.append(f"grant {', '.join(lacking)} on schema {quote(schema)} to {who};")
        needed = {"select", "insert"} | ({"update", "delete"} if changes else set())
        needed |= {"references"} if creates else set()  # new tables may have foreign keys to those that are there
        tables = [
            (name, owns, owner, [p for p in lacking if p in needed], s) for name, owns, owner, lacking, s in tables
        ]
        statements += _tables(schema, names, tables, who, all_ours=schema == state_schema)
    return statements


def _tables(schema: str, names: set[str], tables: Sequence[tuple[Any, ...]], who: str, *, all_ours: bool) -> list[str]:
    statements: dict[str, None] = {}
    for name, owns, owner, lacking, sequences in tables:
        if all_ours and not owns:  # lookup and intermediate tables are dropped and made again: only an owner may
            statements[f"grant {quote(owner)} to {who};"] = None
        elif name in names:
            if lacking:
                statements[f"grant {', '.join(lacking)} on {Relation(schema, name)} to {who};"] = None
            for sequence in sequences:
                statements[f"grant usage, select, update on sequence {Relation(schema, sequence)} to {who};"] = None
    return list(statements)
