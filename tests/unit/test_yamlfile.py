"""Strict YAML: what is read, and what every refused text says."""

from __future__ import annotations

import datetime as dt
import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sqlseed import yamlfile
from sqlseed.errors import ErrorList, ProjectError, SqlseedError
from sqlseed.yamlfile import YamlMap, load, load_mapping


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def loader(request, monkeypatch):
    """Both readers of PyYAML: a machine without libyaml reads the same."""
    if request.param == "python":
        monkeypatch.setattr(yamlfile, "_LOADER", yaml.SafeLoader)


def refused(text: str, **options) -> str:
    with pytest.raises(SqlseedError) as error:
        load(text, "sqlseed.yml", **options)
    assert error.value.exit_code == 2
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# only a comment\n", None),
        ("---\na: 1\n", {"a": 1}),
        ("\ufeffa: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("a: true\nb: False\nc: ~\nd:\ne: null", {"a": True, "b": False, "c": None, "d": None, "e": None}),
        ("[0, -7, 1234567890123, 1.5, -0.25, .5, 1.0e3]", [0, -7, 1234567890123, 1.5, -0.25, 0.5, 1000.0]),
        (
            "[y, n, OR, NE, nothing, one, '012', \"no\", 'on']",
            ["y", "n", "OR", "NE", "nothing", "one", "012", "no", "on"],
        ),
        (
            "[2026-09-30, 2026-09-30 10:30:00, 2024-2025]",
            [dt.date(2026, 9, 30), dt.datetime(2026, 9, 30, 10, 30), "2024-2025"],
        ),
        ("[2.5.1, 10.0.0.1, 5th, -, ., '']", ["2.5.1", "10.0.0.1", "5th", "-", ".", ""]),
        ("a: |\n  select 1\n  where 0x10\nb: >-\n  NO\n", {"a": "select 1\nwhere 0x10\n", "b": "NO"}),
        ("url: \"{{ env_var('X') }}\"", {"url": "{{ env_var('X') }}"}),
        ("{a: {b: [1, {c: d}]}}", {"a": {"b": [1, {"c": "d"}]}}),
        ("a: &x [1, 2]\nb: *x", {"a": [1, 2], "b": [1, 2]}),
        ("2024: year", {2024: "year"}),
    ],
)
def test_values(text, value):
    loaded = load(text, "a.yml")
    assert loaded == value
    assert repr(loaded) == repr(value)  # 1 is not True, and a date is not a timestamp


