"""Rows of ours that somebody edited: seen before they are written again, kept or replaced as told."""

from __future__ import annotations

import contextlib
import json

import psycopg
import pytest

from sqlseed import api
from sqlseed.backends import pg_sql
from sqlseed.backends.contents import hashed_columns
from sqlseed.errors import GuardError
from sqlseed.model import Column
from sqlseed.report import preview_text
from tests.behaviour.clinics import Database, build, changed, statuses
from tests.support import run_cli

HEAVIER = changed("models/patients.sql", "200, 4000", "300, 4000")
EDIT = "update \"Patient\" set name = 'Edited' where seat = 2 and \"clinicId\" = 'south'"
SAID = "rows of 1 slice that would be written again were edited since: patients south (other rows than recorded)"


def test_an_edited_row_stops_a_changed_build(database: Database, write):
    root = write(database)
    assert build(root).success
    database.run(EDIT)
    assert build(root).success  # nothing is to be written
    before = database.contents()
    for files, arguments in ((HEAVIER, []), ({}, ["--full-refresh"])):
        refused = run_cli(["build", *arguments], write(database, files))
        assert refused.rc == 3
        assert SAID in refused.stderr
        assert database.contents() == before
    plan = run_cli(["plan"], write(database, HEAVIER))
    assert (plan.rc, SAID in plan.stderr) == (3, True)


def test_it_is_kept_with_what_depends_on_it(database: Database, write):
    assert build(write(database)).success
    database.run(EDIT)
    south = database.query('select * from "Patient" where "clinicId" = \'south\' order by id')
    result = build(write(database, HEAVIER), edited="keep")
    assert result.success
    assert "patients south" not in statuses(result)
    assert statuses(result)["patients north"] == "success"
    assert not [name for name in statuses(result) if name.startswith(("visits south", "invoices south"))]
    assert database.query('select * from "Patient" where "clinicId" = \'south\' order by id') == south
    states = {str(step.slice): step.state.value for step in api.plan(write(database, HEAVIER)).plan.steps}
    assert states["patients south"] == "changed"


def test_it_is_replaced(database: Database, write):
    build(write(database, HEAVIER))
    wanted = database.digest()
    build(write(database))
    database.run(EDIT)
    assert build(write(database, HEAVIER), edited="replace").success
    assert database.digest() == wanted


def test_rows_added_or_removed_are_not_lost(database: Database, write):
    text = changed("models/clinics.sql", "owner='\"id\" = :clinic_id'", "owner='\"title\" = :clinic_title'")
    root = write(database, text)
    assert build(root, "clinics").success
    database.run("insert into \"Clinic\" values ('more', 'South Clinic', 'x')")
    with pytest.raises(GuardError, match=r"clinics south \(1 row added\)"):
        build(root, "clinics", full_refresh=True)
    assert database.query('select count(*) from "Clinic"') == [(4,)]
    database.run("delete from \"Clinic\" where id in ('more', 'north')")
    assert build(root, "clinics", full_refresh=True).success  # of north nothing is left to lose
    assert database.query('select count(*) from "Clinic"') == [(3,)]
    assert build(root).success
    invoice = '(select max(id) from "Invoice" where "clinicId" = \'east\')'
    database.run(f'delete from "Invoice" where id = {invoice}')
    with pytest.raises(GuardError, match=r"1 slice .* edited since: invoices east \(1 row removed\)"):
        build(root, full_refresh=True)


def test_each_kind_of_key_and_of_value_is_looked_at(database: Database, write):
    """Edits are looked for in slices that are up to date, too: none in what a build left, each where it was made."""
    root = write(database)
    assert build(root).success
    assert api.plan(root, edited=True).edited == ()
    for edit, slice_ in (
        ("update \"Clinic\" set greeting = 'hallo' where id = 'north'", "clinics north"),
        ('update "Patient" set born = born + 1 where seat = 2 and "clinicId" = \'south\'', "patients south"),
        ('update "Patient" set weight = null where seat = 3 and "clinicId" = \'east\'', "patients east"),
        (
            'update "Visit" set day = day - 1 where "no" = 3 and "clinicId" = \'south\' and "yearNo" = 2',
            "visits south/2025",
        ),
        ('update "Invoice" set amount = amount + 1 where "clinicId" = \'east\'', "invoices east"),
    ):
        before = {str(found.slice) for found in api.plan(root, edited=True).edited or ()}
        database.run(edit)
        after = {str(found.slice) for found in api.plan(root, edited=True).edited or ()}
        assert after - before == {slice_}
        assert before < after
    told = run_cli(["plan", "--edited"], root)
    assert told.rc == 0
    assert "edited since: clinics north (other rows than recorded), patients north" not in told.stdout
    assert "edited since: clinics north (other rows than recorded), patients south" in told.stdout
    told = run_cli(["plan", "--edited", "--output", "json", "--select", "visits"], root)
    assert json.loads(told.stdout)["edited"] == ["visits south/2025 (other rows than recorded)"]
    assert "edited since" not in run_cli(["plan"], root).stdout


def test_a_state_of_an_earlier_version_is_brought_up_to_date(database: Database, write):
    """Its slices stay as they are, unhashed; what is written from now on is hashed; an older version's writes count."""
    root = write(database)
    assert build(root, checksums=True).success
    database.run("alter table _sqlseed.checkpoint drop column content")
    assert api.plan(root, edited=True).edited == ()  # by checksum, and without a word about the column
    database.run(EDIT)
    assert [str(found.slice) for found in api.plan(root, edited=True).edited or ()] == ["patients south"]
    database.run("update _sqlseed.checkpoint set checksum = null")
    assert api.plan(root, edited=True).edited == ()
    assert statuses(build(root, "patients", "clinics"))["patients south"] == "no-op"
    assert build(write(database, HEAVIER), "patients").success
    kept = database.query(
        "select model, content is not null from _sqlseed.checkpoint where model in ('patients', 'visits')"
    )
    assert set(kept) == {("patients", True), ("visits", False)}
    assert api.plan(write(database, HEAVIER), edited=True).edited == ()
    database.run(EDIT.replace("Edited", "Again"))
    assert [str(found.slice) for found in api.plan(write(database, HEAVIER), edited=True).edited or ()] == [
        "patients south"
    ]
    database.run("update _sqlseed.checkpoint set run_id = 'of-0.1.0' where model = 'patients'")
    assert api.plan(write(database, HEAVIER), edited=True).edited == ()


