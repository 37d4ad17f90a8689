"""SQL, Jinja and diffs as HTML, a short tag a kind of word: the only place that knows Pygments.

The tags are few and short, and neighbours of one kind share a tag, so that five hundred models stay a page that opens.
A line is an item of a numbered list: a long one wraps beside its number, on a phone and on paper as well.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pygments.lexer import DelegatingLexer, Lexer
from pygments.lexers.sql import PostgresLexer
from pygments.lexers.templates import DjangoLexer
from pygments.token import Comment, Keyword, Name, Number, String, Token

from sqlseed.report import safe
from sqlseed.webpage import text

KEYWORD, COMMENT, LITERAL, PARAMETER, JINJA = "b", "i", "u", "var", "em"
"""The tags, which page.css colours; whatever else there is has the colour of text."""

_KINDS: tuple[tuple[Any, str], ...] = (
    (Comment.Preproc, JINJA),  # {{ and }}
    (Comment, COMMENT),
    (Keyword, KEYWORD),
    (Name.Builtin, KEYWORD),  # types
    (Name.Variable, PARAMETER),
    (String.Name, ""),  # a quoted identifier
    (String, LITERAL),
    (Number, ""),
)
_Piece = tuple[str, str]  # tag or nothing, text


@cache
def _lexer(jinja: bool) -> Lexer:
    """PostgreSQL's words, in Jinja or without; every character of the text is kept."""
    options = {"stripnl": False, "ensurenl": False}
    return DelegatingLexer(PostgresLexer, DjangoLexer, **options) if jinja else PostgresLexer(**options)


@cache
def _kind(token: Any, jinja: bool) -> str:
    if token is Token.Error:
        return ""
    kind = next((kind for known, kind in _KINDS if token in known), "")
    return JINJA if kind == PARAMETER and jinja else kind


def _pieces(source: str, jinja: bool) -> Iterator[_Piece]:
    """The text in pieces of one kind each; blanks between two words of a kind belong to it."""
    last, held = "", ""
    for token, word in _lexer(jinja).get_tokens(source):
        kind = last if not word.strip() and "\n" not in word else _kind(token, jinja)
        if kind == last:
            held += word
            continue
        if held:
            yield last, held
        last, held = kind, word
    if held:
        yield last, held


def _tagged(kind: str, word: str) -> str:
    body = word.rstrip(" ")
    if not kind or not body:
        return html.escape(word, quote=False)
    return f"<{kind}>{html.escape(body, quote=False)}</{kind}>{word[len(body) :]}"


def _lines(source: str) -> list[str]:
    return safe(source.replace("\r\n", "\n")).rstrip("\n").split("\n")


def sql(source: str, label: str, *, jinja: bool = False, marks: Mapping[int, str] | None = None) -> str:
    """SQL with a number beside each line.

    `marks` gives lines that stand out (the first is 1) the id by which they are found.
    """
    lines = [""]
    for kind, word in _pieces("\n".join(_lines(source)), jinja):
        first, *others = word.split("\n")
        lines[-1] += _tagged(kind, first)
        lines += [_tagged(kind, other) for other in others]
    ids = marks or {}
    items = (f'<li id="{ids[i]}" class="hit">' if i in ids else "<li>" for i in range(1, len(lines) + 1))
    return _list(items, lines, label)


def diff(source: str, label: str) -> str:
    """A unified diff: lines that came and lines that went in their colours, the sign of each kept."""
    kinds = {"+": "add", "-": "cut", "@": "at"}
    lines = _lines(source)
    names = {i for i, line in enumerate(lines[:2]) if line.startswith(("+++", "---"))}
    found = ["at" if i in names else kinds.get(line[:1], "") for i, line in enumerate(lines)]
    items = (f'<li class="{kind}">' if kind else "<li>" for kind in found)
    return _list(items, [html.escape(line, quote=False) for line in lines], label, " diff")


def plain(source: str, label: str) -> str:
    """Text whose layout must be kept: a plan. It scrolls sideways by itself, with the keys as well."""
    return f'<pre tabindex="0" role="region" aria-label="{text(label)}">\n{text(source)}</pre>'


def _list(items: Iterator[str], lines: list[str], label: str, kind: str = "") -> str:
    body = "\n".join(item + line for item, line in zip(items, lines, strict=True))
    return f'<ol class="code{kind}" aria-label="{text(label)}">{body}\n</ol>'
