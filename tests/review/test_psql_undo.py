"""999_undo.sql takes back what the scripts made, and no row of anybody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed import api, planner
from sqlseed.review.psql import own_predicates
from tests.review.psql_runs import Case, built, refused, rows, run, scripts_for, weather
from tests.review.test_psql import ODD, SHAPE, Fresh, case, fresh
from tests.servers import Server
from tests.support import write_project

__all__ = ["case", "fresh"]  # fixtures

TABLES = """
    select oid::regclass::text from pg_class
    where relnamespace in (to_regnamespace('public'), to_regnamespace('_sqlseed')) and relkind in ('r', 'v') order by 1
"""
OTHERS = """
    insert into station (id, region, code, name, elevation_m, opened_on)
        values (70000000, 'mine', 'MI001', 'Mine', 1, '2020-01-01');
    insert into sensor (id, station_id, kind, model) values (70000000, 70000000, 'rain', 'mine');
    insert into reading (id, sensor_id, taken_at, value) values (7000000000, 70000000, '2020-01-01', 1);
"""
NEXT = """
    insert into station (region, code, name, elevation_m, opened_on) values ('new', 'NE001', 'New', 1, '2020-01-01');
    insert into sensor (station_id, kind, model) select id, 'rain', 'new' from station where code = 'NE001';
    insert into reading (sensor_id, taken_at, value) select id, '2020-01-01', 1 from sensor where model = 'new';
"""
NOTES = "create table note (id int, reading_id bigint references reading (id) {});"
NOTE = "insert into note select 1, min(id) from reading where id < 7000000000;"


def test_undo_leaves_what_clean_leaves(case: Case, any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    by_psql, by_build = fresh(), fresh()
    folder = scripts_for(case.workspace(by_psql, tmp_path / "a"), tmp_path / "sql")
    run(any_postgres, by_psql, folder / "run.sql")
    made = sum(counts(by_psql).values())

    printed = run(any_postgres, by_psql, folder / "999_undo.sql")
    again = run(any_postgres, by_psql, folder / "999_undo.sql")

    built(case, by_build, tmp_path / "b")
    api.clean(case.workspace(by_build, tmp_path / "b"))
    assert made > 0
    assert "rows removed" in printed
    assert again == "nothing to undo: the target holds no record of a run\n"
    assert counts(by_psql) == counts(by_build)
    assert rows(by_psql, SHAPE) == rows(by_build, SHAPE)
    assert rows(by_psql, "select 1 where to_regnamespace('_sqlseed') is not null") == []


def counts(url: str) -> dict[str, int]:
    """The number of rows of each table and view."""
    return {name: rows(url, f"select count(*) from {name}")[0][0] for (name,) in rows(url, TABLES)}


@pytest.fixture
def filled(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> tuple[Path, str]:
    """The folder of the scripts, and a database with the application's tables that run.sql filled."""
    case, url = weather(tmp_path, days=1), fresh()
    rows(url, (case.root / "schema.sql").read_text("utf-8") + OTHERS)
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    run(any_postgres, url, folder / "run.sql")
    return folder, url


def test_undo_leaves_rows_of_others(filled: tuple[Path, str], any_postgres: Server) -> None:
    folder, url = filled
    assert rows(url, "select count(*) from station") == [(18,)]
    rows(url, NEXT)

    run(any_postgres, url, folder / "999_undo.sql")

    for table, column in (("station", "region"), ("sensor", "model")):
        assert rows(url, f"select {column} from {table} order by 1") == [("mine",), ("new",)]
    assert rows(url, "select count(*), count(*) filter (where taken_at = '2020-01-01') from reading") == [(2, 2)]


@pytest.mark.parametrize("action", ["on delete cascade", "on delete set null", ""])
def test_undo_refuses_where_a_row_of_others_refers(action: str, filled: tuple[Path, str], any_postgres: Server) -> None:
    folder, url = filled
    rows(url, NOTES.format(action) + NOTE)
    before = counts(url), rows(url, "select * from note")

    error = refused(any_postgres, url, folder / "999_undo.sql")

    assert 'a row of note that sqlseed did not make refers to a row of "public"."reading"' in error
    assert (counts(url), rows(url, "select * from note")) == before
    rows(url, "delete from note")
    run(any_postgres, url, folder / "999_undo.sql")
    assert rows(url, "select count(*) from reading") == [(1,)]


def test_undo_refuses_where_a_row_of_others_in_our_own_tables_refers(
    filled: tuple[Path, str], any_postgres: Server
) -> None:
    folder, url = filled
    rows(url, "delete from sensor where station_id = 1 and kind = 'rain'")
    rows(url, "update sensor set station_id = 1 where id = 70000000")
    error = refused(any_postgres, url, folder / "999_undo.sql")
    assert 'refers to a row of "public"."station" that would be removed: station_id = 1' in error


def test_undo_leaves_keys_of_slices_that_never_came(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    """A number that is set aside, and a natural key, are anybody's until the slice is complete."""
    case, url = weather(tmp_path, days=1), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    slices = next((folder / "slices").glob("*_station.sql"))
    first, second, *_ = slices.read_text("utf-8").split("\n\n")
    slices.write_text(f"{first}\n\n{second}\n", "utf-8")
    run_sql = folder / "run.sql"
    kept = [x for x in run_sql.read_text("utf-8").split("\n") if "sensor" not in x and "reading" not in x]
    run_sql.write_text("\n".join(kept), "utf-8")
    run(any_postgres, url, run_sql)
    rows(url, "insert into station values (1500, 'mine', 'MI001', 'Mine', 1, '2020-01-01')")
    assert rows(url, "select slice from _sqlseed.key_range where 1500 between first and last and model = 'station'")

    run(any_postgres, url, folder / "999_undo.sql")

    assert rows(url, "select id from station") == [(1500,)]


def test_undo_leaves_another_projects_state(filled: tuple[Path, str], any_postgres: Server) -> None:
    folder, url = filled
    rows(url, "update _sqlseed.project set name = 'theirs'")
    before = counts(url)
    assert "belongs to another project than weather" in refused(any_postgres, url, folder / "999_undo.sql")
    assert counts(url) == before


def test_undo_leaves_other_tables_in_the_state_schema(filled: tuple[Path, str], any_postgres: Server) -> None:
    folder, url = filled
    rows(url, "create table _sqlseed.theirs (n int)")
    run(any_postgres, url, folder / "999_undo.sql")
    assert rows(url, "select relname::text from pg_class where relnamespace = '_sqlseed'::regnamespace") == [
        ("theirs",)
    ]


def test_own_predicates_name_the_rows_of_complete_slices(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = Case(write_project(tmp_path / "odd", ODD)), fresh()
    workspace = case.workspace(url, tmp_path / "a")
    built(case, url, tmp_path / "a")
    made = planner.Planner(workspace.project, workspace.compiled, workspace.variables, workspace.values)
    for relation, predicate in own_predicates(workspace, made).items():
        counted = rows(url, f"select count(*), count(*) filter (where {predicate}) from {relation}")[0]
        assert counted[0] == counted[1] > 0
