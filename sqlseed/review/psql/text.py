"""SQL as psql reads it: literals, variables, and a model's parameters as variables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlseed import sqltext
from sqlseed.model import Value

MARK = "-- written by sqlseed review"
"""Begins every script, so that those of an earlier bundle are known again."""

_ESCAPES = str.maketrans({"\\": "\\\\", "'": "''", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})
_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LOOKS_LIKE_A_VARIABLE = re.compile(r":(?=[^\W\d]|['\"{])")


def literal(value: object) -> str:
    """An SQL literal of a text, under standard_conforming_strings.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def setting(name: str, value: Value) -> str:
    r"""A psql command that sets a variable to a value's text.

    >>> print(setting("branch_name", "St. Mary's\nC:\\"))
    \set branch_name 'St. Mary''s\nC:\\'
    """
    return f"\\set {name} '{str(value).translate(_ESCAPES)}'"


def null_setting(name: str, value: Value) -> str:
    r"""As `setting`, for a variable that may be null: its text is an SQL literal, for psql knows no null.

    >>> print(null_setting("branch_note", None))
    \set branch_note 'null'
    """
    return setting(name, "null" if value is None else "E" + literal(str(value).replace("\\", "\\\\")))


def with_variables(sql: str, types: Mapping[str, str], nullable: frozenset[str] = frozenset()) -> str:
    """The statement with typed psql variables for its parameters; psql finds no other variable in it.

    >>> with_variables("select :a, a[1:n], ':b'", {"a": "text"})
    "select (:'a'::text), a[1: n], ':b'"
    """
    pieces: list[str] = []
    end = 0
    for use in sqltext.parameter_uses(sql):
        name = f":{use.name}" if use.name in nullable else f":'{use.name}'"
        pieces += [_without_variables(sql[end : use.start]), f"({name}::{types[use.name]})"]
        end = use.end
    return "".join([*pieces, _without_variables(sql[end:])])


def _without_variables(sql: str) -> str:
    """A blank behind each colon that psql would read as a variable's; in an array's slice it means nothing."""
    return "".join(
        part if is_opaque else _LOOKS_LIKE_A_VARIABLE.sub(": ", part) for part, is_opaque in sqltext.parts(sql)
    )


def copy_line(row: tuple[Value, ...]) -> str:
    r"""A row as a line of COPY's text format.

    >>> copy_line(("a\tb", None, True))
    'a\\tb\t\\N\tt'
    """
    return "\t".join(_copy_cell(value) for value in row)


def _copy_cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(_COPY_ESCAPES)


def comment(text: str) -> str:
    """Lines of an SQL comment."""
    return "\n".join(f"-- {line}".rstrip() for line in text.split("\n"))


def refuse(message: str, rest: str) -> str:
    """A check: stops the run with `message`, an SQL expression, if `rest` (from ... where ...) has a row."""
    return query(f"select count(pg_temp.sqlseed_refuse({message}))\n{rest}")


def query(sql: str) -> str:
    """A SELECT that is run for what it does: its result goes into variables that nobody reads."""
    return f"{sql} \\gset _ignored_"
