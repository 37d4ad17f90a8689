"""Builds from an empty database to changed projects: what is written, what is left alone, what is refused."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from sqlseed import api, uniques
from sqlseed.backends import pg_rows
from sqlseed.errors import GuardError, SelectionError
from sqlseed.events import EventKind
from tests.behaviour.clinics import FILES, MODELS, TABLES, build, changed, checksums, statuses

UNUSED = "00000000-0000-4000-8000-00000000000"  # a version 4 UUID less its last digit: never one of ours
INVOICES = {"invoices north", "invoices south", "invoices east"}


def done(result: api.BuildResult) -> set[str]:
    """The slices that were written; fails if one failed."""
    assert result.success, [f"{f.slice}: {f.message}" for f in result.failures]
    return {name for name, status in statuses(result).items() if status == "success"}


# --- fresh, again, in parts ---------------------------------------------------------------------------------


def test_fresh_build_fills_everything(database, write):
    events: list = []
    result = build(write(database), on_event=events.append)
    assert len(done(result)) == 3 * 2 * 2 + 3 * 3
    counts = {table: len(rows) for table, rows in database.contents().items()}
    assert counts == {"Clinic": 3, "Patient": 18, "Visit": 72, "Invoice": 72}
    assert {t.model: t.rows for t in result.tables} == {
        "clinics": 3, "patients": 18, "visit_plan": 72, "visits": 72, "invoices": 72,
    }  # fmt: skip
    kinds = Counter(event.kind for event in events)
    assert kinds[EventKind.TABLE_CREATED] == 5
    assert kinds[EventKind.SEED_LOADED] == 1  # only the seed that a statement reads
    assert kinds[EventKind.SLICE_STARTED] == kinds[EventKind.SLICE_FINISHED] == 21
    assert kinds[EventKind.RUN_STARTED] == kinds[EventKind.RUN_FINISHED] == 1


def test_second_build_has_nothing_to_do(database, write):
    root = write(database)
    build(root)
    before, state = database.contents(), database.state()
    result = build(root)
    assert set(statuses(result).values()) == {"no-op"}
    assert result.success
    assert [t.rows for t in result.tables if t.model == "visits"] == [72]
    assert database.contents() == before
    assert database.state() == state


def test_every_engine_gives_the_same_checksums(on_duckdb, postgres, write):
    first = build(write(on_duckdb), checksums=True)
    second = build(write(postgres), checksums=True)
    dry = build(write(postgres), dry_run=True)
    assert checksums(first) == checksums(second) == checksums(dry)
    assert set(checksums(dry)) == set(MODELS)
    assert dry.dry_run


def test_dry_run_touches_nothing(postgres, write):
    result = build(write(postgres), "invoices", dry_run=True)
    assert result.success
    assert set(checksums(result)) == {"invoices"}
    assert {r.slice.model for r in result.results} == set(MODELS)  # what it needs is computed too
    assert postgres.query("select nspname from pg_namespace where nspname = '_sqlseed'") == []
    assert postgres.contents() == {}


def test_threads_change_nothing(any_pg, write):
    root = write(any_pg)
    first = build(root, threads=1, checksums=True)
    second = build(root, threads=8, checksums=True, full_refresh=True)
    assert checksums(first) == checksums(second)
    assert first.success
    assert len(done(second)) == 21


def test_checksums_are_of_what_stands_there(database, write):
    root = write(database)
    first = checksums(build(root, checksums=True))
    database.run("update \"Clinic\" set greeting = 'edited' where id = 'north'")
    second = checksums(build(root, checksums=True))
    assert second["clinics"] != first["clinics"]
    assert {k: v for k, v in second.items() if k != "clinics"} == {k: v for k, v in first.items() if k != "clinics"}


def test_part_by_part_is_the_same_as_at_once(database, write, on_duckdb):
    whole = checksums(build(write(database), checksums=True))
    api.clean(write(database))
    root = write(database)
    build(root, slices={"clinic": ["south"]})
    assert {row[0] for row in database.contents("Clinic")["Clinic"]} == {"south"}
    build(root, "clinics", "patients")
    build(root, slices={"year": ["2025"], "clinic": ["north", "east"]}, exclude=["invoices"])
    last = build(root, checksums=True)
    assert statuses(last)["patients north"] == "no-op"
    assert statuses(last)["visits north/2024"] == "success"
    assert checksums(last) == whole


# --- selection ----------------------------------------------------------------------------------------------


def test_missing_parents_are_named(database, write):
    root = write(database)
    with pytest.raises(SelectionError, match=r"invoices needs visits, .*leaves out") as caught:
        build(root, "invoices")
    assert "--select +invoices" in str(caught.value)
    assert database.contents() == {}
    assert len(done(build(root, "+invoices"))) == 21


def test_selection_on_a_filled_target(database, write):
    root = write(database)
    build(root)
    assert statuses(build(root, "invoices")) == dict.fromkeys(INVOICES, "no-op")
    assert set(statuses(build(root, "tag:people")).values()) == {"no-op"}
    with pytest.raises(SelectionError, match="no dimension is called"):
        build(root, slices={"clinc": ["north"]})
    with pytest.raises(SelectionError, match="did you mean 'north'"):
        build(root, slices={"clinic": ["norht"]})


def test_parent_of_another_slice_is_missing(database, write):
    root = write(database)
    build(root, "clinics", "patients", "visit_plan", slices={"clinic": ["north"]})
    with pytest.raises(SelectionError, match="visits needs patients, visit_plan"):
        build(root, "visits")
    assert done(build(root, "visits", slices={"clinic": ["north"]})) == {"visits north/2024", "visits north/2025"}


# --- changes ------------------------------------------------------------------------------------------------


def test_changed_sql_rebuilds_the_model_and_what_depends_on_it(database, write):
    build(write(database))
    rounded = changed("models/visits.sql", 'p.day as "day"', 'p.day + 1 as "day"')
    result = build(write(database, rounded))
    assert {name.split()[0] for name in done(result)} == {"visits", "invoices"}
    fresh = build(write(database, rounded), dry_run=True)
    assert checksums(build(write(database, rounded), checksums=True)) == checksums(fresh)


def test_changed_var_moves_rows_in_place(database, write):
    """Seats change places under a unique index: no order of updates is right for it."""
    build(write(database))
    before = {row[0] for row in database.contents("Patient")["Patient"]}
    result = build(write(database), vars={"shift": 1})
    assert {name.split()[0] for name in done(result)} == {"patients", "visits", "invoices"}
    assert {row[0] for row in database.contents("Patient")["Patient"]} == before
    assert checksums(build(write(database), vars={"shift": 1}, checksums=True)) == checksums(
        build(write(database), vars={"shift": 1}, dry_run=True)
    )


def test_bound_text_var_is_part_of_the_fingerprint(database, write):
    root = write(database)
    build(root)
    hostile = 'it\'s ";drop table "Clinic"; -- \u0928\u092e\u0938\u094d\u0924\u0947 $1 :clinic_id %s'
    result = build(root, vars={"greeting": hostile})
    assert "clinics north" in done(result)
    assert {row[2] for row in database.contents("Clinic")["Clinic"]} == {hostile}


def test_changed_seed_rebuilds_its_readers(database, write):
    build(write(database))
    result = build(write(database, {"seeds/names.csv": "name,weight\nZoe,1\n"}))
    assert {name.split()[0] for name in done(result)} == {"patients", "visits", "invoices"}
    assert {row[2] for row in database.contents("Patient")["Patient"]} == {"Zoe"}


@pytest.mark.parametrize("cascade", ["", ", on_delete: cascade"], ids=["no action", "cascade"])
def test_rows_that_vanish_and_come_back(database, write, cascade):
    files = changed(
        "models/models.yml", "to: ref('patients'), to_columns: [id]", "to: ref('patients'), to_columns: [id]" + cascade
    )
    root = write(database, files)
    whole = checksums(build(root, checksums=True))
    fewer = build(root, vars={"patients": 4}, checksums=True)
    assert len(done(fewer)) == 18  # all but the clinics
    assert checksums(fewer) == checksums(build(root, vars={"patients": 4}, dry_run=True))
    assert len(database.contents("Patient")["Patient"]) == 12
    assert checksums(build(root, checksums=True)) == whole


def test_more_rows_vanish_than_are_told_by_their_keys(postgres, write, monkeypatch):
    monkeypatch.setattr(pg_rows, "_MOST_KEYS", 1)
    root = write(postgres)
    whole = checksums(build(root, checksums=True))
    fewer = build(root, vars={"patients": 4}, checksums=True)
    assert checksums(fewer) == checksums(build(root, vars={"patients": 4}, dry_run=True))
    assert checksums(build(root, checksums=True)) == whole


def test_parent_alone_goes_there_and_back(database, write):
    """Rows below a vanished one went with it, so their slices are stale even when the parent is as it was."""
    one = changed(
        "models/patients.sql", "from generate_series(0, {{ var('patients') }} - 1)", "from generate_series(0, 2)"
    )
    root = write(database)
    whole = checksums(build(root, checksums=True))
    assert len(done(build(write(database, one), "patients"))) == 3
    assert len(done(build(write(database), "patients"))) == 3
    assert checksums(build(write(database), checksums=True)) == whole


def test_dimension_grows_and_shrinks(database, write):
    root = write(database)
    build(root, vars={"clinics": 2})
    two = database.contents("Patient", "Visit")
    assert {name.split()[1].split("/")[0] for name in done(build(root))} == {"east"}
    three = database.contents("Patient", "Visit")
    assert all(set(two[table]) < set(three[table]) for table in two)
    assert set(statuses(build(root, vars={"clinics": 2})).values()) == {"no-op"}
    assert [str(o) for o in api.plan(api.load(root, vars={"clinics": 2})).orphans] == [
        "clinics east", "invoices east", "patients east", "visit_plan east/2024", "visit_plan east/2025",
        "visits east/2024", "visits east/2025",
    ]  # fmt: skip


def test_full_refresh_repairs_edited_rows(database, write):
    root = write(database)
    whole = checksums(build(root, checksums=True))
    database.run('update "Visit" set "no" = 99', "update \"Patient\" set name = 'X'")
    result = build(root, "patients", "visits", full_refresh=True, edited="replace")
    assert len(done(result)) == 9
    assert checksums(build(root, checksums=True)) == whole


def test_reshaped_intermediate_is_made_anew(database, write):
    whole = checksums(build(write(database), checksums=True))
    last = "{name: patient_n, data_type: bigint, constraints: [{type: not_null}]}"
    files = changed("models/models.yml", last, last + "\n              - {name: mood, data_type: text}")
    files |= changed("models/visit_plan.sql", "g.n::bigint as n,", "g.n::bigint as n,\n            'fine' as mood,")
    result = build(write(database, files), checksums=True)
    assert "visit_plan east/2025" in done(result)
    assert checksums(result)["visits"] == whole["visits"]
    assert database.query("select distinct mood from _sqlseed.visit_plan") == [("fine",)]


def test_intermediate_in_other_slices_is_made_anew(database, write):
    build(write(database))
    files = changed("models/visit_plan.sql", "slice_by=['clinic', 'year']", "slice_by=['clinic']")
    plan = files["models/visit_plan.sql"]
    plan = plan.replace("{{ year.no }}", "g.n % 2 + 2024").replace("{{ year.begins }}", "date '2024-01-01'")
    result = build(write(database, files | {"models/visit_plan.sql": plan}))
    assert {name for name in done(result) if name.startswith("visit_plan")} == {
        "visit_plan north", "visit_plan south", "visit_plan east",
    }  # fmt: skip
    slices = {row[0] for row in database.query("select distinct _slice from _sqlseed.visit_plan")}
    assert slices == {"north", "south", "east"}


def test_dropped_tables_are_noticed(database, write):
    root = write(database)
    whole = checksums(build(root, checksums=True))
    database.run('drop table "Invoice"', "drop table _sqlseed.visit_plan", "drop table _sqlseed.names__slots")
    plan = api.plan(root)
    assert plan.creates == ("invoices", "visit_plan")
    result = build(root)
    assert {name.split()[0] for name in done(result)} == {"visit_plan", "invoices"}
    assert checksums(build(root, checksums=True)) == whole
    again = build(root, "patients", full_refresh=True)  # reads the lookup table that was dropped
    assert len(done(again)) == 3


def test_rows_are_adopted_after_the_state_is_lost(postgres, write):
    """As after restoring a dump of the application's schema only."""
    root = write(postgres, exclude_invoices())
    whole = checksums(build(root, checksums=True))
    postgres.run("drop schema _sqlseed cascade", 'update "Visit" set "no" = 5')
    with pytest.raises(GuardError, match=r"3 rows of .* that it would take for its own"):  # no mark of ours in the key
        build(root)
    postgres.run('alter table "Patient" drop constraint "Patient_clinicId_fkey"', 'delete from "Clinic"')
    assert checksums(build(root, checksums=True)) == whole


