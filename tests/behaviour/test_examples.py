"""The starter project and the examples: they build everywhere, to the same rows, and the rows make sense."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import psycopg
import pytest

from sqlseed import api
from tests.support import ROOT, allow_superuser

WEATHER = ROOT / "examples" / "weather"

# Each query gives the rows that must not be there.
STARTER_RULES = {
    "customers of no shop": "select c.id from customer c left join shop s on s.code = c.shop_code where s.code is null",
    "orders of no customer of their shop": """
        select o.id from book_order o
        left join customer c on c.id = o.customer_id and c.shop_code = o.shop_code where c.id is null""",
    "lines of no order of their shop": """
        select l.id from order_line l
        left join book_order o on o.id = l.order_id and o.shop_code = l.shop_code where o.id is null""",
    "lines of no book": "select l.id from order_line l left join book b on b.id = l.book_id where b.id is null",
    "orders without lines": """
        select o.id from book_order o left join order_line l on l.order_id = o.id where l.id is null""",
    "customers from before the shop opened": """
        select c.id from customer c join shop s on s.code = c.shop_code
        where c.joined_on not between s.opened_on and date '2026-06-30'""",
    "orders from before the customer came": """
        select o.id from book_order o join customer c on c.id = o.customer_id
        where o.ordered_on not between c.joined_on and date '2026-06-30'""",
    "books sold before they were published": """
        select l.id from order_line l join book_order o on o.id = l.order_id join book b on b.id = l.book_id
        where o.ordered_on < b.published_on""",
    "addresses used twice": "select email from customer group by email having count(*) > 1",
    "odd addresses": "select email from customer where not regexp_matches(email, '^[a-z.]+[0-9]+@[a-z]+.example.com$')",
    "orders numbered twice": "select 1 from book_order group by shop_code, order_no having count(*) > 1",
    "keys used twice": """
        select id from (select id from customer union all select id from book_order union all select id from order_line)
        group by id having count(*) > 1""",
    "odd quantities": """
        select id from order_line where quantity not between 1 and 3 or price_cents not between 500 and 5000""",
    "shops where hardly anything is delivered": """
        select shop_code from book_order group by shop_code
        having count(*) filter (where status = 'delivered') not between 0.8 * count(*) and 0.98 * count(*)""",
}
WEATHER_RULES = {
    "sensors of no station": "select s.id from sensor s left join station t on t.id = s.station_id where t.id is null",
    "readings of no sensor": "select r.id from reading r left join sensor s on s.id = r.sensor_id where s.id is null",
    "stations without three sensors": """
        select station_id from sensor group by station_id having count(distinct kind) <> 3""",
    "readings out of time": """
        select id from reading where taken_at < '2026-03-25 00:00' or taken_at > '2026-03-31 23:00'
        or taken_at <> date_trunc('hour', taken_at)""",
    "an hour measured twice": "select 1 from reading group by sensor_id, taken_at having count(*) > 1",
    "impossible values": """
        select r.id from reading r join sensor s on s.id = r.sensor_id where not case s.kind
        when 'temperature' then r.value between -30 and 45 when 'humidity' then r.value between 15 and 100
        else r.value between 0 and 10 end""",
    "stations opened after the first reading": "select id from station where opened_on >= date '2026-03-25'",
    "keys used twice": "select id from reading group by id having count(*) > 1",
    "sensors that miss more than a tenth": "select sensor_id from reading group by 1 having count(*) < 0.9 * 7 * 24",
    "an Alpine region that is not the coldest": """
        select 1 from (select t.region, avg(r.value) as mean from reading r join sensor s on s.id = r.sensor_id
        join station t on t.id = s.station_id where s.kind = 'temperature' group by t.region) means
        having min(mean) <> min(mean) filter (where region = 'alps')""",
}


@pytest.fixture(params=["starter", "weather"])
def example(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project in a folder of the test's own, so that what it builds stays out of the repository."""
    return _copy(request.param, tmp_path)


def _copy(name: str, folder: Path) -> Path:
    place = folder / name
    if name == "starter":
        api.init(place)
    else:
        shutil.copytree(WEATHER, place, ignore=shutil.ignore_patterns("target"))
    return allow_superuser(place)


def _build(project: Path, url: str | None = None, *, checksums: bool = False, dry_run: bool = False) -> api.BuildResult:
    """A build into DuckDB, or into the PostgreSQL database at `url`."""
    workspace = api.load(project, target="pg" if url else "dev", env={"DATABASE_URL": url or ""})
    result = api.build(workspace, checksums=checksums, dry_run=dry_run)
    assert result.success, [failure.message for failure in result.failures]
    return result


def _sums(result: api.BuildResult) -> dict[str, tuple[int, str | None]]:
    return {table.model: (table.rows, table.checksum) for table in result.tables}


def test_both_engines_hold_the_same_rows(example: Path, any_postgres_url: str) -> None:
    in_duckdb = _sums(_build(example, checksums=True))
    in_postgres = _sums(_build(example, any_postgres_url, checksums=True))
    assert in_postgres == in_duckdb
    assert all(rows > 0 and checksum for rows, checksum in in_duckdb.values())


def test_a_dry_run_says_what_a_build_gets(example: Path) -> None:
    assert _sums(_build(example, dry_run=True)) == _sums(_build(example, checksums=True))


