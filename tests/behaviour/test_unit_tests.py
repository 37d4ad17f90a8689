"""Unit tests for models: rows given, rows expected, in memory, whatever the target is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from sqlseed import api
from sqlseed.assertions.testing import Verdicts
from sqlseed.errors import SqlseedError
from tests.support import CliResult

WriteProject = Callable[..., Path]

FILES = {
    "sqlseed.toml": """
        name = "shop"
        profile = "shop"
        [vars]
        large = 100
        currency = "INR"
        [dimensions.branch]
        seed = "branches"
        key = "id"
        filter = "branch.no < 2"
    """,
    "profiles.yml": """
        shop:
          target: dev
          outputs:
            dev: {type: postgres, url: "postgresql://nobody@127.0.0.1:1/none"}
    """,
    "seeds/branches.csv": "id,no\nnorth,1\nsouth,2\n",
    "seeds/rates.csv": "kind,rate\nbook,0.05\npen,0.12\n",
    "seeds/towns.csv": "name,share\nAgra,3\nPune,1\n",
    "seeds/seeds.yml": "seeds: [{name: towns, config: {slots: {weight: share, count: 8}}}]\n",
    "models/sales.sql": "{{ config(slice_by=['branch']) }}\n"
    "select {{ key('n') }} as id, {{ branch.no }} as branch_no, n::int as n, 'book' as kind, 1.5 as amount, null::date"
    " as day, true as paid\nfrom generate_series(0, 3) as g(n)\n",
    "models/totals.sql": """
        select {{ key('s.n') }} as id, s.kind, (s.amount * (1 + r.rate))::numeric(10, 2) as gross,
            s.amount >= {{ var('large') }} as is_large, {{ var('currency') }} as currency
        from {{ ref('sales') }} as s
        join {{ seed('rates') }} as r on r.kind = s.kind
        where s.paid
    """,
    "models/people.sql": """
        {{ config(slice_by=['branch']) }}
        select {{ key('s.n') }} as id, {{ key_of('sales', 's.n') }} as sale, {{ branch.id }} as branch,
            {{ random_int('age', 's.n', 20, 60) }}::int as age, t.name as town
        from {{ ref('sales') }} as s
        join {{ slots('towns') }} as t on t.slot = {{ pick('town', 's.n', 'towns') }}
        where s.branch_no = {{ branch.no }}
    """,
    "models/models.yml": """
models:
  - name: sales
    columns:
      - {name: id, data_type: text}
      - {name: branch_no, data_type: integer, constraints: [{type: not_null}]}
      - {name: n, data_type: integer}
      - {name: kind, data_type: text}
      - {name: amount, data_type: "numeric(10,2)"}
      - {name: day, data_type: date}
      - {name: paid, data_type: boolean}
    constraints: [{type: primary_key, columns: [id]}]
  - name: totals
    columns:
      - {name: id, data_type: text}
      - {name: kind, data_type: text}
      - {name: gross, data_type: "numeric(10,2)"}
      - {name: is_large, data_type: boolean}
      - {name: currency, data_type: text}
    constraints: [{type: primary_key, columns: [id]}]
  - name: people
    columns:
      - {name: id, data_type: text}
      - {name: sale, data_type: text}
      - {name: branch, data_type: text}
      - {name: age, data_type: integer}
      - {name: town, data_type: text}
    constraints: [{type: primary_key, columns: [id]}]
""",
}
WITH_NOT_NULL = FILES["models/models.yml"].replace(
    "{name: kind, data_type: text}", "{name: kind, data_type: text, data_tests: [not_null]}", 1
)
TOTALS = """
  - name: {name}
    model: totals
    given:
      - input: ref('sales')
        rows:
          - {{n: 1, kind: book, amount: 100, paid: true}}
          - {{n: 2, kind: book, amount: 99.99, paid: true}}
          - {{n: 3, kind: pen, amount: 10, paid: false}}
"""
EXPECT = """
    expect:
      rows:
        - {kind: book, gross: 104.99, is_large: false, currency: INR}
        - {kind: book, gross: 105.00, is_large: true, currency: INR}