def exclude_invoices() -> dict[str, str | None]:
    text = FILES["models/models.yml"]
    return {"models/invoices.sql": None, "models/models.yml": text[: text.index("          - name: invoices")]}


# --- rows of others -----------------------------------------------------------------------------------------


def test_rows_of_others_stay(database, write):
    """Patients, visits and clinics that the application made, some below ours, are not touched by anything."""
    root = write(database)
    build(root)
    ours = database.query('select id from "Patient" where seat = 0 and "clinicId" = \'north\'')[0][0]
    database.run(
        "insert into \"Clinic\" values ('own', 'Own', 'x')",
        "insert into \"Patient\" values ('own-1', 'own', 'Own', 0, '2001-01-01', 1)",
        f"insert into \"Visit\" values ('{UNUSED}1', 'north', '{ours}', 9, 9, '2024-01-01')",
        f"insert into \"Invoice\" values (900001, 'north', '{UNUSED}1', 5)",
    )

    def foreign() -> list[object]:
        return [
            database.query("select * from \"Clinic\" where id = 'own'"),
            database.query("select * from \"Patient\" where id = 'own-1'"),
            database.query('select * from "Visit" where "yearNo" = 9'),
            database.query('select * from "Invoice" where id = 900001'),
        ]

    before = foreign()
    assert build(root).success
    assert build(root, full_refresh=True).success
    build(write(database, changed("models/patients.sql", "200, 4000", "300, 4000")))
    assert foreign() == before
    assert all(before)


