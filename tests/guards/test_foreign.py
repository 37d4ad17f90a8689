"""Rows of somebody else's: never changed, and named before anything is written where they are in the way."""

from __future__ import annotations

from typing import Any

import pytest

from sqlseed import api, uniques
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


BORN = "{{ random_date('born', 'g.n', \"date '2000-01-01'\", \"date '2015-12-31'\") }}"
BORN_BY_CLINIC = changed("models/patients.sql", BORN, "date '2000-01-01' + ({{ clinic.no }} - 1)::int")
AWAY = (
    "insert into \"Clinic\" values ('away', 'Away', 'x')",
    "insert into \"Patient\" values ('a', 'away', 'A', 1, '2000-01-01', 1), ('b', 'away', 'B', 2, '2000-01-01', 1)",
    'alter table "Patient" add constraint only_seat unique (born, seat)',
)


def test_unique_values_of_others_are_named_before_anything_is_written(lived_in: Database, write):
    """Neither the patients nor what they are made from are there yet."""
    lived_in.run(*AWAY)
    root = write(lived_in, BORN_BY_CLINIC)
    before = lived_in.contents()
    for command in ("plan", "build"):
        refused = run_cli([command], root)
        assert refused.rc == 3, refused
        assert (
            'models/patients.sql: 3 rows of "public"."Patient" that sqlseed did not make have values that planned rows'
            " would have, and only_seat lets stand once: id = 'own' has (born, seat) = ('2000-01-01', '0'), planned for"
            " id = '"
        ) in refused.stderr
        assert refused.stderr.count("(patients north)") == 3
    assert (lived_in.contents(), lived_in.query("select to_regnamespace('_sqlseed')")) == (before, [(None,)])
    key = refused.stderr.partition("planned for id = '")[2][:36]
    lived_in.run("update \"Patient\" set born = '1999-01-01'")
    assert build(root).success
    assert lived_in.query(f"select seat, born::text from \"Patient\" where id = '{key}'") == [(0, "2000-01-01")]


def test_values_of_a_slice_that_changes_are_looked_at_and_no_others(lived_in: Database, write):
    lived_in.run(*AWAY)
    root = write(lived_in, changed("models/patients.sql", BORN, "date '2001-01-01' + ({{ clinic.no }} - 1)::int"))
    assert build(root).success
    assert run_cli(["plan"], root).rc == 0
    moved = write(lived_in, BORN_BY_CLINIC)
    assert run_cli(["plan", "--clinic", "south,east"], moved).rc == 0
    refused = run_cli(["plan", "--clinic", "north,east"], moved)
    assert (refused.rc, "planned for id = '" in refused.stderr) == (3, True)


def test_nulls_are_equal_where_the_key_says_so(lived_in: Database, write):
    lived_in.run(
        *AWAY[:2],
        'update "Patient" set weight = null',
        'create unique index by_weight on "Patient" (seat, weight)',
    )
    files = changed("models/patients.sql", "({{ random_int('weight', 'g.n', 200, 4000) }})", "null")
    root = write(lived_in, files | changed("sqlseed.toml", "clinics = 3", "clinics = 1"))
    assert run_cli(["plan"], root).rc == 0
    lived_in.run('create unique index no_nulls on "Patient" (seat, weight) nulls not distinct')
    found = run_cli(["build"], root)
    assert found.rc == 3, found
    assert "no_nulls lets stand once: id = 'own' has (seat, weight) = ('0', null)" in found.stderr


def test_indexes_of_some_rows_or_over_expressions_are_left_to_the_slice(lived_in: Database, write):
    lived_in.run(*AWAY[:2], "update \"Patient\" set seat = 9 where id = 'own'")
    root = write(lived_in, changed("sqlseed.toml", "clinics = 3", "clinics = 1"))
    for index in ("(seat) where \"clinicId\" in ('away', 'north')", "((seat + 0))"):
        lived_in.run(f'create unique index odd on "Patient" {index}')
        assert run_cli(["plan"], root).rc == 0
        result = build(root, "clinics", "patients")
        assert statuses(result)["patients north"] == "error"
        assert "odd" in str(result.failures[0].error)
        lived_in.run("drop index odd")


def test_what_cannot_be_in_the_way_costs_no_dry_run(any_pg: Database, write, monkeypatch: pytest.MonkeyPatch):
    """A value that holds the key of a row of somebody else's is no planned row's."""
    monkeypatch.setattr(uniques, "open_dry_run", None)
    root = write(any_pg)
    assert build(root).success
    any_pg.run(*OWN)  # of Patient, (clinicId, seat) is unique, and this row's clinic is the application's
    assert build(root, "patients", full_refresh=True).success
    any_pg.run('create unique index by_name on "Patient" (name, id, born)')  # with the key in it
    assert build(root, "patients", full_refresh=True).success
    any_pg.run('create unique index by_seat on "Patient" (seat, "clinicId", born) include (name)', "drop index by_name")
    assert build(root, "patients", full_refresh=True).success
    any_pg.run('create unique index by_born on "Patient" (born, name, seat)')
    with pytest.raises(TypeError):
        build(root, "patients", full_refresh=True)


def test_a_unique_value_that_the_plan_leaves_alone_is_named_by_the_slice(
    lived_in: Database, write, monkeypatch: pytest.MonkeyPatch
):
    """Of more rows than are compared, and of those that came after: the slice is rolled back, exit code 3."""
    monkeypatch.setattr(uniques, "MOST", 2)
    lived_in.run(
        *AWAY,
        'create unique index "Patient_seat_key" on "Patient" (seat) where "clinicId" = \'none\'',
        'create unique index "Patient_born_name_key" on "Patient" (name, "clinicId", seat)',
    )
    before = lived_in.contents("Patient")
    result = build(write(lived_in, BORN_BY_CLINIC), tests=False)
    (failure,) = result.failures
    assert str(failure.slice) == "patients north"
    assert isinstance(failure.error, GuardError)
    assert (
        'rows of "public"."Patient" that sqlseed did not make have values that this slice would write: 3 by only_seat'
        " (born, seat): ('2000-01-01', '0'), ('2000-01-01', '1'), ('2000-01-01', '2')"
    ) in str(failure.error)
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


def test_an_upsert_never_goes_over_a_natural_key_of_somebody_else(
    any_pg: Database, write, monkeypatch: pytest.MonkeyPatch
):
    """The owner predicate does not take the row in, and yet it has a key that the changed slice would write."""
    owned = changed("models/clinics.sql", "owner='\"id\" = :clinic_id'", "owner='\"title\" = :clinic_title'")
    root = write(any_pg, owned)
    assert build(root, "clinics").success
    any_pg.run("update \"Clinic\" set title = 'Theirs' where id = 'south'")
    refused = run_cli(["plan", "--vars", "greeting: hi"], root)
    assert refused.rc == 3
    assert "and Clinic_pkey lets stand once: id = 'south', planned for clinics south\n" in refused.stderr
    monkeypatch.setattr(uniques, "MOST", 0)  # as if it had come since
    result = build(root, "clinics", vars={"greeting": "hi"})
    assert statuses(result) == {"clinics north": "success", "clinics south": "error", "clinics east": "success"}
    assert '1 rows of "public"."Clinic" that are not this slice\'s have keys' in str(result.failures[0].error)
    assert any_pg.query("select title, greeting from \"Clinic\" where id = 'south'") == [("Theirs", "hello")]
