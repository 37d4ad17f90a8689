"""The privileges that `sqlseed grants` prints are enough for a build, and no more than `sqlseed debug` asks for."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

from tests.behaviour.clinics import TABLES, Database, build, changed
from tests.support import run_cli

_roles = itertools.count(1)


def as_role(database: Database, root: Path, role: str) -> Path:
    url = database.place.replace("postgres@", f"{role}@")
    (root / "profiles.yml").write_text(
        f'sqlseed: {{outputs: {{test: {{type: postgres, environment: dev, url: "{url}"}}}}}}\n'
    )
    return root


def test_a_role_with_them_builds_and_another_does_not(any_pg: Database, write):
    database = any_pg
    root = write(database)
    assert build(root).success
    expected = database.digest()
    database.run("drop schema _sqlseed cascade", *(f'truncate "{table}" cascade' for table in TABLES))
    role = f"filler_grants_{next(_roles)}"
    database.run(f"create role {role} login", "revoke all on schema public from public")
    try:
        done = run_cli(["build", "-q"], as_role(database, root, role))
        assert done.rc == 3
        assert "the role lacks privileges; an administrator has to run" in done.stderr
        assert f'grant usage on schema "public" to "{role}";' in done.stderr
        first = run_cli(["grants", "--role", role], root)
        assert (first.rc, first.stderr) == (0, "")
        assert "delete" not in first.stdout
        assert "update on" not in first.stdout.replace("select, update on sequence", "")
        database.run(*first.stdout.splitlines())
        assert run_cli(["build", "-q"], root).rc == 0
        assert database.digest() == expected
        for table in TABLES:
            assert database.query(f"select has_table_privilege('{role}', '\"{table}\"', 'delete')") == [(False,)]
        as_role(database, write(database, changed("models/patients.sql", "200, 4000", "300, 4000")), role)
        done = run_cli(["build", "-q"], root)
        assert done.rc == 3
        assert "the role lacks privileges" in done.stderr
        more = json.loads(run_cli(["grants", "--role", role, "--changes", "--output", "json"], root).stdout)
        database.run(*more)
        assert run_cli(["build", "-q"], root).rc == 0
        assert run_cli(["clean", "--yes"], root).rc == 0
    finally:
        database.run(f"drop owned by {role} cascade", f"drop role {role}")


def test_a_role_that_makes_its_tables(any_pg: Database, write):
    role = f"filler_grants_{next(_roles)}"
    root = write(any_pg)
    any_pg.run(f"create role {role} login", "revoke all on schema public from public")
    try:
        printed = run_cli(["grants", "--role", role, "--create-tables"], as_role(any_pg, root, role)).stdout
        any_pg.run(*printed.splitlines())
        assert run_cli(["build", "-q"], root).rc == 0
    finally:
        any_pg.run(f"drop owned by {role} cascade", f"drop role {role}")


def test_a_selection_and_a_hostile_name(postgres: Database, write):
    printed = run_cli(["grants", "--select", "clinics", "--role", 'a"; drop table x; --'], write(postgres)).stdout
    assert '"Clinic" to "a""; drop table x; --";' in printed
    assert "Patient" not in printed


def test_an_engine_without_roles(on_duckdb: Database, write):
    done = run_cli(["grants"], write(on_duckdb))
    assert (done.rc, done.stdout) == (2, "")
    assert done.stderr.startswith("error: target 'test' is duckdb, which has no roles\n")