def test_foreign_row_below_a_vanishing_one_is_a_refusal(postgres, write):
    root = write(postgres)
    build(root)
    ours = postgres.query('select id from "Patient" where seat = 5 and "clinicId" = \'north\'')[0][0]
    postgres.run(f"insert into \"Visit\" values ('{UNUSED}1', 'north', '{ours}', 9, 9, '2024-01-01')")
    before = postgres.contents()
    result = build(root, vars={"patients": 4}, slices={"clinic": ["north"]})
    assert statuses(result)["patients north"] == "error"
    failed = next(f for f in result.failures if f.slice.model == "patients")
    assert isinstance(failed.error, GuardError)
    assert 'a row of "public"."Visit" that sqlseed did not make' in failed.message
    after = postgres.contents()
    assert after["Patient"] == before["Patient"]
    assert [row for row in after["Visit"] if row[3] == 9] == [row for row in before["Visit"] if row[3] == 9]


def test_foreign_row_two_levels_below_is_a_refusal(any_pg, write):
    """The cascade from a patient over our visit would reach it."""
    files = changed(
        "models/models.yml",
        "to: ref('patients'), to_columns: [id]",
        "to: ref('patients'), to_columns: [id], on_delete: cascade",
    )
    root = write(any_pg, files)
    build(root)
    visit = any_pg.query('select v.id from "Visit" v join "Patient" p on p.id = v."patientId" where p.seat = 5')[0][0]
    any_pg.run(f"insert into \"Invoice\" values (900001, 'north', '{visit}', 5)")
    result = build(root, "patients", vars={"patients": 4})
    assert len(result.failures) == 1
    assert 'a row of "public"."Invoice" that sqlseed did not make' in result.failures[0].message
    assert any_pg.query('select count(*) from "Invoice" where id = 900001') == [(1,)]


