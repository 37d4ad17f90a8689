"""Reading and rendering data tests: dbt's YAML in all its spellings, names, mistakes, and the SQL of the built-ins."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed import dialect, generics, testfiles
from sqlseed.assertion import DataTest, DataTestConfig, Severity
from sqlseed.assertions.compiling import Prepared, Preparer
from sqlseed.assertions.counting import works
from sqlseed.assertions.selecting import graph_with_tests
from sqlseed.errors import ErrorList, SqlseedError
from tests.unit.towns import FILES, open_towns

COLUMN = "- {name: town, data_type: text}\n"


def with_tests(yaml: str, *, of_model: bool = False) -> dict[str, str]:
    """The towns' YAML with data tests at the column house.town, or at the model."""
    models = FILES["models/models.yml"]
    if of_model:
        listed = "\n".join(f"              {line}" for line in yaml.strip("\n").split("\n"))
        return {
            "models/models.yml": models.replace(
                "- name: house\n", f"- name: house\n            data_tests:\n{listed}\n"
            )
        }
    listed = "\n".join(f"                  {line}" for line in yaml.strip("\n").split("\n"))
    column = f"- name: town\n                data_type: text\n                data_tests:\n{listed}\n"
    return {"models/models.yml": models.replace(COLUMN, column)}


def declared(folder: Path, yaml: str, **options: bool) -> list[DataTest]:
    return list(open_towns(folder, with_tests(yaml, **options)).project.tests.values())


def prepared(folder: Path, yaml: str, **options: bool) -> Prepared:
    (one,) = Preparer(open_towns(folder, with_tests(yaml, **options))).all().values()
    return one


def mistake(folder: Path, yaml: str, **options: bool) -> str:
    with pytest.raises(SqlseedError) as raised:
        Preparer(open_towns(folder, with_tests(yaml, **options))).all()
    return str(raised.value)


# --- spellings -------------------------------------------------------------------------------------------

VALUES = {"column_name": "town", "values": ["u", "d"]}


@pytest.mark.parametrize(
    ("yaml", "name", "arguments", "config"),
    [
        ("- not_null", "not_null_house_town", {"column_name": "town"}, DataTestConfig()),
        ("- not_null:", "not_null_house_town", {"column_name": "town"}, DataTestConfig()),
        ("- accepted_values: {values: [u, d]}", "accepted_values_house_town__u__d", VALUES, DataTestConfig()),
        (
            "- accepted_values: {arguments: {values: [u, d]}, config: {severity: warn}}",
            "accepted_values_house_town__u__d",
            VALUES,
            DataTestConfig(severity=Severity.WARN),
        ),
        (
            "- accepted_values:\n    values: [u, d]\n    severity: warn\n    tags: slow\n    where: town <> 'x'",
            "accepted_values_house_town__u__d",
            VALUES,
            DataTestConfig(severity=Severity.WARN, tags=("slow",), where="town <> 'x'"),
        ),
        ("- {name: mine, test_name: accepted_values, values: [u, d]}", "mine", VALUES, DataTestConfig()),
        (
            "- dbt_utils.accepted_range: {min_value: 1, inclusive: false}",
            "accepted_range_house_town__False__1",
            {"column_name": "town", "min_value": 1, "inclusive": False},
            DataTestConfig(),
        ),
        (
            "- unique: {name: mine, config: {limit: 5, store_failures_as: view, fail_calc: sum(n_records)}}",
            "mine",
            {"column_name": "town"},
            DataTestConfig(limit=5, store_failures=True, fail_calc="sum(n_records)"),
        ),
    ],
)
def test_spellings(tmp_path: Path, yaml: str, name: str, arguments: dict[str, object], config: DataTestConfig) -> None:
    (test,) = declared(tmp_path, yaml)
    assert (test.name, test.arguments, test.config) == (name, arguments, config)
    assert (test.model, test.column) == ("house", "town")


def test_the_older_key_and_both_together(tmp_path: Path) -> None:
    changes = with_tests("- not_null")
    changes["models/models.yml"] = changes["models/models.yml"].replace(
        "data_tests:\n", "tests: [unique]\n                data_tests:\n"
    )
    names = set(open_towns(tmp_path, changes).project.tests)
    assert names == {"not_null_house_town", "unique_house_town"}


