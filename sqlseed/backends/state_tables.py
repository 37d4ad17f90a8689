"""The tables of sqlseed's own schema, the same on every engine, and whose project they belong to."""

from __future__ import annotations

from sqlseed.backends import Session
from sqlseed.errors import GuardError
from sqlseed.model import Relation, quote

TABLES = (
    "create table if not exists {schema}.project (name text not null, state_version integer not null)",
    """create table if not exists {schema}.checkpoint (
        model text not null,
        slice text not null,
        fingerprint text not null,
        rows bigint not null,
        checksum text,
        run_id text not null,
        sqlseed_version text not null,
        completed_at timestamp not null,
        content text,
        primary key (model, slice)
    )""",
    """create table if not exists {schema}.identity (
        database text not null,
        system_identifier text,
        environment text,
        stamped_at timestamp not null
    )""",
    """create table if not exists {schema}.key_range (
        model text not null,
        slice text not null,
        first bigint not null,
        last bigint not null,
        primary key (model, slice)
    )""",
)
NAMES = ("checkpoint", "identity", "key_range", "project")
VERSION = 1


def bring_up_to_date(session: Session) -> None:
    """Adds the column that the checkpoints of earlier versions lack; those go on working with it."""
    table = Relation(session.state_schema, "checkpoint")
    if "content" not in session.catalog([table])[table].columns:
        session.run(f"alter table {table} add column content text")


def check_project(session: Session, project: str, *, claim: bool = True) -> None:
    """Raises GuardError if the state schema belongs to another project or another version of sqlseed.

    With `claim` a schema that is nobody's becomes this project's.
    """
    state = quote(session.state_schema)
    found = session.query(f"select name, state_version from {state}.project")
    if not found:
        if claim:
            session.run(f"insert into {state}.project values (:name, {VERSION})", {"name": project}, {"name": "text"})
        return
    name, version = found[0]
    if name != project:
        raise GuardError(
            f"schema {session.state_schema} of the target belongs to the project '{name}', not to '{project}'",
            hint="give this target another state_schema in profiles.yml",
        )
    if version != VERSION:
        raise GuardError(
            f"schema {session.state_schema} was written by another version of sqlseed"
            f" (state {version}, mine {VERSION})",
            hint="use that version, or `sqlseed clean` with it first",
        )
