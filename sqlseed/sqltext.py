"""Finding bind parameters (`:name`) in SQL text, outside quotes and comments, and numbering them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

MARK = "\x1f"
"""Precedes a parameter that a template printed, until the model is compiled: inside quotes it gives the slip away."""

ODD = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad]")
"""Characters that show nothing, or turn the direction of writing: a name with one reads like another name."""

_TOKENS = re.compile(
    r"""
      (?P<quoted> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' )
    | (?P<identifier> "(?:[^"]|"")*" )
    | (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<dollar> (?<![A-Za-z0-9_$]) (?P<tag>\$(?:[A-Za-z_]\w*)?\$) .*? (?P=tag) )
    | (?P<cast> :: | := )
    | (?P<parameter> (?<![A-Za-z0-9_\]]) :(?P<name>[A-Za-z_]\w*) )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """One place where a statement names a bind parameter; `line` is 1-based, the span excludes nothing."""

    name: str
    start: int
    end: int
    line: int


@lru_cache(maxsize=256)  # every slice of a model sends the same text
def parameter_uses(sql: str) -> tuple[ParameterUse, ...]:
    """The bind parameters of a statement, in the order of its text.

    >>> [use.name for use in parameter_uses("select :a::text, ':b' -- :c")]
    ['a']
    """
    return tuple(
        ParameterUse(found["name"], found.start(), found.end(), sql.count("\n", 0, found.start()) + 1)
        for found in _TOKENS.finditer(sql)
        if found["parameter"]
    )


def parts(sql: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it is opaque: a literal, a quoted name, a comment or a cast.

    >>> list(parts("a[1:n] = ':x'"))
    [('a[1:n] = ', False), ("':x'", True)]
    """
    end = 0
    for found in _TOKENS.finditer(sql):
        if not found["parameter"]:
            yield sql[end : found.start()], False
            yield found[0], True
            end = found.end()
    if sql[end:]:
        yield sql[end:], False


def quoted_parameters(marked: str) -> Iterator[tuple[str, int]]:
    """(name, line) of each parameter that a template printed inside quotes; `marked` still has its marks."""
    for found in _TOKENS.finditer(marked):
        if (found["quoted"] or found["identifier"]) and MARK in found[0]:
            name = re.search(MARK + r":(\w+)", found[0])
            yield name[1] if name else "?", marked.count("\n", 0, found.start()) + 1


def numbered(sql: str, types: Mapping[str, str], *, first: int = 1) -> tuple[str, list[str]]:
    """The statement with `($1::text)` for `:name`, and the names in the order of their numbers.

    The cast settles the type, so that the server infers nothing from the driver's choice of one.

    >>> numbered("select :a, :b, :a", {"a": "text", "b": "integer"})
    ('select ($1::text), ($2::integer), ($1::text)', ['a', 'b'])
    """
    names: list[str] = []
    pieces: list[str] = []
    end = 0
    for use in parameter_uses(sql):
        if use.name not in names:
            names.append(use.name)
        number = names.index(use.name) + first
        pieces += [sql[end : use.start], f"(${number}::{types[use.name]})"]
        end = use.end
    return "".join([*pieces, sql[end:]]), names


def with_literals(sql: str, values: Mapping[str, object], types: Mapping[str, str]) -> str:
    """The text with typed literals for its parameters.

    >>> with_literals("id = :id", {"id": "it's"}, {"id": "text"})
    "id = ('it''s'::text)"
    """
    pieces: list[str] = []
    end = 0
    for use in parameter_uses(sql):
        value = values[use.name]
        text = "null" if value is None else "'" + str(value).replace("'", "''") + "'"
        pieces += [sql[end : use.start], f"({text}::{types[use.name]})"]
        end = use.end
    return "".join([*pieces, sql[end:]])