def test_occupied_unique_value_is_an_error_not_an_overwrite(postgres, write, monkeypatch):
    """As where it came after the plan, which else refuses."""
    monkeypatch.setattr(uniques, "MOST", 0)
    root = write(postgres)
    build(root, "clinics", "patients", slices={"clinic": ["south", "east"]})
    postgres.run(
        "insert into \"Clinic\" values ('other', 'Other', 'x')",
        "insert into \"Patient\" values ('own-1', 'other', 'Own', 3, '2001-01-01', 1)",
    )
    build(root, "clinics", slices={"clinic": ["north"]})
    postgres.run("update \"Patient\" set \"clinicId\" = 'north' where id = 'own-1'")
    result = build(root)
    assert statuses(result)["patients north"] == "error"
    assert statuses(result)["visits north/2024"] == "skipped"
    assert statuses(result)["invoices north"] == "skipped"
    assert statuses(result)["invoices south"] == "success"
    assert isinstance(result.failures[0].error, GuardError)
    assert "1 by Patient_clinicId_seat_key (clinicId, seat): ('north', '3')" in result.failures[0].message
    assert postgres.query('select name from "Patient" where "clinicId" = \'north\'') == [("Own",)]


def test_natural_key_that_somebody_has_is_refused(postgres, write):
    postgres.run(
        'create table "Clinic" (id text primary key, title text not null, greeting text not null)',
        "insert into \"Clinic\" values ('north', 'Mine', 'mine')",
    )
    with pytest.raises(GuardError, match=r"1 row of .* that it would take for its own .* id = 'north'"):
        build(write(postgres), "clinics")
    assert postgres.query('select title from "Clinic"') == [("Mine",)]


