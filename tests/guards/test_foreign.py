"""Rows of somebody else's: never changed, and named before anything is written where they are in the way."""

from __future__ import annotations

from typing import Any

import pytest

from sqlseed import api
from sqlseed.errors import GuardError
from tests.behaviour.clinics import Database, build, changed, statuses
from tests.support import run_cli

MADE = "id like 'own%'"
OWN = (
    "insert into \"Clinic\" values ('own', 'Own', 'x')",
    "insert into \"Patient\" values ('own', 'own', 'Own', 0, '2000-01-01', 1)",
    "insert into \"Visit\" values ('11111111-1111-1111-1111-111111111111', 'own', 'own', 1, 1, '2024-01-01')",
    "insert into \"Invoice\" values (2000000, 'own', '11111111-1111-1111-1111-111111111111', 5)",
)
NOTE = """
    create table note (
        id integer primary key,
        patient text references "Patient" on delete {action},
        place text default 'own' references "Clinic"
    )
"""  # a table of the application's that refers to ours
NOTE_OF_SOUTH = 'insert into note select 1, {which}(id) from "Patient" where "clinicId" = \'south\''


def foreign(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """The rows that the tests put in, as they are now."""
    return {
        "Clinic": database.query("select * from \"Clinic\" where id = 'own'"),
        "Patient": database.query("select * from \"Patient\" where id = 'own'"),
        "Visit": database.query('select * from "Visit" where "clinicId" = \'own\''),
        "Invoice": database.query('select * from "Invoice" where "clinicId" = \'own\''),
    }


@pytest.fixture
def lived_in(any_pg: Database, write) -> Database:
    """Every table there and holding a row of the application's, which refer to each other; nothing built."""
    root = write(any_pg)
    assert build(root).success
    api.clean(root)
    any_pg.run(*OWN)
    return any_pg


def test_no_command_changes_them(lived_in: Database, write):
    before = foreign(lived_in)
    root = write(lived_in)
    assert build(root).success
    ours = lived_in.digest()
    assert foreign(lived_in) == before
    for files in (
        changed("models/patients.sql", "200, 4000", "300, 4000"),
        changed("sqlseed.toml", "patients = 6", "patients = 4"),  # rows vanish
        changed("sqlseed.toml", 'greeting = "hello"', 'greeting = "hi"'),
        changed("sqlseed.toml", "shift = 0", "shift = 1"),  # unique values change places
        {},
    ):
        assert build(write(lived_in, files)).success
        assert foreign(lived_in) == before
    assert build(root, full_refresh=True).success
    assert lived_in.digest() == ours
    api.clean(root, api.Selection(("invoices",), slices={"clinic": ["north"]}))
    assert build(root).success
    assert foreign(lived_in) == before
    api.clean(root)
    assert foreign(lived_in) == before
    assert lived_in.contents() == before


def test_rows_under_the_owner_predicate_are_refused_before_anything_is_written(lived_in: Database, write):
    lived_in.run("insert into \"Clinic\" values ('north', 'Theirs', 'x'), ('south', 'Theirs', 'y')")
    before = lived_in.contents()
    root = write(lived_in)
    for command in ("plan", "build"):
        refused = run_cli([command], root)
        assert refused.rc == 3, refused
        assert (
            'models/clinics.sql: 2 rows of "public"."Clinic" that sqlseed did not make are rows that it would take for'
            " its own (owner: \"id\" = :clinic_id): id = 'north', 'south'\n"
        ) in refused.stderr
    assert lived_in.contents() == before
    lived_in.run("delete from \"Clinic\" where id in ('north', 'south')")
    assert build(root).success


def test_numbers_set_aside_are_refused_by_the_plan(lived_in: Database, write):
    root = write(lived_in)
    assert build(root).success
    api.clean(root, api.Selection(("invoices",), slices={"clinic": ["south"]}))
    ((first,),) = lived_in.query("select first from _sqlseed.key_range where slice = 'south'")
    visit = "11111111-1111-1111-1111-111111111111"
    lived_in.run(f"insert into \"Invoice\" values ({first + 3}, 'own', '{visit}', 7)")
    before = lived_in.contents()
    refused = run_cli(["plan"], root)
    assert refused.rc == 3
    said = '1 row of "public"."Invoice" that sqlseed did not make has a key set aside for it: id = '
    assert f"{said}'{first + 3}'" in refused.stderr
    assert run_cli(["build"], root).rc == 3
    assert lived_in.contents() == before


def test_a_unique_value_is_named_with_the_rows_that_hold_it(lived_in: Database, write):
    """It takes the rows to know, so it is the slice that is refused: rolled back, exit code 3."""
    lived_in.run(
        "insert into \"Clinic\" values ('away', 'Away', 'x')",
        "insert into \"Patient\" values ('a', 'away', 'A', 1, '2000-01-01', 1), ('b', 'away', 'B', 2, '2000-01-01', 1)",
        'create unique index "Patient_seat_key" on "Patient" (seat) where "clinicId" = \'none\'',
        'create unique index "Patient_born_name_key" on "Patient" (name, "clinicId", seat)',
        'alter table "Patient" add constraint only_seat unique (born, seat)',
    )
    born = "{{ random_date('born', 'g.n', \"date '2000-01-01'\", \"date '2015-12-31'\") }}"
    root = write(lived_in, changed("models/patients.sql", born, "date '2000-01-01' + ({{ clinic.no }} - 1)::int"))
    before = lived_in.contents("Patient")
    result = run_cli(["build", "--no-tests"], root)
    assert result.rc == 3, result
    assert (
        'rows of "public"."Patient" that sqlseed did not make have values that this slice would write: 3 by only_seat'
        " (born, seat): ('2000-01-01', '0'), ('2000-01-01', '1'), ('2000-01-01', '2')"
    ) in result.stderr
    assert lived_in.query('select count(*) from "Patient" where "clinicId" = \'north\'') == [(0,)]
    assert set(before["Patient"]) <= set(lived_in.contents("Patient")["Patient"])


@pytest.mark.parametrize("action", ["restrict", "no action", "cascade", "set null", "set default"])
def test_rows_that_refer_to_ours_stop_clean_before_anything_goes(lived_in: Database, write, action: str):
    root = write(lived_in)
    assert build(root).success
    lived_in.run(NOTE.format(action=action), NOTE_OF_SOUTH.format(which="min"))
    before, notes = lived_in.contents(), lived_in.query("select * from note")
    for selection in (api.Selection(), api.Selection(("patients+",))):
        with pytest.raises(GuardError) as refused:
            api.clean(root, selection)
        assert str(refused.value).startswith(
            '1 row of "public"."note" that sqlseed did not make refers to rows of "public"."Patient" that would be'
            f" removed (note_patient_fkey, on delete {action}): patient = '"
        )
        assert (lived_in.contents(), lived_in.query("select * from note")) == (before, notes)
    assert api.clean(root, api.Selection(("patients+",), slices={"clinic": ["north"]})).rows["patients"] == 6


@pytest.mark.parametrize("action", ["restrict", "cascade", "set null"])
def test_rows_that_refer_to_one_that_vanishes_stop_its_slice(lived_in: Database, write, action: str):
    assert build(write(lived_in)).success
    lived_in.run(NOTE.format(action=action), NOTE_OF_SOUTH.format(which="max"))
    notes = lived_in.query("select * from note")
    fewer = write(lived_in, changed("models/patients.sql", "var('patients') }} - 1", "var('patients') }} - 2"))
    result = build(fewer, "patients")
    assert statuses(result) == {"patients north": "success", "patients south": "error", "patients east": "success"}
    assert isinstance(result.failures[0].error, GuardError)
    assert lived_in.query("select * from note") == notes
    assert lived_in.query('select count(*) from "Patient" where "clinicId" = \'south\'') == [(6,)]


def test_an_upsert_never_goes_over_a_natural_key_of_somebody_else(any_pg: Database, write):
    """The owner predicate does not take the row in, and yet it has a key that the changed slice would write."""
    owned = changed("models/clinics.sql", "owner='\"id\" = :clinic_id'", "owner='\"title\" = :clinic_title'")
    assert build(write(any_pg, owned), "clinics").success
    any_pg.run("update \"Clinic\" set title = 'Theirs' where id = 'south'")
    result = build(write(any_pg, owned), "clinics", vars={"greeting": "hi"})
    assert statuses(result) == {"clinics north": "success", "clinics south": "error", "clinics east": "success"}
    assert '1 rows of "public"."Clinic" that are not this slice\'s have keys' in str(result.failures[0].error)
    assert any_pg.query("select title, greeting from \"Clinic\" where id = 'south'") == [("Theirs", "hello")]
