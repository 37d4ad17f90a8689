"""Which PostgreSQL database this is, whether its version will do, what its role may do, and Prisma's lock."""

from __future__ import annotations

import re

from sqlseed.backends import LiveDatabase
from sqlseed.backends.pg_privileges import Query
from sqlseed.errors import ConnectError

MIGRATION_LOCK = 72707369
"""The advisory lock that Prisma's migrations take: a constant of its schema engine's PostgreSQL connector."""

OLDEST, NEWEST = 13, 18
"""The major versions of PostgreSQL that sqlseed knows: it refuses those before, and says so of those after."""

_FACTS = """
select
    current_database()::text,
    session_user::text,
    exists (select 1 from pg_catalog.pg_roles as r
            where r.rolsuper and pg_catalog.pg_has_role(session_user, r.oid, 'member')),
    exists (select 1 from pg_catalog.pg_roles as r
            where r.rolbypassrls and pg_catalog.pg_has_role(session_user, r.oid, 'member')),
    array(select r.rolname::text from pg_catalog.pg_roles as r
          where r.rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files',
                              'rds_superuser', 'cloudsqlsuperuser', 'azure_pg_admin')
            and pg_catalog.pg_has_role(session_user, r.oid, 'member') order by 1),
    pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('transaction_read_only') = 'on',
    pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'execute'),
    pg_catalog.current_setting('server_version_num')::integer
"""

_HOLDER = """
select a.pid, coalesce(a.application_name, ''), coalesce(a.usename::text, '')
from pg_catalog.pg_locks as l
left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'advisory' and l.mode = 'ExclusiveLock'
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.classid = 0 and l.objid = :lock and l.objsubid = 1
order by l.granted desc
limit 1
"""


def name_of(version: int) -> str:
    """What a person calls a server version: 180001 is PostgreSQL 18.1."""
    return f"PostgreSQL {version // 10000}.{version % 10000}"


def check_version(number: int, named: str) -> None:
    """Raises ConnectError unless it is a PostgreSQL that sqlseed can work with.

    `number` is libpq's, 180004 for 18.4; `named` is what the server calls its version, as a pooler's administration
    console does, and what only speaks PostgreSQL's protocol.
    """
    works = f"sqlseed works with PostgreSQL {OLDEST} to {NEWEST}"
    if not re.match(r"\d+(\.\d+)*(devel|beta\d+|rc\d+)?( |$)", named):
        raise ConnectError(
            f"what answers there is no PostgreSQL database: it calls itself '{named}'",
            hint=f"{works}; check host, port and the database's name",
            passing=False,
        )
    if number // 10000 < OLDEST:
        raise ConnectError(
            f"the server is PostgreSQL {named}, which is too old", hint=f"{works}; update the server", passing=False
        )


def remarks(number: int) -> list[str]:
    """What somebody who builds into this version has to know."""
    major = number // 10000
    if major > NEWEST:
        return [f"PostgreSQL {major} is newer than what this sqlseed was tried with, {NEWEST} at most"]
    if major >= 14:
        return []
    killed = f"PostgreSQL {major} does not notice at once that a build was killed"
    return [f"{killed}: its last statements may run on, and the next build waits for them; 14 ends them in a second"]


def database(query: Query) -> LiveDatabase:
    """The database that answers."""
    name, role, *role_facts, may_identify, version = query(_FACTS, {}, {})[0]
    is_super, bypasses, members, in_recovery, read_only = role_facts
    powers = ["it is a superuser, or may become one"] if is_super else []
    powers += ["it passes row-level security by"] if bypasses and not is_super else []
    powers += [f"it is a member of {member}" for member in ([] if is_super else members)]
    system = query("select system_identifier::text from pg_catalog.pg_control_system()", {}, {}) if may_identify else []
    return LiveDatabase(
        name=name,
        role=role,
        powers=tuple(powers),
        read_only="it is a hot standby"
        if in_recovery
        else ("its transactions are read-only (default_transaction_read_only)" if read_only else ""),
        system_identifier=system[0][0] if system else None,
        remarks=tuple(remarks(version)),
    )


def share_migration_lock(query: Query, *, pooled: bool) -> str | None:
    """Takes the lock in shared mode: None, or who migrates.

    It is the session's, or behind a transaction pooler, where a session's lock would go astray, the transaction's.
    """
    function = "pg_try_advisory_xact_lock_shared" if pooled else "pg_try_advisory_lock_shared"
    if query(f"select pg_catalog.{function}({MIGRATION_LOCK})", {}, {})[0][0]:
        return None
    holders = query(_HOLDER, {"lock": MIGRATION_LOCK}, {"lock": "bigint"})
    if not holders:
        return ""
    pid, application, user = holders[0]
    who = [f"pid {pid}", *([application] if application else []), *([f"role {user}"] if user else [])]
    return f" ({', '.join(who)})"
