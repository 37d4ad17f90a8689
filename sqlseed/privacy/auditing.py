"""Read every text of a database once, inside the database, and count what in it could belong to a living person."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlseed.backends import Session, open_backend
from sqlseed.errors import SelectionError, did_you_mean
from sqlseed.model import Materialized, Relation, quote
from sqlseed.privacy import identifiers
from sqlseed.privacy.identifiers import Group, Kind
from sqlseed.reconnecting import ask
from sqlseed.workspace import Workspace

_TEXTS = ("text", "character varying", "varchar", "character", "bpchar", "citext", "json", "jsonb", "inet", "cidr")
_SEPARATOR = "chr(31)"  # between a token and its cell; no token holds it
_AT_ONCE = 30  # columns of one query: grouping() takes 31
_SHORTEST = 6  # bytes of a cell that can hold an identifier: a@b.in

_COLUMNS = """
select c.table_name::text, c.column_name::text
from information_schema.columns as c
join information_schema.tables as t
    on t.table_schema = c.table_schema
    and t.table_name = c.table_name
where c.table_schema = :schema
    and t.table_type = 'BASE TABLE'
    and (lower(c.data_type) in ({types}) or lower(c.udt_name) in ({types}) or lower(c.data_type) like '%[]'
        or lower(c.data_type) = 'array')
order by c.table_name, c.ordinal_position
"""
_KEYS = """
select k.table_name::text, k.column_name::text
from information_schema.table_constraints as p
join information_schema.key_column_usage as k
    on k.constraint_schema = p.constraint_schema
    and k.constraint_name = p.constraint_name
    and k.table_name = p.table_name
where p.table_schema = :schema
    and p.constraint_type = 'PRIMARY KEY'
order by k.table_name, k.ordinal_position
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """One value as it stands in its cell, and the key of its row (empty where the table has none)."""

    value: str
    key: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one column holds of one kind."""

    table: str
    column: str
    kind: Kind
    count: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found in the tables that it read."""

    tables: int
    columns: int
    found: tuple[Finding, ...]
    elapsed: float

    def counts(self, group: Group) -> dict[Kind, int]:
        """How many there are of each kind of a group, in the whole database; none is counted too."""
        kinds = [kind for kind in identifiers.KINDS.values() if kind.group is group]
        return {kind: sum(found.count for found in self.found if found.kind is kind) for kind in kinds}

    def violations(self, *, undialable: bool = False) -> tuple[Finding, ...]:
        """The findings; with `undialable` the numbers that may be somebody's too."""
        phones = [identifiers.KINDS["phone_assignable"], identifiers.KINDS["phone_abroad"]] if undialable else []
        return tuple(found for found in self.found if found.kind.group is Group.FINDING or found.kind in phones)


def audit(workspace: Workspace, tables: Sequence[str], *, all_tables: bool) -> Audit:
    """As `api.audit_privacy`."""
    started = time.perf_counter()
    schema = workspace.target.schema
    backend = open_backend(workspace.target, workspace.project.root, writes=False)

    def work(session: Session) -> Audit:
        with session.transaction():
            session.snapshot()
            session.prepare(())
            texts = _grouped(session, _COLUMNS.format(types=", ".join(f"'{name}'" for name in _TEXTS)), schema)
            keys = {**_contract_keys(workspace), **_grouped(session, _KEYS, schema)}
            chosen = _chosen(workspace, texts, tables, all_tables)
            found: list[Finding] = []
            for table in chosen:
                found += _scan(
                    session, workspace.target.type, Relation(schema, table), texts[table], keys.get(table, [])
                )
        columns = sum(len(texts[table]) for table in chosen)
        return Audit(len(chosen), columns, tuple(found), time.perf_counter() - started)

    try:
        return ask(backend, work)
    finally:
        backend.close()