"""


def run(project: WriteProject, tests: str, *select: str, files: Mapping[str, str] | None = None) -> Verdicts:
    """`sqlseed test` over a project with these unit tests; its target does not exist."""
    written = FILES | {"models/unit.yml": f"unit_tests:\n{tests}"} | dict(files or {})
    return api.test(api.load(project(written)), api.Selection(select))


def one(result: Verdicts) -> tuple[str, str]:
    (verdict,) = result.verdicts
    return verdict.status.value, verdict.message


def test_seed_of_the_project_and_rows_in_another_order(project: WriteProject) -> None:
    assert one(run(project, TOTALS.format(name="gross") + EXPECT)) == ("pass", "")


def test_given_seed_and_vars_of_the_test(project: WriteProject) -> None:
    tests = (
        TOTALS.format(name="gross")
        + """
      - input: seed('rates')
        rows: [{kind: book, rate: 1}]
    overrides: {vars: {large: 50, currency: EUR}}
    expect:
      rows:
        - {gross: 200, is_large: true, currency: EUR}
        - {gross: 199.98, is_large: true, currency: EUR}
"""
    )
    other = TOTALS.format(name="untouched") + EXPECT  # the next test has the project's rates and vars again
    result = run(project, tests + other)
    assert [(v.test.name, v.status.value) for v in result.verdicts] == [("gross", "pass"), ("untouched", "pass")]


def test_difference_is_shown(project: WriteProject) -> None:
    expect = EXPECT.replace("is_large: true", "is_large: false").replace("104.99", "104.98")
    result = run(project, TOTALS.format(name="gross") + expect)
    assert one(result) == ("fail", "2 rows differ in gross, is_large")
    shown = [(row["@@"], row["gross"], row["is_large"]) for row in result.verdicts[0].sample]
    assert shown[:2] == [("expected", 104.98, False), ("actual", 104.99, False)]
    assert shown[2:] == [("expected", 105.0, False), ("actual", 105.0, True)]


def test_a_row_too_few_and_one_too_many_and_one_twice(project: WriteProject) -> None:
    less = EXPECT.rsplit("        - ", 1)[0]
    assert one(run(project, TOTALS.format(name="t") + less)) == ("fail", "1 row is not expected")
    more = EXPECT + "        - {kind: book, gross: 105.00, is_large: true, currency: INR}\n"
    assert one(run(project, TOTALS.format(name="t") + more)) == ("fail", "1 row is missing")
    none = "\n    expect: {rows: []}\n"
    assert one(run(project, TOTALS.format(name="t") + none)) == ("fail", "2 rows are not expected")


def test_slice_keys_and_random_values_are_those_of_a_build(project: WriteProject) -> None:
    root = project(FILES | {"profiles.yml": "shop: {target: d, outputs: {d: {type: duckdb, path: shop.duckdb}}}\n"})
    built = api.show(api.load(root), "people")
    rows = [dict(zip(built.columns, row, strict=True)) for row in built.rows]
    assert len(rows) == 4
    sales = ", ".join(f"{{n: {n}, branch_no: 1}}" for n in range(4))
    text = f"""
  - name: people_of_north
    model: people
    overrides: {{dimensions: {{branch: north}}}}
    given: [{{input: ref('sales'), rows: [{sales}, {{n: 0, branch_no: 2}}]}}]
    expect: {{rows: {json.dumps(rows)}}}
"""
    assert one(run(project, text)) == ("pass", "")
    south = run(project, text.replace("branch: north", "branch: south"))  # not among the build's
    assert one(south)[0] == "fail"
    assert south.verdicts[0].failures in (4, 5)
    pune = "      - {input: seed('towns'), rows: [{name: Pune, share: 1}, {name: Agra, share: 0}]}\n"
    given = text.replace("given: [{", "given:\n      - {").replace("}]}]\n    expect", f"}}]}}\n{pune}    expect")
    towns = given.split("expect:")[0] + "expect: {rows: [{town: Pune}, {town: Pune}, {town: Pune}, {town: Pune}]}\n"
    assert one(run(project, towns)) == ("pass", "")


def test_csv_sql_and_fixture_files(project: WriteProject) -> None:
    tests = """
  - name: formats
    model: totals
    given:
      - {input: ref('sales'), format: csv, fixture: two_sales}
      - input: ref('rates')
        format: sql
        rows: select 'book'::text as kind, 0.5 as rate
    expect:
      format: csv
      rows: |
        gross,currency
        150.00,INR
        15,INR
