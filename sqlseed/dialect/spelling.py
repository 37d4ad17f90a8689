"""Slips of the pen that no tree shows: quotes that never close, commas too many, characters that only look like SQL."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

import sqlglot
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import TokenType  # type: ignore[attr-defined]

from sqlseed import sqltext

TOO_DEEP = "the statement is nested too deep"

_LOOKALIKES = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00a0": "a space", "\uff0c": ","}
_TOKEN = re.compile(r"<Token token_type: \S+ text: (.*?), line: .*?>")
_OPENING = re.compile(r"/\*|['\"]|\$\w*\$")
_TWO_COMMAS = re.compile(
    r",\s*(?:--[^\n]*\s*|/\*.*?\*/\s*)*(?:[,;)]|\Z|(?:from|where|group|order|union)\b)", re.IGNORECASE | re.DOTALL
)
_AFTER_COMMA = frozenset(
    [
        TokenType.COMMA,
        TokenType.R_PAREN,
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.ORDER_BY,
        TokenType.UNION,
        TokenType.SEMICOLON,
    ]
)

Slip = tuple[int | None, str, str | None]
"""Line of the statement, what is wrong, what to do about it."""


def slips(sql: str) -> Iterator[Slip]:
    """What sqlglot reads without a word and PostgreSQL does not."""
    line = 1
    for text, opaque in sqltext.parts(sql):
        found = None if opaque else sqltext.ODD.search(text) or _lookalike(text)
        if found:
            yield line + text.count("\n", 0, found.start()), *_odd(found[0])
        line += text.count("\n")
    yield from _commas(sql)


def _lookalike(text: str) -> re.Match[str] | None:
    return None if text.isascii() else re.search(f"[{''.join(_LOOKALIKES)}]", text)


def _odd(character: str) -> tuple[str, str]:
    name = unicodedata.name(character, "a character without a name").lower()
    meant = _LOOKALIKES.get(character)
    hint = f"write {meant}" if meant else "remove it"
    return f"U+{ord(character):04X} ({name}) outside of quotes", hint


def _commas(sql: str) -> Iterator[Slip]:
    if not _TWO_COMMAS.search(sql):
        return
    tokens = sqlglot.tokenize(sql, dialect="postgres")
    if tokens and tokens[-1].token_type is TokenType.COMMA:
        yield tokens[-1].line, "not valid PostgreSQL: nothing stands after the last ','", None
    for comma, after in itertools.pairwise(tokens):
        if comma.token_type is TokenType.COMMA and after.token_type in _AFTER_COMMA:
            yield comma.line, f"not valid PostgreSQL: nothing stands between ',' and '{after.text}'", None


def syntax_error(sql: str, error: ParseError | TokenError) -> Slip:
    """sqlglot's complaint in words for people."""
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    if isinstance(error, TokenError):
        line = 1
        for text, opaque in sqltext.parts(sql):
            found = None if opaque else _OPENING.search(text)
            if found:
                line += text.count("\n", 0, found.start())
                return line, f"not valid PostgreSQL: {found[0]} is opened and never closed", None
            line += text.count("\n")
    message = str(details.get("description") or str(error).split("\n")[0]).rstrip(".")
    message, tokens = _TOKEN.subn(r"'\1'", message)
    if details.get("highlight") and not tokens:
        message += f" near '{details['highlight'][:40]}'"
    line_ = details.get("line")
    return (int(line_) if line_ else None), f"not valid PostgreSQL: {message}", None