def _grouped(session: Session, sql: str, schema: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in session.query(sql, {"schema": schema}, {"schema": "text"}):
        found.setdefault(table, []).append(column)
    return found


def _contract_keys(workspace: Workspace) -> dict[str, list[str]]:
    models = workspace.compiled.values()
    return {model.relation.name: list(model.contract.primary_key) for model in models if model.contract.primary_key}


def _chosen(workspace: Workspace, there: Iterable[str], wanted: Sequence[str], all_tables: bool) -> list[str]:
    for name in wanted:
        if name not in there:
            message = f"no table '{name}' with texts in the schema {workspace.target.schema}"
            raise SelectionError(message, hint=did_you_mean(name, there))
    if wanted or all_tables:
        return sorted(wanted or there)
    ours = {m.relation.name for m in workspace.compiled.values() if m.config.materialized is Materialized.TABLE}
    return sorted(ours & set(there))


def _scan(session: Session, engine: str, table: Relation, columns: Sequence[str], keys: Sequence[str]) -> list[Finding]:
    """One pass over a table for every `_AT_ONCE` of its columns: a value that stands in many rows is judged once."""
    found: list[Finding] = []
    for start in range(0, len(columns), _AT_ONCE):
        some = columns[start : start + _AT_ONCE]
        for number, kind_, count, *pairs in session.query(_sql(engine, table, some)):
            kind = identifiers.KINDS[kind_]
            samples = [pair.split("\x1f", 1) for pair in dict.fromkeys(pairs)]
            known = tuple(
                Sample(value, "" if kind.group is Group.HARMLESS else _key(session, table, some[number], cell, keys))
                for value, cell in samples
            )
            found.append(Finding(table.name, some[number], kind, int(count), known))
    return found


def _sql(engine: str, table: Relation, columns: Sequence[str]) -> str:
    names = [f"c{number}" for number, _ in enumerate(columns)]
    cells = ", ".join(
        f"{_long(f'{quote(column)}::text', engine)} as {n}" for n, column in zip(names, columns, strict=True)
    )
    sets = ", ".join(f"({name})" for name in names)
    # grouping() has a bit for each column, the last one's lowest: 0 for the one that the row is grouped by.
    which = " ".join(
        f"when {(1 << len(names)) - 1 - (1 << (len(names) - 1 - number))} then {number}"
        for number, _ in enumerate(names)
    )
    return f"""
        with value as (
            select case grouping({", ".join(names)}) {which} end as c, coalesce({", ".join(names)}) as v, count(*) as n
            from (select {cells} from {table}) as cell
            group by grouping sets ({sets})
        ),
        token as (
            select c, v, n, {identifiers.token("v", engine)} as t
            from value
            where {identifiers.matches("v", identifiers.CANDIDATE, engine)}
        ),
        digits as (select c, v, n, t, lpad(regexp_replace(t, '[^0-9]', '', 'g'), 19, '0') as d from token),
        judged as (select c, v, n, t, {identifiers.kind(engine)} as kind from digits)
        select c, kind, sum(n), min(t || {_SEPARATOR} || v), max(t || {_SEPARATOR} || v)
        from judged
        where kind is not null
        group by c, kind
        order by c, kind
    """


def _long(text: str, engine: str) -> str:
    """A cell, or null for one too short to hold anything, and for a UUID: nearly all keys are let go without a look."""
    length = "octet_length" if engine == "postgres" else "strlen"
    is_uuid = f"{length}({text}) = 36 and strpos({text}, '-') = 9"
    return f"case when {length}({text}) >= {_SHORTEST} and not ({is_uuid}) then {text} end"


def _key(session: Session, table: Relation, column: str, cell: str, keys: Sequence[str]) -> str:
    """The first key among the rows with this cell."""
    if not keys:
        return ""
    key = " || ', ' || ".join(f"coalesce({quote(name)}::text, '')" for name in keys)
    sql = f"select min({key}) from {table} where {quote(column)}::text = :cell"
    return str(session.query(sql, {"cell": cell}, {"cell": "text"})[0][0] or "")
