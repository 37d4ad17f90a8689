"""Templates to statements: what a model renders to, and what each mistake in it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed import library
from sqlseed.errors import ErrorList, SqlseedError
from sqlseed.model import KeyKind, ParameterKind
from tests.unit.towns import open_towns


def house(body: str, config: str = "slice_by=['town']") -> dict[str, str]:
    return {"models/house.sql": f"{{{{ config({config}) }}}}\n{body}\n"}


def select(expression: str) -> dict[str, str]:
    return house(f"select {{{{ key('n') }}}} as id, {expression} as town\nfrom generate_series(1, 3) as g(n)")


def mistake(folder: Path, changes: dict[str, str]) -> str:
    with pytest.raises(SqlseedError) as raised:
        open_towns(folder, changes).checked()
    return str(raised.value)


def test_a_model_is_one_statement_for_every_slice(tmp_path: Path) -> None:
    compiled = open_towns(tmp_path).checked()
    assert compiled["house"].sql == (
        "select pg_temp.sqlseed_key(:house_key, n) as id, :town_code as town\nfrom generate_series(1, 3) as g(n)"
    )
    assert [(p.name, p.type, p.kind) for p in compiled["house"].parameters] == [
        ("house_key", "text", ParameterKind.KEY),
        ("town_code", "text", ParameterKind.DIMENSION),
    ]
    assert compiled["house"].functions == ("sqlseed_key",)


def test_a_remark_after_the_last_semicolon_is_no_statement(tmp_path: Path) -> None:
    changes = house("select 'x' as id, :town_code as town; -- that is all\n-- really")
    assert open_towns(tmp_path, changes).checked()["house"].sql == "select 'x' as id, :town_code as town"


def test_keys_by_kind(tmp_path: Path) -> None:
    compiled = open_towns(tmp_path).checked()
    kinds = {name: model.config.key_kind for name, model in compiled.items()}
    assert kinds == {"house": KeyKind.UUID, "bill": KeyKind.INTEGER, "total": KeyKind.NATURAL}
    assert "(:bill_base + n) as id" in compiled["bill"].sql


def test_a_foreign_key_is_a_dependency(tmp_path: Path) -> None:
    changes = {
        "models/bill.sql": """
            {{ config(slice_by=['town', 'year']) }}
            select {{ key('n') }} as id, null::text as house_id
            from generate_series(1, 2) as g(n) where {{ town.people + '' if false else 'true' }}
            """
    }
    assert open_towns(tmp_path, changes).compiled["bill"].refs == ("house",)


def test_lines_of_the_statement_lead_back_to_the_source(tmp_path: Path) -> None:
    text = "{% set unused = 1 %}\n\n-- a comment\nselect {{ key('n') }} as id,\n    {{ town.code }} as town\nfrom x"
    compiled = open_towns(tmp_path, house(text)).compiled["house"]
    assert compiled.sql.split("\n")[2] == "    :town_code as town"
    assert compiled.source_line(3) == 6


def test_salts_come_from_names(tmp_path: Path) -> None:
    compiled = open_towns(tmp_path, select("{{ random_int('age', 'n', 1, 6) }}::text")).compiled["house"]
    assert f"({library.salt(7, 'house', 'age')} # :salt_town)" in compiled.sql
    assert "(1 + ((pg_temp.sqlseed_hash(n, " in compiled.sql


def test_a_text_var_is_a_bind_parameter_and_can_be_compared(tmp_path: Path) -> None:
    text = "{{ var('greeting') }}{% if var('greeting') == 'hello' %} || '!'{% endif %}"
    compiled = open_towns(tmp_path, select(text)).compiled["house"]
    assert ":var_greeting || '!' as town" in compiled.sql


@pytest.mark.parametrize(
    ("expression", "sql"),
    [
        ("{{ var('houses') }}", "3"),
        ("{{ var('as_of') }}", "date '2026-01-31'"),
        ("{{ var('loud') }}", "false"),
        ("{{ 1.50 }}", "1.5"),
        ("{{ random_date('d', 'n', var('as_of'), 'x + 1') }}", "((x + 1) - date '2026-01-31' + 1)"),
        ("{{ chance('c', 'n', 0.25) }}", "< 1073741824)"),
        ("{{ chance('c', 'n', 'p * 0.01') }}", "< (p * 0.01) * 4294967296)"),
        ("{{ choice('c', 'n', {'a': 1, \"b's\": 1}) }}", "< 2147483648 then 'a'\n    else 'b''s'\nend"),
        ("{{ choice('c', 'n', [['only', 1]]) }}", "'only'"),
        ("{{ hash('h', 'n', by=[]) }}", "pg_temp.sqlseed_hash(n, "),
        ("{{ slots('colours') }}", '"_sqlseed"."colours__slots"'),
        ("{{ pick('p', 'n', 'colours') }}", "* 8) >> 32)::int"),
        ("{{ text_hash('x') }}", "pg_temp.sqlseed_text_hash(x)"),
        ("{{ this }}", '"main"."house"'),
        ("{{ target.schema }}", "main"),
    ],
)
def test_what_is_printed(tmp_path: Path, expression: str, sql: str) -> None:
    assert sql in open_towns(tmp_path, select(expression)).compiled["house"].sql


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("{{ nope }}", "models/house.sql:2: 'nope' is not defined"),
        ("{{ var('house') }}", "var 'house' is not declared"),
        ("{{ town.nme }}", "dimension 'town' has no attribute 'nme'"),
        ("{{ town }}", "'town' is a dimension; print one of its attributes, as {{ town.id }}"),
        ("{{ year.no }}", "year.no is used, but the model is not sliced by year"),
        ("{{ ref('hose') }}", "ref('hose') names no model"),
        ("{{ key_of('towns', 'n') }}", "'towns' is a seed, and has no keys"),
        ("{{ seed('house') }}", "'house' is a model: write ref('house')"),
        ("{{ seed('colors') }}", "did you mean 'colours'?"),
        ("{{ slots('towns') }}", "seed 'towns' has no slots"),
        ("{{ ref('house') }}", "ref('house') names the model itself"),
        ("{{ key_of('house', 'n') }}", "for this model's own keys write key(n)"),
        ("{{ key_of('total', 'n') }}", "model 'total' has no numbered key"),
        ("{{ key_of('bill', 'n') }}", "the key of 'bill' needs the dimension year"),
        ("{{ hash('h', 'n', by=['year']) }}", "salt of 'h' needs the dimension year"),
        ("{{ hash(1, 'n') }}", "the first argument is the label"),
        ("{{ random_int('a', 'n', 5, 1) }}", "random_int() from 5 to 1"),
        ("{{ chance('a', 'n', 1.5) }}", "a chance is between 0 and 1"),
        ("{{ choice('a', 'n', {}) }}", "choice() takes {value: weight, ...}"),
        ("{{ choice('a', 'n', {'x': -1}) }}", "weights must be numbers of at least 0"),
        ("{{ beta('a', 'n', 0, 1) }}", "beta() takes shapes from 0.1 to 100"),
        ("{{ permute('a', 'n', 'x') }}", "permute() needs its size while compiling"),
        ("{{ permute('a', 'n', 0) }}", "permute() takes a size from 1 to 2147483648"),
        ("'{{ town.code }}'", "the bind parameter :town_code stands inside quotes"),
        ("'{{ var('greeting') }}'", "the bind parameter :var_greeting stands inside quotes"),
        (":town_nme", "dimension 'town' has no attribute 'nme'"),
        (":other", "bind parameter ':other' is none of this model's"),
        ("{% if town.code == 'u' %}1{% endif %}", "decides something by :town_code"),
        ("{{ town.people + 1 }}", "decides something by :town_people"),
        ("{{ none }}", "refusing to print nothing (None) into SQL"),
        ("{{ [1] }}", "refusing to print a list into SQL"),
        ("{{ range(100000) | list }}", "range() of 100,000 in a template"),
        ("{{ ''.__class__ }}", "models/house.sql:2: "),
        ("{% for x in %}{% endfor %}", "models/house.sql:2: "),
        ("{{ 'a' | nofilter }}", "No filter named 'nofilter'"),
        ("{{ 1 // 0 }}", "models/house.sql:2: "),
    ],
)
def test_a_mistake_in_a_template(tmp_path: Path, expression: str, message: str) -> None:
    text = mistake(tmp_path, select(expression))
    assert message in text
    assert text.startswith("models/house.sql:")
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "the model renders to nothing"),
        ("-- nothing but a comment", "found nothing"),
        ("select 1 as id, 'x' as town; select 2", "a model must be one SELECT; found 2 statements"),
        ("delete from house", "a model must be one SELECT; found DELETE"),
        ("select 1 as id, 'x' as town from (", "not valid PostgreSQL"),
        ("select 1 as id", "the SELECT lacks the contract's column town"),
        ("select 1 as id, 'x' as town, 2 as twon", "column 'twon' is not in the contract of 'house'"),
        ("select 1 as id, 'x' as town, 2 as town", "column 'town' stands twice"),
        ("select 1 as id, 'x' as town, 1 + 1", "a column has no name"),
        ("select * from generate_series(1, 2) as g(n)", "a model names its columns; found *"),
        ("select a.id, a.town from other as a", "relation 'other' comes from no ref(), seed() or CTE"),
        ("select 'x' as id, now()::text as town", "now() or current_timestamp differs from run to run"),
        ("select 'x' as id, random()::text as town", "random() differs from run to run"),
        ("select 'x' as id, nextval('s')::text as town", "nextval() differs from run to run"),
        ("with d as (delete from x returning 1) select 'x' as id, 'y' as town", "a model only reads; found DELETE"),
        ("select 'x' as id, 'y' as town into z", "a model only reads"),
    ],
)
def test_a_mistake_in_the_sql(tmp_path: Path, body: str, message: str) -> None:
    assert message in mistake(tmp_path, house(body))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("slice_bye=['town']", "unknown config 'slice_bye'"),
        ("slice_by=['twon']", "slice_by names no dimension 'twon'"),
        ("materialized='vew'", "'vew' is not one of table, view, intermediate"),
        ("key='nope'", "the key column 'nope' is not in the contract"),
        ("key_kind='natural'", "a natural key needs config(owner='...')"),
        ("owner='x = :nope'", "bind parameter ':nope' is none of this model's"),
        ("table=''", "table must have 1 to 63 bytes"),
        ("key_block=0", "key_block must be from 1"),
        ("slice_by=['town', 'town']", "slice_by names a dimension twice"),
    ],
)
def test_a_mistake_in_config(tmp_path: Path, config: str, message: str) -> None:
    assert message in mistake(tmp_path, house("select 'x' as id, 'y' as town", config))


@pytest.mark.parametrize(
    ("owner", "message"),
    [
        ("code = 'x') or (select true", "owner must be one predicate over the table's columns"),
        ("true", "owner must be one predicate over the table's columns"),
        ("code in (select 'x')", "owner must be one predicate over the table's columns"),
        ("code = ", "owner must be one predicate over the table's columns"),
        ("cod = 'x'", "owner names no column 'cod'"),
    ],
)
def test_a_mistake_in_an_owner(tmp_path: Path, owner: str, message: str) -> None:
    changes = {"models/total.sql": f"{{{{ config(owner=\"{owner}\") }}}}\nselect 'all' as code, 1 as bills"}
    assert message in mistake(tmp_path, changes)


def test_all_errors_come_in_one_go(tmp_path: Path) -> None:
    changes = select("{{ nope }}") | {"models/total.sql": "{{ config(owner='true') }}\nselect {{ what }} as code"}
    with pytest.raises(ErrorList) as raised:
        open_towns(tmp_path, changes).checked()
    assert [error.path for error in raised.value.errors] == ["models/house.sql", "models/total.sql"]


def test_a_sliced_model_without_a_contract_says_what_to_write(tmp_path: Path) -> None:
    text = mistake(tmp_path, {"models/new.sql": "{{ config(slice_by=['town']) }} select 1 as a"})
    assert "models/new.sql: model 'new' has no contract" in text
    assert "models: [{name: new, columns: [...]}]" in text


def test_reading_a_sliced_model_without_its_dimension_is_refused(tmp_path: Path) -> None:
    changes = {
        "models/total.sql": """
            {{ config(slice_by=['town'], key_kind='natural', owner='code = :town_code') }}
            select {{ town.code }} as code, 1 as bills
            """,
        "models/extra.sql": """
            {{ config(slice_by=['town'], materialized='intermediate') }}
            select id from {{ ref('house') }} as h
            """,
        "models/extra.yml": "models: [{name: extra, columns: [{name: id, data_type: text}]}]\n",
    }
    text = mistake(tmp_path, changes)
    assert "reads ref('house'), which is sliced by town too, without naming town" in text
    assert "where ... = {{ town.code }}" in text


def test_two_models_for_one_table(tmp_path: Path) -> None:
    changes = {
        "models/hut.sql": "{{ config(table='House') }}\nselect 'x' as id",
        "models/hut.yml": "models: [{name: hut, columns: [{name: id, data_type: text, "
        "constraints: [{type: primary_key}]}]}]\n",
    }
    assert "fills table House, which models/house.sql fills already" in mistake(tmp_path, changes)


def test_project_macros_see_everything_and_their_errors_name_their_file(tmp_path: Path) -> None:
    changes = select("{{ shout('n') }}") | {
        "macros/shout.sql": "{% macro shout(n) %}{{ town.code }} || {{ twice(n) }}{% endmacro %}",
        "macros/twice.sql": "{% macro twice(n) %}({{ n }} * 2)::text{% endmacro %}",
    }
    compiled = open_towns(tmp_path / "a", changes).compiled["house"]
    assert ":town_code || (n * 2)::text as town" in compiled.sql
    assert compiled.macros == ("macros/shout.sql", "macros/twice.sql")
    changes["macros/twice.sql"] = "{% macro twice(n) %}\n{{ nope }}{% endmacro %}"
    assert "macros/twice.sql:2: 'nope' is not defined" in mistake(tmp_path / "b", changes)


@pytest.mark.parametrize(
    ("macro", "message"),
    [
        ("{% macro key(n) %}{% endmacro %}", "macro 'key' has the name of"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", "calls itself"),
        ("{% macro m() %}{% endmacro %}{% macro house() %}", "macros/m.sql"),
    ],
)
def test_a_mistake_in_a_macro(tmp_path: Path, macro: str, message: str) -> None:
    assert message in mistake(tmp_path, select("{{ m() }}") | {"macros/m.sql": macro})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select '\x1f' as id, 'x' as town", "models/house.sql:2: a control character, U+001F"),
        ("select 'x' as id, -- \u202e\n'x' as town", "turns the direction of writing, U+202E"),
        ("\n{% for i in range(9000) %}{% for j in range(9000) %}{% endfor %}{% endfor %}", "takes more than"),
        ("select 'x' as id,\n'x' as town\nfrm x", "models/house.sql:4: not valid PostgreSQL"),
        ("select 'x' as id\n, upper('x') < 'y' as town", "models/house.sql:3: text compares differently"),
        ("select 'x' as id, 'y' as town {# ref('nope') #} -- {{ nope }}", "`--` does not hide Jinja"),
        ("{{ ref('bill' ~ nope) }}", "'nope' is not defined"),
        ("{{ ref(var('greeting')) }}", "ref() needs a model's name, known while compiling"),
    ],
)
def test_more_mistakes_in_a_model(tmp_path: Path, text: str, message: str) -> None:
    assert message in mistake(tmp_path, house(text))


def test_a_nul_byte_is_told_with_its_place(tmp_path: Path) -> None:
    assert "models/house.sql:2: NUL byte at 2:10" in mistake(tmp_path, house("select 'a\0b' as id, 'x' as town"))


def test_percent_signs_are_text(tmp_path: Path) -> None:
    changes = house("select '100 %s %' as id, (5 % 3)::text as town where 'a' like '%a%'")
    assert open_towns(tmp_path, changes).checked()["house"].sql.count("%") == 5


def test_a_ref_in_a_branch_that_is_not_taken_is_none(tmp_path: Path) -> None:
    text = "select {{ key('1') }} as id, {% if var('loud') %}{{ ref('nope') }}{% else %}'x'{% endif %} as town"
    assert open_towns(tmp_path, house(text)).checked()["house"].refs == ()


def test_only_a_condition_by_the_dimension_counts_as_naming_it(tmp_path: Path) -> None:
    """A key or a salt of the slice restricts no row that is read."""
    body = "select {{ key('n') }} as id, h.town || {{ hash('a', 'n') }} as town from {{ ref('house') }} as h"
    changes = {
        "models/extra.sql": f"{{{{ config(slice_by=['town']) }}}}\n{body}, generate_series(1, 2) as g(n)",
        "models/extra.yml": "models: [{name: extra, columns: [{name: id, data_type: text, constraints:"
        " [{type: primary_key}]}, {name: town, data_type: text}]}]\n",
    }
    assert "reads ref('house'), which is sliced by town too, without naming town" in mistake(tmp_path / "a", changes)
    changes["models/extra.sql"] += " where h.town = {{ town.code }}"
    assert open_towns(tmp_path / "b", changes).checked()["extra"].refs == ("house",)


@pytest.mark.parametrize(
    ("call", "macro", "message"),
    [
        ("m(1, 2)", "{% macro m(a) %}{% endmacro %}", "not more than 1 argument(s), called at models/house.sql:2"),
        ("m(b=2)", "{% macro m(a) %}{% endmacro %}", "takes no keyword argument 'b', called at models/house.sql:2"),
        ("m()", "{% macro m(a) %}\n\n{{ a }}{% endmacro %}", "macros/m.sql:3: parameter 'a' was not provided"),
        ("m()", "{% macro m() %}\n{{ ref('hose') }}{% endmacro %}", "macros/m.sql:2: ref('hose') names no model"),
        ("m()", "{% macro m() %}\n{{ n() }}{% endmacro %}", "not defined, called at macros/m.sql:2, called at models"),
        ("m()", "{% macro m() %}{{ n2() }}{% endmacro %}", "n2 -> m, called at macros/n2.sql:1, called at models/"),
        ("m()", "{% macro town() %}{% endmacro %}", "macro 'town' has the name of a dimension"),
        ("m()", "{% macro range() %}{% endmacro %}", "macro 'range' has the name of a built-in"),
        ("m()", "{% macro m() %}{% endmacro %}" * 2, "macro 'm' is also defined in macros/m.sql"),
        ("m()", "{% macro n() %}{% endmacro %}", "macro 'n' is also defined in macros/m.sql"),
    ],
)  # fmt: skip
def test_more_mistakes_in_macros(tmp_path: Path, call: str, macro: str, message: str) -> None:
    others = {
        "macros/n.sql": "{% macro n() %}{{ nope }}{% endmacro %}",
        "macros/n2.sql": "{% macro n2() %}{{ m() }}{% endmacro %}",
    }
    assert message in mistake(tmp_path, select(f"{{{{ {call} }}}}") | others | {"macros/m.sql": macro})


def test_a_wrong_macro_name_is_told_once(tmp_path: Path) -> None:
    text = mistake(tmp_path, {"macros/m.sql": "{% macro key(n) %}{% endmacro %}"})
    assert text.count("has the name of") == 1
