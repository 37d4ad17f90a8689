"""Parsing PostgreSQL: one tree, its nodes with their kinds and, as far as the parser kept them, their lines."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.tokens import TokenType  # type: ignore[attr-defined]

from sqlseed.dialect import kinds

_TYPED_LITERAL = re.compile(r"\b(?:date|time|timestamp)\s*(?:\(\s*\d\s*\))?\s*'[^']*'\s*::", re.IGNORECASE)
_TYPES = (TokenType.DATE, TokenType.TIME, TokenType.TIMESTAMP)


class PostgreSQL(Postgres):
    """PostgreSQL with the formats of to_char() left as they are written."""

    TIME_MAPPING: ClassVar[dict[str, str]] = {}  # type: ignore[misc]


MAX_DEPTH = 1000  # levels of a tree; PostgreSQL's own stack ends at a few thousand, a model written by hand has 50


def parse_anew(sql: str) -> list[exp.Expr]:
    """The statements of a text; raises sqlglot's ParseError or TokenError, and RecursionError beyond `MAX_DEPTH`."""
    statements = [statement for statement in sqlglot.parse(_bracketed(sql), dialect=PostgreSQL) if statement]
    for statement in statements:
        _check_depth(statement)
    return statements


def _check_depth(tree: exp.Expr) -> None:
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise RecursionError
        level = [child for node in level for child in node.iter_expressions()]


@lru_cache(maxsize=1_000)
def parse(sql: str) -> list[exp.Expr]:
    """The same, remembered. The trees are shared: copy, then change."""
    return parse_anew(sql)


def parse_one(sql: str, parameters: Mapping[str, str]) -> exp.Expr:
    """The one statement of a text that `check` has passed, annotated."""
    tree = parse(sql)[0].copy()
    kinds.annotate(tree, parameters)
    return tree


def _bracketed(sql: str) -> str:
    """`(date '2026-09-30')::text` for `date '2026-09-30'::text`, which sqlglot would read as `date ('...'::text)`."""
    if not _TYPED_LITERAL.search(sql):
        return sql
    tokens = sqlglot.tokenize(sql, dialect=PostgreSQL)
    pieces, end = [], 0
    for type_, text, cast in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if type_.token_type in _TYPES and text.token_type is TokenType.STRING and cast.token_type is TokenType.DCOLON:
            pieces += [sql[end : type_.start], "(", sql[type_.start : text.end + 1], ")"]
            end = text.end + 1
    return "".join([*pieces, sql[end:]])


def calls(sql: str, names: frozenset[str]) -> list[tuple[str, int]]:
    """(name, line) of the calls of some functions that sqlglot does not keep apart from others."""
    if not any(name in sql.lower() for name in names):
        return []
    tokens = sqlglot.tokenize(sql, dialect=PostgreSQL)
    return [
        (token.text.lower(), token.line)
        for token, after in itertools.pairwise(tokens)
        if token.text.lower() in names and after.token_type is TokenType.L_PAREN
    ]


def line_of(node: exp.Expr | None) -> int | None:
    """The nearest position that the parser kept: of the node, of what it holds, of what holds it."""
    while node is not None:
        for inner in node.walk():
            if "line" in inner.meta:
                return int(inner.meta["line"])
        node = node.parent
    return None


def outputs(tree: exp.Expr) -> list[tuple[str, exp.Expr]]:
    """(name, node) of the columns that a query gives, as PostgreSQL folds them; "" for one without a name."""
    while isinstance(tree, exp.SetOperation):
        tree = tree.this
    if isinstance(tree, exp.Subquery):
        return outputs(tree.this)
    pairs: list[tuple[str, exp.Expr]] = []
    for node in tree.expressions:
        identifier = node.args.get("alias") if isinstance(node, exp.Alias) else node.this
        if isinstance(node, exp.Alias | exp.Column) and isinstance(identifier, exp.Identifier):
            pairs.append((identifier.name if identifier.quoted else identifier.name.lower(), node))
        else:
            pairs.append(("", node))
    return pairs
