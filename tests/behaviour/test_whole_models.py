"""Models without a contract, as dbt knows them: tables and views that are made anew as a whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.errors import CompileError, GuardError, SqlseedError
from tests.behaviour.clinics import Database, build, statuses
from tests.support import ROOT

WriteProject = Callable[..., Path]

JAFFLE = ROOT / "examples" / "jaffle_shop"
KINDS = """select table_name, table_type from information_schema.tables
    where table_schema not in ('_sqlseed', 'information_schema', 'pg_catalog')"""


def files(database: Database, **models: str) -> dict[str, str]:
    """A project of a seed and of models without YAML."""
    return {
        "sqlseed.toml": 'name = "whole"\n[vars]\nleast = 2\nword = "it\'s"\n',
        "profiles.yml": database.profile(),
        "seeds/raw.csv": "id,name\n1,Ada\n2,Ben\n3,Cleo\n",
        **{f"models/{name}.sql": text for name, text in models.items()},
    }


@pytest.fixture
def jaffle(database: Database, tmp_path: Path) -> Path:
    """The example, with a profile for an empty database."""
    root = tmp_path / "jaffle"
    shutil.copytree(JAFFLE, root, ignore=shutil.ignore_patterns("target"))
    (root / "profiles.yml").write_text(database.profile().replace("sqlseed:", "jaffle_shop:", 1))
    return root


def test_the_jaffle_shop(database: Database, jaffle: Path) -> None:
    result = build(jaffle)
    assert result.success
    assert {verdict.status.value for verdict in result.verdicts} == {"pass"}
    assert len(result.verdicts) == 19
    kinds = dict(database.query(KINDS))
    assert kinds == {
        "customers": "BASE TABLE",
        "orders": "BASE TABLE",
        "stg_customers": "VIEW",
        "stg_orders": "VIEW",
        "stg_payments": "VIEW",
    }
    rows = database.query("select customer_id, number_of_orders, customer_lifetime_value from customers order by 1")
    assert [(int(a), b, float(c)) for a, b, c in rows[:1]] == [(1, 3, 43.0)]
    assert rows[3] == (4, None, None)
    assert set(statuses(build(jaffle)).values()) == {"no-op"}


def test_a_broken_jaffle_shop_fails_the_test_of_the_break(database: Database, jaffle: Path) -> None:
    payments = jaffle / "seeds" / "raw_payments.csv"
    payments.write_text(payments.read_text("utf-8").replace("gift_card,800", "gift_cord,800"))
    result = build(jaffle)
    failed = {v.test.name for v in result.verdicts if v.status.value == "fail"}
    assert {name.split("__")[0] for name in failed} == {"accepted_values_stg_payments_payment_method"}
    assert statuses(result)["customers"] == "skipped"
    assert statuses(result)["stg_orders"] == "success"


def test_a_changed_model_is_made_anew_with_what_depends_on_it(database: Database, project: WriteProject) -> None:
    first = "{{ config(materialized='view') }}\nselect id, name from {{ ref('raw') }} where id >= {{ var('least') }}"
    models = {"first": first, "second": "select count(*) as n, {{ var('word') }} as word from {{ ref('first') }}"}
    root = project(files(database, **models))
    assert build(root).success
    assert database.query("select n, word from second") == [(2, "it's")]
    root = project(files(database, **models | {"first": "select id, name, 1 as extra from {{ ref('raw') }}"}))
    assert statuses(build(root)) == {"first": "success", "second": "success"}
    assert dict(database.query(KINDS)) == {"first": "BASE TABLE", "second": "BASE TABLE"}
    assert database.query("select n from second") == [(3,)]
    root = project(files(database, **models))
    assert build(root).success
    assert dict(database.query(KINDS))["first"] == "VIEW"


OVER = "{{ config(materialized='view') }}\nselect id, name from {{ ref('%s') }}"
VIEWS = {"first": OVER % "raw", "second": OVER % "first", "third": OVER % "second", "fourth": OVER % "first"}
MORE_ROWS = {"seeds/raw.csv": "id,name\n1,Ada\n2,Ben\n3,Cleo\n4,Dora\n"}


def test_views_over_a_changed_view_are_made_anew(database: Database, project: WriteProject) -> None:
    assert build(project(files(database, **VIEWS))).success
    changed = OVER.replace("select id, name", "select 'No ' || id::text as id, name") % "raw"
    result = build(project(files(database, **VIEWS | {"first": changed})))
    assert set(statuses(result).values()) == {"success"}
    assert database.query("select min(id) from third") == [("No 1",)]


def test_views_over_a_changed_seed_are_made_anew(database: Database, project: WriteProject) -> None:
    assert build(project(files(database, **VIEWS))).success
    assert set(statuses(build(project(files(database, **VIEWS) | MORE_ROWS))).values()) == {"success"}
    assert database.query("select count(*) from third") == [(4,)]


def test_views_over_a_reshaped_intermediate_are_made_anew(database: Database, project: WriteProject) -> None:
    config = "{{ config(materialized='intermediate') }}\n"
    columns = "version: 2\nmodels:\n  - name: base\n    columns:\n      - {name: id, data_type: %s}\n"
    models = {"base": config + "select id from {{ ref('raw') }}", "top": OVER.replace(", name", "") % "base"}
    root = project(files(database, **models) | {"models/base.yml": columns % "bigint"})
    assert build(root).success
    models["base"] = config + "select id::text as id from {{ ref('raw') }}"
    root = project(files(database, **models) | {"models/base.yml": columns % "text"})
    assert set(statuses(build(root)).values()) == {"success"}
    assert database.query("select min(id) from top") == [("1",)]


def test_a_view_that_is_not_selected_keeps_what_it_reads(any_pg: Database, project: WriteProject) -> None:
    assert build(project(files(any_pg, **VIEWS))).success
    root = project(files(any_pg, **VIEWS) | MORE_ROWS)
    with pytest.raises(
        GuardError, match=r'"public"\."third" reads "public"\."first", which has to be made anew, and is not selected'
    ) as found:
        build(root, "first", "second", "fourth")
    assert "sqlseed build --select first+" in str(found.value)
    assert any_pg.query("select count(*) from third") == [(3,)]
    assert build(root, "raw+").success
    assert any_pg.query("select count(*) from third") == [(4,)]


def test_somebody_elses_view_is_not_dropped(any_pg: Database, project: WriteProject) -> None:
    assert build(project(files(any_pg, **VIEWS))).success
    any_pg.run("create view report as select count(*) as n from third")
    root = project(files(any_pg, **VIEWS) | MORE_ROWS)
    with pytest.raises(GuardError, match=r'sqlseed did not make "public"\."report"') as found:
        build(root)
    assert 'drop "public"."report", build, and create it again' in str(found.value)
    assert any_pg.query("select n from report") == [(3,)]
    with pytest.raises(SqlseedError, match="report"):
        api.clean(api.load(root))
    assert any_pg.query("select n from report") == [(3,)]
    any_pg.run("drop view report")
    assert build(root).success


def test_somebody_elses_table_is_not_replaced(database: Database, project: WriteProject) -> None:
    root = project(files(database, first="select id from {{ ref('raw') }}"))
    database.run("create table first (precious text)", "insert into first values ('x')")
    result = build(root)
    assert "is there already, and sqlseed did not make it" in result.failures[0].message
    assert database.query("select precious from first") == [("x",)]


def test_clean_removes_tables_and_views(database: Database, jaffle: Path) -> None:
    build(jaffle)
    removed = api.clean(api.load(jaffle))
    assert removed.rows["orders"] == 10
    assert database.query(KINDS) == []


def test_show_and_dry_run(on_duckdb: Database, project: WriteProject) -> None:
    root = project(files(on_duckdb, first="select id, upper(name) as name from {{ ref('raw') }}"))
    preview = api.show(api.load(root), "first", limit=2)
    assert preview.columns == ("id", "name")
    assert len(preview.rows) == 2
    assert build(root, dry_run=True).success


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select {{ key('1') }} as id", "its columns need a contract"),
        ("{{ config(materialized='view', slice_by=['x']) }} select 1 as id", "slice_by names no dimension"),
        ("{{ config(whole=true) }} select 1 as id", "unknown config 'whole'"),
        ("select now() as moment", "differs from run to run"),
    ],
)
def test_what_is_still_refused(on_duckdb: Database, project: WriteProject, text: str, message: str) -> None:
    with pytest.raises(CompileError) as raised:
        api.load(project(files(on_duckdb, first=text))).checked()
    assert message in str(raised.value)
