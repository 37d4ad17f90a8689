"""The health of a database in every state that docs/health.md derives a score for, on DuckDB and PostgreSQL."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import psycopg
import pytest

import sqlseed
from sqlseed import api
from sqlseed.checkup.scanning import Scanner
from sqlseed.checkup.scoring import Health
from sqlseed.errors import CompileError, ConnectError, ExecuteError, GuardError, ProjectError
from tests.behaviour import pupils
from tests.behaviour.clinics import Database
from tests.behaviour.pupils import TODAY, break_it
from tests.support import run_cli, write_project


@pytest.fixture
def folder(database: Database, tmp_path: Path) -> Path:
    """The project of two tables, with an empty database of each engine in turn."""
    return write_project(tmp_path / "project", pupils.files(database))


@pytest.fixture
def full(folder: Path) -> Path:
    """The same, built."""
    build(folder)
    return folder


def build(folder: Path, *, select: tuple[str, ...] = (), vars: dict | None = None, **slices: list[str]) -> None:  # noqa: A002
    workspace = api.load(folder, env={}, vars=vars)
    assert api.build(workspace, api.Selection(select, (), slices)).success


def examine(folder: Path, **options) -> Health:
    return api.health(api.load(folder, env={}), **{"today": TODAY} | options)


def losses(health: Health) -> dict[str, Fraction]:
    """Points lost by check; checks without a loss are left out."""
    return {check.name: check.lost for check in health.checks if check.lost}


def limits(health: Health) -> list[int]:
    return [cap.limit for cap in health.caps]


def points(health: Health) -> float:
    """Points before they are capped; every number derived here has few binary places."""
    return float(health.points)


# --- the states of the documentation ----------------------------------------------------------------------


def test_a_perfect_one(full: Path):
    health = examine(full)
    assert losses(health) == {}
    assert (health.score, points(health), limits(health)) == (100, 100, [])
    assert sum(check.possible for check in health.checks) == 100
    assert [(table.table, table.rows, table.expected) for table in health.tables] == [
        ("Class", 4, 4),
        ("Pupil", 20, 20),
    ]


def test_one_that_nobody_seeded(folder: Path, database: Database):
    """Without a table nothing is there to be right but the var as_of: 2 points, and the cap takes them."""
    health = examine(folder)
    assert (health.score, points(health), limits(health)) == (0, 2, [0, 49])
    if database.engine == "duckdb":
        assert not Path(database.place).exists()


def test_one_that_somebody_else_filled(full: Path, database: Database, folder: Path):
    """The same tables and rows with keys that are not sqlseed's: nobody seeded it, however right it looks."""
    where = pupils.schema(database)
    break_it(
        database,
        "update Pupil set id = 'p-' || id, class_id = 'c-' || class_id, first_class = 'c-' || first_class",
        "update Class set id = 'c-' || id",
        "drop schema _sqlseed cascade",
    )
    assert database.query(f'select count(*) from {where}."Pupil"') == [(20,)]
    health = examine(folder)
    # Lost: all of `rows`, `unchanged`, `own` and `kept`.
    assert (health.score, points(health)) == (0, 100 - 30 - 3 - 2 - 3)
    assert limits(health) == [0]
    assert [(table.rows, table.foreign) for table in health.tables] == [(4, 4), (20, 20)]


def test_one_that_is_something_else(folder: Path, database: Database):
    """Tables of the same names with other columns are told apart, and nothing in them is taken for sqlseed's."""
    where = pupils.schema(database)
    database.run(
        f'create table {where}."Pupil" (number integer, branch_id integer)',
        f'insert into {where}."Pupil" values (1, 1), (2, null)',
    )
    (folder / "health" / "age.sql").unlink()
    health = examine(folder)
    assert (health.score, limits(health)) == (0, [0, 49, 69])
    assert [(table.table, table.exists, table.rows, table.foreign) for table in health.tables] == [
        ("Class", False, 0, 0),
        ("Pupil", True, 2, 2),
    ]