def test_tests_of_seeds(tmp_path: Path) -> None:
    seeds = "seeds: [{name: towns, columns: [{name: code, tests: [unique, not_null]}]}]\n"
    workspace = open_towns(tmp_path, {"seeds/towns.yml": seeds})
    found = Preparer(workspace, frozenset({"towns"})).all()
    assert set(found) == {"unique_towns_code", "not_null_towns_code"}
    assert "'Upton'" in found["unique_towns_code"].sql  # its rows, where it is no table of the target


def test_a_long_name_is_shortened_as_dbt_does(tmp_path: Path) -> None:
    yaml = "- accepted_values: {values: [placed, shipped, completed, return_pending, returned]}"
    (test,) = declared(tmp_path, yaml)
    assert test.name == "accepted_values_house_town__placed__shipped__completed__return_pending__returned"
    assert test.short_name.startswith("accepted_values_house_")
    assert len(test.short_name) <= 63


def test_lines_are_kept(tmp_path: Path) -> None:
    project = open_towns(tmp_path, with_tests("- not_null\n- unique: {config: {severity: warn}}")).project
    tests = project.tests.values()
    text = (project.root / "models" / "models.yml").read_text("utf-8").split("\n")
    places = [text[(test.line or 0) - 1].strip() for test in tests]
    assert places == ["data_tests:", "- unique: {config: {severity: warn}}"]


# --- mistakes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("- not_nul", "no generic test is called 'not_nul'\n  hint: did you mean 'not_null'?"),
        ("- accepted_values: {value: [a]}", "unknown key 'value'\n  hint: did you mean 'values'?"),
        ("- accepted_values: {arguments: {valuess: [a]}}", "unknown key 'valuess'\n  hint: did you mean 'values'?"),
        ("- accepted_values", "accepted_values needs values"),
        ("- accepted_values: {values: a}", "values must be a list, not 'a'"),
        ("- relationships: {to: ref('towns')}", "relationships needs field"),
        ("- relationships: {to: ref('hause'), field: id}", "ref('hause') names no model"),
        ("- not_null: {config: {severty: warn}}", "unknown key 'severty'\n  hint: did you mean 'severity'?"),
        ("- not_null: {severity: fatal}", "severity must be error or warn, not 'fatal'"),
        ("- not_null: {config: {limit: none}}", "limit must be a whole number above 0, not 'none'"),
        ("- not_null: {config: {enabled: 1}}", "enabled must be true or false, not 1"),
        ("- not_null: {config: {warn_if: []}}", "warn_if must be a text, not []"),
        ("- not_null: {config: {meta: 3}}", "meta must be a mapping, not 3"),
        ("- not_null: {config: {tags: 3}}", "tags must be a list of names, not 3"),
        ("- not_null: {config: {store_failures_as: file}}", "store_failures_as must be table, view or ephemeral"),
        ("- not_null: {config: 3}", "config must be a mapping, not 3"),
        ("- 3", "a test is a name, or a mapping of one name to its arguments, not 3"),
        ("- accepted_values:\n  values: [a]", "hint: indent the arguments below the test's name"),
        ("- accepted_range: {}", "needs min_value or max_value"),
        ("- accepted_range: {min_value: [1]}", "a value must be a text, a number, a boolean or a date, not [1]"),
        ("- distribution_near: {expected: {a: 1}}", "expected must be a mapping of at least two values"),
        ("- distribution_near: {expected: {a: 1, b: 0}}", "a weight must be above 0"),
        ("- distribution_near: {expected: {a: 1, b: x}}", "the weight of b must be a number, not 'x'"),
        ("- expect_column_quantile_values_to_be_between: {quantile: 2, min_value: 1}", "quantile must be from 0 to 1"),
        ("- value_share: {min_value: 1}", "needs a column with value or values, or an expression"),
        ("- not_accepted_values: {values: []}", "values must be a list, not []"),
        ("- not_null: {where: \"town = '{{ var('greeting') }}'\"}", "the var 'var_greeting' stands inside quotes"),
        ("- not_null: {where: 'town = {{ town.code }}'}", "town.code is used, but the model is not sliced by town"),
        ("- not_null: {where: '{{ nothing }}'}", "'nothing' is not defined"),
    ],
)
def test_mistakes(tmp_path: Path, yaml: str, message: str) -> None:
    found = mistake(tmp_path, yaml)
    assert found.startswith("models/models.yml:")
    assert message in found


