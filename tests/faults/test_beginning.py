"""What a build does before its first slice, disturbed: it ends in plain words, and the same command goes on."""

from __future__ import annotations

import pytest

from sqlseed import api
from sqlseed.errors import ConnectError, ExecuteError
from sqlseed.events import EventKind
from sqlseed.targeting import planner_for
from tests.behaviour.clinics import TABLES, build
from tests.faults import harness
from tests.faults.test_connection import BACKENDS, _undisturbed

END = f"select pg_terminate_backend(pid) from ({BACKENDS}) as b"
SAID = "no slice was begun, and each table and seed is there wholly or not at all"


@pytest.mark.parametrize("kind", [EventKind.TABLE_CREATED, EventKind.SEED_LOADED])
def test_the_session_ended_while_tables_are_made_and_seeds_loaded(any_pg, write, kind: EventKind):
    expected = _undisturbed(any_pg, write)
    root = write(any_pg)
    seen: list[EventKind] = []

    def end(event) -> None:
        if event.kind is kind and kind not in seen:
            any_pg.query(END)
        seen.append(event.kind)

    assert build(root, on_event=end).success
    before = seen[: seen.index(EventKind.SLICE_STARTED)]
    assert before.count(EventKind.WARNING) == 1  # that it tries again
    assert before.count(EventKind.TABLE_CREATED) == len(TABLES)
    assert before.count(EventKind.SEED_LOADED) == 1
    assert any_pg.digest() == expected


def test_the_session_ends_each_time(any_pg, write):
    """Three tries, and then plain words; what is there is there wholly, and the same command goes on."""
    expected = _undisturbed(any_pg, write)
    root = write(any_pg)
    seen: list[EventKind] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sqlseed.building.planner_for", _after(lambda: any_pg.query(END)))
        with pytest.raises(ConnectError, match="before the first slice: ") as caught:
            build(root, on_event=lambda event: seen.append(event.kind))
    assert SAID in caught.value.message
    assert caught.value.hint == "the same command goes on from there"
    assert seen.count(EventKind.WARNING) == 2
    assert EventKind.SLICE_STARTED not in seen
    assert any_pg.contents() == {"Clinic": [("own", "Own", "x")]}
    assert build(root).success
    assert any_pg.digest() == expected


def _after(action):
    """`planner_for`, after something else has happened."""

    def planner_for_(workspace, session):
        action()
        return planner_for(workspace, session)

    return planner_for_


@pytest.mark.parametrize("ended", ["terminated", "cancelled"])
def test_the_command_says_so(postgres, write, ended: str):
    """Ended while it waits: it is tried again. A cancel is somebody's decision: exit 1."""
    root = write(postgres)
    assert build(root).success
    with harness.admin(postgres.place) as holder:
        holder.execute("begin")
        holder.execute("lock table _sqlseed.project in access exclusive mode")
        with harness.running(root, "--full-refresh") as process:
            waiting = f"select count(*) from pg_stat_activity where wait_event_type = 'Lock' and pid in ({BACKENDS})"
            harness.wait_until(lambda: postgres.query(waiting) != [(0,)])
            postgres.query(END if ended == "terminated" else END.replace("terminate", "cancel"))
            if ended == "terminated":
                holder.execute("rollback")
            _, stderr = process.communicate(timeout=30)
    assert "Traceback" not in stderr
    if ended == "terminated":
        assert process.returncode == 0, stderr
        assert '"before the first slice: terminating connection due to administrator command [57P01]; trying' in stderr
    else:
        assert process.returncode == 1, stderr
        assert "another session cancelled it" in stderr
    assert build(root, full_refresh=True).success


def test_another_mistake_is_not_called_temporary(postgres, write):
    """Somebody made the state's schema, and a table in it that is none of ours."""
    postgres.run("create schema _sqlseed", "create table _sqlseed.checkpoint (model text)")
    with pytest.raises(ExecuteError) as caught:
        build(write(postgres))
    assert not isinstance(caught.value, ConnectError)
    assert caught.value.sqlstate == "42703"


def test_a_plan_says_so_too(postgres, write, monkeypatch):
    root = write(postgres)
    assert build(root).success

    monkeypatch.setattr("sqlseed.planning.planner_for", _after(lambda: postgres.query(END)))
    with pytest.raises(ConnectError, match="; nothing was written"):
        api.plan(root)
