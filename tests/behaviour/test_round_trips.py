"""How often a slice waits for the server's answer: on a slow line that is what a small slice costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from sqlseed.backends import pg_rows
from tests.behaviour.clinics import Database, build, changed, checksums
from tests.faults.proxy import REPLY, REQUEST, Rule, between

MOST = 6  # round trips of a slice, but for one that loses rows to which others refer
MODELS = ("clinics", "patients", "visit_plan", "visits", "invoices", "busy", "seen")
_READY, _BIND = b"Z", b"B"  # types of messages: the server is ready for the next, the client gives parameters
_IDLE = b"I"  # what ReadyForQuery says outside a transaction


class Listener:
    """Counts for each model the round trips that a transaction with a slice of it takes.

    It is the least of its slices: the first on a connection brings settings, and functions that the others find there.
    """

    def __init__(self) -> None:
        self.least: dict[str, int] = {}
        self._said: dict[int, list[bytes]] = {}
        self._trips: Counter[int] = Counter()

    def __call__(self, connection: int, side: str, message: bytes) -> None:
        if side == REQUEST:
            self._said.setdefault(connection, []).append(message)
        elif side == REPLY and message[:1] == _READY:
            self._trips[connection] += 1
            if message[5:] == _IDLE:
                self._end(connection)

    def _end(self, connection: int) -> None:
        said, trips = self._said.pop(connection, []), self._trips.pop(connection)
        claims = [after for one, after in pairwise(said) if b'insert into "_sqlseed".checkpoint' in one]
        for model in MODELS:
            if any(one[:1] == _BIND and len(model).to_bytes(4, "big") + model.encode() in one for one in claims):
                self.least[model] = min(self.least.get(model, trips), trips)


@pytest.fixture
def count(postgres: Database, tmp_path: Path) -> Callable[..., dict[str, int]]:
    """Builds through a proxy, on one connection; the round trips of the slices that were written."""

    def count(root: Path, select: tuple[str, ...] = (), **options) -> dict[str, int]:
        profile = root / "profiles.yml"
        text = profile.read_text("utf-8")
        with between(postgres.place, Rule()) as proxy:
            proxy.listener = listener = Listener()
            profile.write_text(text.replace(postgres.place, proxy.url), "utf-8")
            result = build(root, *select, threads=1, **options)
        profile.write_text(text, "utf-8")
        assert result.success, result.failures
        return listener.least

    return count


@pytest.mark.parametrize("bulk", ["off", "on"])
def test_new_slices(count, postgres, write, bulk):
    """BEGIN, claim, whether rows stand there (not asked of a natural key), insert, completion, COMMIT."""
    found = count(write(postgres, bulk=f'"{bulk}"'))
    assert found == {"clinics": 5, "patients": 6, "visit_plan": 6, "visits": 6, "invoices": 6}
    assert max(found.values()) <= MOST


HEAVIER = changed("models/patients.sql", "200, 4000", "5000, 9000")
MORE = {"patients": 8, "greeting": "good day"}


@pytest.mark.parametrize("bulk", ["off", "on"])
def test_changed_slices_in_which_nothing_vanishes(count, postgres, write, bulk):
    """BEGIN, claim, one statement that updates and adds, completion, COMMIT; an intermediate is analyzed, too."""
    settings = {"bulk": f'"{bulk}"'}
    assert build(write(postgres, **settings)).success
    root = write(postgres, HEAVIER, **settings)
    before = postgres.contents("Patient")["Patient"]
    found = count(root, vars=MORE)
    assert found == {"clinics": 5, "patients": 5, "visit_plan": 6, "visits": 5, "invoices": 5}
    assert max(found.values()) <= MOST
    after = {row[0]: row for row in postgres.contents("Patient")["Patient"]}
    assert len(after) == len(before) + 6
    assert all(after[row[0]] != row for row in before)
    assert checksums(build(root, vars=MORE, checksums=True)) == checksums(build(root, vars=MORE, dry_run=True))


REFUSES_DELETE = """
    create function refuse() returns trigger language plpgsql as 'begin raise exception $$never$$; end';
    create trigger "refuses" before delete on "Invoice" execute function refuse()
"""


def test_slices_that_lose_rows(count, postgres, write):
    """No key leads to the invoices: one statement deletes and writes, as soon as a first slice has found that out.

    Where one does, a statement finds that rows vanished, one looks at the tables that may refer to them, one deletes
    and writes: 7. If rows of ours there go as well, each table is looked below (one, and one that locks its rows where
    a key would cascade) and deleted from.
    """
    assert build(write(postgres)).success
    small = changed("models/invoices.sql", "where v.", 'where v."no" < 11 and v.')
    assert count(write(postgres, small)) == {"invoices": 5}
    assert count(write(postgres)) == {"invoices": 5}
    postgres.run(REFUSES_DELETE)  # a trigger for statements, which one that deletes nothing would meet as well
    assert count(write(postgres, HEAVIER), vars=MORE)["invoices"] == 5
    postgres.run('drop trigger "refuses" on "Invoice"')
    assert build(write(postgres)).success
    assert count(write(postgres, small)) == {"invoices": 5}
    fewer = changed("models/visits.sql", "where p.", "where p.n < 11 and p.")
    assert count(write(postgres, small | fewer), select=("visits",)) == {"visits": 7}
    assert build(write(postgres, small | fewer)).success
    fewer |= changed(
        "models/patients.sql", "from generate_series(0, {{ var('patients') }} - 1)", "from generate_series(0, 3)"
    )
    assert count(write(postgres, small | fewer), select=("patients",)) == {"patients": 7 + 2 + 2}


def test_a_table_and_a_view_without_a_contract(count, postgres, write):
    """CREATE, and ANALYZE of the table or a count of the view's rows; a changed one is looked up and dropped before."""
    busy = {"models/busy.sql": "select \"clinicId\", count(*) as n from {{ ref('visits') }} group by 1"}
    seen = {
        "models/seen.sql": "{{ config(materialized='view') }} select count(*) as n from {{ ref('visits') }} as v"
        " join {{ ref('visit_plan') }} as p on p.n = v.\"no\""
    }
    found = count(write(postgres, busy | seen))
    assert {found["busy"], found["seen"]} == {MOST}
    assert build(write(postgres, busy | seen)).success
    seen = {"models/seen.sql": seen["models/seen.sql"] + " where p.n > 1"}
    busy = {"models/busy.sql": busy["models/busy.sql"] + " having count(*) > 1"}
    found = count(write(postgres, HEAVIER | busy | seen))
    assert {found["busy"], found["seen"]} == {MOST + 2}


def test_a_slice_that_was_complete_already(count, postgres, write):
    root = write(postgres)
    assert build(root).success
    assert count(root) == {}


def test_another_statement_would_be_seen(count, postgres, write):
    """With checksums there is one more."""
    assert count(write(postgres), checksums=True)["patients"] == MOST + 1
    assert count(write(postgres, HEAVIER), checksums=True)["patients"] == MOST


def test_a_savepoint_would_be_seen(count, postgres, write, monkeypatch):
    """As when each step of a changed slice was a statement of its own."""
    attempt = pg_rows._Change.attempt

    def cautious(change, session, **options):
        with session._connection.transaction():
            return attempt(change, session, **options)

    monkeypatch.setattr(pg_rows._Change, "attempt", cautious)
    assert build(write(postgres)).success
    assert count(write(postgres, HEAVIER), select=("patients",))["patients"] == 5 + 2 > MOST
