"""PostgreSQL's own SQL: catalog queries, checksums, and plain words for its error codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlseed.backends.checksums import column_texts
from sqlseed.backends.contents import TEXT, Hashing
from sqlseed.model import Column, Target, quote

SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "standard_conforming_strings": "on",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "row_security": "on",
    "enable_nestloop": "off",  # slices without statistics yet are taken for small ones; lookups are hash joins
    "enable_mergejoin": "off",  # for the same reason: it would sort both sides, which are larger than it thinks
    "jit": "off",  # compiling a statement costs more than it saves on slices of some 100,000 rows
    "default_statistics_target": "10",  # an intermediate table is analyzed after each slice, for row counts alone
    "transform_null_equals": "off",
    "client_min_messages": "warning",
    "lock_timeout": "60s",
}
"""What a slice's transaction pins, so that a role's or database's own settings change no row."""

GREETING = """
select pg_catalog.set_config('lock_timeout', $2, false)
where pg_catalog.pg_backend_pid() = $1::integer
"""
"""First on a connection: no statement waits for a lock for ever. No row where the process is not the one named."""

TEST_SETTINGS = """
select pg_catalog.set_config('work_mem', greatest(65536, setting::bigint)::text, true)
from pg_catalog.pg_settings
where name = 'work_mem'
"""
"""For data tests, which read whole tables: more memory for sorts and hashes, in kB."""

IDLE_SECONDS = 30.0
"""How long a transaction may be idle where the target has a slice_timeout: a client that lives is never idle in one."""

_UNITS = {"us": 1e-6, "": 1e-3, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}

NAME_TYPES = {"schema": "text", "name": "text"}

COLUMNS = """
select
    c.relname::text,
    case c.relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view'
        when 'm' then 'materialized view' when 'f' then 'foreign table' else c.relkind::text end,
    a.attname::text,
    pg_catalog.format_type(a.atttypid, a.atttypmod),
    not a.attnotnull,
    a.atthasdef or a.attidentity <> '',
    a.attgenerated <> '',
    c.relrowsecurity and pg_catalog.row_security_active(c.oid)
from pg_catalog.pg_attribute as a
join pg_catalog.pg_class as c on c.oid = a.attrelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where n.nspname = :schema and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
order by c.relname, a.attnum
"""

CHILDREN = """
select
    n.nspname::text,
    c.relname::text,
    array(select a.attname::text from unnest(k.conkey) with ordinality as u(num, pos)
          join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.num order by u.pos),
    array(select a.attname::text from unnest(k.confkey) with ordinality as u(num, pos)
          join pg_catalog.pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.num order by u.pos),
    k.confdeltype::text,
    k.conname::text
from pg_catalog.pg_constraint as k
join pg_catalog.pg_class as c on c.oid = k.conrelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_class as t on t.oid = k.confrelid
join pg_catalog.pg_namespace as tn on tn.oid = t.relnamespace
where k.contype = 'f' and k.conparentid = 0 and tn.nspname = :schema and t.relname = :name
order by 1, 2
"""

UNIQUE_KEYS = """
select
    i.relname::text,
    array(select a.attname::text from unnest(x.indkey::int2[]) with ordinality as u(num, pos)
          join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = u.num
          where u.pos <= x.indnkeyatts order by u.pos),
    not coalesce((to_jsonb(x) ->> 'indnullsnotdistinct')::boolean, false)
from pg_catalog.pg_index as x
join pg_catalog.pg_class as c on c.oid = x.indrelid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_class as i on i.oid = x.indexrelid
where x.indisunique and x.indpred is null and x.indexprs is null and n.nspname = :schema and c.relname = :name
order by not x.indisprimary, i.relname
"""
"""A table's unique keys of plain columns: name, columns, whether nulls may stand twice (always before version 15)."""

CONNECT_FAILURES: tuple[tuple[str, str, str], ...] = (
    ("password authentication failed", "wrong password", "check the password in the profile's url"),
    ("no password supplied", "a password is needed", "add password: to the target, or PGPASSWORD to the environment"),
    (r'database ".*" does not exist', "no such database", "create it first: createdb NAME"),
    (r'role ".*" does not exist', "no such role", "check the user in the profile"),
    ("no pg_hba.conf entry", "the server does not let this user in from here", "see pg_hba.conf"),
    ("server does not support SSL", "the server has no TLS", "sslmode: prefer in the target, if that is meant"),
    ("too many clients|remaining connection slots|connection limit", "too many connections", "lower --threads"),
    ("starting up|shutting down|in recovery mode", "the server is starting or stopping", "try again in a moment"),
    ("could not translate host name|Name or service not known|resolve", "no such host", "check the host name"),
    ("Connection refused|No such file or directory", "nothing listens there", "is the server running?"),
    ("expected authentication request|invalid response", "what listens there is no PostgreSQL", "check host and port"),
    ("timeout expired|timed out", "no answer in time", "check host, port and firewall"),
)
"""(pattern of the server's or libpq's text, sentence, hint): connection failures carry no SQLSTATE."""

LASTING_FAILURES = frozenset(
    {
        "wrong password",
        "a password is needed",
        "no such database",
        "no such role",
        "the server does not let this user in from here",
        "the server has no TLS",
        "what listens there is no PostgreSQL",
    }
)
"""Those of the sentences that another try does not mend."""

