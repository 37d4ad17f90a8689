"""What dbt's settings of a data test mean, on both engines, and where sqlseed mends them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import api, artifacts
from sqlseed.assertions.testing import Verdicts
from sqlseed.errors import CompileError, Interrupted, SqlseedError
from sqlseed.events import Event, EventKind, Verdict
from sqlseed.runner import StopFlag
from tests.behaviour import clinics, registry
from tests.behaviour.clinics import Database
from tests.behaviour.registry import failed, fill, run, statuses

WriteProject = Callable[..., Path]

TEN = "update pupils set name = null where seat < 5"  # ten rows without a name
NOT_NULL = "- not_null: {name: named, column_name: name, config: {CONFIG}}"


def only(result: Verdicts, name: str = "named") -> Verdict:
    return next(verdict for verdict in result.verdicts if verdict.test.name == name)


def with_config(project: WriteProject, database: Database, config: str) -> Path:
    return project(registry.files(database, NOT_NULL.replace("CONFIG", config)))


@pytest.mark.parametrize(
    ("config", "status"),
    [
        ("", "fail"),
        ("severity: warn", "warn"),
        ("severity: WARN", "warn"),
        ("severity: warn, error_if: '> 5'", "warn"),  # error_if means nothing to a warning
        ("error_if: '> 50'", "warn"),  # warn_if is still != 0
        ("error_if: '> 50', warn_if: '> 20'", "pass"),
        ("error_if: '> 5', warn_if: '> 20'", "fail"),
        ("warn_if: '> 20'", "fail"),
        ("severity: warn, warn_if: between 5 and 10", "warn"),
        ("severity: warn, warn_if: between 1 and 9", "pass"),
        ("error_if: '= 10'", "fail"),
        ("limit: 3, error_if: '> 5'", "fail"),  # the count is of all rows, whatever the limit
    ],
)
def test_severity_and_thresholds(database: Database, project: WriteProject, config: str, status: str) -> None:
    root = with_config(project, database, config)
    fill(database, TEN)
    verdict = only(run(root))
    assert (verdict.status.value, verdict.failures) == (status, 10)


def test_the_thresholds_hold_for_tests_that_have_a_query_of_their_own(
    database: Database, project: WriteProject
) -> None:
    tests = """
    - unique: {name: few, column_name: age, config: {error_if: '> 3', warn_if: '> 3'}}
    - unique: {name: many, column_name: age, config: {error_if: '> 2', warn_if: '> 2'}}
    - unique: {name: records, column_name: age, config: {fail_calc: sum(n_records), error_if: '>= 40'}}
    - unique: {name: none_at_all, column_name: id, config: {fail_calc: sum(n_records)}}
    """
    root = project(registry.files(database, tests))
    fill(database)
    found = {v.test.name: (v.status.value, v.failures) for v in run(root).verdicts}
    assert found == {
        "few": ("pass", 3),  # a test that passes keeps its count
        "many": ("fail", 3),
        "records": ("fail", 40),
        "none_at_all": ("pass", 0),  # dbt: "None is not of type 'integer'"
    }


def test_null_is_wrong_for_not_null_only(database: Database, project: WriteProject) -> None:
    tests = """
    - unique: {name: unique, column_name: stream}
    - not_null: {name: not_null, column_name: stream}
    - accepted_values: {name: accepted_values, column_name: stream, values: [law]}
    - relationships: {name: relationships, column_name: stream, to: ref('branches'), field: id}
    - accepted_range: {name: accepted_range, column_name: age, min_value: 0}
    - expression_is_true: {name: expression_is_true, expression: age > 0}
    - expect_column_values_to_match_regex: {name: regex, column_name: stream, regex: '^x'}
    - parses_as_json: {name: parses_as_json, column_name: info}
    - relationship_cardinality:
        {name: cardinality, column_name: stream, to: ref('guardians'), field: pupil, min_value: 1}
    """
    root = project(registry.files(database, tests))
    fill(database, "update pupils set stream = null, age = null, info = null")
    found = {v.test.name: v.failures for v in run(root).verdicts}
    assert found.pop("not_null") == 40
    assert set(found.values()) == {0}


def test_what_is_counted(database: Database, project: WriteProject) -> None:
    """dbt counts values for unique and accepted_values, and rows for not_null and relationships."""
    tests = """
    - unique: {name: unique, column_name: stream}
    - not_null: {name: not_null, column_name: name}
    - accepted_values: {name: accepted_values, column_name: stream, values: [arts]}
    - accepted_values: {name: numbers, column_name: age, values: [5, 6], quote: false}
    - relationships: {name: relationships, column_name: stream, to: ref('branches'), field: id}
    """
    root = project(registry.files(database, tests))
    fill(database, TEN)
    result = run(root)
    assert {v.test.name: v.failures for v in result.verdicts} == {
        "unique": 2,
        "not_null": 10,
        "accepted_values": 1,
        "numbers": 1,
        "relationships": 40,
    }
    assert only(result, "unique").message == "2 values"
    assert only(result, "not_null").message == "10 rows"


def test_empty_tables_pass_but_for_their_row_counts(database: Database, project: WriteProject) -> None:
    tests = """
    - unique: {column_name: id}
    - not_null: {column_name: id}
    - accepted_values: {column_name: stream, values: [arts]}
    - relationships: {column_name: branch, to: ref('branches'), field: id}
    - expect_column_mean_to_be_between: {column_name: score, min_value: 1}
    - expect_column_median_to_be_between: {column_name: score, min_value: 1}
    - value_share: {column_name: stream, value: arts, min_value: 0.2}
    - distribution_near: {column_name: stream, expected: {science: 3, arts: 1}}
    - sequential_values: {column_name: seat}
    - row_count_ratio: {compare_model: ref('guardians'), min_value: 1}
    - expect_table_row_count_to_be_between: {name: rows, min_value: 1}
    """
    root = project(registry.files(database, tests))
    fill(database, "delete from pupils", "delete from guardians")
    assert failed(run(root)) == {"rows"}


def test_where_restricts_the_rows_of_a_generic_test(database: Database, project: WriteProject) -> None:
    tests = """
    - not_null: {name: near, column_name: name, config: {where: "branch = 'a'"}}
    - not_null: {name: far, column_name: name, config: {where: "branch = 'z'"}}
    - unique: {name: once, column_name: age, where: id = 'p1'}
    - relationships: {name: joined, column_name: stream, to: ref('branches'), field: id, where: seat < 2}
    - distribution_near:
        {name: spread, column_name: stream, expected: {arts: 1, law: 1}, where: "stream = '{{ 'sport' }}'"}
    - not_null: {name: by_var, column_name: name, where: "stream = {{ var('kind') }} and age < {{ var('oldest') }}"}
    """
    root = project(registry.files(database, tests))
    fill(database, TEN)
    found = {v.test.name: v.failures for v in run(root).verdicts}
    assert found == {"near": 5, "far": 0, "once": 0, "joined": 4, "spread": 0, "by_var": 2}
    assert {v.test.name: v.failures for v in run(root, "by_var", vars={"kind": "none"}).verdicts} == {"by_var": 0}


def test_where_in_a_singular_test_is_refused(database: Database, project: WriteProject) -> None:
    sql = "{{ config(where='age > 3') }}\nselect * from {{ ref('pupils') }}\n"
    root = project(registry.files(database, more={"tests/data/old.sql": sql}))
    with pytest.raises(CompileError, match="a singular test has no use for `where`"):
        run(root)


def test_singular_tests(database: Database, project: WriteProject) -> None:
    files = {
        "tests/data/people/too_old.sql": "select id, age from {{ ref('pupils') }} where age > {{ var('oldest') }} --\n",
        "tests/data/people/taught.sql": """
            {{ config(severity='warn', tags=['slow']) }}
            -- a seed that no model reads is not in the target
            select p.id, p.stream
            from {{ ref('pupils') }} as p
            left join {{ seed('streams') }} as s on s.stream = p.stream and s.share > 30
            where s.stream is null;
        """,
        "tests/unit/test_no_test.sql": "this is no test of sqlseed's",
    }
    root = project(registry.files(database, more=files))
    fill(database)
    result = run(root)
    assert statuses(result) == {"taught": "warn", "too_old": "pass"}
    assert only(result, "taught").failures == 10
    assert only(result, "taught").sample[0]["stream"] == "arts"
    assert statuses(run(root, vars={"oldest": 6})) == {"taught": "warn", "too_old": "fail"}
    assert statuses(run(root, "tag:slow")) == {"taught": "warn"}


def test_custom_generic_tests(database: Database, project: WriteProject) -> None:
    files = {
        "macros/tests.sql": """
            {% test even(model, column_name, of=2) %}
            select * from {{ model }} where {{ column_name }} % {{ of }} <> 0
            {% endtest %}
            {% macro double(x) %}({{ x }} * 2){% endmacro %}
        """,
        "tests/generic/not_null.sql": """
            {%- test not_null(model, column_name) -%}
            select {{ double(column_name) }} as twice from {{ model }} where {{ column_name }} is null
            {%- endtest -%}
        """,
    }
    tests = """
    - even: {name: even, column_name: seat, config: {where: "id = 'p2'"}}
    - even: {name: thirds, arguments: {column_name: age, of: 3}}
    - not_null: {name: named, column_name: age}
    """
    root = project(registry.files(database, tests, files))
    fill(database, "update pupils set age = null where id = 'p0'")
    result = run(root)
    assert {v.test.name: v.failures for v in result.verdicts} == {"even": 1, "thirds": 26, "named": 1}
    assert only(result).sample == ({"twice": None},)


def test_a_column_in_mixed_case_is_quoted(database: Database, project: WriteProject) -> None:
    yaml = registry.CONTRACTS.replace(
        "{name: isFirst, data_type: boolean}",
        "{name: isFirst, data_type: boolean, data_tests: [not_null, yes: {}]}".replace("yes", "'is_set'"),
    )
    macro = (
        "{% test is_set(model, column_name) %}select * from {{ model }} where {{ column_name }} is null{% endtest %}"
    )
    root = project(registry.files(database, more={"models/models.yml": yaml, "macros/t.sql": macro}))
    fill(database, """update guardians set "isFirst" = null where id = 'g3'""")
    result = run(root)
    assert set(statuses(result).items()) == {
        ("not_null_guardians_isFirst", "fail"),
        ("is_set_guardians_isFirst", "fail"),
    }
    assert only(result, "not_null_guardians_isFirst").sample == ({"id": "g3", "isFirst": None},)


def test_failing_rows_are_shown_with_their_keys(database: Database, project: WriteProject) -> None:
    tests = """
    - unique: {name: unique, column_name: email}
    - relationships: {name: relationships, column_name: stream, to: ref('branches'), field: id}
    - accepted_range: {name: range, column_name: age, max_value: 6}
    - expression_is_true: {name: expression, expression: seat <> 3}
    """
    root = project(registry.files(database, tests))
    fill(database, "update pupils set email = 'twice' where id in ('p3', 'p4')")
    result = run(root)
    assert sorted(row["id"] for row in only(result, "unique").sample) == ["p3", "p4"]
    assert {*only(result, "relationships").sample[0]} == {"id", "stream"}
    assert only(result, "range").sample[0] == {"id": "p11", "age": 7}
    assert len(only(result, "range").sample) == 3
    assert only(result, "expression").sample[0]["id"] == "p6"


# --- keeping failures ------------------------------------------------------------------------------------


def test_failing_rows_are_kept_in_tables_of_their_own(database: Database, project: WriteProject) -> None:
    tests = """
    - not_null: {name: named, column_name: name}
    - not_null: {name: never_kept, column_name: name, config: {store_failures: false}}
    - accepted_values: {name: stream, column_name: stream, values: [science], config: {limit: 1}}
    - not_null: {name: fine, column_name: id}
    """
    root = project(registry.files(database, tests))
    fill(database, TEN)
    kept = {v.test.name: v.kept for v in run(root, store_failures=True).verdicts}
    assert kept == {
        "named": '"_sqlseed_failures"."named"',
        "never_kept": "",
        "stream": '"_sqlseed_failures"."stream"',
        "fine": "",
    }
    rows = database.query(f"select id, seat from {kept['named']} order by seat")
    assert len(rows) == 10
    assert rows[0][1] == 0
    assert database.query(f"select value_field, n_records from {kept['stream']}") == [("arts", 10)]
    database.run("update pupils set name = 'x'")
    assert only(run(root, store_failures=True)).kept == ""
    tables = "select table_name from information_schema.tables where table_schema = '_sqlseed_failures'"
    assert database.query(tables) == [("stream",)]


def test_the_limit_is_of_the_rows_kept(database: Database, project: WriteProject) -> None:
    root = with_config(project, database, "limit: 4, store_failures: true")
    fill(database, TEN)
    verdict = only(run(root))
    assert verdict.failures == 10
    assert database.query(f"select count(*) from {verdict.kept}") == [(4,)]


def test_nothing_is_written_without_being_asked(database: Database, project: WriteProject) -> None:
    root = with_config(project, database, "")
    fill(database, TEN)
    run(root)
    schemas = {row[0] for row in database.query("select schema_name from information_schema.schemata")}
    assert not {name for name in schemas if name.startswith("_sqlseed")}


# --- what goes wrong -------------------------------------------------------------------------------------


def test_a_test_that_cannot_be_run_spoils_no_other(database: Database, project: WriteProject) -> None:
    tests = """
    - not_null: {name: named, column_name: name}
    - not_null: {name: no_column, column_name: nome}
    - expression_is_true: {name: no_sense, expression: "age + "}
    - accepted_range: {name: aged, column_name: age, min_value: 5}
    """
    root = project(registry.files(database, tests))
    fill(database)
    result = run(root)
    assert statuses(result) == {"named": "pass", "no_column": "error", "no_sense": "error", "aged": "pass"}
    assert "models/models.yml:" in only(result, "no_column").message
    assert "nome" in only(result, "no_column").message
    assert not result.success


def test_a_table_that_was_not_built(database: Database, project: WriteProject) -> None:
    root = project(registry.files(database, "- not_null: {name: named, column_name: name}"))
    database.run("create table branches (id text)")
    result = run(root)
    assert statuses(result) == {"named": "error"}
    assert "the target has no table" in only(result).message
    assert "sqlseed build --select +pupils" in only(result).message


@pytest.mark.parametrize(
    "sql",
    [
        "with gone as (delete from pupils returning id) select * from gone",
        "select 1 as x; delete from pupils",
        "select 1) as w) as c; delete from pupils; select 1 from (select 1 from (select 1",
        "delete from pupils",
    ],
)
def test_a_test_changes_nothing(database: Database, project: WriteProject, sql: str) -> None:
    root = project(registry.files(database, more={"tests/data/evil.sql": sql}))
    fill(database)
    assert statuses(run(root)) == {"evil": "error"}
    assert database.query("select count(*) from pupils") == [(40,)]


def test_an_error_in_a_singular_test_is_told_at_its_line(postgres: Database, project: WriteProject) -> None:
    sql = "-- what must hold\n\n\nselect id\nfrom {{ ref('pupils') }}\nwhere agee > 3\n"
    root = project(registry.files(postgres, more={"tests/data/wrong.sql": sql}))
    fill(postgres)
    message = only(run(root), "wrong").message
    assert message.startswith("tests/data/wrong.sql:6: ")
    assert "where agee > 3" in message


def test_fail_fast_starts_no_more(database: Database, project: WriteProject) -> None:
    tests = "\n".join(f"- unique: {{name: u{n}, column_name: age, where: seat >= {n}}}" for n in range(12))
    root = project(registry.files(database, tests))
    fill(database)
    found = list(statuses(run(root, fail_fast=True)).values())
    assert "fail" in found
    assert "skipped" in found


# --- what is told ----------------------------------------------------------------------------------------


def test_events_and_artifacts(database: Database, project: WriteProject) -> None:
    tests = """
    - not_null: {name: named, column_name: name, config: {error_if: '> 20', warn_if: '> 20'}}
    - not_null: {column_name: id}
    """
    files = {"tests/data/odd.sql": "select id from {{ ref('pupils') }} where id = 'p1'"}
    root = project(registry.files(database, tests, files))
    fill(database, TEN)
    events: list[Event] = []
    run(root, on_event=events.append, arguments={"which": "test"})
    kinds = [event.kind for event in events]
    assert kinds[0] is EventKind.TESTS_STARTED
    assert kinds[-1] is EventKind.TESTS_FINISHED
    assert kinds.count(EventKind.TEST_FINISHED) == 3
    data = json.loads((root / "target" / "run_results.json").read_text("utf-8"))
    entries = {entry["unique_id"].split(".")[2]: entry for entry in data["results"]}
    assert entries["named"]["status"] == "pass"
    assert entries["named"]["failures"] == 10
    assert entries["odd"]["unique_id"] == "test.registry.odd"
    assert entries["odd"]["status"] == "fail"
    assert entries["odd"]["sample"] == [{"id": "p1"}]
    assert len(entries["not_null_pupils_id"]["unique_id"].split(".")[3]) == 10
    assert data["args"] == {"which": "test"}
    compiled = root / "target" / "compiled"
    assert "where id = 'p1'" in (compiled / "tests" / "data" / "odd.sql").read_text("utf-8")
    assert 'where "id" is null' in (compiled / "tests" / "pupils" / "not_null_pupils_id.sql").read_text("utf-8")
    assert statuses(api_test_of_failures(root)) == {"odd": "fail"}


def api_test_of_failures(root: Path) -> Verdicts:
    """What failed last time, again."""
    state = root / "before"
    state.mkdir()
    (state / "run_results.json").write_bytes((root / "target" / "run_results.json").read_bytes())
    return api.test(api.load(root), api.Selection(["result:fail"], state=state))


# --- which tests -----------------------------------------------------------------------------------------

SELECTED = """
- not_null: {name: of_pupils, column_name: name}
- relationships: {name: of_both, column_name: branch, to: ref('branches'), field: id}
"""


@pytest.mark.parametrize(
    ("indirect", "select", "expected"),
    [
        ("eager", ["pupils"], {"of_pupils", "of_both", "joins"}),
        ("cautious", ["pupils"], {"of_pupils"}),
        ("buildable", ["pupils"], {"of_pupils", "of_both"}),  # branches come before pupils
        ("buildable", ["branches"], set()),
        ("buildable", ["guardians"], {"joins"}),
        ("empty", ["pupils"], set()),
        ("empty", ["pupils", "of_both"], {"of_both"}),
        ("cautious", ["pupils", "branches"], {"of_pupils", "of_both"}),
        ("eager", ["branches"], {"of_both"}),
        ("eager", ["tag:people"], {"of_pupils", "of_both", "joins"}),
        ("eager", ["test_type:singular"], {"joins"}),
        ("eager", ["test_type:generic"], {"of_pupils", "of_both"}),
        ("eager", ["test_type:data"], {"of_pupils", "of_both", "joins"}),
        ("eager", ["test_name:not_null"], {"of_pupils"}),
        ("eager", ["test_name:rel*"], {"of_both"}),
        ("eager", ["pupils,test_type:singular"], {"joins"}),
        ("eager", ["branches+"], {"of_pupils", "of_both", "joins"}),
        ("eager", ["path:tests/data"], {"joins"}),
        ("eager", ["config.severity:error"], {"of_pupils", "of_both", "joins"}),
        ("eager", ["resource_type:test"], {"of_pupils", "of_both", "joins"}),
        ("eager", ["@of_both"], {"of_pupils", "of_both", "joins"}),
    ],
)
def test_which_tests_a_selection_takes(
    on_duckdb: Database, project: WriteProject, indirect: str, select: list[str], expected: set[str]
) -> None:
    more = {
        "tests/data/joins.sql": "select 1 as x from {{ ref('pupils') }} as p, {{ ref('guardians') }} as g where false"
    }
    root = project(registry.files(on_duckdb, SELECTED, more))
    found = {node.name for node in api.ls_tests(api.load(root), api.Selection(select, allow_empty=True), indirect)}
    assert found == expected


def test_what_is_excluded_takes_its_tests_with_it(on_duckdb: Database, project: WriteProject) -> None:
    root = project(registry.files(on_duckdb, SELECTED))
    names = [node.name for node in api.ls_tests(api.load(root), api.Selection((), ["branches"]), "cautious")]
    assert names == ["of_pupils"]


def test_a_disabled_test_or_model_is_left_out(on_duckdb: Database, project: WriteProject) -> None:
    tests = SELECTED + "- not_null: {name: gone, column_name: id, config: {enabled: false}}\n"
    more = {"models/branches.sql": "{{ config(enabled=false) }}\nselect 1 as id\n"}
    files = registry.files(on_duckdb, tests, more)
    files["models/models.yml"] = files["models/models.yml"].replace(
        "      - {type: foreign_key, columns: [branch], to: ref('branches'), to_columns: [id]}\n", ""
    )
    root = project(files)
    assert [node.name for node in api.ls_tests(api.load(root))] == ["of_pupils"]


def test_two_tests_of_one_name(on_duckdb: Database, project: WriteProject) -> None:
    tests = "- not_null: {column_name: id}\n- not_null: {column_name: id, config: {severity: warn}}\n"
    root = project(registry.files(on_duckdb, tests))
    with pytest.raises(SqlseedError, match=r"'not_null_pupils_id' is taken by models/models\.yml:"):
        api.load(root)


def test_tests_that_changed_since_an_earlier_state(on_duckdb: Database, project: WriteProject) -> None:
    more = {"tests/data/joins.sql": "select 1 as x from {{ ref('pupils') }} as p where false"}
    root = project(registry.files(on_duckdb, SELECTED, more))
    artifacts.write_manifest(api.load(root), "0")
    state = root / "before"
    (root / "target").rename(state)
    (root / "tests" / "data" / "joins.sql").write_text("select 2 as x from {{ ref('pupils') }} as p where false\n")
    yaml = root / "models" / "models.yml"
    yaml.write_text(yaml.read_text("utf-8").replace("column_name: name}", "column_name: name, severity: warn}"))

    def names(text: str) -> set[str]:
        return {node.name for node in api.ls_tests(api.load(root), api.Selection([text], state=state), "empty")}

    assert names("state:modified") == {"of_pupils", "joins"}
    assert names("state:modified.configs") == {"of_pupils"}
    assert names("state:unmodified,resource_type:test") == {"of_both"}


def test_a_stop_cancels_what_runs(postgres: Database, project: WriteProject) -> None:
    sql = "select pg_sleep(60) as x from {{ ref('pupils') }} where id = 'p1'"
    root = project(registry.files(postgres, more={"tests/data/long.sql": sql}))
    fill(postgres)
    stop = StopFlag()
    threading.Timer(1.0, stop.set, [2]).start()
    events: list[Event] = []
    started = time.monotonic()
    with pytest.raises(Interrupted):
        run(root, stop=stop, on_event=events.append)
    assert time.monotonic() - started < 20
    assert [event.verdict.status.value for event in events if event.verdict] == ["skipped"]
    running = "select count(*) from pg_stat_activity where query like '%pg_sleep%' and state = 'active'"
    assert postgres.query(f"{running} and pid <> pg_backend_pid()") == [(0,)]


def test_clean_removes_what_was_kept(database: Database, write: Callable[..., Path]) -> None:
    root = write(database, {"tests/data/all_of_them.sql": "select id from {{ ref('patients') }}"})
    clinics.build(root, tests=False)
    assert run(root, store_failures=True).verdicts[0].kept
    api.clean(api.load(root))
    schemas = {row[0] for row in database.query("select schema_name from information_schema.schemata")}
    assert not {name for name in schemas if name.startswith("_sqlseed")}


def test_a_role_that_may_only_read_is_enough(postgres: Database, write: Callable[..., Path]) -> None:
    files = {
        "tests/data/known_names.sql": "select p.id from {{ ref('patients') }} as p left join {{ seed('names') }} as n"
        " on n.name = p.name where n.name is null",
    }
    clinics.build(write(postgres, files))
    role = f"reader_{abs(hash(postgres.place)) % 10**6}"
    postgres.run(f"create role {role} login", f"grant select on all tables in schema public to {role}")
    try:
        reader = Database("postgres", postgres.place.replace("//postgres@", f"//{role}@"))
        assert reader.place != postgres.place
        result = run(write(reader, files))
        assert statuses(result) == {"known_names": "pass"}, result.verdicts[0].message
    finally:
        postgres.run(f"drop owned by {role}", f"drop role {role}")


def test_a_lost_connection_is_replaced(postgres: Database, project: WriteProject) -> None:
    lost = "select pg_terminate_backend(pg_backend_pid()) as x, id from {{ ref('pupils') }}"
    tests = "\n".join(f"- unique: {{name: u{n}, column_name: id, where: seat >= {n}}}" for n in range(6))
    root = project(registry.files(postgres, tests, {"tests/data/lost.sql": lost}))
    fill(postgres)
    found = statuses(run(root))
    assert found.pop("lost") == "error"
    assert set(found.values()) == {"pass"}
