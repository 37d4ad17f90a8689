"""Removing what sqlseed made, and nothing else."""

from __future__ import annotations

import signal

import pytest

from sqlseed import api
from sqlseed.errors import GuardError, Interrupted
from sqlseed.runner import StopFlag
from tests.behaviour.clinics import build, checksums, statuses

UNUSED = "00000000-0000-4000-8000-00000000000"


def clean(root, *select, variables=None, slices=None, **options):
    workspace = api.load(root, vars=variables)
    return api.clean(workspace, api.Selection(select, (), slices or {}), **options)


def has_state(database) -> bool:
    return bool(database.query("select 1 from information_schema.schemata where schema_name = '_sqlseed'"))


def test_clean_leaves_the_tables_and_nothing_else(database, write):
    root = write(database)
    whole = checksums(build(root, checksums=True))
    events: list = []
    result = clean(root, on_event=events.append)
    assert result.rows == {"invoices": 72, "visits": 72, "visit_plan": 72, "patients": 18, "clinics": 3}
    assert result.slices == len(events) == 21
    assert result.state_removed
    assert not has_state(database)
    assert database.contents() == {"Clinic": [], "Patient": [], "Visit": [], "Invoice": []}
    assert clean(root).slices == 0
    assert checksums(build(root, checksums=True)) == whole


def test_clean_one_slice(database, write):
    root = write(database)
    build(root)
    before = database.contents()
    result = clean(root, slices={"clinic": ["south"]})
    assert result.rows == {"invoices": 24, "visits": 24, "visit_plan": 24, "patients": 6, "clinics": 1}
    assert not result.state_removed
    after = database.contents()
    for table, column in (("Clinic", 0), ("Patient", 1), ("Visit", 1), ("Invoice", 1)):
        assert after[table] == [row for row in before[table] if row[column] != "south"]
    rebuilt = build(root)
    assert {n for n, s in statuses(rebuilt).items() if s == "success"} == {n for n in statuses(rebuilt) if "south" in n}
    assert database.contents() == before


def test_rows_that_serve_other_slices_stay(database, write):
    """A model without the dimension is left alone; slices that stay and need what would go are a refusal."""
    root = write(database)
    build(root)
    with pytest.raises(GuardError, match="invoices depends on these rows"):
        clean(root, slices={"year": ["2024"]})
    clean(root, "invoices")
    result = clean(root, slices={"year": ["2024"]})
    assert result.rows == {"visits": 36, "visit_plan": 36}
    assert {row[3] for row in database.contents("Visit")["Visit"]} == {2}


def test_clean_with_dependants_is_refused(database, write):
    root = write(database)
    build(root)
    before = database.contents()
    with pytest.raises(GuardError, match="visits depends on these rows") as caught:
        clean(root, "patients", "visit_plan")
    assert "sqlseed clean --select patients+ visit_plan+`" in str(caught.value)
    assert caught.value.exit_code == 3
    assert database.contents() == before
    result = clean(root, "patients+")
    assert set(result.rows) == {"patients", "visits", "invoices"}
    assert len(database.contents("Clinic")["Clinic"]) == 3


def test_rows_of_others_stay(database, write):
    root = write(database)
    build(root)
    database.run(
        "insert into \"Clinic\" values ('own', 'Own', 'x')",
        "insert into \"Patient\" values ('own-1', 'own', 'Own', 0, '2001-01-01', 1)",
        f"insert into \"Visit\" values ('{UNUSED}1', 'own', 'own-1', 9, 9, '2024-01-01')",
        f"insert into \"Invoice\" values (900001, 'own', '{UNUSED}1', 5)",
    )
    assert clean(root).state_removed
    assert {table: len(rows) for table, rows in database.contents().items()} == {
        "Clinic": 1, "Patient": 1, "Visit": 1, "Invoice": 1,
    }  # fmt: skip


def test_row_of_somebody_else_below_ours_is_a_refusal(postgres, write):
    root = write(postgres)
    build(root)
    ours = postgres.query('select id from "Patient" where seat = 0 and "clinicId" = \'north\'')[0][0]
    postgres.run(f"insert into \"Visit\" values ('{UNUSED}1', 'north', '{ours}', 9, 9, '2024-01-01')")
    with pytest.raises(GuardError, match='Visit" that sqlseed did not make'):
        clean(root)
    assert postgres.query('select count(*) from "Visit" where "yearNo" = 9') == [(1,)]
    assert postgres.query(f"select count(*) from \"Patient\" where id = '{ours}'") == [(1,)]
    postgres.run('delete from "Visit" where "yearNo" = 9')
    assert clean(root).state_removed  # what had gone before the refusal is not missed


def test_foreign_children_that_a_cascade_or_set_null_would_reach(postgres, write):
    root = write(postgres)
    build(root)
    postgres.run(
        'create table note (id int, visit uuid references "Visit" (id) on delete set null, invoice int references'
        ' "Invoice" (id) on delete cascade)',
        'insert into note select 1, id, null from "Visit" limit 1',
    )
    with pytest.raises(GuardError, match="note"):
        clean(root, "visits+")
    postgres.run("delete from note")
    assert build(root).success
    postgres.run('insert into note select 2, null, id from "Invoice" limit 1')
    with pytest.raises(GuardError, match="note"):
        clean(root, "invoices")
    assert postgres.query("select count(*) from note") == [(1,)]


def test_slices_that_nothing_makes_any_more_go_too(database, write):
    root = write(database)
    build(root)
    result = clean(root, variables={"clinics": 1})
    assert result.rows == {"invoices": 72, "visits": 72, "visit_plan": 72, "patients": 18, "clinics": 1}
    assert not result.state_removed  # a natural key can only be told from the values that are gone
    assert clean(root).rows == {"clinics": 2}
    assert not has_state(database)


def test_state_schema_with_other_tables_is_not_dropped(database, write):
    root = write(database)
    build(root)
    database.run("create table _sqlseed.mine (a int)", "insert into _sqlseed.mine values (1)")
    assert clean(root).state_removed
    assert database.query("select a from _sqlseed.mine") == [(1,)]
    left = database.query("select table_name from information_schema.tables where table_schema = '_sqlseed'")
    assert left == [("mine",)]
    assert build(root).success


def test_clean_of_nothing(database, write):
    database.run("create table unrelated (a int)")
    result = clean(write(database))
    assert result.slices == 0
    assert not result.state_removed
    assert not has_state(database)


def test_dropped_table_is_no_obstacle(database, write):
    root = write(database)
    build(root)
    database.run('drop table "Invoice"')
    result = clean(root)
    assert result.state_removed
    assert result.rows["invoices"] == 0


def test_stop_between_two_slices(database, write):
    root = write(database)
    build(root)
    stop = StopFlag()
    seen: list = []

    def on_event(event) -> None:
        seen.append(event)
        if len(seen) == 2:
            stop.set(signal.SIGTERM)

    with pytest.raises(Interrupted) as caught:
        clean(root, on_event=on_event, stop=stop)
    assert caught.value.signal_number == signal.SIGTERM
    assert len(seen) == 2
    assert len(database.contents("Invoice")["Invoice"]) == 24
    assert clean(root).state_removed
