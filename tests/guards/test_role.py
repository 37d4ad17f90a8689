"""What the role may: a database that cannot be written, missing privileges as SQL to run, row-level security."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from sqlseed import api, preflight
from sqlseed.errors import GuardError
from sqlseed.events import Event, EventKind, Status
from sqlseed.live import LiveColumn, LiveTable
from sqlseed.model import Relation
from tests.behaviour.clinics import MODELS, TABLES, Database, build
from tests.support import run_cli
from tests.unit.towns import open_towns

THERE = """
select nspname::text from pg_namespace where nspname = '_sqlseed'
union all select relname::text from pg_class where relnamespace = 'public'::regnamespace
"""
FILTER = (
    'alter table "Patient" enable row level security',
    'alter table "Patient" force row level security',
    'create policy written on "Patient" for insert with check (true)',
)


@pytest.fixture
def plain(postgres: Database) -> Iterator[Database]:
    """The database as a role sees it that may connect and make temporary tables, and nothing else."""
    name = postgres.place.rpartition("/")[2]
    postgres.run("create role clinic_plain login", "revoke all on schema public from public")
    yield Database("postgres", postgres.place.replace("postgres@", "clinic_plain@"))
    postgres.run("reassign owned by clinic_plain to postgres", "drop owned by clinic_plain cascade",
                 f'alter database "{name}" owner to postgres', "drop role clinic_plain")  # fmt: skip


def statements(stderr: str) -> list[str]:
    """The SQL that a refusal prints."""
    return re.findall(r"^ +((?:grant|create) .*;)$", stderr, re.MULTILINE)


# --- a database that cannot be written ------------------------------------------------------------------------


def test_a_read_only_database_is_refused_before_anything_is_written(postgres: Database, write):
    name = postgres.place.rpartition("/")[2]
    postgres.run(f'alter database "{name}" set default_transaction_read_only = on')
    for command in (["build"], ["build", "--full-refresh"], ["clean", "--yes"], ["plan"]):
        result = run_cli(command, write(postgres))
        assert result.rc == 3, result.stderr
        assert "its transactions are read-only (default_transaction_read_only)" in result.stderr
    assert postgres.query(THERE) == []


# --- privileges -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["build", "plan"])
def test_a_role_that_may_not_even_look_into_the_schema(postgres: Database, plain: Database, write, command: str):
    """The tables are there, and the key range's query would be refused first."""
    root = write(postgres)
    assert build(root).success
    api.clean(root)
    result = run_cli([command], write(plain, allow_superuser=None))
    assert result.rc == 3, result.stderr
    assert "the role lacks privileges; an administrator has to run" in result.stderr
    assert 'grant usage on schema "public" to "clinic_plain";' in result.stderr
    assert "Traceback" not in result.stderr


def test_the_statements_printed_are_enough(postgres: Database, plain: Database, write):
    """All of them at once: an administrator runs them, and the same command builds."""
    root = write(postgres)
    assert build(root).success
    api.clean(root)
    command, mine = ["build", "--no-tests"], write(plain, allow_superuser=None)
    refused = run_cli(command, mine)
    assert refused.rc == 3, refused.stderr
    printed = statements(refused.stderr)
    assert 'create schema "_sqlseed" authorization "clinic_plain";' in printed
    assert {f'grant select, insert on "public"."{name}" to "clinic_plain";' for name in TABLES} <= set(printed)
    assert postgres.query("select 1 from pg_namespace where nspname = '_sqlseed'") == []
    postgres.run(*printed)
    built = run_cli(command, mine)
    assert built.rc == 0, built.stderr
    assert {name for name, _ in postgres.state()} >= set(MODELS)


def test_one_privilege_on_one_table(postgres: Database, plain: Database, write):
    root = write(postgres)
    assert build(root).success
    api.clean(root)
    mine = write(plain, allow_superuser=None)
    postgres.run(*statements(run_cli(["build"], mine).stderr), 'revoke insert on "Visit" from clinic_plain')
    result = run_cli(["build"], mine)
    assert result.rc == 3
    assert statements(result.stderr) == ['grant insert on "public"."Visit" to "clinic_plain";']
    assert postgres.contents() == {name: [] for name in TABLES}