def test_a_second_build_has_nothing_to_do(example: Path, postgres_url: str) -> None:
    for url in (None, postgres_url):
        first, second = _build(example, url), _build(example, url)
        assert first.plan.pending
        assert not second.plan.pending


@pytest.mark.parametrize(("name", "rules"), [("starter", STARTER_RULES), ("weather", WEATHER_RULES)])
def test_rows_make_sense(name: str, rules: dict[str, str], tmp_path: Path) -> None:
    project = _copy(name, tmp_path)
    _build(project)
    (database,) = (project / "target").glob("*.duckdb")
    with duckdb.connect(str(database), read_only=True) as connection:
        found = {rule: connection.execute(query).fetchall() for rule, query in rules.items()}
    assert {rule: rows[:3] for rule, rows in found.items() if rows} == {}


def test_expected_rows_are_near_the_real_ones(example: Path) -> None:
    workspace = api.load(example, env={"DATABASE_URL": ""})
    expected: dict[str, float] = {}
    for step in api.plan(workspace).plan.steps:
        if step.expected_rows is not None:
            expected[step.slice.model] = expected.get(step.slice.model, 0) + step.expected_rows
    rows = {table.model: table.rows for table in api.build(workspace).tables}
    assert expected
    assert {model: rows[model] for model in expected} == pytest.approx(expected, rel=0.1)


def test_presets_give_more_rows_and_keep_the_keys(tmp_path: Path) -> None:
    project = _copy("starter", tmp_path)
    _build(project)
    database = str(project / "target" / "bookshops.duckdb")
    query = "select id, shop_code, first_name, last_name, email, joined_on from customer"
    with duckdb.connect(database, read_only=True) as connection:
        before = connection.execute(query).fetchall()
    result = api.build(api.load(project, preset="large"))
    assert result.success
    with duckdb.connect(database, read_only=True) as connection:
        after = connection.execute(query).fetchall()
    assert len(after) == 50 * len(before)
    assert set(before) < set(after)


# --- tables that the application made --------------------------------------------------------------------------


@pytest.fixture
def application_url(any_postgres_url: str) -> str:
    """A database with the weather application's own tables, and a row that its user wrote."""
    with psycopg.connect(any_postgres_url) as connection:
        connection.execute((WEATHER / "schema.sql").read_text())
        _insert_station(connection, "OWN01")
    return any_postgres_url


def _insert_station(connection: psycopg.Connection, code: str) -> int:
    """As the application would: the sequence gives the key."""
    row = connection.execute(
        "insert into station (region, code, name, elevation_m, opened_on)"
        " values ('coast', %s, 'Pier', 3, '2026-04-01') returning id",
        [code],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _shape(connection: psycopg.Connection) -> list[tuple]:
    """Columns, constraints and indexes of the application's tables."""
    return connection.execute(
        """
        select table_name, column_name, data_type || coalesce(column_default, '') || is_nullable
        from information_schema.columns where table_schema = 'public'
        union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid) || convalidated
        from pg_constraint where connamespace = 'public'::regnamespace
        union all select tablename, indexname, indexdef from pg_indexes where schemaname = 'public'
        order by 1, 2, 3
        """
    ).fetchall()


def test_weather_fills_the_applications_tables(tmp_path: Path, application_url: str) -> None:
    project = _copy("weather", tmp_path)
    with psycopg.connect(application_url, autocommit=True) as connection:
        shape = _shape(connection)
        _build(project, application_url)
        assert _shape(connection) == shape
        rows = connection.execute("select (select count(*) from station), (select count(*) from sensor)").fetchone()
        assert rows == (18, 51)


def test_the_applications_next_rows_do_not_collide(tmp_path: Path, application_url: str) -> None:
    project = _copy("weather", tmp_path)
    _build(project, application_url)
    with psycopg.connect(application_url, autocommit=True) as connection:
        station = _insert_station(connection, "OWN02")
        sensor = connection.execute(
            "insert into sensor (station_id, kind, model) values (%s, 'rain', 'Tipping 200') returning id", [station]
        ).fetchone()
        taken = "insert into reading (sensor_id, taken_at, value) values (%s, '2026-04-01 00:00', 1.5) returning id"
        assert connection.execute(taken, sensor).fetchone() is not None
    again = _build(project, application_url)
    assert not again.plan.pending


def test_more_days_change_no_reading(tmp_path: Path, application_url: str) -> None:
    project = _copy("weather", tmp_path)
    _build(project, application_url)
    query = "select id, sensor_id, taken_at, value, is_suspect from reading"
    with psycopg.connect(application_url, autocommit=True) as connection:
        before = set(connection.execute(query))
        workspace = api.load(project, target="pg", vars={"days": 9}, env={"DATABASE_URL": application_url})
        assert api.build(workspace).success
        assert before < set(connection.execute(query))


def test_clean_keeps_the_applications_rows(tmp_path: Path, application_url: str) -> None:
    project = _copy("weather", tmp_path)
    _build(project, application_url)
    with psycopg.connect(application_url, autocommit=True) as connection:
        _insert_station(connection, "OWN02")
        api.clean(api.load(project, target="pg", env={"DATABASE_URL": application_url}))
        assert connection.execute("select code from station order by code").fetchall() == [("OWN01",), ("OWN02",)]
        assert connection.execute("select count(*) from reading").fetchone() == (0,)
