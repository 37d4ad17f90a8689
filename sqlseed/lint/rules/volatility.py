"""What gives another value at another time, in another session, or in another time zone."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.lint.grammar import Node, constant, function, kind, type_name
from sqlseed.lint.rule import Problem, Rule, Subject

_HINT = "give it a var (as_of), or a macro: random_int, random_date, key"
_FUNCTIONS = frozenset(
    """
    now clock_timestamp statement_timestamp transaction_timestamp timeofday random random_normal setseed
    gen_random_uuid gen_random_bytes uuid_generate_v1 uuid_generate_v4 uuidv4 uuidv7 nextval currval lastval setval
    txid_current pg_current_xact_id pg_backend_pid pg_sleep current_setting set_config inet_client_addr
    inet_server_addr version pg_read_file pg_ls_dir lo_import dblink
    """.split()  # noqa: SIM905
)
"""As pg_proc.provolatile marks them, volatile or stable, where a stable one answers from clock, session or server."""
_MOMENTS = ("now", "today", "tomorrow", "yesterday", "allballs")
_TIMES = ("date", "time", "timetz", "timestamp", "timestamptz")
_ZONED = ("timestamptz", "timetz")


def _volatile(subject: Subject) -> Iterator[Problem]:
    for node in subject.statement.all("FuncCall", "SQLValueFunction", "TypeCast"):
        message = _of(node)
        if message:
            yield Problem(message, _HINT, node=node)


def _of(node: Node) -> str:
    if kind(node) == "FuncCall":
        name = function(node)
        return f"{name}() gives another value in another run or session" if name in _FUNCTIONS else ""
    if kind(node) == "SQLValueFunction":
        name = node.op.name.removeprefix("SVFOP_").removesuffix("_N").lower()
        return f"{name} gives another value in another run or session"
    wanted, value = type_name(node.typeName), constant(node.arg)
    if wanted in _TIMES and isinstance(value, str) and value.strip().lower() in _MOMENTS:
        return f"'{value}' as a {wanted} is the time of the run"
    if wanted in _ZONED:
        return f"a cast to {wanted} depends on the session's time zone"
    return ""


RULES = (
    Rule(
        name="volatile-function",
        level="error",
        title="a value of the clock, the session, the server or the time zone",
        why=(
            "The same project has to give the same rows at every run, on every engine and for every role: that is what"
            " makes a dry run a prediction, and what makes it safe to run an interrupted build again. A cast to a type"
            " with a time zone reads the session's setting; sqlseed pins it to UTC, but the statement alone, in psql,"
            " would give other rows."
        ),
        instead="var('as_of') for today, random_int() and its like for chance, timestamp without time zone.",
        check=_volatile,
    ),
)
