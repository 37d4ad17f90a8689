"""Coloured SQL keeps every character, and each kind of word has its tag."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlseed.report import safe
from sqlseed.reviewpage import highlight

BITS = [
    "select",
    " ",
    "\n",
    "'it''s'",
    '"Id"',
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "--",
    "/*",
    "*/",
    "$1",
    ":a",
    "$$",
    "é",
    "<b>",
    "&",
    "\t",
    "'",
]


def words(made: str) -> str:
    """The text of a box, as a browser shows it."""
    return html.unescape(re.sub("<[^>]*>", "", made)).removesuffix("\n")


@pytest.mark.parametrize("jinja", [False, True])
@given(source=st.lists(st.sampled_from(BITS), max_size=12).map("".join) | st.text(max_size=40))
def test_every_character_is_kept(jinja: bool, source: str):
    shown = safe(source.replace("\r\n", "\n")).rstrip("\n")
    assert words(highlight.sql(source, "x", jinja=jinja)) == shown
    assert words(highlight.diff(source, "x")) == shown


@pytest.mark.parametrize(
    ("tag", "word"),
    [
        (highlight.KEYWORD, "select"),
        (highlight.COMMENT, "-- why"),
        (highlight.LITERAL, "'text'"),
        (highlight.PARAMETER, "$1"),
    ],
)
def test_kinds_of_words(tag: str, word: str):
    made = highlight.sql("select 'text', $1, \"Id\" from t -- why", "x")
    assert f"<{tag}>{html.escape(word, quote=False)}</{tag}>" in made
    assert '"Id"' in made


def test_jinja_stands_out():
    assert f"<{highlight.JINJA}>" in highlight.sql("select {{ key('n') }} as id", "x", jinja=True)


def test_each_line_is_an_item_of_its_own():
    made = highlight.sql("/* a\nb */\nselect 1", "x", marks={2: "l-x.2"})
    assert made.count("<li") == 3
    assert '<li id="l-x.2" class="hit"><i>b */</i>' in made