"""
    fixture = {"tests/fixtures/two_sales.csv": "kind,amount,paid,day\nbook,100,true,\nbook,10,true,2026-01-01\n"}
    assert one(run(project, tests, files=fixture)) == ("pass", "")
    assert one(run(project, tests.replace("15,INR", "16,INR"), files=fixture))[0] == "fail"
    with pytest.raises(SqlseedError, match=r"two_sale.csv(.|\n)*did you mean 'two_sales.csv'"):
        run(project, tests.replace("fixture: two_sales", "fixture: two_sale"), files=fixture)


def test_models_without_contract(project: WriteProject) -> None:
    files = {
        "models/stage.sql": "select kind, rate * 2 as double_rate from {{ ref('rates') }}\n",
        "models/mart.sql": "select kind, sum(double_rate) as total from {{ ref('stage') }} group by kind\n",
    }
    tests = """
  - name: sums
    model: mart
    given: [{input: ref('stage'), rows: [{kind: a, double_rate: 0.5}, {kind: a, double_rate: 1}, {kind: b}]}]
    expect: {rows: [{kind: a, total: 1.5}, {kind: b, total: null}]}
"""
    assert one(run(project, tests, files=files)) == ("pass", "")
    status, message = one(run(project, tests.replace("{kind: b}", "{kin: b}"), files=files))
    assert status == "error"
    assert "models/unit.yml:5" in message
    assert "did you mean 'kind'?" in message


def test_model_and_what_is_above_it_are_given(project: WriteProject) -> None:
    """To make the table of `stage` for its types, `rates` and `first` are made; the rows given of them stay."""
    files = {
        "models/first.sql": "select kind, rate from {{ ref('rates') }}\n",
        "models/stage.sql": "select f.kind, r.rate from {{ ref('first') }} as f"
        " join {{ ref('rates') }} as r using (kind)\n",
        "models/mart.sql": "select f.kind, s.rate + f.rate + r.rate as total from {{ ref('first') }} as f"
        " join {{ ref('stage') }} as s on s.kind = f.kind join {{ ref('rates') }} as r on r.kind = f.kind\n",
    }
    tests = """
  - name: sums
    model: mart
    given:
      - {input: seed('rates'), format: sql, rows: "select 'book' as kind, 10 as rate"}
      - {input: ref('first'), rows: [{kind: book, rate: 20}]}
      - {input: ref('stage'), rows: [{kind: book, rate: 30}]}
    expect: {rows: [{total: 60}]}
