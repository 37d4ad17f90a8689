"""What the server's errors leave unsaid: who holds the lock, and which function raised."""

from __future__ import annotations

import contextlib
import re

from sqlseed.backends.pg_privileges import Query
from sqlseed.errors import ExecuteError, SqlseedError

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
    l.relation::regclass::text
from pg_catalog.pg_locks as l
join needed
    on needed.oid = l.relation
left join pg_catalog.pg_stat_activity as a
    on a.pid = l.pid
where l.granted
  and l.locktype = 'relation'
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.pid <> pg_catalog.pg_backend_pid()
  and l.mode = any(:modes::text[])
order by 1, 6, 5
limit 3
"""
"""Who holds a lock now on a table that the statement names, or that one of those refers to."""

_TABLE_MODES = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"]
_ROW_MODES = ["RowExclusiveLock", "RowShareLock"]


def name_holders(query: Query, sql: str, error: ExecuteError) -> None:
    """After a lock timeout: says in the error which sessions hold what the statement waited for, if they still do.

    The waiting is over, so pg_blocking_pids has nothing to say: what is looked for are locks that a write has to
    wait for, and of a row, whose holder the server does not tell, other sessions that write to its table.
    """
    if error.sqlstate != _LOCK_TIMEOUT:
        return
    modes = _ROW_MODES if "tuple" in error.message else _TABLE_MODES
    with contextlib.suppress(SqlseedError):  # the first error is the one that counts
        found = query(_HOLDERS, {"sql": sql, "modes": "{" + ",".join(modes) + "}"}, {"sql": "text", "modes": "text"})
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
