"""sqlseed's own schema in PostgreSQL: its tables, what they hold, and the lock of whoever changes them."""

from __future__ import annotations

from sqlseed.backends import Session, state_tables
from sqlseed.model import Checkpoint, KeyRange, quote

_SCHEMA = {"schema": "text"}
_THERE = """
select c.relname::text
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = :schema and c.relkind = 'r'
"""


def bootstrap(session: Session, schema: str, project: str) -> None:
    """Creates the state schema, that of the models and the state tables where they are missing, in one transaction."""
    state = quote(session.state_schema)
    with session.transaction():
        session.prepare(())
        session.lock_state()
        for name in (session.state_schema, schema):
            if not session.query(
                "select 1 from pg_catalog.pg_namespace where nspname = :schema", {"schema": name}, _SCHEMA
            ):
                session.run(f"create schema {quote(name)}")
        if not set(state_tables.NAMES) <= tables(session):
            for statement in state_tables.TABLES:
                session.run(statement.format(schema=state))
        state_tables.bring_up_to_date(session)
        state_tables.check_project(session, project)


def tables(session: Session) -> set[str]:
    """The names of the tables in the state schema."""
    return {row[0] for row in session.query(_THERE, {"schema": session.state_schema}, _SCHEMA)}


def checkpoints(session: Session) -> dict[tuple[str, str], Checkpoint]:
    """Everything that is wholly in the target; empty where nothing was ever built."""
    if "checkpoint" not in tables(session):
        return {}
    rows = session.query(
        f"select model, slice, fingerprint, rows, checksum from {quote(session.state_schema)}.checkpoint"
    )
    return {(row[0], row[1]): Checkpoint(*row) for row in rows}


def key_ranges(session: Session) -> dict[tuple[str, str], KeyRange]:
    """The recorded integer ranges."""
    if "key_range" not in tables(session):
        return {}
    rows = session.query(f"select model, slice, first, last from {quote(session.state_schema)}.key_range")
    return {(row[0], row[1]): KeyRange(row[2], row[3]) for row in rows}


def lock(session: Session) -> None:
    """Waits for whoever else prepares a build in this state schema; held until the transaction ends."""
    session.query(
        "select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('sqlseed:' || :schema))",
        {"schema": session.state_schema},
        _SCHEMA,
    )