"""
    again = tests.replace("name: sums", "name: again")
    assert [v.status.value for v in run(project, tests + again, files=files).verdicts] == ["pass", "pass"]


def test_selection_settings_and_listing(project: WriteProject) -> None:
    tests = TOTALS.format(name="gross") + "    config: {tags: [money]}" + EXPECT
    tests += TOTALS.format(name="left_out") + "    config: {enabled: false}" + EXPECT
    for term in ("test_type:unit", "test_name:gross", "tag:money", "path:models/unit.yml", "totals", "gross"):
        assert one(run(project, tests, term)) == ("pass", ""), term
    with pytest.raises(SqlseedError):
        run(project, tests, "test_type:data")
    with pytest.raises(SqlseedError, match="no model, seed or test matches 'left_out'"):
        run(project, tests, "left_out")
    root = project(FILES | {"models/unit.yml": f"unit_tests:\n{tests}"})
    read = api.ls_tests(root, api.Selection(["sales", "rates"]))
    assert read == []  # what the model reads does not take its unit tests along
    root = project(FILES | {"models/unit.yml": f"unit_tests:\n{tests}"})
    assert [node.resource_type.value for node in api.ls_tests(root)] == ["unit_test"]


def test_command_line_and_artifacts(project: WriteProject, run_cli: Callable[..., CliResult], tmp_path: Path) -> None:
    bad = EXPECT.replace("INR", "EUR")
    root = project(FILES | {"models/unit.yml": f"unit_tests:\n{TOTALS.format(name='gross')}{bad}"})
    found = run_cli(["test", "--junit", str(tmp_path / "junit.xml")], root)
    assert found.rc == 1
    assert "FAIL gross: 2 rows differ in currency (models/unit.yml:3)" in found.stdout
    saved = json.loads((root / "target/run_results.json").read_text())["results"]
    assert [(r["unique_id"], r["status"], r["failures"]) for r in saved] == [("unit_test.shop.totals.gross", "fail", 2)]
    assert "2 rows differ in currency" in (tmp_path / "junit.xml").read_text()
    assert (root / "target/compiled/tests/totals/gross.sql").exists()
    listed = run_cli(["ls", "--resource-type", "unit_test"], root)
    assert listed.stdout == "gross\n"


def test_beside_data_tests_and_fail_fast(project: WriteProject) -> None:
    """Unit tests come first; with --fail-fast nothing is asked of the target after one that fails."""
    target = "shop: {target: d, outputs: {d: {type: duckdb, path: shop.duckdb}}}\n"
    bad = TOTALS.format(name="gross") + EXPECT.replace("INR", "EUR")
    written = FILES | {
        "profiles.yml": target,
        "models/models.yml": WITH_NOT_NULL,
        "models/unit.yml": f"unit_tests:\n{bad}",
    }
    root = project(written)
    assert api.build(root, api.Selection(["sales"])).success
    found = {v.test.name: v.status.value for v in api.test(root).verdicts}
    assert found == {"gross": "fail", "not_null_sales_kind": "pass"}
    found = {v.test.name: v.status.value for v in api.test(root, fail_fast=True).verdicts}
    assert found == {"gross": "fail", "not_null_sales_kind": "skipped"}


def in_build(
    project: WriteProject, expect: str, *select: str, **options: Any
) -> tuple[dict[str, str], dict[str, str], api.BuildResult]:
    """A build into DuckDB with a unit test of `totals`: the status of each slice and of each test."""
    target = "shop: {target: d, outputs: {d: {type: duckdb, path: shop.duckdb}}}\n"
    unit = f"unit_tests:\n{TOTALS.format(name='gross')}{expect}"
    files = {"profiles.yml": target, "models/models.yml": WITH_NOT_NULL, "models/unit.yml": unit}
    result = api.build(project(FILES | files), api.Selection(select), **options)
    slices = {str(r.slice): r.status.value for r in result.results}
    return slices, {v.test.name: v.status.value for v in result.verdicts}, result


WRONG = EXPECT.replace("INR", "EUR")
SALES = {"sales north": "success", "people north": "success"}


def test_a_build_runs_them_before_their_model(project: WriteProject) -> None:
    slices, tests, result = in_build(project, WRONG)
    assert slices == SALES | {"totals": "skipped"}
    assert tests == {"gross": "fail", "not_null_sales_kind": "pass"}
    assert not result.success
    skipped = next(r for r in result.results if r.slice.model == "totals")
    assert skipped.message == "gross failed"
    assert next(v for v in result.verdicts if v.test.name == "gross").sample[0]["currency"] == "EUR"
    slices, tests, result = in_build(project, EXPECT)
    assert slices == {"sales north": "no-op", "people north": "no-op", "totals": "success"}
    assert tests == {"gross": "pass", "not_null_sales_kind": "pass"}
    assert result.success
    slices, tests, result = in_build(project, WRONG)  # up to date, and still not what its test says
    assert set(slices.values()) == {"no-op"}
    assert tests["gross"] == "fail"
    assert not result.success


def test_a_build_runs_those_of_the_selected_models(project: WriteProject) -> None:
    assert in_build(project, WRONG, "sales")[1] == {"not_null_sales_kind": "pass"}
    assert in_build(project, WRONG, "totals")[1] == {"gross": "fail"}
    slices, tests, _ = in_build(project, WRONG, "test_type:unit")
    assert (slices, tests) == ({}, {"gross": "fail"})
    slices, tests, _ = in_build(project, WRONG, tests=False)
    assert slices["totals"] == "success"
    assert tests == {}


def test_a_dry_run_runs_them_too(project: WriteProject) -> None:
    slices, tests, _ = in_build(project, WRONG, dry_run=True)
    assert slices == SALES | {"totals": "skipped"}
    assert tests["gross"] == "fail"


def test_fail_fast_starts_no_more_after_one_that_fails(project: WriteProject) -> None:
    slices, tests, _ = in_build(project, WRONG, fail_fast=True)
    assert tests["gross"] == "fail"
    assert slices["totals"] == "skipped"


def test_json_is_compared_as_json(project: WriteProject) -> None:
    yaml = FILES["models/models.yml"] + "  - name: notes\n    columns: [{name: note, data_type: jsonb}]\n"
    files = {
        "models/notes.sql": "{{ config(key_kind='natural', owner='true') }}\n"
        "select ('{\"kind\":\"' || s.kind || '\",\"n\":' || s.n || '}')::jsonb as note from {{ ref('sales') }} as s\n",
        "models/models.yml": yaml,
    }
    tests = """
  - name: notes_of_sales
    model: notes
    given: [{input: ref('sales'), rows: [{kind: pen, n: 1}]}]
    expect: {rows: [{note: {kind: pen, n: 1}}]}
"""
    assert one(run(project, tests, files=files)) == ("pass", "")
    assert one(run(project, tests.replace("n: 1}}]", "n: 2}}]"), files=files)) == ("fail", "1 row differs in note")