def test_one_seeded_half_way(folder: Path):
    build(folder, branch=["north"])
    health = examine(folder)
    assert losses(health) == {
        "rows": 15,  # half of the slices of each table
        "distributions": Fraction(15, 2) / 2,  # one of two queries has one of two branches outside
        "unchanged": Fraction(3, 2),
        "kept": Fraction(3, 2),
    }
    assert (health.score, points(health), limits(health)) == (78, 78.25, [])


def test_one_with_a_table_left_out(folder: Path):
    build(folder, select=("classes",))
    health = examine(folder)
    assert losses(health) == {
        "rows": 15,
        "keys": 5,  # Pupil's rules prove nothing: one of two keys, both references, one of three columns
        "references": 15,
        "required": Fraction(5, 3),
        "tenant filled": Fraction(5, 2),
        "tenant known": Fraction(5, 2),
        "tenant kept": 5,
        "distributions": 15,  # there is no Pupil to measure
        "unchanged": Fraction(3, 2),
        "kept": Fraction(3, 2),
    }
    assert (health.score, limits(health)) == (35, [49])


def test_one_with_rows_deleted_by_hand(full: Path, database: Database):
    break_it(database, "delete from Pupil where id = (select min(id) from Pupil where branch_id = 'north')")
    health = examine(full)
    assert losses(health) == {
        "rows": Fraction(30, 2 * 4 * 5),  # of one of two tables, in one of four slices, one of five rows
        "distributions": Fraction(15, 2) / 2,  # nine pupils in one of two branches
        "kept": Fraction(3, 2 * 4),
    }
    assert (health.score, limits(health)) == (95, [])


def test_one_with_a_table_emptied_by_hand(full: Path, database: Database):
    break_it(database, "delete from Pupil where true")
    health = examine(full)
    assert losses(health) == {
        "rows": 15,
        "keys": 5,
        "references": 15,
        "required": Fraction(5, 3),
        "tenant filled": Fraction(5, 2),
        "tenant known": Fraction(5, 2),
        "tenant kept": 5,
        "distributions": 15,
        "kept": Fraction(3, 2),
    }
    assert (health.score, limits(health)) == (36, [49])


EDITED = {"kept": Fraction(3, 8)}  # one of Pupil's four slices has other rows than were built


def test_one_with_wrong_tenants(full: Path, database: Database):
    break_it(
        database,
        "update Pupil set branch_id = 'south' where id in (select min(id) from Pupil where branch_id = 'north')",
    )
    health = examine(full)
    assert losses(health) == {"tenant kept": 5, "distributions": Fraction(15, 2)} | EDITED
    assert (health.score, points(health), limits(health)) == (69, 87.125, [69])
    (kept,) = [check for check in health.checks if check.name == "tenant kept"]
    assert [(finding.what, finding.wrong) for finding in kept.findings] == [
        ("Pupil.class_id -> Class", 1),
        ("Pupil.first_class -> Class", 1),
    ]
    assert "branch_id south" in kept.findings[0].example


# --- each rule broken by itself, and nothing else lost ------------------------------------------------------

ONE = "id = (select min(id) from Pupil)"
BROKEN = [
    pytest.param(
        [f"update Pupil set class_id = 'none' where {ONE}"], {"references": Fraction(15, 2)} | EDITED, 69, id="orphan"
    ),
    pytest.param(
        [f"update Pupil set first_class = 'none' where {ONE}"],
        {"references": Fraction(15, 2)} | EDITED,
        69,
        id="implicit",
    ),
    pytest.param([f"update Pupil set class_id = null where {ONE}"], EDITED, 99, id="null refers to nothing"),
    pytest.param(
        [f"update Pupil set branch_id = 'east' where {ONE}"],
        {"tenant known": Fraction(5, 2), "tenant kept": 5, "distributions": Fraction(15, 4)} | EDITED,
        69,
        id="unknown tenant",
    ),
    pytest.param(
        [f"update Pupil set branch_id = null where {ONE}"],
        {"tenant filled": Fraction(5, 2), "distributions": Fraction(15, 4)} | EDITED,
        69,
        id="no tenant",
    ),
    pytest.param(
        [f"update Pupil set age = 100 where {ONE}"], {"distributions": Fraction(15, 2)} | EDITED, 92, id="strange age"
    ),
    pytest.param(
        ["alter table Class alter column name drop not null", "update Class set name = null where true"],
        {"required": Fraction(5, 3), "kept": Fraction(3, 2)},
        69,
        id="null",
    ),
    pytest.param(
        ["insert into Pupil (id, branch_id) values ('mine', 'north')"],
        {"own": Fraction(2, 25), "distributions": Fraction(15, 4)},
        96,
        id="somebody else's row",
    ),
]


