"""Which targets are written at all: environment, names, identity, role, Prisma's lock on migrations."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from sqlseed import api, guards
from sqlseed.backends import LiveDatabase
from sqlseed.errors import ConnectError, SqlseedError
from sqlseed.events import Event, EventKind
from sqlseed.model import Target
from tests.behaviour.clinics import Database, build, changed
from tests.servers import Server, find_binaries
from tests.support import run_cli

DEV = Target("care", "dev", "postgres", "public", environment="dev")
SCHEMAS = "select count(*) from pg_namespace where nspname = '_sqlseed'"


def reasons(live: LiveDatabase, stamped: tuple[Any, ...] | None = None, **settings: Any) -> list[str]:
    """Why a target with these settings is refused; `stamped` is what its state says of its identity."""
    fields = {name: getattr(DEV, name) for name in DEV.__slots__} | settings
    session = SimpleNamespace(
        state_schema="_sqlseed",
        catalog=lambda tables: dict.fromkeys(tables) if stamped else {},
        query=lambda _: [stamped],
    )
    return [str(error) for error in guards.reasons(Target(**fields), session, live)]


def conninfo(**values: str) -> dict[str, Any]:
    """Settings of a target with these words in its URL."""
    return {"conninfo": values}


# --- environment and names ----------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", guards.ENVIRONMENTS)
def test_a_development_database_is_written(environment: str):
    assert reasons(LiveDatabase("school", "seeder"), environment=environment) == []


OVERRIDE = "to write it all the same, give --confirm-database with the database's name"
NO_OTHER = """\
target 'dev' does not say that it is a development database, and no other is written
  hint: if it is one, add this line to the target in profiles.yml (or test, staging):
      environment: dev"""


def test_a_target_that_says_nothing_is_refused_with_the_line_to_add():
    assert reasons(LiveDatabase("school", "seeder"), environment=None) == [NO_OTHER]


@pytest.mark.parametrize(
    ("environment", "hint"),
    [
        ("production", OVERRIDE), ("pre-prod", OVERRIDE), ("live", OVERRIDE),
        ("stagin", f"did you mean 'staging'? {OVERRIDE}"),
        ("DEV", f"known names: dev, staging, test {OVERRIDE}"),
    ],
)  # fmt: skip
def test_no_other_environment_is_written(environment: str, hint: str):
    said = f"target 'dev' has environment '{environment}'; only dev, test, staging are written\n  hint: {hint}"
    assert reasons(LiveDatabase("school", "seeder"), environment=environment) == [said]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("school_prod", "prod"), ("prod2", "prod"), ("PRD", "prd"), ("schoolProduction", "production"),
        ("live-school", "live"), ("db-primary", "primary"), ("school.prod.example.org", "prod"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["database", "host", "service", "target"])
def test_a_name_like_production_s_is_refused(kind: str, name: str, word: str):
    by_kind: dict[str, dict[str, Any]] = {
        "database": {"settings": conninfo(dbname=name)},
        "host": {"settings": conninfo(host=name)},
        "service": {"settings": conninfo(service=name)},
        "target": {"name": name},
    }
    settings = by_kind[kind]
    (found,) = reasons(LiveDatabase("school", "seeder"), **settings)
    assert found.startswith(f"the {kind} '{name}' has the word '{word}' in its name, as production has\n")


def test_the_name_that_the_server_gives_counts_as_well():
    assert reasons(LiveDatabase("school_live", "seeder"), settings=conninfo(dbname="alias")) != []


@pytest.mark.parametrize(
    "name", ["product", "reproduce", "products_dev", "delivery", "olive", "alive_dev", "prodigy", "primarykeys", "dev"]
)
def test_a_name_that_only_contains_such_a_word_is_not(name: str):
    settings = conninfo(host=f"{name}.example.org", dbname=name)
    assert reasons(LiveDatabase(name, "seeder"), name=name, settings=settings) == []


def test_every_reason_is_given_at_once():
    live = LiveDatabase("prod", "root", ("it is a superuser, or may become one",), "it is a hot standby", "1")
    found = reasons(live, ("other", "2", "dev"), environment="live")
    assert len(found) == 5


def test_a_duckdb_file_needs_no_environment(on_duckdb, write):
    root = write(on_duckdb)
    assert "environment" not in (root / "profiles.yml").read_text("utf-8")
    assert build(root).success
    with pytest.raises(SqlseedError, match="is a DuckDB file"):
        build(root, confirm_database="clinics")


def test_nothing_is_written_without_an_environment(postgres, write):
    root = write(postgres, {"tests/data/one.sql": "select 1 as one"}, environment=None)
    assert run_cli(["test"], root).rc == 1  # it only reads
    for command in (["build"], ["clean", "--yes"], ["test", "--store-failures"]):
        result = run_cli(command, root)
        assert result.rc == 3, result
        assert "environment: dev" in result.stderr
    assert postgres.query(SCHEMAS) == [(0,)]
    assert run_cli(["build", "--dry-run", "--select", "clinics"], root).rc == 0


def test_the_database_s_name_goes_over_it_and_nothing_else_does(postgres, write):
    name = postgres.place.rpartition("/")[2]
    root = write(postgres, environment="production")
    for wrong in ("", "postgres", name.upper()):
        result = run_cli(["build", "--confirm-database", wrong], root)
        assert (result.rc, f"this is the database '{name}'" in result.stderr) == (3, True)
    assert postgres.query(SCHEMAS) == [(0,)]
    assert run_cli(["build", "--confirm-database", name], root).rc == 0
    assert run_cli(["build"], root).rc == 3
    assert run_cli(["clean", "--yes", "--confirm-database", name], root).rc == 0


def test_plan_says_what_build_would_refuse(postgres, write):
    result = run_cli(["plan"], write(postgres, environment=None))
    assert result.rc == 3
    assert "clinics" in result.stdout
    assert "does not say that it is a development database" in result.stderr
    debug = run_cli(["debug"], write(postgres, environment=None))
    assert "environment: dev" in debug.stdout


# --- identity -----------------------------------------------------------------------------------------------

IDENTITY = "select database, system_identifier, environment from _sqlseed.identity"


@pytest.mark.parametrize(
    ("stamped", "expected"),
    [
        (("school", "7", "dev"), None),
        (("school", None, None), None),  # what could not be read is not compared
        (("scool", "7", "dev"), "it was called 'scool' then, and is called 'school' now"),
        (("school", "8", "dev"), "it was in the database cluster 8 then, and is in 7 now"),
        (("school", "7", "staging"), "its environment was 'staging' then, and is 'dev' now"),
    ],
)
def test_another_identity_is_refused(stamped: tuple[Any, ...], expected: str | None):
    found = reasons(LiveDatabase("school", "seeder", system_identifier="7"), stamped)
    assert (expected or "") in "".join(found)
    assert bool(found) == bool(expected)


def test_the_identity_is_stamped_once(any_pg, write):
    root = write(any_pg)
    assert build(root).success
    name = any_pg.place.rpartition("/")[2]
    ((system,),) = any_pg.query("select system_identifier::text from pg_control_system()")
    assert any_pg.query(IDENTITY) == [(name, system, "test")]
    stamp = any_pg.query("select stamped_at from _sqlseed.identity")
    assert build(root, full_refresh=True).success
    assert any_pg.query("select stamped_at from _sqlseed.identity") == stamp


def test_a_role_that_may_not_read_the_cluster_s_identity_builds(postgres, write):
    postgres.run("revoke execute on function pg_control_system() from public", "create role clinic_plain login",
                 f'alter database "{postgres.place.rpartition("/")[2]}" owner to clinic_plain')  # fmt: skip
    plain = Database("postgres", postgres.place.replace("postgres@", "clinic_plain@"))
    try:
        assert build(write(plain, allow_superuser=None)).success
        assert postgres.query(IDENTITY)[0][1:] == (None, "test")
    finally:
        postgres.run("drop owned by clinic_plain cascade",
                     f'alter database "{postgres.place.rpartition("/")[2]}" owner to postgres',
                     "drop role clinic_plain")  # fmt: skip


def test_a_copy_under_another_name_is_refused_until_it_is_confirmed(postgres18: Server, postgres, write):
    assert build(write(postgres)).success
    name = postgres.place.rpartition("/")[2]
    with psycopg.connect(postgres18.url, autocommit=True) as connection:
        connection.execute(f'create database "{name}_copy" template "{name}"')
    copy = Database("postgres", postgres.place + "_copy")
    try:
        root = write(copy)
        before = copy.digest()
        refused = run_cli(["build", "--full-refresh"], root)
        assert refused.rc == 3
        assert f"it was called '{name}' then, and is called '{name}_copy' now" in refused.stderr
        assert run_cli(["clean", "--yes"], root).rc == 3
        assert copy.digest() == before
        assert run_cli(["build", "--confirm-database", f"{name}_copy"], root).rc == 0
        assert run_cli(["build"], root).rc == 0  # it has become this one
    finally:
        with psycopg.connect(postgres18.url, autocommit=True) as connection:
            connection.execute(f'drop database "{name}_copy" with (force)')


def test_a_dump_restored_on_another_server_is_refused(postgres15: Server, postgres18: Server, write):
    """The same name, the same profile: as when a DNS name moves, or staging is filled from a dump."""
    binaries = find_binaries(15)
    assert binaries is not None
    with postgres15.fresh_database("moved") as old, postgres18.fresh_database("moved") as new:
        assert build(write(Database("postgres", old))).success
        dump = subprocess.run([str(binaries / "pg_dump"), "-d", old], capture_output=True, check=True)
        psql = [str(binaries / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", new]
        restored = subprocess.run(psql, input=dump.stdout, capture_output=True)
        assert restored.returncode == 0, restored.stderr
        result = run_cli(["build"], write(Database("postgres", new)))
        assert result.rc == 3
        assert "it was in the database cluster" in result.stderr


def test_a_state_without_identity_is_stamped_by_the_next_build(postgres, write):
    """As earlier versions and the psql scripts leave it."""
    root = write(postgres)
    assert build(root).success
    postgres.run("drop table _sqlseed.identity")
    assert build(root, "clinics", full_refresh=True).success
    assert len(postgres.query(IDENTITY)) == 1
    api.clean(root)
    assert postgres.query(SCHEMAS) == [(0,)]


# --- role ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        ("alter role clinic_strong superuser", "it is a superuser, or may become one"),
        ("grant postgres to clinic_strong", "it is a superuser, or may become one"),
        ("alter role clinic_strong bypassrls", "it passes row-level security by"),
        ("grant pg_execute_server_program to clinic_strong", "it is a member of pg_execute_server_program"),
        ("grant pg_read_server_files, pg_write_server_files to clinic_strong",
         "it is a member of pg_read_server_files and it is a member of pg_write_server_files"),
        ("comment on role clinic_strong is 'plain'", ""),
    ],
)  # fmt: skip
def test_a_role_with_powers_needs_to_be_allowed(postgres, write, setup: str, said: str):
    name = postgres.place.rpartition("/")[2]
    postgres.run("create role clinic_strong login", f'alter database "{name}" owner to clinic_strong', setup)
    strong = Database("postgres", postgres.place.replace("postgres@", "clinic_strong@"))
    try:
        result = run_cli(["build", "-q", "--no-tests"], write(strong, allow_superuser=None))
        assert result.rc == (3 if said else 0), result.stderr
        if said:
            assert f"the role 'clinic_strong' may do more than seeding needs: {said}\n" in result.stderr
            assert "allow_superuser: true" in result.stderr
            assert run_cli(["build", "-q", "--confirm-database", name], write(strong, allow_superuser=None)).rc == 3
            assert run_cli(["build", "-q", "--no-tests"], write(strong)).rc == 0
    finally:
        postgres.run(
            "reassign owned by clinic_strong to postgres", "drop owned by clinic_strong",
            f'alter database "{name}" owner to postgres', "drop role clinic_strong",
        )  # fmt: skip


# --- Prisma's lock on migrations ------------------------------------------------------------------------------

TAKE = "select pg_try_advisory_lock(72707369)"
GIVE = "select pg_advisory_unlock(72707369)"
SLOW = changed(
    "models/visit_plan.sql",
    "from generate_series(0, {{ var('patients') }} * 2 - 1) as g(n)",
    "from generate_series(0, {{ var('patients') }} * 2 - 1) as g(n) cross join (select pg_sleep(0.4)) as s",
)


def test_a_build_does_not_begin_while_a_migration_runs(any_pg, write):
    root = write(any_pg)
    with psycopg.connect(any_pg.place, autocommit=True, application_name="schema-engine") as migration:
        assert migration.execute(TAKE).fetchone() == (True,)
        for command in (["build"], ["clean", "--yes"]):
            result = run_cli(command, root)
            assert result.rc == 4
            assert (
                f"holds Prisma's lock (pid {migration.info.backend_pid}, schema-engine, role postgres)" in result.stderr
            )
        assert any_pg.query(SCHEMAS) == [(0,)]
    wait_for(lambda: run_cli(["build", "-q"], root).rc == 0)


def test_a_migration_waits_while_a_build_runs(postgres, write):
    """The lock is held from before the first table is made until after the last slice, and by nobody afterwards."""
    taken: list[bool] = []
    with psycopg.connect(postgres.place, autocommit=True) as migration:

        def look(event: Event) -> None:
            if event.kind not in (EventKind.TABLE_CREATED, EventKind.SLICE_STARTED, EventKind.SLICE_FINISHED):
                return
            (got,) = migration.execute(TAKE).fetchone() or (None,)
            taken.append(bool(got))
            if got:
                migration.execute(GIVE)

        assert build(write(postgres), on_event=look).success
        wait_for(lambda: migration.execute(TAKE).fetchone() == (True,))
    assert len(taken) > 30
    assert not any(taken), taken


def test_two_builds_share_the_lock(postgres, write):
    root = write(postgres)
    results: list[api.BuildResult] = []
    threads = [threading.Thread(target=lambda: results.append(build(root))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.success for result in results] == [True, True]


def test_the_lock_is_told_in_the_python_api(postgres, write):
    with psycopg.connect(postgres.place, autocommit=True) as migration:
        migration.execute(TAKE)
        with pytest.raises(ConnectError, match="a migration is running"):
            build(write(postgres))


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Fails if the condition does not come true in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "in vain"
        time.sleep(0.05)
