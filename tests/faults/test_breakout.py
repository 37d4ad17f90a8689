"""Models that want to do more than read: refused when they are compiled, and by the server if they were not."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from sqlseed import api, runner
from sqlseed.backends import open_backend
from sqlseed.building import Build
from sqlseed.errors import SqlseedError
from sqlseed.workspace import Workspace
from tests.behaviour.clinics import build, statuses

COLUMNS = "'x' as \"id\", 'y' as \"title\", 'z' as \"greeting\""
PAYLOADS = {
    "a second statement": f"select {COLUMNS}; drop table victim",
    "out of the subquery": f"select {COLUMNS}) m; drop table victim; select * from (select 1",
    "out, and a commit": f"select {COLUMNS}) m; commit; delete from victim; select * from (select 1",
    "out behind a comment": f"select {COLUMNS}) m; drop table victim --",
    "out, and copy to a program": f"select {COLUMNS}) m; copy victim to program 'true'; select * from (select 1",
    "a CTE that deletes": f"with gone as (delete from victim returning 1) select {COLUMNS} from gone",
    "a CTE that inserts": f"with more as (insert into victim values (2) returning 1) select {COLUMNS} from more",
    "a CTE that updates": f"with other as (update victim set a = 2 returning 1) select {COLUMNS} from other",
    "delete": "delete from victim returning 'x' as \"id\", 'y' as \"title\", 'z' as \"greeting\"",
    "truncate": "truncate victim",
    "do": "do $$ begin drop table victim; end $$",
    "begin": "begin",
    "set": "set search_path = evil",
    "select into": f"select {COLUMNS} into victim2",
    "create table as": f"create table victim2 as select {COLUMNS}",
    "an upsert in the tail": f"select {COLUMNS}) m on conflict do nothing; drop table victim; select * from (select 1",
    "an unclosed quote": 'select \'x as "id"',
    "an unclosed comment": f"select {COLUMNS} /* ",
}
ACTING = {
    "set_config": "set_config('search_path', 'evil', false)",
    "current_setting": "current_setting('data_directory')",
    "pg_read_file": "pg_read_file('/etc/hostname')",
    "pg_sleep": "pg_sleep(1)::text",
    "dblink": "dblink('', 'drop table victim')",
    "query_to_xml": "query_to_xml('delete from victim returning 1', true, true, '')::text",
    "lo_export": "lo_export(1, '/tmp/x')::text",
    "pg_terminate_backend": "pg_terminate_backend(1)::text",
    "a planted function": "evil()",
    "nextval": "nextval('s')::text",
    "read_text": "(select content from read_text('/etc/hostname'))",
}


def model(sql: str) -> dict[str, str]:
    return {"models/clinics.sql": "{{ config(table='Clinic', owner=\"id = 'x'\", slice_by=[]) }}\n" + sql + "\n"}


def only_clinics(write, database, sql: str):
    keep: dict[str, str | None] = {
        "models/patients.sql": None,
        "models/visits.sql": None,
        "models/visit_plan.sql": None,
    }
    keep |= {"models/invoices.sql": None, "models/models.yml": CONTRACT}
    return write(database, keep | model(sql))


CONTRACT = """
    models:
      - name: clinics
        columns:
          - {name: id, data_type: text}
          - {name: title, data_type: text}
          - {name: greeting, data_type: text}
        constraints:
          - {type: primary_key, columns: [id]}
"""


@pytest.fixture
def victim(database):
    """The database with a table that is nobody's business, and a function that would empty it."""
    database.run("create table victim (a int)", "insert into victim values (1)")
    if database.engine == "postgres":
        database.run("create function public.evil() returns text language sql as 'delete from victim; select ''x'''")
    yield database
    assert database.query("select a from victim") == [(1,)]
    assert database.query("select count(*) from information_schema.tables where table_name = 'victim2'") == [(0,)]


@pytest.mark.parametrize("sql", PAYLOADS.values(), ids=PAYLOADS)
def test_refused_when_compiled(on_duckdb, write, sql):
    root = only_clinics(write, on_duckdb, sql)
    with pytest.raises(SqlseedError) as caught:
        build(root)
    assert caught.value.exit_code == 2
    assert "models/clinics.sql" in str(caught.value)