@pytest.mark.parametrize(("statements", "lost", "score"), BROKEN)
def test_what_is_broken_is_what_costs(full: Path, database: Database, statements: list[str], lost: dict, score: int):
    break_it(database, *statements)
    health = examine(full)
    assert losses(health) == lost
    assert health.score == score


def test_a_key_that_stands_twice(full: Path, database: Database):
    """The doubled parent multiplies no child: the references are counted as if its key stood once."""
    constraint = [f'alter table Class drop constraint "{name}"' for name in ("Class_pkey",)]
    more = constraint if database.engine == "postgres" else []
    if more:
        more = ['alter table Pupil drop constraint "Pupil_class_id_fkey"', *more]
    break_it(database, *more, "insert into Class select id, branch_id, name from Class where name = 'Class 1'")
    health = examine(full)
    assert losses(health) == {"keys": 5, "kept": Fraction(3, 2)}
    assert (health.score, limits(health)) == (69, [69])
    (keys,) = [check for check in health.checks if check.name == "keys"]
    assert keys.wrong == 2
    assert "rows 2" in keys.findings[0].example


def test_a_column_that_is_missing(full: Path, database: Database):
    break_it(database, "alter table Pupil drop column first_class")
    health = examine(full)
    assert losses(health) == {"references": Fraction(15, 2), "tenant kept": Fraction(5, 2)}
    assert limits(health) == [69]


# --- models without a contract ---------------------------------------------------------------------------------

PLAIN = {
    "sqlseed.toml": 'name = "plain"',
    "models/models.yml": """
        models:
          - name: customers
            columns: [{name: id, data_tests: [unique, not_null]}]
          - name: orders
            columns:
              - {name: id, data_tests: [unique]}
              - {name: customer_id, data_tests: [relationships: {to: ref('customers'), field: id}]}
        """,
    "models/customers.sql": "select n as id from generate_series(1, 3) as s(n)",
    "models/orders.sql": "select n as id, n % 3 + 1 as customer_id from generate_series(1, 6) as s(n)",
}


def test_a_project_in_dbts_way(database: Database, tmp_path: Path):
    """Tables without contract, keys or slices: what dbt's tests declare are the rules."""
    folder = write_project(tmp_path / "project", PLAIN | {"profiles.yml": database.profile()})
    nobody = examine(folder)
    assert (nobody.score, limits(nobody)) == (0, [0, 49])
    build(folder)
    assert losses(examine(folder)) == {}
    where = pupils.schema(database)
    database.run(f"insert into {where}.orders values (6, 9)")
    health = examine(folder)
    # One of two keys, the one reference, and one of two tables with a row more than was built.
    assert losses(health) == {"keys": 5, "references": 15, "kept": Fraction(3, 2)}
    assert (health.score, limits(health)) == (68, [69])  # 100 * (68 - 21.5) / 68


# --- freshness and provenance -------------------------------------------------------------------------------


def test_age_of_the_data(full: Path):
    assert losses(examine(full, today=dt.date(2026, 9, 27))) == {}  # 180 days after as_of
    assert losses(examine(full, today=dt.date(2026, 9, 28))) == {"as of": 2}
    assert losses(examine(full, today=dt.date(2026, 3, 30))) == {"as of": 2}  # ahead of today


def test_a_project_that_changed(full: Path):
    model = full / "models" / "pupils.sql"
    model.write_text(model.read_text().replace("% 5 + 6", "% 5 + 7"))
    assert losses(examine(full)) == {"unchanged": Fraction(3, 2)}


