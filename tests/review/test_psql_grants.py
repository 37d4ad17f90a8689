"""grants.sql gives a role what run.sql needs, and nothing that could be left out."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from sqlseed.review.psql import grant_statements
from tests.review.psql_runs import Case, psql, rows, run, scripts_for, weather
from tests.review.test_psql import ODD, Fresh, fresh
from tests.servers import Server
from tests.support import write_project

__all__ = ["fresh"]  # a fixture
_roles = itertools.count(1)

CLOSE = """
    revoke all on database {database} from public;
    revoke all on schema public from public;
    create role {role} login;
"""


def closed(server: Server, url: str, schema: str = "") -> tuple[str, str]:
    """A database that lets nobody in, and a new role: its name, and the URL with it."""
    role = f"filler_{server.version}_{next(_roles)}"
    rows(url, schema + CLOSE.format(database=url.rpartition("/")[2], role=role))
    return role, url.replace("postgres@", f"{role}@")


@pytest.mark.parametrize("own_tables", [True, False], ids=["tables there", "tables missing"])
def test_the_role_can_run_everything(own_tables: bool, any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = weather(tmp_path, days=1), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    role, by_role = closed(any_postgres, url, (case.root / "schema.sql").read_text("utf-8") if own_tables else "")

    run(any_postgres, url, folder / "grants.sql", "-v", f"role={role}")
    run(any_postgres, url, folder / "grants.sql", "-v", f"role={role}")  # it can be run again

    assert "done: 11 slices" in run(any_postgres, by_role, folder / "run.sql")
    may_delete = rows(url, f"select has_table_privilege('{role}', 'station', 'delete')")
    assert may_delete == [(not own_tables,)]  # what it makes it owns
    may_create = rows(url, f"select has_schema_privilege('{role}', 'public', 'create')")
    assert may_create == [(not own_tables,)]


def test_the_role_can_run_models_of_each_kind(any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = Case(write_project(tmp_path / "odd", ODD)), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    role, by_role = closed(any_postgres, url)
    run(any_postgres, url, folder / "grants.sql", "-v", f"role={role}")
    run(any_postgres, by_role, folder / "run.sql")


@pytest.mark.parametrize(
    "privilege",
    [
        "connect on database {database}",
        "temporary on database {database}",
        "usage on schema public",
        "usage on schema _sqlseed",
        "create on schema _sqlseed",
        "select on station",
        "insert on station",
        "select on sensor",
        "insert on reading",
        "select on sequence reading_id_seq",
        "update on sequence station_id_seq",
    ],
)
def test_without_any_one_of_them_it_cannot(privilege: str, any_postgres: Server, fresh: Fresh, tmp_path: Path) -> None:
    case, url = weather(tmp_path, days=1), fresh()
    folder = scripts_for(case.workspace(url, tmp_path / "a"), tmp_path / "sql")
    role, by_role = closed(any_postgres, url, (case.root / "schema.sql").read_text("utf-8"))
    run(any_postgres, url, folder / "grants.sql", "-v", f"role={role}")
    rows(url, f"revoke {privilege.format(database=url.rpartition('/')[2])} from {role}")

    done = psql(any_postgres, by_role, folder / "run.sql")

    assert done.returncode in (2, 3), done.stdout
    assert "permission denied" in done.stderr


@pytest.mark.parametrize("creates", [(), ("reading",), ("reading", "sensor", "station")], ids=["none", "one", "all"])
def test_the_statements_are_enough_by_themselves(
    creates: tuple[str, ...], any_postgres: Server, fresh: Fresh, tmp_path: Path
) -> None:
    case, url = weather(tmp_path, days=1), fresh()
    workspace = case.workspace(url, tmp_path / "a")
    folder = scripts_for(workspace, tmp_path / "sql")
    role, by_role = closed(any_postgres, url, (case.root / "schema.sql").read_text("utf-8"))
    for name in creates:
        rows(url, f"drop table {name}")
    statements = grant_statements(workspace, role, creates=creates)
    rows(url, "\n".join(statements))
    run(any_postgres, by_role, folder / "run.sql")
    if creates == ("reading",):
        assert any("references" in statement for statement in statements)
        rows(url, f"revoke references on sensor from {role}; drop owned by {role}; drop schema if exists _sqlseed")
        rows(url, "\n".join(s.replace(", references", "") for s in statements))
        assert "permission denied for table sensor" in psql(any_postgres, by_role, folder / "run.sql").stderr