@pytest.mark.parametrize(
    ("yaml", "message"),
    [
        ("- not_null", "not_null needs column_name\n  hint: it is a test of a column"),
        ("- unique_combination_of_columns: {combination_of_columns: 3}", "must be a list of columns, not 3"),
        ("- mutually_exclusive_ranges: {lower_bound_column: a, upper_bound_column: b, gaps: maybe}", "gaps must be"),
        ("- tenant_isolation: {tenant_column: town}", "no foreign key joins two models that have a column 'town'"),
        ("- tenant_isolation: {tenant_column: id, except_for: [bill.hous_id]}", "did you mean 'bill.house_id'?"),
        ("- sequential_values: {column_name: n, interval: []}", "interval must be a number, not []"),
    ],
)
def test_mistakes_of_model_tests(tmp_path: Path, yaml: str, message: str) -> None:
    assert message in mistake(tmp_path, yaml, of_model=True)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ErrorList) as raised:
        declared(tmp_path, "- not_nul\n- uniqe\n- not_null: {config: {limit: 0}}")
    assert len(raised.value.errors) == 3


def test_a_list_that_is_none(tmp_path: Path) -> None:
    changes = {"models/models.yml": FILES["models/models.yml"].replace(COLUMN, COLUMN.replace("}", ", tests: unique}"))}
    with pytest.raises(SqlseedError, match="'tests' must be a list"):
        open_towns(tmp_path, changes)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("{{ config(severty='warn') }} select 1 as x", "config: unknown setting 'severty'; did you mean 'severity'?"),
        ("{{ config(enabled='no') }} select 1 as x", "config: enabled must be true or false, not 'no'"),
        ("-- only a remark\n{{ ref('nobody') }}", "ref('nobody') names no model"),
        ("{# nothing #}", "the test renders to nothing"),
        ("select {{ seed('nobody') }}", "seed('nobody') names no seed"),
        ("select {{ key_of('bill', '1') }} as x", "needs the dimension"),
    ],
)
def test_mistakes_in_files(tmp_path: Path, sql: str, message: str) -> None:
    with pytest.raises(SqlseedError) as raised:
        Preparer(open_towns(tmp_path, {"tests/data/wrong.sql": sql})).all()
    assert message in str(raised.value)
    assert str(raised.value).startswith("tests/data/wrong.sql")


def test_a_test_may_not_have_a_models_name(tmp_path: Path) -> None:
    with pytest.raises(SqlseedError, match=r"the name of the test 'house' is taken by models/house\.sql"):
        open_towns(tmp_path, {"tests/data/house.sql": "select 1 as x where false"})


# --- files -----------------------------------------------------------------------------------------------


def test_which_files_are_singular_tests() -> None:
    paths = ["tests/a.sql", "tests/data/b.sql", "tests/data/x/c.sql", "tests/generic/d.sql", "tests/golden/e.sql"]
    assert testfiles.singular_paths(paths) == ["tests/data/b.sql", "tests/data/x/c.sql"]
    assert testfiles.singular_paths(["tests/a.sql", "tests/generic/d.sql"]) == ["tests/a.sql"]


def test_blocks_of_generic_tests() -> None:
    text = '{%- test even(model, column_name, by=(2, "a,)"), x, y=[1, 2]) -%}\nselect 1\n{%- endtest -%}'
    macros = {"macros/x.sql": testfiles.as_macros(text)}
    assert macros["macros/x.sql"].count("\n") == 2
    assert testfiles.custom(macros) == {"even": {"column_name": True, "by": False, "x": True, "y": False}}
    assert testfiles.as_macros("{% if x is test %}{% endif %}") == "{% if x is test %}{% endif %}"


