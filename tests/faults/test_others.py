"""What others do to the tables while a build runs: locks, and who is named as their holder."""

from __future__ import annotations

from tests.behaviour.clinics import build
from tests.faults import harness, invariants


def test_holder_of_a_table_lock_is_named(any_pg, write):
    root = write(any_pg, lock_timeout="50ms")
    reference = invariants.undisturbed(any_pg, root)
    assert build(root, "clinics").success
    assert build(root, "patients", slices={"clinic": ["south"]}).success
    with harness.admin(any_pg.place) as holder, harness.admin(any_pg.place) as reader:
        reader.execute("begin")
        reader.execute('select 1 from "Clinic"')  # in nobody's way
        holder.execute("begin")
        holder.execute('lock table "Patient" in access exclusive mode')
        result = build(root, "patients", slices={"clinic": ["north"]})
        message = result.failures[0].message
        assert f"process {holder.info.backend_pid} ('test', idle in transaction, its transaction " in message
        assert 's old) holds AccessExclusiveLock on "Patient"' in message
        assert str(reader.info.backend_pid) not in message
    assert result.failures[0].attempts == 3
    assert invariants.problems(any_pg, root, reference, message) == []
    assert invariants.recovered(any_pg, root, reference)[0] == []


def test_holder_of_a_parent_is_named(postgres, write):
    """The foreign key's check waits for the parent's table, which no statement of ours names."""
    root = write(postgres, lock_timeout="50ms")
    assert build(root, "clinics").success
    assert build(root, "patients", slices={"clinic": ["south"]}).success
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


def test_trigger_that_raises_is_named(any_pg, write):
    """Its function and line are in the message; the slices for which it does not raise are there."""
    root = write(any_pg)
    reference = invariants.undisturbed(any_pg, root)
    assert build(root, "clinics").success
    assert build(root, "patients", slices={"clinic": ["south"]}).success
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
