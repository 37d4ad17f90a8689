"""The sandboxed templates: what they may do, what they may not, and where a mistake is said to be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from sqlseed import budget, templates
from sqlseed.errors import CompileError
from sqlseed.templates import BoundAttribute, BoundVar, Placeholder


def refused(text: str, context: dict | None = None, **options) -> CompileError:
    with pytest.raises(CompileError) as error:
        templates.render(text, context or {}, "models/a.sql", **options)
    assert error.value.path == "models/a.sql"
    assert error.value.exit_code == 2
    return error.value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        (-2.5, "-2.5"),
        (1e21, "1000000000000000000000"),
        (1e-7, "0.0000001"),
        (Decimal("1.50"), "1.50"),
        (True, "true"),
        (False, "false"),
        ("a 'text' stays", "a 'text' stays"),
        (dt.date(2026, 9, 30), "date '2026-09-30'"),
        (dt.datetime(2026, 9, 30, 10, 5), "timestamp '2026-09-30 10:05:00'"),
        (Placeholder(":p"), ":p"),
    ],
)
def test_literals(value, text):
    assert templates.literal(value) == text
    assert templates.render("{{ v }}", {"v": value}, "a.sql") == text


@pytest.mark.parametrize("value", [None, [1], {"a": 1}, {1}, float("nan"), float("inf"), object(), b"x"])
def test_what_has_no_place_in_sql_is_refused(value):
    error = refused("select\n  {{ v }}", {"v": value})
    assert "refusing to print" in error.message
    assert (error.line, error.source) == (2, "  {{ v }}")


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("{% if x %}", 1, "Unexpected end of template", None),
        ("a\n{{ x", 2, "unexpected end of template", None),
        ("a\n{% fro x in y %}", 2, "unknown tag 'fro'", None),
        ("{{ x | uper }}", 1, "No filter named 'uper'", "did you mean 'upper'?"),
        ("{{ 1 is ood }}", 1, "No test named 'ood'", "did you mean 'odd'?"),
        ("a\nb {{ nope }}", 2, "'nope' is not defined", None),
        ("{{ bracnh }}", 1, "'bracnh' is not defined", "did you mean 'branch'?"),
        ("{{ branch.x.y }}", 1, "has no attribute 'x'", None),
        ("\n-- {{ nope }}", 2, "'nope' is not defined", "use {# ... #}"),
        ("{{ 1 + 'a' }}", 1, "unsupported operand", None),
        ("{{ 1 / 0 }}", 1, "division by zero", None),
        ("{{ range(1000000) | length }}", 1, "range() of 1,000,000", "generate_series"),
        ("{{ 'a' * 100000000 }}", 1, "* makes too much", "generate_series"),
        ("{{ 9 ** 99999 }}", 1, "** makes too much", None),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe", None),
        ("{{ [].append(1) }}", 1, "unsafe", None),
        ("{{ f.__globals__ }}", 1, "unsafe", None),
        ("{% include 'profiles.yml' %}", 1, "includes and imports no other file", "macros/"),
        ("{% import 'a' as b %}", 1, "includes and imports no other file", "macros/"),
        ("{{ namespace }}", 1, "'namespace' is not defined", None),
        ("{{ dict }}", 1, "'dict' is not defined", None),
        ("{{ f(1, 2, 3) }}", 1, "positional argument", None),
    ],
)
def test_a_mistake_has_its_line_its_text_and_a_hint(text, line, message, hint):
    error = refused(text, {"branch": {"id": 1}, "f": lambda x: x})
    assert message in error.message
    assert error.line == line
    assert hint is None or hint in (error.hint or "")


def test_a_template_that_never_ends_is_stopped(monkeypatch):
    nested = "{% for a in range(2000) %}{% for b in range(2000) %}{% endfor %}{% endfor %}"
    assert "takes more than 1,000,000 steps" in refused(nested).message
    printing = "{% for a in range(9000) %}{% for b in l %}{{ b }}{% endfor %}{% endfor %}"
    assert "takes more than" in refused(printing, {"l": list(range(200))}).message
    monkeypatch.setattr(budget, "MAX_SECONDS", -1.0)
    assert "renders for over" in refused("{{ 1 }}").message


def test_a_budget_is_for_one_template():
    text = "{% for a in range(9000) %}{% endfor %}"
    for _ in range(120):
        assert templates.render(text, {}, "a.sql") == ""


def test_output_has_a_limit(monkeypatch):
    monkeypatch.setattr(templates, "_MAX_OUTPUT", 100)
    assert "renders to 200 characters, more than 100" in refused("{{ x }}", {"x": "y" * 200}).message


def test_a_text_var_prints_as_a_parameter_and_compares_as_its_value():
    town = BoundVar(":var_town", "Pune")
    text = "{{ town }} {{ town == 'Pune' }} {% if town != 'Goa' %}x{% endif %} {{ town in ['Pune'] }}"
    assert templates.render(text, {"town": town}, "a.sql") == ":var_town true x true"
    assert BoundVar(":a", "x") == BoundVar(":b", "x")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{% if b == 'x' %}{% endif %}",
            "{% if b %}{% endif %}",
            "{{ b ~ 1 if not b }}",
            "{{ b + 1 }}",
            "{{ 1 - b }}",
        ),
        *("{{ b * 2 }}", "{{ b > 1 }}", "{{ 1 in b }}", "{% for x in b %}{% endfor %}", "{{ b[0] }}", "{{ b | int }}"),
        *("{{ b | length }}", "{{ {b: 1} }}", "{{ b // 2 }}", "{{ b % 2 }}", "{{ b <= 1 }}"),
    ],
)
def test_a_template_cannot_decide_by_a_slices_value(text):
    error = refused(text, {"b": BoundAttribute("\x1f:branch_id")})
    assert "by :branch_id" in error.message or "unhashable" in error.message
    assert "case when :branch_id" in (error.hint or "") or "unhashable" in error.message


def test_lines_of_a_model_lead_back_to_its_source():
    text = "{% set x = 1 %}\nselect\n\n\n    {{ two }},\n    {# gone #}\n    3\n\n"
    sql, lines = laid_out(text, two="1\n+ 1")
    assert sql == "select\n\n    1\n    + 1,\n    3"
    assert lines == (2, 3, 5, 5, 7)


def laid_out(text, **names):
    rendered = templates.render(text, names, "a.sql", kind="model", is_laid_out=True)
    return templates.split_marks(rendered, text)


CASE = "case\n        when b then c\n        else d\n    end"  # as a macro's file indents it


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("{{ case }}", "case\n    when b then c\n    else d\nend"),
        ("select\n    1 + {{ case }}", "select\n    1 + case\n        when b then c\n        else d\n    end"),
        ("    f({{ case }},\n      2)", "    f(case\n        when b then c\n        else d\n    end,\n      2)"),
        ("  {{ outer(case) }} as x", "  (\n      case\n          when b then c\n          else d\n      end\n  ) as x"),
        (
            "select 'it''s', -- it's\n  {{ case }}",
            "select 'it''s', -- it's\n  case\n      when b then c\n      else d\n  end",
        ),
        ("    {{ quoted }}", "    'a\n  b' ||\n    c"),  # what stands in quotes is a value
        ("    '{{ case }}'", f"    '{CASE}'"),
        ("    f('a', $${{ case }}$$)", f"    f('a', $${CASE}$$)"),
        ("  {{ gap }}", "  a\n\n  b"),
        ("  {{ one }}{{ one }}", "  11"),
    ],
)
def test_what_a_macro_prints_over_several_lines_hangs_below_its_call(text, sql):
    outer = templates.macros("{% macro outer(case) %}(\n        {{ case }}\n    ){% endmacro %}", "m.sql", {})["outer"]
    context = {"case": CASE, "quoted": "'a\n  b' ||\n        c", "gap": "a\n\nb", "one": "1"}

    assert laid_out(text, outer=outer, **context)[0] == sql


def test_aliases_stand_in_the_column_in_which_the_template_has_them():
    text = "select\n    {{ a }}      as a,\n    {{ b }}      as b,\n    {{ a }} as c,\n    f(\n"
    text += '      {{ a }})   as "d"\nfrom t'
    sql, _ = laid_out(text, a="\x1f:a", b="a_longer_expression")
    assert sql.replace("\x1f", "").split("\n") == [
        "select",
        "    :a           as a,",
        "    a_longer_expression as b,",
        "    :a as c,",
        "    f(",
        '      :a)        as "d"',
        "from t",
    ]


def test_the_layout_of_a_model_does_not_reach_the_config_of_another():
    def ref():
        templates.render("{{ x }}", {"x": "1\n2"}, "b.sql", kind="model")
        return "t"

    text = "    {{ ref() }}\n    {{ case }}"
    assert laid_out(text, ref=ref, case=CASE)[0] == "    t\n    case\n        when b then c\n        else d\n    end"


def test_expressions_have_python_values():
    assert templates.evaluate("a.n * 30 + (1 if b else 0)", {"a": {"n": 2}, "b": True}, "x") == 61
    assert templates.evaluate("d.year", {"d": dt.date(2026, 1, 1)}, "x") == 2026
    for text, message in (
        ("1 +", "in the expression '1 +'"),
        ("nope", "'nope' is not defined"),
        ("a.b", "has no attribute 'b'"),
    ):
        with pytest.raises(CompileError) as error:
            templates.evaluate(text, {"a": {}}, "models/a.sql")
        assert message in error.value.message
        assert error.value.path == "models/a.sql"


def test_macros_of_a_file_see_the_context_and_each_other():
    one = "{% macro one(n, k=2) %}{{ n }}+{{ k }}{{ suffix }}{% endmacro %}\n"
    text = one + "{%- macro two() -%}{{ one(1) }}{%- endmacro %}"
    assert templates.macro_names(text) == ["one", "two"]
    made = templates.macros(text, "macros/m.sql", {"suffix": "!"})
    assert (made["one"]("x"), made["two"]()) == ("x+2!", "1+2!")


def test_a_mistake_in_a_macro_names_both_places():
    macro = "{% macro m(n) %}\n\n{{ n + nope }}{% endmacro %}"

    def call(n):
        with templates.LocatedMacro(macro, "macros/m.sql", {}):
            return templates.macros(macro, "macros/m.sql", {})["m"](n)

    with pytest.raises(CompileError) as error:
        templates.render("a\n{{ m(1) }}", {"m": call}, "models/a.sql")
    assert str(error.value).startswith("macros/m.sql:3: 'nope' is not defined, called at models/a.sql:2")
    assert error.value.source == "{{ n + nope }}{% endmacro %}"