# --- failures -----------------------------------------------------------------------------------------------

BROKEN = changed(
    "models/visits.sql", 'p.day as "day"', 'p.day + (100 / (p.n - 3 + 10 * ({{ year.no }} - 1)))::int as "day"'
)


def test_failure_skips_dependants_keeps_the_rest_and_is_resumed(any_pg, write):
    result = build(write(any_pg, BROKEN))
    found = statuses(result)
    assert {name for name, status in found.items() if status == "error"} == {
        f"visits {clinic}/2024" for clinic in ("north", "south", "east")
    }
    assert {name for name, status in found.items() if status == "skipped"} == INVOICES
    assert found["visits north/2025"] == "success"
    assert not result.success
    failure = result.failures[0]
    assert "models/visits.sql" in failure.message
    assert "division by zero [22012]" in failure.message
    kept = any_pg.contents()
    assert len(kept["Visit"]) == 36
    resumed = build(write(any_pg, BROKEN))
    assert {n for n, s in statuses(resumed).items() if s == "no-op"} == {n for n, s in found.items() if s == "success"}
    assert any_pg.contents() == kept
    assert build(write(any_pg)).success


def test_error_names_the_line_of_the_source(any_pg, write):
    """The server's position is mapped back through wrapper and template, also for a changed slice."""
    files = changed("models/patients.sql", 'name.name as "name",', 'name.nme as "name",')
    text = files["models/patients.sql"].strip("\n").split("\n")
    line = next(i for i, found in enumerate(text, 1) if "name.nme" in found)
    for _ in range(2):
        result = build(write(any_pg, files), "+patients")
        failure = next(f for f in result.failures)
        assert failure.slice.model == "patients"
        assert f"models/patients.sql:{line}: column name.nme does not exist" in failure.message
        assert "[42703]" in failure.message
        assert 'name.nme as "name"' in failure.message
        build(write(any_pg), "+patients")


def test_duckdb_error_names_model_and_cause(on_duckdb, write):
    files = changed("models/visits.sql", 'p.day as "day"', "('x' || p.n::text)::date as \"day\"")
    result = build(write(on_duckdb, files))
    assert len(result.failures) == 6
    assert "models/visits.sql" in result.failures[0].message
    assert "x0" in result.failures[0].message


