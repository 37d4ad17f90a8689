"""What a psql session needs before the first slice: settings and session functions, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlseed import library
from sqlseed.backends import sent
from sqlseed.model import Target, quote
from sqlseed.review.psql.text import MARK, comment, literal
from sqlseed.version import __version__

REASONS = {
    "TimeZone": "times are UTC, whatever the role's own zone",
    "DateStyle": "dates read and print as 2026-03-31",
    "IntervalStyle": "intervals print as PostgreSQL prints them",
    "standard_conforming_strings": "a backslash in a literal is a backslash",
    "extra_float_digits": "floating-point numbers print in full",
    "bytea_output": "bytes print in hexadecimal digits",
    "row_security": "policies of the tables hold for this session too",
    "enable_nestloop": "without statistics of new rows the planner takes them for few; lookups are hash joins",
    "enable_mergejoin": "for the same reason: it would sort both sides of a join, which are larger than it thinks",
    "jit": "compiling a statement costs more than it saves on slices of this size",
    "default_statistics_target": "intermediate tables are analyzed after each slice; 3,000 rows of them will do",
    "transform_null_equals": "`x = null` is null",
    "client_min_messages": "warnings are shown, notices are not",
    "lock_timeout": "a lock that somebody else keeps ends the run instead of holding it up",
    "statement_timeout": "the target's own limit for a statement",
    "search_path": "names without a schema are the server's own, or the target's",
}
"""Why each setting is pinned."""

_CONTROL = """\
-- Stops the run with a sentence. What its transaction did is rolled back.
create or replace function pg_temp.sqlseed_refuse(message text) returns boolean
language plpgsql as $sqlseed$
begin
    raise exception '%', message;
end
$sqlseed$;

-- The first statement of each slice's transaction: claims its row in the table of checkpoints, whose key is the lock.
-- True where the slice has to be written; false where it is complete. A second writer waits here for the first.
create or replace function pg_temp.sqlseed_claim(
    of_model text, of_slice text, of_run text, wanted text, is_there boolean default true
) returns boolean
language plpgsql as $sqlseed$
declare
    done text;
begin
    insert into @state@.checkpoint (model, slice, fingerprint, rows, checksum, run_id, sqlseed_version, completed_at)
    values (of_model, of_slice, '', 0, null, of_run, @version@, timestamp '1970-01-01 00:00:00')
    on conflict do nothing;
    if found then
        return true;
    end if;
    select c.fingerprint into done
    from @state@.checkpoint as c
    where c.model = of_model and c.slice = of_slice
    for update;
    if done is distinct from wanted then
        raise exception '% % is in the target, made from other SQL or other values than these', of_model, of_slice
            using hint = '`sqlseed build` brings it up to date; this script only fills what is missing';
    end if;
    return not is_there;
end
$sqlseed$;

-- The last statement of each slice's transaction: its row in the table of checkpoints says what was done.
create or replace function pg_temp.sqlseed_complete(
    of_model text, of_slice text, of_run text, wanted text, written bigint
) returns text
language plpgsql as $sqlseed$
begin
    update @state@.checkpoint as c
    set fingerprint = wanted, rows = written, checksum = null, run_id = of_run,
        sqlseed_version = @version@, completed_at = cast(current_timestamp as timestamp)
    where c.model = of_model and c.slice = of_slice;
    return format(
        '%s %s: %s rows, %s ms',
        of_model, of_slice, written, round(extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000)
    );
end
$sqlseed$;

-- Moves the sequence of an integer key past the numbers set aside, so that the application's next row takes none of
-- them; it never moves back. A column without a sequence is left alone.
create or replace function pg_temp.sqlseed_advance(of_table text, of_column text, past bigint) returns boolean
language plpgsql as $sqlseed$
declare
    sequence text := pg_get_serial_sequence(of_table, of_column);
    reached bigint;
begin
    if sequence is null then
        return false;
    end if;
    execute format('select last_value from %s', sequence) into reached;
    perform setval(sequence::regclass, greatest(past, reached));
    return true;
end
$sqlseed$;"""

PSQL_SETTINGS = r"""\set ON_ERROR_STOP on
\set AUTOCOMMIT on
\set ON_ERROR_ROLLBACK off
\set QUIET on
\set SHOW_CONTEXT never
\set FETCH_COUNT 0
\encoding UTF8"""
"""psql's own settings: any error ends the script, and nothing is printed but what the scripts say."""


def setting_reasons(settings_: Iterable[str], functions: Iterable[str]) -> dict[str, str]:
    """Why each setting is pinned, and what each session function is for, by name."""
    return {name: REASONS[name] for name in settings_} | {name: library.purpose(name) for name in functions}


def settings(target: Target) -> list[str]:
    """A `set` for each setting of a slice's transaction, with its reason."""
    lines = []
    for name, value in sent.settings(target).items():
        shown = value if name == "search_path" else literal(value)
        lines.append(f"set {name} = {shown};  -- {REASONS[name]}")
    return lines


def preamble(target: Target, functions: Sequence[str]) -> str:
    """The text of 000_preamble.sql; `functions` are the session functions that the models call."""
    lines = [
        f"{MARK}: settings and functions of this session. Nothing here outlives it.",
        "",
        PSQL_SETTINGS,
        "",
        *settings(target),
        "set default_transaction_isolation = 'read committed';  -- who waited for another's slice sees it",
        "select current_setting('server_version_num')::int >= 140000 as _knows_check \\gset",
        "\\if :_knows_check",
        "set client_connection_check_interval = '500';  -- a statement ends soon after its client is gone",
        "\\endif",
        "",
        "-- a name for this run, in the checkpoints that it writes",
        "select replace(gen_random_uuid()::text, '-', '') as _run \\gset",
        "",
        _CONTROL.replace("@state@", quote(target.state_schema)).replace("@version@", literal(__version__)),
    ]
    for name, ddl in sent.functions(target, functions).items():
        lines += ["", comment(f"{name}: {library.purpose(name)}"), f"{ddl};"]
    return "\n".join(lines) + "\n"