# --- the SQL ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yaml", "sql"),
    [
        ("- not_null", 'select *\nfrom "main"."house"\nwhere "town" is null'),
        (
            "- unique",
            'from "main"."house"\nwhere "town" is not null\ngroup by "town"\nhaving count(*) > 1',
        ),
        (
            "- accepted_values: {values: [it's, 1]}",
            "where \"town\" not in ('it''s', '1')\ngroup by \"town\"",
        ),
        (
            "- relationships: {to: ref('house'), field: id, config: {where: id > 'x'}}",
            """with dbt_subquery as (\n    select * from "main"."house" where id > 'x'\n)\nselect child.*""",
        ),
        (
            "- expression_is_true: {expression: \"<> {{ var('greeting') }}\"}",
            'select *\nfrom "main"."house"\nwhere not ("town" <> :var_greeting)',
        ),
        ("- accepted_range: {max_value: 2026-01-31}", "where not (\"town\" <= date '2026-01-31')"),
        ("- accepted_range: {max_value: \"var('as_of')\"}", "where not (\"town\" <= date '2026-01-31')"),
    ],
)
def test_sql_of_built_ins(tmp_path: Path, yaml: str, sql: str) -> None:
    one = prepared(tmp_path, yaml)
    assert sql in one.sql
    dialect.select_to_duckdb(one.sql, one.types)


def test_what_a_test_reads(tmp_path: Path) -> None:
    changes = with_tests("- relationships: {to: ref('towns'), field: code}")
    changes["tests/data/both.sql"] = "select 1 as x from {{ ref('bill') }}, {{ ref('total') }} where false"
    workspace = open_towns(tmp_path, changes)
    found = Preparer(workspace).all()
    graph = graph_with_tests(workspace, found)
    assert graph.parents["relationships_house_town__code__ref_towns_"] == {"house", "towns"}
    assert graph.parents["both"] == {"bill", "total"}
    assert graph.nodes["both"].fqn == ("towns", "both")


def test_a_table_is_scanned_once_for_all_its_rows_tests(tmp_path: Path) -> None:
    yaml = """
    - not_null
    - unique
    - not_empty_string: {config: {warn_if: '> 5', where: id <> 'x'}}
    - accepted_values: {values: [u]}
    - not_null: {name: other, config: {fail_calc: sum(1)}}
    """
    found = Preparer(open_towns(tmp_path, with_tests(yaml.replace("\n    ", "\n").strip()))).all()
    made = works(list(found.values()), {"house": 7})
    (scan,) = [work for work in made if len(work.tests) > 1]
    assert scan.weight == 7
    assert len(scan.tests) == 3
    assert len(made) == 3
    assert scan.sql == (
        "select t0, t1, (t1 > 5), t2\nfrom (\nselect\n"
        '    count(*) filter (where "town" is null) as t0,\n'
        "    count(*) filter (where (id <> 'x') and (trim(\"town\") = '')) as t1,\n"
        '    count(distinct "town") filter (where "town" not in (\'u\')) as t2\n'
        'from "main"."house"\n) as counted'
    )


def test_every_built_in_says_what_it_is() -> None:
    assert all(function.__doc__ for function in generics.GENERICS.values())
    assert generics.parameters("relationships") == {"column_name": True, "to": True, "field": True}


# --- macros that only a model has --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("macro", "instead"),
    [
        ("random_int('size', 'n', 1, 6)", "of='model'"),
        ("chance('size', 'n', 0.5, by=[])", "of='model'"),
        ("key('n')", "key_of('model', n)"),
    ],
)
def test_a_data_test_has_no_random_values_of_its_own(tmp_path: Path, macro: str, instead: str) -> None:
    sql = "select id\nfrom {{ ref('house') }}\nwhere 1 = {{ " + macro + " }}\n"
    with pytest.raises(SqlseedError) as raised:
        Preparer(open_towns(tmp_path, {"tests/wrong.sql": sql})).all()
    message = str(raised.value)
    assert message.startswith("tests/wrong.sql:3: ")
    assert "only a model has keys and random values of its own" in message
    assert f"hint: {instead} gives a model's" in message
