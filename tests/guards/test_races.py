"""Rows of others that arrive while ours go: two connections, and the moment in which a cascade would take them."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from sqlseed import api
from sqlseed.errors import SqlseedError
from tests.behaviour.clinics import Database, build, changed
from tests.guards.test_foreign import NOTE

LAST_OF_SOUTH = 'insert into note select 1, max(id), null from "Patient" where "clinicId" = \'south\''
WAITS = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
EDIT = """
    update "Patient" set weight = 1
    where "clinicId" = 'south' and id <> (select min(id) from "Patient" where "clinicId" = 'south')
"""
FEWER = changed("models/patients.sql", "var('patients') }} - 1", "var('patients') }} - 2")


def told_while(sql: str, database: Database, command) -> str:
    """Runs a command beside a transaction that has sent this, and commits as soon as the command waits for it; what the
    command failed with."""
    failed: list[str] = []

    def run() -> None:
        try:
            failed.extend(str(failure.error) for failure in getattr(command(), "failures", ()))
        except SqlseedError as error:
            failed.append(str(error))

    thread = threading.Thread(target=run)
    with psycopg.connect(database.place) as writer:
        writer.execute(sql)
        thread.start()
        end = time.monotonic() + 60
        while thread.is_alive() and database.query(WAITS) == [(0,)]:
            assert time.monotonic() < end
            time.sleep(0.02)
        writer.commit()
    thread.join(60)
    return "\n".join(failed)


@pytest.mark.parametrize("action", ["cascade", "set null"])
@pytest.mark.parametrize("what", ["clean", "a changed slice"])
def test_a_row_that_is_committed_between_the_look_and_the_delete_is_not_lost(
    postgres: Database, write, what: str, action: str
):
    root = write(postgres)
    assert build(root).success
    postgres.run(NOTE.format(action=action))
    fewer = write(postgres, FEWER) if what != "clean" else root
    said = told_while(
        LAST_OF_SOUTH,
        postgres,
        lambda: api.clean(root) if what == "clean" else build(fewer, "patients", tests=False),
    )
    assert postgres.query('select count(*) from note join "Patient" as p on p.id = note.patient') == [(1,)]
    assert 'a row of "public"."note" that sqlseed did not make refers to a row of "public"."Patient"' in said


def test_rows_that_are_edited_while_they_are_written_again(postgres: Database, write):
    """The statement that waited for them sees them as they are then: one of them vanishes, the others are updated."""
    root = write(postgres)
    assert build(root).success
    postgres.run(NOTE.format(action="cascade"))
    before = postgres.contents("Patient")["Patient"]
    assert told_while(EDIT, postgres, lambda: build(write(postgres, FEWER), "patients", tests=False)) == ""
    after = postgres.contents("Patient")["Patient"]
    assert len(after) == len(before) - 3
    assert set(after) < set(before)
