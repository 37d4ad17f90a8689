"""What others do to the tables while a build runs: locks, and who is named as their holder."""

from __future__ import annotations

import json

import pytest

from sqlseed import api
from sqlseed.errors import GuardError
from sqlseed.events import EventKind, Status
from tests.behaviour.clinics import Database, begin_with_the_south, build
from tests.faults import harness, invariants
from tests.support import run_cli


def test_holder_of_a_table_lock_is_named(any_pg, write):
    root = write(any_pg, lock_timeout="50ms")
    reference = invariants.undisturbed(any_pg, root)
    begin_with_the_south(root)
    with harness.admin(any_pg.place) as holder, harness.admin(any_pg.place) as reader:
        reader.execute("begin")
        reader.execute('select 1 from "Clinic"')  # in nobody's way
        holder.execute("begin")
        holder.execute('lock table "Patient" in exclusive mode')
        result = build(root, "patients", slices={"clinic": ["north"]})
        message = result.failures[0].message
        assert f"process {holder.info.backend_pid} ('test', idle in transaction, its transaction " in message
        assert 's old) holds ExclusiveLock on "Patient"' in message
        assert str(reader.info.backend_pid) not in message
    assert result.failures[0].attempts == 3
    assert invariants.problems(any_pg, root, reference, message) == []
    assert invariants.recovered(any_pg, root, reference)[0] == []


def test_holder_of_a_parent_is_named(postgres, write):
    """The foreign key's check waits for the parent's table, which no statement of ours names."""
    root = write(postgres, lock_timeout="50ms")
    begin_with_the_south(root)
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute('lock table "Clinic" in exclusive mode')
        pid = holder.info.backend_pid
        message = build(root, "patients", slices={"clinic": ["north"]}).failures[0].message
    assert f"process {pid} " in message
    assert 'holds ExclusiveLock on "Clinic"' in message


def test_holder_of_a_row_is_named(postgres, write):
    root = write(postgres, lock_timeout="50ms")
    assert build(root, "clinics").success
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute("update \"Clinic\" set title = 'x' where id = 'north'")
        pid = holder.info.backend_pid
        message = build(root, "clinics", full_refresh=True, edited="replace").failures[0].message
    assert "while " in message
    assert f"process {pid} " in message
    assert 'holds RowExclusiveLock on "Clinic"' in message


def test_holder_is_named_to_a_role_that_may_not_see_much(any_pg, write):
    """Another role's state is hidden from an ordinary one; its process is not."""
    name = any_pg.place.rpartition("/")[2]
    any_pg.run("create role clinic_plain login", f'grant all on database "{name}" to clinic_plain',
               "grant all on schema public to clinic_plain")  # fmt: skip
    try:
        root = write(Database("postgres", any_pg.place.replace("postgres@", "clinic_plain@")), lock_timeout="50ms")
        begin_with_the_south(root)
        with harness.admin(any_pg.place) as holder:
            holder.execute("begin")
            holder.execute('lock table "Patient" in exclusive mode')
            pid = holder.info.backend_pid
            message = build(root, "patients", slices={"clinic": ["north"]}).failures[0].message
        assert f"; process {pid} ('test', state not shown to this role) holds ExclusiveLock" in message
    finally:
        any_pg.run("reassign owned by clinic_plain to postgres", "drop owned by clinic_plain", "drop role clinic_plain")


def test_trigger_that_raises_is_named(any_pg, write):
    """Its function and line are in the message; the slices for which it does not raise are there."""
    root = write(any_pg)
    reference = invariants.undisturbed(any_pg, root)
    begin_with_the_south(root)
    any_pg.run(
        "create function refuse() returns trigger language plpgsql as $$ begin\n"
        "if new.\"clinicId\" = 'north' then raise exception 'no more patients'; end if;\nreturn new; end $$",
        'create trigger t before insert on "Patient" for each row execute function refuse()',
    )
    result = build(root)
    assert {(one.slice.model, one.slice.key) for one in result.failures} == {("patients", "north")}
    message = result.failures[0].message
    assert "no more patients (PL/pgSQL function refuse() line 2 at RAISE) [P0001]" in message
    assert result.failures[0].attempts == 1
    assert invariants.problems(any_pg, root, reference, message) == []
    any_pg.run('drop trigger t on "Patient"')
    assert invariants.recovered(any_pg, root, reference)[0] == []