def test_fail_fast(postgres, write):
    first = changed("models/clinics.sql", '{{ clinic.title }} as "title"', 'null as "title"')
    result = build(write(postgres, first), "clinics", "visit_plan", fail_fast=True, threads=1)
    assert len(result.failures) == 1
    assert {r.message for r in result.results if r.status.value == "skipped"} >= {"--fail-fast: another slice failed"}
    assert "23502" in result.failures[0].message
    everything = build(write(postgres, first), "clinics", "visit_plan")
    assert len(everything.failures) == 3


def test_deferred_constraint_fails_its_slice(any_pg, write):
    """The error comes out of COMMIT, not out of the INSERT; rows and checkpoint are gone together."""
    root = write(any_pg)
    build(root, exclude=["invoices"])
    any_pg.run(
        'create table "Invoice" (id int primary key, "clinicId" text not null, "visitId" uuid not null,'
        " amount int not null, note text references \"Clinic\" (id) deferrable initially deferred default 'nobody')"
    )
    result = build(root, "invoices")
    assert set(statuses(result).values()) == {"error"}
    assert "23503" in result.failures[0].message
    assert result.failures[0].slice.model == "invoices"
    assert any_pg.contents("Invoice")["Invoice"] == []
    assert not [key for key in any_pg.state() if key[0] == "invoices"]


# --- keys ---------------------------------------------------------------------------------------------------


def test_uuid_keys_are_contiguous_per_slice(database, write):
    build(write(database))
    ids = sorted(str(row[0]) for row in database.contents("Visit")["Visit"])
    assert len({i[:8] for i in ids}) == 1  # the model
    assert len({i[:24] for i in ids}) == 6  # its slices
    assert all(i[14] == "8" and i[19] in "89ab" for i in ids)  # a UUID of version 8


def test_integer_keys_come_from_recorded_ranges(database, write):
    root = write(database)
    build(root, slices={"clinic": ["east"]})
    ranges = {(m, s): (a, b) for m, s, a, b in database.query("select * from _sqlseed.key_range")}
    assert ranges == {
        ("invoices", "north"): (0, 999), ("invoices", "south"): (1000, 1999), ("invoices", "east"): (2000, 2999),
    }  # fmt: skip
    ids = [row[0] for row in database.contents("Invoice")["Invoice"]]
    assert len(ids) == 24
    assert min(ids) >= 2000


@pytest.mark.parametrize("kind", ["serial", "generated by default as identity", "generated always as identity"])
def test_sequence_is_moved_past_our_keys(any_pg, write, kind):
    """Foreign rows keep their keys, ours come after them, and the application's next row after ours."""
    column = "id serial" if kind == "serial" else f"id integer {kind}"
    any_pg.run(
        f'create table "Invoice" ({column} primary key, "clinicId" text not null, "visitId" uuid not null,'
        " amount int not null)",
        'insert into "Invoice" ("clinicId", "visitId", amount)'
        f" values ('x', '{UNUSED}1', 1), ('x', '{UNUSED}2', 2)",
    )
    root = write(any_pg)
    assert build(root).success
    keys = [row[0] for row in any_pg.query('select id from "Invoice" where "clinicId" <> \'x\' order by id')]
    assert keys[0] == 3
    any_pg.run(f'insert into "Invoice" ("clinicId", "visitId", amount) values (\'x\', \'{UNUSED}3\', 3)')
    assert any_pg.query('select max(id) from "Invoice" where "clinicId" = \'x\'') == [(3003,)]
    assert build(root, "invoices", full_refresh=True).success
    assert any_pg.query('select count(*), sum(amount) from "Invoice" where "clinicId" = \'x\'') == [(3, 6)]


def test_too_many_rows_for_a_key_block(database, write):
    result = build(write(database, changed("models/invoices.sql", "key_block=1000", "key_block=50")))
    assert {f.slice.model for f in result.failures} == {"invoices"}
    messages = " ".join(f.message for f in result.failures)
    assert "outside its range of 50 keys" in messages or "23505" in messages
    assert database.contents("Invoice")["Invoice"] == []


