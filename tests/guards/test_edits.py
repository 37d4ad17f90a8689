"""Rows of ours that somebody edited: seen before they are written again, kept or replaced as told."""

from __future__ import annotations

import pytest

from sqlseed import api
from sqlseed.errors import GuardError
from tests.behaviour.clinics import Database, build, changed, statuses
from tests.support import run_cli

HEAVIER = changed("models/patients.sql", "200, 4000", "300, 4000")
EDIT = "update \"Patient\" set name = 'Edited' where seat = 2 and \"clinicId\" = 'south'"
SAID = "rows of 1 slice that would be written again were edited since: patients south (other rows than recorded)"


def test_an_edited_row_stops_a_changed_build(database: Database, write):
    root = write(database)
    assert build(root, checksums=True).success
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
    assert build(write(database), checksums=True).success
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
    build(write(database, HEAVIER), checksums=True)
    wanted = database.digest()
    build(write(database), checksums=True)
    database.run(EDIT)
    assert build(write(database, HEAVIER), edited="replace").success
    assert database.digest() == wanted


def test_a_row_added_under_the_owner_predicate_is_not_lost(database: Database, write):
    """Seen by counting, without a checksum; a row that is missing is simply written again."""
    text = changed("models/clinics.sql", "owner='\"id\" = :clinic_id'", "owner='\"title\" = :clinic_title'")
    root = write(database, text)
    assert build(root, "clinics").success
    database.run("insert into \"Clinic\" values ('more', 'South Clinic', 'x')")
    with pytest.raises(GuardError, match=r"clinics south \(1 row added\)"):
        build(root, "clinics", full_refresh=True)
    assert database.query('select count(*) from "Clinic"') == [(4,)]
    database.run("delete from \"Clinic\" where id in ('more', 'north')")
    assert build(root, "clinics", full_refresh=True).success
    assert database.query('select count(*) from "Clinic"') == [(3,)]
