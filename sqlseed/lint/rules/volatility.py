"""What gives another value at another time, in another session, or in another time zone."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.dialect import volatile
from sqlseed.lint import kinds
from sqlseed.lint.grammar import Node, constant, function, kind, type_name
from sqlseed.lint.rule import Problem, Rule, Subject

_HINT = "give it a var (as_of), or a macro: random_int, random_date, key"
_ZONE = "name the zone: moment at time zone 'Asia/Kolkata' gives a timestamp without one"
_MOMENTS = ("now", "today", "tomorrow", "yesterday", "allballs")
_TIMES = ("date", "time", "timetz", "timestamp", "timestamptz")
_ZONED = ("timestamptz", "timetz")


_ZONED_CALLS = ("date_trunc", "extract", "date_part", "to_char", "age", "date_bin")
"""Of a timestamp with time zone they answer as the session's time zone has it."""
_DAYS = ("date", "time", "timestamp", "text", "varchar", "bpchar")


def _volatile(subject: Subject) -> Iterator[Problem]:
    for node in subject.statement.all("FuncCall", "SQLValueFunction", "TypeCast"):
        message = _of(node) or _of_zone(subject, node)
        if message:
            yield Problem(message, _HINT, node=node)
    for node, scope in subject.reading.scoped:
        if kind(node) == "A_Expr" and node.kind.name == "AEXPR_OP" and node.lexpr is not None:
            sides = [scope.kind(side).kind for side in (node.lexpr, node.rexpr)]
            if "timestamptz" in sides and {*sides} & {"timestamp", "date", "text"}:
                other = next(one for one in sides if one != "timestamptz")
                yield Problem(f"a timestamptz beside a {other} depends on the session's time zone", _ZONE, node=node)


def _of(node: Node) -> str:
    if kind(node) == "FuncCall":
        name = function(node)
        return f"{name}() gives another value in another run or session" if name in volatile.FUNCTIONS else ""
    if kind(node) == "SQLValueFunction":
        name = node.op.name.removeprefix("SVFOP_").removesuffix("_N").lower()
        return f"{name} gives another value in another run or session"
    wanted, value = type_name(node.typeName), constant(node.arg)
    if wanted in _TIMES and isinstance(value, str) and value.strip().lower() in _MOMENTS:
        return f"'{value}' as a {wanted} is the time of the run"
    if wanted in _ZONED:
        return f"a cast to {wanted} depends on the session's time zone"
    return ""


def _of_zone(subject: Subject, node: Node) -> str:
    """What asks for the session's time zone without a word."""
    scope = subject.reading.scope_of(node)
    if scope is None:
        return ""
    if kind(node) == "TypeCast":
        wanted = kinds.named(type_name(node.typeName))
        zoned = scope.kind(node.arg).kind == "timestamptz"
        return f"a timestamptz as a {wanted} depends on the session's time zone" if zoned and wanted in _DAYS else ""
    if kind(node) != "FuncCall":
        return ""
    name, given = function(node), [scope.kind(argument).kind for argument in node.args or ()]
    if name in _ZONED_CALLS and "timestamptz" in given and not (name == "date_trunc" and given[2:]):
        return f"{name}() of a timestamptz depends on the session's time zone"
    if (name == "to_timestamp" and given[1:]) or (name == "make_timestamptz" and not given[6:]):
        return f"{name}() depends on the session's time zone"
    return ""


RULES = (
    Rule(
        name="volatile-function",
        level="error",
        title="a value of the clock, the session, the server or the time zone",
        why=(
            "The same project has to give the same rows at every run, on every engine and for every role: that is what"
            " makes a dry run a prediction, and what makes it safe to run an interrupted build again. A cast to a type"
            " with a time zone, or of one to a date or a text, its fields, and its comparison with a type without"
            " one read"
            " the session's setting; sqlseed pins it to UTC, but the statement alone, in psql, would give other rows."
        ),
        instead="var('as_of') for today, random_int() and its like for chance, timestamp without time zone.",
        check=_volatile,
    ),
)