@pytest.mark.parametrize("sql", ACTING.values(), ids=ACTING)
def test_acting_functions_are_refused_when_compiled(on_duckdb, write, sql):
    root = only_clinics(write, on_duckdb, f'select {sql} as "id", \'y\' as "title", \'z\' as "greeting"')
    with pytest.raises(SqlseedError) as caught:
        build(root)
    assert caught.value.exit_code == 2


# DuckDB gets what the parser made of the text, and that is the first statement alone: harmless, and no error.
SENT = {name: sql for name, sql in PAYLOADS.items() if name != "a second statement"}


def build_unchecked(root, sql: str):
    """A build whose compiled statement was exchanged after every check."""
    workspace = api.load(root)
    workspace.compiled["clinics"] = replace(workspace.compiled["clinics"], sql=sql)
    backend = open_backend(workspace.target, workspace.project.root)
    try:
        job = Build(workspace, backend, lambda _: None, runner.StopFlag(), False, False, False)
        return job.run(api.Selection(), {})
    finally:
        backend.close()


@pytest.mark.parametrize("sql", SENT.values(), ids=SENT)
def test_refused_by_the_server(victim, write, sql):
    """Nothing checks the statement here but the wrapper and the server's protocol."""
    root = only_clinics(write, victim, f"select {COLUMNS}")
    result = build_unchecked(root, sql)
    assert statuses(result) == {"clinics": "error"}
    assert victim.contents("Clinic") == {"Clinic": []}
    assert ("clinics", "all") not in victim.state()


@pytest.mark.parametrize("sql", SENT.values(), ids=SENT)
def test_refused_by_the_server_for_a_changed_slice(postgres, write, sql):
    postgres.run("create table victim (a int)", "insert into victim values (1)")
    root = only_clinics(write, postgres, f"select {COLUMNS}")
    assert build(root).success
    before = postgres.contents("Clinic", "victim", "victim2"), postgres.state()
    workspace: Workspace = api.load(root)
    compiled = workspace.compiled["clinics"]
    workspace.compiled["clinics"] = replace(compiled, sql=sql, checksum="other")
    backend = open_backend(workspace.target, workspace.project.root)
    try:
        job = Build(workspace, backend, lambda _: None, runner.StopFlag(), False, False, False)
        result = job.run(api.Selection(), {})
    finally:
        backend.close()
    assert statuses(result) == {"clinics": "error"}
    assert (postgres.contents("Clinic", "victim", "victim2"), postgres.state()) == before


def test_second_statement_is_refused_by_postgres(postgres, write):
    postgres.run("create table victim (a int)")
    root = only_clinics(write, postgres, f"select {COLUMNS}")
    result = build_unchecked(root, PAYLOADS["a second statement"])
    assert statuses(result) == {"clinics": "error"}
    assert "[42601]" in result.failures[0].message
    assert postgres.query("select count(*) from victim") == [(0,)]


@pytest.mark.parametrize("tail", ["-- a comment at the end", "/* ) */", ";"])
def test_a_tail_does_no_harm(victim, write, tail):
    root = only_clinics(write, victim, f"select {COLUMNS} {tail}")
    assert build(root).success
    assert victim.contents("Clinic") == {"Clinic": [("x", "y", "z")]}


@pytest.mark.parametrize(
    "owner",
    ["1 = 1); drop table victim; --", "1 = 1); drop table victim; select (1 = 1"],
)
def test_owner_predicate_cannot_end_the_statement(victim, write, owner):
    root = only_clinics(write, victim, f"select {COLUMNS}")
    assert build(root).success
    hostile = {"models/clinics.sql": f"{{{{ config(table='Clinic', owner=\"{owner}\") }}}}\nselect {COLUMNS}\n"}
    keep = {"models/patients.sql": None, "models/visits.sql": None, "models/visit_plan.sql": None}
    root = write(victim, keep | {"models/invoices.sql": None, "models/models.yml": CONTRACT} | hostile)
    with contextlib.suppress(SqlseedError):
        assert not build(root).success


def test_nul_byte_is_refused(on_duckdb, write):
    root = only_clinics(write, on_duckdb, f"select {COLUMNS}\x00 where false")
    with pytest.raises(SqlseedError, match=r"NUL|null|control|x00"):
        build(root)