def test_edits_that_keep_the_number_of_rows(full: Path, database: Database):
    """They are seen by what the checkpoint says of the content; by checksums, where asked to, if it says nothing."""
    edit = "update Pupil set age = 8 where id = (select min(id) from Pupil)"
    assert losses(examine(full)) == {}
    break_it(database, edit)
    assert losses(examine(full)) == {"kept": Fraction(3, 8)}
    api.build(api.load(full, env={}), full_refresh=True, checksums=True, edited="replace")
    assert losses(examine(full)) == losses(examine(full, checksums=True)) == {}
    break_it(database, "update _sqlseed.checkpoint set content = null", edit)
    assert losses(examine(full)) == {}
    assert losses(examine(full, checksums=True)) == {"kept": Fraction(3, 8)}


def test_rows_of_a_slice_that_is_no_more(full: Path):
    (full / "seeds" / "years.csv").write_text("name\n2025\n")
    health = examine(full)
    pupil = health.tables[1]
    assert (pupil.rows, pupil.expected, pupil.orphaned, pupil.foreign) == (20, 10, 10, 0)


def test_what_does_not_apply_is_scaled_out(full: Path):
    """Without tenants, targets and as_of the rest counts for 100."""
    for path in ("health/age.sql", "health/pupils_per_branch.sql"):
        (full / path).unlink()
    settings = full / "sqlseed.toml"
    settings.write_text(settings.read_text().partition("[health]")[0].replace("as_of = 2026-03-31\n", ""))
    health = examine(full)
    assert {check.name for check in health.checks} == {
        "rows",
        "keys",
        "references",
        "required",
        "unchanged",
        "own",
        "kept",
    }
    assert health.score == 100


# --- reading only -----------------------------------------------------------------------------------------------


def test_a_role_that_may_only_select(postgres: Database, tmp_path: Path):
    folder = write_project(tmp_path / "project", pupils.files(postgres))
    build(folder)
    name = postgres.place.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(postgres.place, autocommit=True) as owner:
        owner.execute("create role reader login")
        try:
            owner.execute("grant usage on schema _sqlseed to reader")
            owner.execute("grant select on all tables in schema _sqlseed, public to reader")
            owner.execute(f'revoke temporary on database "{name}" from public')
            reader = Database("postgres", postgres.place.replace("postgres@", "reader@"))
            (folder / "profiles.yml").write_text(pupils.files(reader)["profiles.yml"])
            health = examine(folder, checksums=True)
        finally:
            owner.execute("drop owned by reader")
            owner.execute("drop role reader")
    assert health.score == 100


class Probed(Exception):
    """Ends an examination in its middle."""


def test_nothing_can_be_written(full: Path, database: Database, monkeypatch: pytest.MonkeyPatch):
    """In the middle of an examination: one snapshot, in which every write is refused."""
    found: list[str] = []

    def probe(scanner: Scanner, *_: object) -> None:
        if database.engine == "postgres":
            settings = "current_setting('transaction_isolation'), current_setting('transaction_read_only')"
            found.extend(scanner.session.query(f"select {settings}")[0])
        try:
            scanner.session.run(f"create table {pupils.schema(database)}.more (a integer)")
        except ExecuteError as error:
            found.append(error.message)
        raise Probed

    monkeypatch.setattr(Scanner, "scan", probe)
    with pytest.raises(Probed):
        examine(full)
    assert found[:-1] == (["repeatable read", "on"] if database.engine == "postgres" else [])
    assert "read-only" in found[-1]


# --- the function and the command ---------------------------------------------------------------------------------


def test_function(full: Path):
    """`sqlseed.health` is the function, and no module that was imported meanwhile."""
    assert sqlseed.health(full, today=TODAY).score == 100


