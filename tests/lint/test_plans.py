"""What lint says of plans, beside those of a real PostgreSQL: joins without a hash, keys that are cast, spills."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.lint.test_rules import found
from tests.support import run_cli, write_project
from tests.unit.towns import FILES

TABLES = """
    create table house (id text primary key, town text);
    create table bill (id integer primary key, house_id text);
    insert into house select 'h' || n, 'u' from generate_series(1, 2000) as g(n);
    insert into bill select n, 'h' || n from generate_series(1, 2000) as g(n);
    analyze;
"""
JOINS = {
    "a.id = b.house_id": True,
    "lower(a.id) = upper(b.house_id)": True,
    "length(a.id) + 1 = b.id * 2": True,
    "(a.id, a.town) = (b.house_id, lower(b.house_id))": True,
    "a.id = b.house_id and length(a.town) > b.id": True,
    "a.id = b.house_id or b.id = 1": False,
    "length(a.id) > b.id": False,
    "concat(a.id, b.house_id) = 'xy'": False,
    "b.id = length(a.id || b.house_id)": False,
    "b.house_id is not distinct from a.id": False,
}


def nodes(plan: dict[str, Any]) -> list[str]:
    return [plan["Node Type"], *(name for inner in plan.get("Plans", ()) for name in nodes(inner))]


@pytest.fixture
def tables(any_postgres_url: str) -> str:
    with psycopg.connect(any_postgres_url, autocommit=True) as connection:
        connection.execute(TABLES)
    return any_postgres_url


def test_a_join_is_objected_to_where_postgresql_has_only_a_nested_loop(tables: str, tmp_path: Path) -> None:
    with psycopg.connect(tables) as connection:
        connection.execute("set enable_nestloop = off; set max_parallel_workers_per_gather = 0")
        for number, (condition, can_hash) in enumerate(JOINS.items()):
            sql = f"select a.id, 'x' as town from house as a join bill as b on {condition}"
            plan = connection.execute(f"explain (format json) {sql}").fetchone()
            assert plan is not None
            assert ("Nested Loop" not in nodes(plan[0][0]["Plan"])) == can_hash, condition
            text = sql.replace("from house", "from {{ ref('house') }}").replace("join bill", "join {{ ref('bill') }}")
            rules = {finding.rule for finding in found(tmp_path / str(number), text)}
            assert ("function-in-join" not in rules) == can_hash, condition


@pytest.mark.parametrize(
    ("condition", "index"),
    [("id = 12", True), ("id = 3000000000", True), ("id = 1.5", False), ("id::text = '12'", False)],
)
def test_a_key_is_objected_to_where_its_index_does_not_serve(
    tables: str, tmp_path: Path, condition: str, index: bool
) -> None:
    with psycopg.connect(tables) as connection:
        connection.execute("set enable_seqscan = off")
        plan = connection.execute(f"explain (format json) select * from bill where {condition}").fetchone()
    assert plan is not None
    text = json.dumps(plan[0][0]["Plan"])
    assert ('"Index Cond"' in text) == index
    sql = f"select id::text as id, 'x' as town from {{{{ ref('bill') }}}} where {condition}"
    assert ("key-cast" not in {finding.rule for finding in found(tmp_path, sql)}) == index


PROFILE = """
    sqlseed:
      target: dev
      outputs:
        dev: {type: duckdb, path: ':memory:'}
        pg: {type: postgres, url: "URL", schema: public, environment: test}
    """
SORTED = """
    {{ config(key_kind='natural', owner="code <> ''") }}
    select n::text as code, row_number() over (order by n % 7, n) as bills from generate_series(1, 3000000) as g(n)
    """


def spills(folder: Path, url: str, model: str, *options: str) -> Any:
    files = {**FILES, "profiles.yml": PROFILE.replace("URL", url), "models/total.sql": model}
    root = write_project(folder, files)
    return run_cli(["lint", "--target", "pg", "--select", "total", *options], cwd=root)


def test_a_sort_larger_than_memory_and_the_amount_is_a_finding(any_postgres_url: str, tmp_path: Path) -> None:
    large = spills(tmp_path / "a", any_postgres_url, SORTED, "--plans", "--max-spill", "10MB")
    assert "warning spill: a sort of slice all would hold" in large.stdout, large.stderr
    more = spills(tmp_path / "b", any_postgres_url, SORTED, "--plans", "--max-spill", "10GB")
    assert "spill" not in more.stdout
    few = spills(tmp_path / "c", any_postgres_url, SORTED.replace("3000000", "300"), "--plans", "--max-spill", "1kB")
    assert "spill" not in few.stdout
    opted = SORTED.replace("owner=", "lint={'spill': 'once a year'}, owner=")
    allowed = spills(tmp_path / "d", any_postgres_url, opted, "--plans", "--max-spill", "10MB")
    assert "opted out of, each with a reason" in allowed.stdout
    with psycopg.connect(any_postgres_url) as connection:
        made = connection.execute(
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ).fetchone()
    assert made == (0,)


def test_without_plans_it_says_that_it_did_not_look(any_postgres_url: str, tmp_path: Path) -> None:
    result = spills(tmp_path, any_postgres_url, SORTED)
    assert "spill was not checked" in result.stderr
    assert "spill" not in result.stdout


def test_what_stands_in_the_way_of_plans(any_postgres_url: str, tmp_path: Path) -> None:
    root = write_project(tmp_path / "duck", FILES)
    duck = run_cli(["lint", "--plans"], cwd=root)
    assert (duck.rc, "is no PostgreSQL" in duck.stderr) == (2, True)
    down = spills(tmp_path / "down", "postgresql://nobody@127.0.0.1:1/none", SORTED, "--plans")
    assert down.rc == 4
    wrong = spills(tmp_path / "size", any_postgres_url, SORTED, "--plans", "--max-spill", "much")
    assert (wrong.rc, "is no size" in wrong.stderr) == (2, True)
