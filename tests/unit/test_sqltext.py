"""Bind parameters in SQL text: where they are, where they only seem to be, and their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlseed import sqltext


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select :a, :b_1 , (:a)", ["a", "b_1", "a"]),
        ("select :a::text, x::date, '1'::int", ["a"]),
        ("select ':a', 'it''s :b', \"c:d\", \":e\"", []),
        ("select e'\\' :a', E'\\\\' || :b", ["b"]),
        ("select 'a\\' || :b || '\\'", ["b"]),  # the backslash is a letter here
        ("select 1 -- :a\n, :b /* :c\n:d */, :e", ["b", "e"]),
        ("select $$ :a $$, $x$ :b $$ $x$, :c, $1", ["c"]),
        ("select a$b$c, :d, a$b$", ["d"]),
        ("select x[1:2], y[:n], f(a := 1)", ["n"]),
        ("select case when a>:b then :c end", ["b", "c"]),
        ("select 12:a, b:c, then:d", []),
        ("select 'never closed :a", ["a"]),
        ("", []),
    ],
)
def test_parameters_stand_outside_quotes_and_comments(sql, names):
    assert [use.name for use in sqltext.parameter_uses(sql)] == names


def test_uses_have_lines_and_places():
    sql = "select 'x\n:no',\n  :a,\n  :b"
    uses = list(sqltext.parameter_uses(sql))
    assert [(use.line, sql[use.start : use.end]) for use in uses] == [(3, ":a"), (4, ":b")]


def test_numbers_in_the_order_of_first_use_with_casts():
    text, names = sqltext.numbered("select :b, :a, :b, ':a'", {"a": "text", "b": "date"}, first=3)
    assert text == "select ($3::date), ($4::text), ($3::date), ':a'"
    assert names == ["b", "a"]


def test_a_parameter_without_a_type_is_a_bug():
    with pytest.raises(KeyError):
        sqltext.numbered("select :a", {})


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        ("select '{m}:a'", [("a", 1)]),
        ('select 1,\n"{m}:a_b"', [("a_b", 2)]),
        ("select 'x {m}:a y', {m}:b", [("a", 1)]),
        ("select {m}:a, -- it's {m}:b\n{m}:c", []),
        ("select E'\\'{m}:a'", [("a", 1)]),
    ],
)
def test_a_printed_parameter_inside_quotes_gives_itself_away(marked, found):
    assert list(sqltext.quoted_parameters(marked.format(m=sqltext.MARK))) == found


@given(st.lists(st.sampled_from(["'", '"', "--", "\n", "/*", "*/", "$$", ":a", "::", " ", "x", "\\", "e'", "$t$"])))
def test_no_text_is_lost(pieces):
    sql = "".join(pieces)
    types = {use.name: "int" for use in sqltext.parameter_uses(sql)}
    text, names = sqltext.numbered(sql, types)
    for number, name in enumerate(names, 1):
        text = text.replace(f"(${number}::int)", f":{name}")
    assert text == sql
    assert set(names) == set(types)