_HINTS = {
    "23505": "a row with this key is there already: the model makes it twice, or somebody else made it",
    "23503": "the row that it refers to is missing; build its model too: --select +model",
    "25006": "the database is read-only: a standby, or default_transaction_read_only is on",
    "42501": "the role lacks this privilege; `sqlseed debug` checks them",
    "53100": "the disk is full; rolled-back rows still take space until VACUUM",
    "53400": "raise temp_file_limit or work_mem for the role, or make the slice smaller",
    "428C9": "the target makes this column's values itself: leave the column out of the contract and of the model",
    "55P03": "another session holds a lock on this table; try again when it is done",
    "22003": "a number is too large for its column",
    "42P10": "the target table has no unique index on its key column",
}


READERS = """
with recursive reader(view, depth) as (
    select rule.ev_class, 1
    from pg_depend as dependency
    join pg_rewrite as rule
        on rule.oid = dependency.objid
    where dependency.classid = 'pg_rewrite'::regclass
      and dependency.refclassid = 'pg_class'::regclass
      and dependency.refobjid = to_regclass(:relation)
      and rule.ev_class <> dependency.refobjid
    union
    select rule.ev_class, reader.depth + 1
    from reader
    join pg_depend as dependency
        on dependency.classid = 'pg_rewrite'::regclass
        and dependency.refclassid = 'pg_class'::regclass
        and dependency.refobjid = reader.view
    join pg_rewrite as rule
        on rule.oid = dependency.objid
        and rule.ev_class <> dependency.refobjid
)

select namespace.nspname, class.relname
from reader
join pg_class as class
    on class.oid = reader.view
join pg_namespace as namespace
    on namespace.oid = class.relnamespace
group by namespace.nspname, class.relname
order by max(reader.depth) desc, namespace.nspname, class.relname
"""
"""The views that read a relation, directly or through another view, the furthest first."""


def settings_of(target: Target) -> dict[str, str]:
    """What a slice's transaction on this target sets, by name: the pinned settings, the path, the target's timeouts."""
    timeouts = {k: str(v) for k, v in target.settings.items() if k in ("statement_timeout", "lock_timeout")}
    if (seconds := seconds_of(target.settings.get("slice_timeout"))) is not None:
        # What a connection that was given up holds is let go by a server that never hears of it.
        timeouts["idle_in_transaction_session_timeout"] = f"{round(1000 * min(seconds, IDLE_SECONDS))}ms"
    return SETTINGS | {"search_path": f"pg_catalog, {quote(target.schema)}, pg_temp"} | timeouts


def set_configs(target: Target, version: int, literal: Callable[[str], str], *, lasts: bool) -> str:
    """The calls that set these, for the transaction, or where it `lasts` for the session; `version` is the server's."""
    settings = settings_of(target) | ({"client_connection_check_interval": "500"} if version >= 140000 else {})
    ends = str(not lasts).lower()
    return ", ".join(f"pg_catalog.set_config('{name}', {literal(value)}, {ends})" for name, value in settings.items())


def seconds_of(duration: str | None) -> float | None:
    """A duration of the profile in seconds; a bare number is milliseconds, as in PostgreSQL.

    >>> seconds_of("2min"), seconds_of("1500"), seconds_of(None)
    (120.0, 1.5, None)
    """
    if not duration:
        return None
    number = duration.rstrip("abcdefghijklmnopqrstuvwxyz ")
    return int(number) * _UNITS[duration[len(number) :].strip()] or None


def hint_for(sqlstate: str | None, message: str) -> str | None:
    """What to do about an SQLSTATE, if there is a plain answer."""
    if sqlstate == "57014" and "statement timeout" in message:
        return "raise statement_timeout in the target's settings, or make the slice smaller"
    if sqlstate == "57014":
        if "slice_timeout" in message:
            return "raise slice_timeout in the target's settings, or make the slice smaller"
        return "another session cancelled it (pg_cancel_backend); it is not tried again by itself"
    if sqlstate == "23514" and "no partition of relation" in message:
        return "create the partition first; sqlseed makes none in a table that is there already"
    return _HINTS.get(sqlstate or "")


def checksum(columns: Sequence[Column]) -> str:
    """An aggregate: the order-independent checksum of some rows."""
    text = " || chr(31) || ".join(column_texts(columns, timestamp=_milliseconds, number=_rounded))
    return f"coalesce(sum(('x' || substr(md5({text}), 1, 15))::bit(60)::bigint), 0)::text"


def hashing(version: int) -> Hashing:
    """How a server of this version hashes rows: alike on all that have the function, whatever their collations."""
    if version >= 140000:
        return Hashing("hash_record_extended", lambda columns: f"pg_catalog.hash_record_extended({_row(columns)}, 0)")
    return Hashing(
        "hashtextextended", lambda columns: f'pg_catalog.hashtextextended({_row(columns)}::text collate "C", 0)'
    )


def _row(columns: Mapping[str, str]) -> str:
    parts = [f'{quote(name)}::text collate "C"' if kind == TEXT else quote(name) for name, kind in columns.items()]
    return f"row({', '.join(parts)})"


def _milliseconds(name: str) -> str:
    return f"round(extract(epoch from {name}) * 1000)::bigint::text"


def _rounded(name: str) -> str:
    return f"round({name}::numeric, 6)::numeric(38, 6)::text"
