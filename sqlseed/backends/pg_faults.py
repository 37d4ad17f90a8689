"""What the server's errors leave unsaid: who holds the lock, which function raised, why there is no connection."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

from sqlseed.backends import pg_sql
from sqlseed.backends.pg_identity import MIGRATION_LOCK
from sqlseed.backends.pg_privileges import Query
from sqlseed.errors import ConnectError, ExecuteError, SqlseedError

_LOCK_TIMEOUT = "55P03"
_LONGEST = 200  # characters of the server's detail or context that a message keeps
_WHERE = re.compile(r"^(?:PL/\w+ function |SQL function |while )")

_HOLDERS = """
with mentioned as (
    select c.oid
    from pg_catalog.pg_class as c
    where c.relkind in ('r', 'p')
      and strpos(:sql, pg_catalog.quote_ident(c.relname)) > 0
      and c.relnamespace <> 'pg_catalog'::regnamespace
),

needed as (
    select oid
    from mentioned
    union
    select k.confrelid
    from pg_catalog.pg_constraint as k
    join mentioned
        on mentioned.oid = k.conrelid
    where k.contype = 'f'
)

select distinct
    l.pid,
    coalesce(nullif(a.application_name, ''), a.usename::text, 'another role'),
    coalesce(a.state, 'state not shown to this role'),
    extract(epoch from clock_timestamp() - a.xact_start)::bigint,
    l.mode,
    coalesce(l.relation::regclass::text, 'an advisory lock')
from pg_catalog.pg_locks as l
left join pg_catalog.pg_stat_activity as a
    on a.pid = l.pid
where l.granted
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.pid <> pg_catalog.pg_backend_pid()
  and (
      l.locktype = 'relation' and l.mode = any(:modes::text[]) and l.relation in (select oid from needed)
      or l.locktype = 'advisory' and l.objsubid = 1 and strpos(:sql, 'pg_advisory_xact_lock') > 0
      and l.objid::bigint in (:migration, pg_catalog.hashtext('sqlseed:' || :state) & 4294967295)
  )
order by 1, 6, 5
limit 3
"""
"""Who holds a lock now on a table that the statement names, or that one of those refers to; or, where it asks for that,
the lock of whoever prepares a build, or migrates."""

_TABLE_MODES = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]
_ROW_MODES = ["RowExclusiveLock", "RowShareLock"]


def name_holders(query: Query, sql: str, state: str, error: ExecuteError) -> None:
    """After a lock timeout: says in the error which sessions hold what the statement waited for, if they still do.

    The waiting is over, so pg_blocking_pids has nothing to say: what is looked for are locks that a write has to
    wait for, and of a row, whose holder the server does not tell, other sessions that write to its table. `state` is
    the schema of sqlseed's own tables.
    """
    if error.sqlstate != _LOCK_TIMEOUT or "pg_catalog.pg_locks" in sql:
        return
    modes = _ROW_MODES if "tuple" in error.message else _TABLE_MODES
    with contextlib.suppress(SqlseedError):  # the first error is the one that counts
        given = {"sql": sql, "modes": "{" + ",".join(modes) + "}", "state": state, "migration": MIGRATION_LOCK}
        found = query(_HOLDERS, given, dict.fromkeys(("sql", "modes", "state"), "text") | {"migration": "bigint"})
        for pid, application, state, age, mode, relation in found:
            since = "" if age is None else f", its transaction {age} s old"
            error.message += f"; process {pid} ('{application}', {state}{since}) holds {mode} on {relation}"


def message_of(primary: str, detail: str | None, context: str | None) -> str:
    """The server's message with its detail, and where it was raised if that was in a function or at a row.

    >>> message_of("no more", None, "PL/pgSQL function refuse() line 3 at RAISE")
    'no more (PL/pgSQL function refuse() line 3 at RAISE)'
    """
    where = next((line for line in (context or "").split("\n") if _WHERE.match(line)), None)
    return primary + "".join(f" ({text[:_LONGEST]})" for text in (detail, where) if text)


def connect_error(text: str, info: Mapping[str, Any]) -> ConnectError:
    """One plain sentence for the common failures to connect; never any part of the password."""
    text = " ".join(text.split())
    password = str(info.get("password") or "")
    if len(password) >= 4:
        text = text.replace(password, "***")
    where = f"{info.get('host', 'the local socket')}:{info.get('port', 5432)}"
    who = f"database '{info.get('dbname', '')}', user '{info.get('user', '')}'"
    for pattern, sentence, hint in pg_sql.CONNECT_FAILURES:
        if re.search(pattern, text):
            passing = sentence not in pg_sql.LASTING_FAILURES
            return ConnectError(f"{sentence} ({where}, {who})", hint=hint, passing=passing)
    return ConnectError(f"cannot connect to {where}, {who}: {text[:300]}")