def test_mappings_know_their_lines():
    loaded = load(
        "# models\nmodels:\n  - name: a\n    columns:\n      - {name: id,\n         data_type: text}\n", "a.yml"
    )
    assert isinstance(loaded, YamlMap)
    assert (loaded.line, loaded.lines) == (2, {"models": 2})
    model = loaded["models"][0]
    assert (model.line, model.lines) == (3, {"name": 3, "columns": 4})
    assert model["columns"][0].lines == {"name": 5, "data_type": 6}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a:\n\tb: 1\n", "sqlseed.yml:2: tab used for indentation at 2:1; use spaces\n    b: 1"),
        ("a:\n  b: 1\n\tc: 2\n", "sqlseed.yml:3: tab used for indentation at 3:1; use spaces\n    c: 2"),
        ("a: 1\n\nb: 2\na: 3\n", "sqlseed.yml:4: duplicate key 'a' (first at line 1)\n    a: 3"),
        ("NO: 1", "sqlseed.yml:1: 'NO' is read as false by YAML; quote it: \"NO\"\n    NO: 1"),
        ("x: on", "sqlseed.yml:1: 'on' is read as true by YAML; quote it: \"on\"\n    x: on"),
        ("pin: 012", "sqlseed.yml:1: '012' is a number with a leading zero; quote it: \"012\"\n    pin: 012"),
        ("pin: 089", "sqlseed.yml:1: '089' is a number with a leading zero; quote it: \"089\"\n    pin: 089"),
        (
            "t: 1:30",
            "sqlseed.yml:1: '1:30' is a number in base 60 to some YAML readers; quote it: \"1:30\"\n    t: 1:30",
        ),
        (
            "n: 1_000",
            (
                "sqlseed.yml:1: '1_000' is a number to some YAML readers and a text to others; quote it: "
                '"1_000"\n'
                "    n: 1_000"
            ),
        ),
        (
            "n: 1e3",
            "sqlseed.yml:1: '1e3' is a number to some YAML readers and a text to others; quote it: \"1e3\"\n    n: 1e3",
        ),
        ("n: +91", "sqlseed.yml:1: '+91' is a number that loses its plus sign; quote it: \"+91\"\n    n: +91"),
        ("n: .nan", "sqlseed.yml:1: '.nan' is not a number that can be used; quote it: \".nan\"\n    n: .nan"),
        ("n: 1.0e999", "sqlseed.yml:1: '1.0e999' is too large for a number; quote it: \"1.0e999\"\n    n: 1.0e999"),
        ("d: 2024-13-45", "sqlseed.yml:1: '2024-13-45' is not a date (YYYY-MM-DD) that exists\n    d: 2024-13-45"),
        (
            "d: 2024-01-01T10:00:00Z",
            (
                "sqlseed.yml:1: '2024-01-01T10:00:00Z' has a time zone, which is not read; quote it: "
                '"2024-01-01T10:00:00Z"\n'
                "    d: 2024-01-01T10:00:00Z"
            ),
        ),
        (
            "x: 1\nurl: {{ env_var('X') }}\n",
            "sqlseed.yml:2: quote the whole value: \"{{ env_var('X') }}\"\n    url: {{ env_var('X') }}",
        ),
        ("url: {{ host }}/db\n", 'sqlseed.yml:1: quote the whole value: "{{ host }}"\n    url: {{ host }}/db'),
        (
            "x: {% if a %}b{% endif %}\n",
            'sqlseed.yml:1: quote the whole value: "{% if a %}b{% endif %}"\n    x: {% if a %}b{% endif %}',
        ),
        (
            "a: !!python/object/apply:os.system ['id']",
            (
                "sqlseed.yml:1: YAML tags are not allowed: !!python/object/apply:os.system\n"
                "    a: !!python/object/apply:os.system ['id']"
            ),
        ),
        ("a: !!str 1", "sqlseed.yml:1: YAML tags are not allowed: !!str\n    a: !!str 1"),
        ("a: !x {b: 1}", "sqlseed.yml:1: YAML tags are not allowed: !x\n    a: !x {b: 1}"),
        ("a: 1\n---\nb: 2\n", "sqlseed.yml:2: only one document per file; '---' at line 2\n    ---"),
        ("a: &x [*x]", "sqlseed.yml:1: alias '*x' stands inside its own value\n    a: &x [*x]"),
        (
            "a: *x",
            "sqlseed.yml:1: alias '*x' has no anchor before it\n    a: *x\n  hint: quote a text that begins with '*'",
        ),
        (
            "a: &x {b: 1}\nc:\n  <<: *x\n",
            "sqlseed.yml:3: merge keys ('<<') are not read; write the keys out\n    <<: *x",
        ),
        ("[a]: 1", "sqlseed.yml:1: a key must be a text, found a list\n    [a]: 1"),
        ("~: 1", 'sqlseed.yml:1: an empty key\n    ~: 1\n  hint: write a name before the ":"'),
        ("a: 1\nb: 'x\nc: 2\n", "sqlseed.yml:2: quote opened at 2:4 is never closed\n    b: 'x"),
        ("a: x\0y", "sqlseed.yml:1: NUL byte at 1:5"),
        ("a: 1\nb: \x07", "sqlseed.yml:2: control character U+0007 at 2:4"),
        ('a: "x\\0y"', 'sqlseed.yml:1: a NUL character in a text\n    a: "x\\0y"'),
    ],
)
def test_refused_texts(text, expected):
    assert refused(text) == expected


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a: b: c\n", 'quote a text that contains ": "'),
        ("a: @x\n", "quote a text that begins with @"),
        ("- *.csv\n", "quote a text that begins with * or &"),
        ('a: "\\q"\n', "in double quotes a backslash is written"),
        ("a: [1, 2\n", "brackets and quotes are closed"),
        ("- a\nb: 1\n", "check the indentation"),
    ],
)
def test_syntax_errors_have_a_place_and_a_hint(text, hint):
    shown = refused(text)
    assert shown.startswith("sqlseed.yml:")
    assert hint in shown


def test_all_wrong_values_in_one_go():
    with pytest.raises(ErrorList) as error:
        load("a: 012\nb: NO\na: 1\n", "a.yml")
    assert [item.location for item in error.value.errors] == ["a.yml:1", "a.yml:2", "a.yml:3"]


def test_an_alias_bomb_is_refused_at_once():
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    start = time.monotonic()
    assert refused(text).startswith("sqlseed.yml:5: aliases make more than 100,000 values\n")
    assert time.monotonic() - start < 1


def test_deep_nesting_is_refused():
    assert "nested deeper than 50 levels" in refused("[" * 500 + "]" * 500)


@pytest.mark.parametrize("text", ["password: 0451", "password: s3cret: x", "password: &s3cret *s3cret", "a: !s3cret x"])
def test_a_secret_file_shows_no_value(text):
    shown = refused(text, secret=True)
    assert "0451" not in shown
    assert "s3cret: x" not in shown


def test_load_mapping():
    assert load_mapping("models: []", "a.yml", "models:") == {"models": []}
    for text, expected in (
        ("", "a.yml: the file is empty; expected a mapping (models:)"),
        ("- a", "a.yml:1: expected a mapping (models:), found a list"),
        ("a", "a.yml:1: expected a mapping (models:), found a text"),
        ("true", "a.yml:1: expected a mapping (models:), found true or false"),
    ):
        with pytest.raises(ProjectError) as error:
            load_mapping(text, "a.yml", "models:")
        assert str(error.value) == expected


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
trees = st.recursive(texts, lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text("abcé", min_size=1), x))


@given(trees)
def test_any_quoted_text_is_read_back(value):
    assert load(yaml.safe_dump(value, allow_unicode=True, width=10**6, default_style='"'), "a.yml") == value


@given(st.text(alphabet="ab:{}[]-#&*!|>'\"%@`?,\n\t 01.\\~<=é\0", max_size=60))
def test_any_text_is_a_value_or_an_error_of_ours(text):
    shown = "a.yml"
    try:
        load(text, "a.yml")
    except SqlseedError as error:
        shown = str(error)
    assert shown.startswith("a.yml")