def after_the_first(action):
    """An on_event that calls `action` once, when the first slice of the patients is done."""
    done: list = []

    def on_event(event) -> None:
        is_ours = event.kind is EventKind.SLICE_FINISHED and event.step.slice.model == "patients"
        if is_ours and not done:
            done.append(event)
            action()

    return on_event


# Slices go on while somebody is told of the last one: each takes so long that the change comes before the next ends.
SLEEPY_PATIENTS = (
    "create function doze() returns trigger language plpgsql as 'begin perform pg_sleep(1); return null; end'",
    'create trigger doze before insert on "Patient" for each statement execute function doze()',
)
WIDE_AWAKE = ("drop function doze() cascade",)


@pytest.mark.parametrize(
    ("change", "undo", "gone"),
    [
        ('alter table "Patient" rename weight to mass', 'alter table "Patient" rename mass to weight',
         'column weight of table "public"."Patient" is gone'),
        ('alter table "Visit" rename to "Seen"', 'alter table "Seen" rename to "Visit"',
         'table "public"."Visit" is gone'),
    ],
)  # fmt: skip
def test_what_was_renamed_during_the_build_is_said(any_pg, write, change, undo, gone):
    root = write(any_pg)
    reference = invariants.undisturbed(any_pg, root)
    assert build(root, "+patients").success
    api.clean(root, api.Selection(["patients"]))
    any_pg.run(*SLEEPY_PATIENTS)
    result = build(root, on_event=after_the_first(lambda: any_pg.run(change, *WIDE_AWAKE)), threads=1)
    assert result.failures
    for one in result.failures:
        assert f"changed since the run began: {gone}" in one.message
        assert isinstance(one.error, GuardError)  # exit code 3
    assert [one for one in result.results if one.status is Status.SUCCESS and one.slice.model == "patients"]
    any_pg.run(undo)
    assert invariants.problems(any_pg, root, reference, result.failures[0].message) == []
    assert invariants.recovered(any_pg, root, reference)[0] == []


def test_serialization_failures_are_counted(any_pg, write):
    """Each slice of the patients fails once with 40001, and is right the second time."""
    root = write(any_pg)
    reference = invariants.undisturbed(any_pg, root)
    begin_with_the_south(root)
    any_pg.run(
        "create sequence failed",
        "create function once() returns trigger language plpgsql as $$ begin\n"
        "if nextval('failed') = 1 then raise exception 'conflict' using errcode = '40001'; end if; return new; end $$",
        'create trigger t before insert on "Patient" for each row execute function once()',
    )
    ended = run_cli(["build", "--project-dir", str(root)])
    assert ended.rc == 0, ended.stderr
    assert "1 attempt repeated" in ended.stdout + ended.stderr
    saved = json.loads((root / "target" / "run_results.json").read_text())["results"]
    assert sorted(entry.get("attempts", 1) for entry in saved)[-2:] == [1, 2]
    assert invariants.problems(any_pg, root, reference, ended.stderr) == []
    any_pg.run('drop trigger t on "Patient"')
    assert invariants.recovered(any_pg, root, reference)[0] == []


def test_role_with_another_isolation_level(postgres, write):
    """The level is the session's own, whatever the database says."""
    root = write(postgres)
    reference = invariants.undisturbed(postgres, root)
    name = postgres.place.rpartition("/")[2]
    postgres.run(f"alter database \"{name}\" set default_transaction_isolation = 'serializable'")
    result = build(root)
    assert {one.attempts for one in result.results} == {1}
    assert invariants.problems(postgres, root, reference) == []