def test_keys_beyond_their_type_are_refused(database, write):
    with pytest.raises(GuardError, match="keys up to 2999999999 are set aside, and id ends at 2147483647"):
        build(write(database, changed("models/invoices.sql", "key_block=1000", "key_block=1000000000")))


def test_foreign_row_in_a_range_set_aside_is_refused(postgres, write):
    root = write(postgres)
    build(root, slices={"clinic": ["north"]})
    postgres.run('insert into "Invoice" values (1005, \'x\', (select id from "Visit" limit 1), 5)')
    with pytest.raises(
        GuardError, match=r"1 row of .* that sqlseed did not make has a key set aside for it: id = '1005'"
    ):
        build(root, slices={"clinic": ["south"]})
    assert postgres.query('select count(*) from "Invoice" where id between 1000 and 1999') == [(1,)]


# --- the application's own tables ---------------------------------------------------------------------------


def test_tables_of_the_application_are_used_as_they_are(any_pg, write):
    any_pg.run(
        "create type \"Mood\" as enum ('good', 'bad')",
        'create table "Clinic" (id text primary key, title varchar(80) not null, greeting text not null,'
        ' "createdAt" timestamp(3) not null default current_timestamp, "deletedAt" timestamp(3),'
        ' "mood" "Mood" not null default \'good\', "slug" text generated always as (lower(title)) stored not null,'
        ' "row" bigint generated always as identity)',
    )
    root = write(any_pg)
    before = any_pg.query("select count(*) from information_schema.columns where table_name = 'Clinic'")
    assert build(root).success
    assert any_pg.query('select slug, mood::text, "deletedAt" from "Clinic" order by id') == [
        ('o\'neill: the "east"', "good", None), ("north clinic", "good", None), ("south clinic", "good", None),
    ]  # fmt: skip
    rows = any_pg.query('select id, "createdAt", "row" from "Clinic" order by id')
    assert done(build(root, "clinics", vars={"greeting": "other"})) == {
        "clinics north",
        "clinics south",
        "clinics east",
    }
    assert any_pg.query('select id, "createdAt", "row" from "Clinic" order by id') == rows
    assert any_pg.query("select count(*) from information_schema.columns where table_name = 'Clinic'") == before


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("id text primary key, title text", "has no column 'greeting'"),
        ("id text primary key, title int, greeting text", "title is integer in the target, text in the contract"),
        ("id text primary key, title text, greeting text, code int not null", "code is NOT NULL without a default"),
        ("id text primary key, title text, greeting text generated always as ('x') stored", "generated by the target"),
    ],
)
def test_preflight_refuses_before_anything_is_written(postgres, write, columns, message):
    postgres.run(f'create table "Clinic" ({columns})')
    with pytest.raises(GuardError, match=message) as caught:
        build(write(postgres))
    assert caught.value.exit_code == 3
    assert postgres.query("select 1 from pg_namespace where nspname = '_sqlseed'") == []


def test_view_in_place_of_a_table_is_refused(database, write):
    database.run("create view \"Clinic\" as select 'x' as id, 'y' as title, 'z' as greeting")
    with pytest.raises(GuardError, match="is a view, not a table"):
        build(write(database))


def test_missing_privileges_are_printed_as_grants(postgres, write, postgres18):
    postgres.run(
        'create table "Clinic" (id text primary key, title text not null, greeting text not null)',
        "create role clinic_lowly login",
        "revoke temporary on database " + postgres.place.rpartition("/")[2] + " from public",
    )
    lowly = postgres.place.replace("postgres@", "clinic_lowly@")
    try:
        root = write(postgres, {"profiles.yml": postgres.profile().replace(postgres.place, lowly)})
        with pytest.raises(GuardError, match="the role lacks privileges") as caught:
            build(root, "clinics")
        grants = [line.strip() for line in caught.value.message.split("\n")[1:]]
        assert 'grant select, insert on "public"."Clinic" to "clinic_lowly";' in grants
        assert 'create schema "_sqlseed" authorization "clinic_lowly";' in grants
        for grant in grants:
            postgres.run(grant)
        assert build(root, "clinics").success
        with pytest.raises(GuardError, match="grant update, delete on"):
            build(root, "clinics", full_refresh=True)
        report = {check.name: check for check in api.debug(root)}
        assert 'grant update, delete, references on "public"."Clinic" to "clinic_lowly";' in report["privileges"].detail
    finally:
        postgres.run("drop owned by clinic_lowly cascade", "drop role clinic_lowly")