def test_a_contract_that_changed_is_no_edit(database: Database, write):
    """What was recorded is compared in the columns of then; those of today make no difference."""
    root = write(database)
    assert build(root).success
    fewer = changed("models/models.yml", '- {name: weight, data_type: "numeric(6, 2)"}', "")
    model = changed(
        "models/patients.sql",
        ",\n            ({{ random_int('weight', 'g.n', 200, 4000) }})::numeric(6, 2) as \"weight\"",
        "",
    )
    assert api.plan(write(database, fewer | model), edited=True).edited == ()
    assert build(write(database, fewer | model)).success
    database.run(EDIT)
    assert [str(found.slice) for found in api.plan(root, edited=True).edited or ()] == ["patients south"]


def test_clean_asks_what_becomes_of_them(database: Database, write):
    root = write(database)
    assert build(root).success
    database.run(EDIT)
    before = database.contents()
    said = "rows of 1 slice that would be removed were edited since: patients south (other rows than recorded)\n"
    for arguments in (["--yes"], ["--yes", "--select", "patients+", "--clinic", "south"]):
        refused = run_cli(["clean", *arguments], root)
        assert (refused.rc, said in refused.stderr) == (3, True)
        assert "`--edited keep` leaves them" in refused.stderr
    for choice, told in (
        ("keep", "left as they are, with what they are made from: patients south (other"),
        ("remove", "edited since, and removed too: patients south (other"),
    ):
        assert told in preview_text(api.clean_preview(root, edited=choice))
    assert "edited" not in preview_text(api.clean_preview(root, api.Selection(("visits+",))))
    assert database.contents() == before
    assert api.clean(root, api.Selection(("patients+",), slices={"clinic": ["north"]})).rows["patients"] == 6
    result = api.clean(root, edited="keep")
    assert [str(edit.slice) for edit in result.kept] == ["patients south"]
    left = database.contents()
    assert {name: len(rows) for name, rows in left.items()} == {"Clinic": 1, "Patient": 6, "Visit": 0, "Invoice": 0}
    assert set(left["Patient"]) <= set(before["Patient"])
    assert api.clean(root, edited="remove").state_removed
    assert not any(database.contents().values())


KINDS = """
    create type mood as enum ('sad', 'glad');
    create table every (
        id text, small smallint, whole integer, big bigint, exact numeric, inexact double precision, short real,
        yes boolean, day date, at timestamp(3), since timestamptz, key uuid, word varchar(9), how mood, many text[],
        facts jsonb, span interval, code char(4)
    );
"""
VALUES = """
    insert into every
    select 'k' || g, g % 9, g, g * 5000000000, g / 7.0, g / 3.0::float8, g / 3.0::real, g % 2 = 0,
           date '2024-01-31' + g, timestamp '2024-01-31 10:00:00.123' + g * interval '1 h',
           timestamptz '2024-01-31 10:00+05:30', md5(g::text)::uuid,
           case when g % 5 > 0 then 'w' || g end, (array['sad', 'glad'])[1 + g % 2]::mood,
           array['a', g::text], jsonb_build_object('b', g, 'a', null), g * interval '1 min', 'c'
    from generate_series(1, 500) as g
"""


def test_equal_rows_have_equal_content_on_every_server_and_after_a_restore(postgres15, postgres18, write):
    """Enums have other numbers there, and collations are others; an edit of any column is another content."""
    found = set()
    saved = b""
    with contextlib.ExitStack() as stack:
        for server in (postgres15, postgres18):
            url = stack.enter_context(server.fresh_database("edits_restored"))
            with psycopg.connect(url, autocommit=True) as connection:
                if saved:
                    connection.execute("create type other as enum ('x')")  # so that numbers differ
                connection.execute(KINDS)
                if saved:
                    with connection.cursor().copy("copy every from stdin") as copy:
                        copy.write(saved)
                else:
                    connection.execute(VALUES)
                    with connection.cursor().copy("copy every to stdout") as copy:
                        saved = b"".join(map(bytes, copy))
                listing = (
                    "select column_name, data_type from information_schema.columns"
                    " where table_name = 'every' order by ordinal_position"
                )
                columns = [Column(*row) for row in connection.execute(listing).fetchall()]
                for version in (130000, server.version * 10000):
                    with connection.transaction():
                        connection.execute("set local timezone = 'UTC'; set local datestyle = 'ISO, MDY'")
                        total = pg_sql.hashing(version).total(hashed_columns(columns))
                        rows = connection.execute(f"select {total} from every").fetchall()
                        found.add((version == 130000, rows[0][0]))
        assert len(found) == 2
        for column in columns:
            value = {"how": "'sad'", "many": "'{}'", "yes": "not yes", "facts": "'{}'"}.get(column.name)
            value = value or {"ARRAY": "'{}'"}.get(column.type, "null")
            with psycopg.connect(url) as connection:
                connection.execute("set timezone = 'UTC'")
                connection.execute(f'update every set "{column.name}" = {value} where whole = 7')
                assert (False, connection.execute(f"select {total} from every").fetchall()[0][0]) not in found
                connection.rollback()