def test_a_role_that_may_not_make_the_state_s_schema(postgres: Database, plain: Database, write):
    """Nor any table: three statements, and it may."""
    mine = write(plain, allow_superuser=None)
    result = run_cli(["build", "--no-tests"], mine)
    assert result.rc == 3
    printed = statements(result.stderr)
    assert sorted(printed) == [
        'create schema "_sqlseed" authorization "clinic_plain";',
        'grant usage, create on schema "public" to "clinic_plain";',
    ]
    assert postgres.query(THERE) == []
    postgres.run(*printed)
    assert run_cli(["build", "--no-tests"], mine).rc == 0


def test_another_s_state_schema(postgres: Database, plain: Database, write):
    """It is there, and the role may neither read what was built nor whose database it is."""
    assert build(write(postgres)).success
    for command in ("build", "plan"):
        result = run_cli([command], write(plain, allow_superuser=None))
        assert result.rc == 3, result.stderr
        assert 'grant usage, create on schema "_sqlseed" to "clinic_plain";' in result.stderr
        assert 'grant "postgres" to "clinic_plain";' in result.stderr


# --- row-level security ---------------------------------------------------------------------------------------


def test_tables_with_row_level_security_are_named(tmp_path):
    columns = {"id": LiveColumn("id", "text", nullable=False, filled=False)}
    compiled = open_towns(tmp_path).checked()
    house = Relation("main", "house")
    assert preflight.cautions(compiled, ["house"], {house: LiveTable(columns)}) == []
    (said,) = preflight.cautions(compiled, ["house"], {house: LiveTable(columns, filtered=True)})
    assert said.startswith('row-level security holds for this role in "main"."house": ')


@pytest.fixture
def filtered(postgres: Database, plain: Database, write) -> Database:
    """Tables of the plain role's own, all empty, and policies on the patients that hold for it too."""
    name = postgres.place.rpartition("/")[2]
    postgres.run(f'alter database "{name}" owner to clinic_plain', "grant all on schema public to clinic_plain")
    root = write(plain, allow_superuser=None)
    assert build(root).success
    api.clean(root)
    postgres.run(*FILTER)
    return plain


def counted(database: Database) -> dict[str, int]:
    """The patients that are really there, by clinic."""
    return dict(database.query('select "clinicId", count(*) from "Patient" group by 1'))


def recorded(database: Database) -> dict[str, int]:
    """The patients that the checkpoints count."""
    return {slice_: rows for (model, slice_), (_, rows, _) in database.state().items() if model == "patients"}


def test_rows_that_the_role_cannot_see_are_counted_all_the_same(postgres: Database, filtered: Database, write):
    """What a build says of its rows is what it wrote, not what a policy shows of it."""
    postgres.run('create policy shown on "Patient" for select using ("clinicId" <> \'south\')')
    events: list[Event] = []
    result = build(write(filtered, allow_superuser=None), on_event=events.append)
    assert result.success, [failure.message for failure in result.failures]
    warned = [event.message for event in events if event.kind is EventKind.WARNING]
    assert len(warned) == 1
    assert 'row-level security holds for this role in "public"."Patient"' in warned[0]
    started = [event.kind for event in events]
    first = next(i for i, event in enumerate(events) if event.kind is EventKind.WARNING)
    assert first < started.index(EventKind.SLICE_STARTED)
    assert counted(postgres) == recorded(postgres) == {"north": 6, "south": 6, "east": 6}
    (table,) = [table for table in result.tables if table.model == "patients"]
    assert table.rows == 18


def test_rows_that_a_policy_refuses_fail_their_slice(postgres: Database, filtered: Database, write):
    postgres.run(
        'create policy shown on "Patient" for select using (true)',
        'drop policy written on "Patient"',
        'create policy written on "Patient" for insert with check ("clinicId" <> \'south\')',
    )
    result = build(write(filtered, allow_superuser=None))
    assert [failure.slice.key for failure in result.failures] == ["south"]
    assert "42501" in result.failures[0].message
    assert '"Patient"' in result.failures[0].message
    assert counted(postgres) == recorded(postgres) == {"north": 6, "east": 6}
    assert {r.slice.key.partition("/")[0] for r in result.results if r.status is Status.SKIPPED} == {"south"}


def test_a_role_that_policies_do_not_bind_hears_nothing(postgres: Database, filtered: Database, write):
    """A superuser passes by: nothing to warn of."""
    del filtered
    events: list[Event] = []
    assert build(write(postgres), on_event=events.append).success
    assert [event for event in events if event.kind is EventKind.WARNING] == []


def test_the_python_api_raises_the_same(plain: Database, write):
    with pytest.raises(GuardError, match="the role lacks privileges"):
        build(write(plain, allow_superuser=None))