def test_read_only_database_is_said(postgres, write):
    name = postgres.place.rpartition("/")[2]
    postgres.run(f'alter database "{name}" set default_transaction_read_only = on')
    with pytest.raises(GuardError, match="its transactions are read-only"):
        build(write(postgres))


# --- several projects ---------------------------------------------------------------------------------------


def test_two_projects_need_two_state_schemas(postgres, write):
    root = write(postgres)
    build(root)
    other = changed("sqlseed.toml", 'name = "care"', 'name = "others"')
    for call in (build, api.plan, api.clean):
        with pytest.raises(GuardError, match="belongs to the project 'care', not to 'others'"):
            call(write(postgres, other))
    before = postgres.contents()
    tables = {f"models/{name}.sql": FILES[f"models/{name}.sql"].replace(f"table='{table}'", f"table='{table}2'")
              for name, table in zip(("clinics", "patients", "visits", "invoices"), TABLES, strict=True)}  # fmt: skip
    result = build(write(postgres, other | tables, state_schema="_sqlseed_others"))
    assert len(done(result)) == 21
    assert postgres.contents() == before
    assert len(postgres.contents("Visit2")["Visit2"]) == 72
    api.clean(write(postgres, other | tables, state_schema="_sqlseed_others"))
    assert postgres.contents() == before
    assert set(statuses(build(write(postgres))).values()) == {"no-op"}


# --- the session --------------------------------------------------------------------------------------------


def test_role_settings_change_no_row(any_pg, write):
    """Time zone, date style and a search path with planted functions do not reach a slice, nor its checksum."""
    expected = checksums(build(write(any_pg), dry_run=True))
    name = any_pg.place.rpartition("/")[2]
    any_pg.run(
        "create schema evil",
        "create function evil.md5(text) returns text language sql as $$ select 'x' $$",
        "create function public.md5(text) returns text language sql as $$ select 'x' $$",
        "create function evil.lpad(text, int, text) returns text language sql as $$ select 'x' $$",
        "create function evil.to_hex(bigint) returns text language sql as $$ select 'x' $$",
        "create function evil.left(text, int) returns text language sql as $$ select 'x' $$",
        f'alter database "{name}" set search_path = evil, public, pg_catalog',
        f"alter database \"{name}\" set timezone = 'Asia/Kolkata'",
        f"alter database \"{name}\" set datestyle = 'German, DMY'",
        f"alter database \"{name}\" set intervalstyle = 'iso_8601'",
        f'alter database "{name}" set extra_float_digits = -10',
        f'alter database "{name}" set transform_null_equals = on',
    )
    root = write(any_pg)
    assert checksums(build(root, checksums=True)) == expected
    assert checksums(build(root, checksums=True)) == expected  # read from a session of its own
    assert checksums(build(root, checksums=True, full_refresh=True)) == expected


def test_nothing_is_left_in_the_users_database(any_pg, write):
    root = write(any_pg)
    build(root)
    build(root, full_refresh=True)
    left = """
        select (select count(*) from pg_proc where proname like 'sqlseed%')
             + (select count(*) from pg_stat_activity where application_name like 'sqlseed%')
             + (select count(*) from pg_class where relname = 'sqlseed_rows')
    """
    until = time.monotonic() + 10  # a server process ends some moments after its connection
    while any_pg.query(left) != [(0,)] and time.monotonic() < until:
        time.sleep(0.1)
    assert any_pg.query(left) == [(0,)]


def test_fewer_slices_than_threads(postgres, write):
    events: list = []
    result = build(write(postgres), "clinics", threads=16, slices={"clinic": ["north"]}, on_event=events.append)
    assert done(result) == {"clinics north"}
    assert {r.worker for r in result.results} == {1}