def test_min_score(full: Path, database: Database):
    day = ["--today", TODAY.isoformat()]
    assert run_cli(["health", *day, "--min-score", "100"], full).rc == 0
    break_it(database, "delete from Pupil where id = (select min(id) from Pupil)")
    assert run_cli(["health", *day, "--min-score", "95"], full).rc == 0
    below = run_cli(["health", *day, "--min-score", "96"], full)
    assert (below.rc, below.stderr) == (1, "the score is below 96\n")
    assert "health 95 of 100: 23 rows in 2 tables" in below.stdout
    assert run_cli(["health", *day], full).rc == 0
    assert run_cli(["health", "--min-score", "101"], full).rc == 2


def test_json(full: Path, database: Database):
    break_it(database, "delete from Pupil where id = (select min(id) from Pupil)")
    done = run_cli(["health", "--today", TODAY.isoformat(), "--output", "json"], full)
    result = json.loads(done.stdout)
    assert (done.rc, done.stderr, result["score"]) == (0, "", 95)
    assert [section["name"] for section in result["sections"]] == [
        "completeness",
        "integrity",
        "tenancy",
        "realism",
        "freshness",
        "provenance",
    ]
    (rows,) = result["sections"][0]["checks"]
    assert rows["findings"] == [
        {
            "what": "Pupil",
            "wrong": 1,
            "lost": 0.75,
            "note": "1 of 4 slices short",
            "example": rows["findings"][0]["example"],
        }
    ]
    assert result["tables"][1]["slices"][0]["point"] == {"branch": "north", "year": "2024"}


# --- what it refuses --------------------------------------------------------------------------------------------


def test_nowhere_to_connect(tmp_path: Path):
    nowhere = Database("postgres", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    folder = write_project(tmp_path / "project", pupils.files(nowhere))
    with pytest.raises(ConnectError):
        examine(folder)
    assert run_cli(["health"], folder).rc == 4


def test_another_projects_state(full: Path):
    settings = full / "sqlseed.toml"
    settings.write_text(settings.read_text().replace('name = "pupils"', 'name = "others"', 1))
    with pytest.raises(GuardError, match="belongs to the project 'pupils'"):
        examine(full)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("select 1, 2, 3", "gives 3 columns"),
        ("select 'a', 'b', 1, 1", "where a number should be"),
        ("select 'a', {{ text_hash('age') }}, 1, 1 from {{ ref('pupils') }}", "calls the session function"),
        ("select 'a', 1, 1, 1 from {{ ref('pupil') }}", "did you mean 'pupils'"),
        ("select 'a', nothing, 1, 1 from {{ ref('pupils') }}", "health/age.sql"),
    ],
)
def test_a_query_that_is_wrong(on_duckdb: Database, tmp_path: Path, query: str, message: str):
    folder = write_project(tmp_path / "project", pupils.files(on_duckdb) | {"health/age.sql": query})
    build(folder)
    with pytest.raises(Exception, match=message) as caught:
        examine(folder)
    assert str(caught.value).startswith("health/age.sql")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('tenants = "x"', "did you mean 'tenant'"),
        ('tenant = "branchid"', "did you mean 'branch_id'"),
        ('tenant = "branch_id"\ntenant_dimension = "brunch"', "did you mean 'branch'"),
        ('tenant_dimension = "branch"', "tenant_dimension without tenant"),
        ("max_age_days = -1", "whole number of days"),
        ('as_of = "planned"', "no var with a date"),
    ],
)
def test_a_setting_that_is_wrong(on_duckdb: Database, tmp_path: Path, settings: str, message: str):
    folder = write_project(tmp_path / "project", pupils.files(on_duckdb))
    toml = folder / "sqlseed.toml"
    toml.write_text(toml.read_text().partition("[health]")[0] + f"[health]\n{settings}\n")
    with pytest.raises(ProjectError, match=message):
        examine(folder)


def test_a_query_whose_template_is_wrong_is_no_surprise(on_duckdb: Database, tmp_path: Path):
    folder = write_project(tmp_path / "project", pupils.files(on_duckdb) | {"health/age.sql": "select {{ nothing }}"})
    with pytest.raises(CompileError, match="'nothing' is not defined"):
        examine(folder)
    assert run_cli(["health"], folder).rc == 2
