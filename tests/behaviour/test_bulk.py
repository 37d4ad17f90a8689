"""Bulk mode: foreign keys and plain indexes are set aside while rows come in, and all of the schema is there again."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sqlseed import api, bulk
from sqlseed.backends import open_backend, pg_bulk
from sqlseed.errors import ConnectError, GuardError
from sqlseed.events import EventKind
from tests import servers
from tests.behaviour.clinics import TABLES, Database, build, changed, statuses
from tests.faults import harness

ON = {"bulk": '"on"'}
PLAIN_INDEX = changed(
    "models/models.yml",
    "- {type: foreign_key, columns: [clinicId], to: ref('clinics'), to_columns: [id], on_delete: cascade}\n",
    "- {type: foreign_key, columns: [clinicId], to: ref('clinics'), to_columns: [id], on_delete: cascade}\n"
    "            indexes:\n              - {columns: [born]}\n",
)


def schema(database: Database) -> str:
    """What `pg_dump --schema-only` says, but for the key of the dump itself."""
    version = int(str(database.query("show server_version_num")[0][0])) // 10000
    binaries = servers.find_binaries(version)
    assert binaries is not None
    command = [str(binaries / "pg_dump"), "--schema-only", "--schema", "public", "--dbname", database.place]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in text.split("\n") if not line.startswith(("\\restrict", "\\unrestrict")))


def aside(database: Database) -> list[str]:
    """The names of what is set aside."""
    if database.query("select to_regclass('_sqlseed.set_aside')") == [(None,)]:
        return []
    return [row[0] for row in database.query("select name from _sqlseed.set_aside order by name")]


def notes(root: Path, **options: Any) -> tuple[list[str], api.BuildResult]:
    said: list[str] = []

    def on_event(event) -> None:
        if event.kind in (EventKind.NOTE, EventKind.WARNING):
            said.append(event.message)

    return said, build(root, on_event=on_event, **options)


def test_same_rows_and_the_same_schema(any_pg, write):
    root = write(any_pg, PLAIN_INDEX, bulk='"off"')
    assert build(root).success
    rows, before = any_pg.digest(), schema(any_pg)
    api.clean(root)
    root = write(any_pg, PLAIN_INDEX, **ON)
    said, result = notes(root)
    assert result.success
    assert said[0].startswith("bulk mode: set aside 1 index and 3 foreign keys of 3 tables")
    assert said[1].startswith("bulk mode: 1 index and 3 foreign keys of 3 tables back in ")
    assert any_pg.digest() == rows
    assert schema(any_pg) == before
    assert {s.value for s in {r.status for r in build(root).results}} == {"no-op"}


def test_an_application_s_own_schema_comes_back_to_the_letter(any_pg, write):
    root = write(any_pg, **ON)
    assert build(root).success
    api.clean(root)
    any_pg.run(
        'create index "by ""born""" on "Patient" (("born" - date \'2000-01-01\')) include ("name") where "weight" > 3',
        'create index by_name on "Patient" using hash ("name")',
        "comment on index by_name is 'it''s a \\ comment'",
        'create index kept_clustered on "Visit" ("day")',
        'alter table "Visit" cluster on kept_clustered',
        'create index kept_statistics on "Visit" (("no" + 1))',
        "alter index kept_statistics alter column 1 set statistics 500",
        'alter table "Visit" drop constraint "Visit_patientId_fkey"',
        'alter table "Visit" add constraint "fk ""v""" foreign key ("patientId") references "Patient"'
        " on update cascade on delete cascade deferrable initially deferred",
        'comment on constraint "fk ""v""" on "Visit" is \'why\'',
        'alter table "Invoice" drop constraint "Invoice_visitId_fkey"',
        'alter table "Invoice" add constraint kept_unvalidated foreign key ("visitId") references "Visit" not valid',
    )
    before = schema(any_pg)
    seen: list[list[str]] = []

    def on_event(event) -> None:
        if event.kind is EventKind.RUN_STARTED:
            seen.append(sorted(aside(any_pg)))

    assert build(root, on_event=on_event).success
    assert seen == [["Patient_clinicId_fkey", 'by "born"', "by_name", 'fk "v"']]
    assert schema(any_pg) == before
    assert any_pg.query("select count(*) from pg_constraint where contype = 'f' and not convalidated") == [(1,)]


def test_disabled_foreign_keys_stay_where_they_are(postgres, write):
    root = write(postgres, **ON)
    assert build(root).success
    api.clean(root)
    postgres.run('alter table "Visit" disable trigger all')
    said, result = notes(root)
    assert result.success
    assert said[0].startswith("bulk mode: set aside 1 foreign key of 1 table;")
    assert postgres.query("select distinct tgenabled::text from pg_trigger where tgrelid = '\"Visit\"'::regclass") == [
        ("D",)
    ]


def test_auto_is_for_many_rows(postgres, write, monkeypatch):
    said, _ = notes(write(postgres, bulk="auto"), vars={"patients": 5})
    assert said == []
    monkeypatch.setattr(bulk, "MIN_ROWS", 100)
    api.clean(write(postgres, bulk="auto"))
    said, _ = notes(write(postgres, bulk="auto"), vars={"patients": 50})  # invoices and visits do not say how many
    assert said[0].startswith("bulk mode: set aside 1 foreign key of 1 table;")


def test_not_for_a_table_with_rows_of_somebody_else(postgres, write):
    root = write(postgres, **ON)
    assert build(root).success
    api.clean(root)
    postgres.run("""insert into "Clinic" values ('theirs', 'Theirs', 'hello')""")
    postgres.run("""insert into "Patient" values ('x', 'theirs', 'Somebody', 1, '2001-01-01', 1)""")
    before = schema(postgres)
    with pytest.raises(
        GuardError, match=r'"Patient" holds rows that sqlseed did not make \(1, 0 of them known\)'
    ) as raised:
        build(root)
    assert raised.value.exit_code == 3
    with pytest.raises(GuardError):
        api.plan(root)
    assert schema(postgres) == before
    said, result = notes(write(postgres, bulk="auto"))
    assert result.success
    assert said == []


def test_not_for_a_role_that_does_not_own_the_tables(postgres18, postgres, write):
    root = write(postgres, **ON)
    assert build(root).success
    role = "bulk_guest"
    database = postgres.query("select current_database()")[0][0]
    api.clean(root)
    postgres.run(
        f"create role {role} login",
        f"grant create, temporary on database {database} to {role}",
        f"grant usage on schema public to {role}",
        f"grant all on all tables in schema public to {role}",
        f"grant all on all sequences in schema public to {role}",
        "drop schema if exists _sqlseed cascade",
    )
    try:
        guest = Database("postgres", postgres.place.replace("postgres@", f"{role}@"))
        said, result = notes(write(guest, **ON))
        assert result.success
        assert said == []
    finally:
        postgres.run(f"drop owned by {role} cascade", f"drop role {role}")


def test_a_changed_table_is_changed_in_place(postgres, write):
    root = write(postgres, **ON)
    assert build(root).success
    said, result = notes(root, vars={"shift": 1})
    assert result.success
    assert not any(text.startswith("bulk mode: set aside") and "Patient" in text for text in said)
    assert aside(postgres) == []


WRONG = changed(
    "models/visits.sql", "{{ key_of('patients', 'p.patient_n') }}", "{{ key_of('patients', 'p.patient_n + 900') }}"
)


def test_rows_that_lead_nowhere_are_taken_back(postgres, write):
    root = write(postgres, WRONG, **ON)
    result = build(root, tests=False)
    assert not result.success
    found = statuses(result)
    assert found["patients north"] == "success"
    assert {found[name] for name in found if name.startswith("visits ")} == {"error"}
    assert {found[name] for name in found if name.startswith("invoices ")} == {"skipped"}
    error = result.failures[0].message
    assert "models/visits.sql" in error
    assert "Visit_patientId_fkey" in error
    assert postgres.contents("Visit", "Invoice") == {"Visit": [], "Invoice": []}
    assert aside(postgres) == []
    in_force = "select count(*) from pg_constraint where contype = 'f' and convalidated"
    assert postgres.query(in_force) == [(3,)]
    root = write(postgres, **ON)
    assert build(root).success
    expected = postgres.digest()
    api.clean(root)
    assert build(write(postgres, bulk='"off"')).success
    assert postgres.digest() == expected


@pytest.fixture
def left(postgres, write, monkeypatch):
    """A database whose build died with everything set aside, its project, and how its schema was before."""
    root = write(postgres, PLAIN_INDEX, **ON)
    assert build(root).success
    api.clean(root)
    before = schema(postgres)
    with monkeypatch.context() as patch:
        patch.setattr(bulk.Bulk, "end", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError, match="killed"):
            build(root)
    assert len(aside(postgres)) == 4
    return root, before


def test_the_next_build_puts_back_what_was_left(left, postgres):
    root, before = left
    said, result = notes(root)
    assert result.success
    assert (
        said[0]
        == "an earlier build left 1 index and 3 foreign keys of 3 tables aside; they come back at the end of this one"
    )
    assert schema(postgres).replace("_sqlseed", "").count("FOREIGN KEY") == before.count("FOREIGN KEY")
    assert aside(postgres) == []


def test_clean_puts_back_what_was_left(left, postgres):
    root, before = left
    api.clean(root)
    assert schema(postgres) == before
    assert postgres.contents() == {table: [] for table in TABLES}


def test_plan_says_what_was_left_and_what_will_be(left, postgres, write):
    root, _ = left
    found = api.plan(root)
    assert len(found.left_aside) == 4
    assert found.aside == ()
    api.clean(root)
    found = api.plan(root)
    assert found.left_aside == ()
    assert bulk.told(found.aside) == "1 index and 3 foreign keys of 3 tables"
    postgres.run("drop schema public cascade", "create schema public")
    assert bulk.told(api.plan(root).aside) == "1 index and 3 foreign keys of 3 tables"  # of tables still to be created
    assert api.plan(write(postgres, bulk='"off"')).aside == ()


def test_another_build_waits_for_the_one_that_fills_in_bulk(left, postgres):
    root, _ = left
    key = "select pg_advisory_lock(hashtext('sqlseed:bulk:_sqlseed'))"
    with psycopg.connect(postgres.place, autocommit=True) as other:
        other.execute(key)
        with pytest.raises(ConnectError, match="another build fills this target in bulk") as raised:
            build(root)
        assert raised.value.exit_code == 4
        assert len(aside(postgres)) == 4
    assert build(root).success


@pytest.mark.parametrize("kills", [harness.KILLS or 8])
def test_kills_leave_the_schema_and_the_rows(postgres, tmp_path, kills):
    root = harness.write_slow(tmp_path / "project", postgres, **ON)
    harness.reset(postgres)
    assert build(root).success
    before = schema(postgres)
    report = harness.torture(postgres, root, kills, 7, harness.sqlseed_command())
    assert report.wrong == []
    harness.stop_sessions(postgres)
    assert build(root).success
    assert aside(postgres) == []
    assert schema(postgres) == before


def test_the_longest_begins_first_and_a_table_is_analyzed_when_it_is_whole(any_pg, write):
    root = write(any_pg, PLAIN_INDEX, bulk='"off"')
    # One session, for several at once may make a table larger than its rows.
    assert build(root, vars={"patients": 40}, threads=1).success
    any_pg.run('create index on public."Visit" (day)')  # of 80 visits and 40 patients a year
    workspace = api.load(root, threads=1)
    backend = open_backend(workspace.target, root)
    said = bulk.Bulk(backend, lambda _: None)
    session = backend.connect()
    tables = [workspace.compiled[name].relation for name in ("patients", "visits", "invoices")]
    said.begin(session, [one for table in tables for one in pg_bulk.candidates(session, table)])
    session.close()
    begun = len(said.spans)
    assert said.end(bulk.refusing) is not None
    spans = sorted(said.spans[begun:], key=lambda span: span.started_at)
    indexes = [span.name.rpartition(" ")[2] for span in spans if span.name.startswith("put back index")]
    assert indexes == ['"public"."Visit"', '"public"."Patient"']
    for table in map(str, tables):
        of_table = [span for span in spans if span.name.endswith(table)]
        *before, last = of_table
        assert last.name == f"analyze {table}"
        assert before
        assert max(span.started_at + span.seconds for span in before) <= last.started_at + 0.001


def test_a_list_that_forgets_would_be_seen(postgres, write, monkeypatch):
    """The negative control of the schema's comparison: an index that is not written down does not come back."""
    root = write(postgres, PLAIN_INDEX, **ON)
    assert build(root).success
    before = schema(postgres)
    api.clean(root)
    honest = pg_bulk.set_aside

    def forgetful(session, some):
        honest(session, some)
        session.run(f"delete from {pg_bulk.list_name(session)} where kind = 'index'")

    monkeypatch.setattr(bulk, "set_aside", forgetful)
    assert build(root).success
    assert schema(postgres) != before
