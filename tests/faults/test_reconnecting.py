"""A connection lost before the first slice, or while a command asks: what is done anew, and what is not."""

from __future__ import annotations

import pytest

from sqlseed import api, reconnecting
from sqlseed.backends import open_backend, pg_faults, pg_sql
from sqlseed.errors import ConnectError
from sqlseed.events import EventKind
from tests.behaviour.clinics import Database, build
from tests.faults import proxy
from tests.faults.test_connection import _undisturbed
from tests.faults.test_waiting import TESTED, said

READING = ["plan", "test", "health", "audit-privacy", "debug", "lint --plans"]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same tries, without the waiting between them."""
    monkeypatch.setattr(reconnecting, "_PAUSES", (0.0, 0.01, 0.02, 0.03, 0.04))


def requests(database: Database, write, command: str, capsys) -> int:
    """How many messages the first connection of a command sends."""
    with proxy.between(database.place, proxy.Rule()) as counting:
        code, text = said(capsys, write(Database("postgres", counting.url, threads=1), TESTED), command)
        assert code == 0, text
    return counting.longest[proxy.REQUEST]


@pytest.mark.parametrize("command", READING)
def test_a_question_is_asked_again(postgres, write, capsys, command):
    """Cut in the middle of its questions, a command goes on with another connection, and says the same."""
    assert build(write(postgres, TESTED)).success
    middle = requests(postgres, write, command, capsys) // 2
    before = postgres.digest(), postgres.state()
    with proxy.between(postgres.place, proxy.Rule(proxy.REQUEST, middle)) as broken:
        code, text = said(capsys, write(Database("postgres", broken.url, threads=1), TESTED), command)
        assert broken.cut == 1
    if command == "debug":  # it is asked how the connection is
        assert code == 4
        assert "the connection was lost" in text
    else:
        assert code == 0, text
    assert (postgres.digest(), postgres.state()) == before


@pytest.mark.parametrize("command", ["plan", "build", "clean --yes", "test", "health", "audit-privacy", "debug"])
def test_a_line_that_breaks_every_time_is_code_4(postgres, write, capsys, command):
    """After three tries; so is a port where nothing listens."""
    assert build(write(postgres, TESTED)).success
    before = postgres.digest(), postgres.state()
    with proxy.between(postgres.place, proxy.Rule(proxy.REQUEST, 8, always=True)) as broken:
        root = write(Database("postgres", broken.url, threads=1), TESTED)
        code, text = said(capsys, root, command)
        assert broken.cut >= (1 if command == "debug" else 3)
    assert code == 4, text
    assert "the connection was lost" in text
    assert "Traceback" not in text
    code, text = said(capsys, root, command)
    assert code == 4, text
    assert "nothing listens there" in text
    assert (postgres.digest(), postgres.state()) == before


def test_without_another_try_it_would_end(postgres, write, monkeypatch):
    """The control: the same cut, and nothing done again."""
    monkeypatch.setattr(reconnecting, "ATTEMPTS", 1)
    with proxy.between(postgres.place, proxy.Rule(proxy.REQUEST, 26)) as broken:
        with pytest.raises(ConnectError, match="no slice was begun"):
            build(write(Database("postgres", broken.url, threads=1)))
        assert broken.cut == 1


def test_a_clean_that_has_begun_is_not_done_anew(postgres, write, capsys):
    """It would count wrong; what is gone is gone slice by slice, and the same command goes on."""
    assert build(write(postgres)).success
    with proxy.cutting(postgres.place, proxy.REPLY, 4) as broken:
        code, text = said(capsys, write(Database("postgres", broken.url)), "clean --yes")
        assert broken.cut == 1
    assert code == 4, text
    assert "each slice is there wholly or not at all" in text
    assert "the same command goes on from there" in text
    assert 0 < len(postgres.state()) < 30
    code, text = said(capsys, write(postgres), "clean --yes")
    assert code == 0, text
    assert postgres.contents() == {"Clinic": [], "Invoice": [], "Patient": [], "Visit": []}


@pytest.mark.parametrize("number", [8, 11, 17, 26, 37, 48, 60])
def test_a_build_goes_on_before_its_first_slice(postgres, write, number):
    expected = _undisturbed(postgres, write)
    events: list = []
    with proxy.between(postgres.place, proxy.Rule(proxy.REQUEST, number)) as broken:
        result = build(write(Database("postgres", broken.url, threads=1)), on_event=events.append)
        assert broken.cut == 1
    assert result.success
    begun = [event.kind for event in events].index(EventKind.RUN_STARTED)
    warned = [event.message for event in events[:begun] if event.kind is EventKind.WARNING]
    assert len(warned) == 1
    assert warned[0].startswith("before the first slice: the connection was lost")
    assert warned[0].endswith("; trying again")
    assert postgres.digest() == expected


@pytest.mark.parametrize(("pattern", "sentence", "_"), pg_sql.CONNECT_FAILURES)
def test_which_failures_may_pass(pattern, sentence, _):
    text = {"starting up": "the database system is starting up"}.get(pattern, pattern.split("|")[0]).replace(".*", "x")
    error = pg_faults.connect_error(text, {})
    assert error.message.startswith(sentence)
    assert error.passing == (sentence not in pg_sql.LASTING_FAILURES)


def test_a_refused_password_is_not_tried_again(postgres, write):
    """Nor is a role or a database that is gone: one try, and its own reason."""
    root = write(postgres)
    workspace = api.load(root)
    backend = open_backend(workspace.target, workspace.project.root)
    tries: list[int] = []
    connect = backend.connect

    def counted():
        tries.append(1)
        return connect()

    backend.connect = counted  # type: ignore[method-assign]
    workspace.target.settings["conninfo"]["user"] = "nobody_of_this_name"
    with pytest.raises(ConnectError, match="no such role"):
        reconnecting.connect_again(backend)
    assert len(tries) == 1
    workspace.target.settings["conninfo"]["user"] = "postgres"
    workspace.target.settings["conninfo"]["port"] = "1"
    with pytest.raises(ConnectError, match="nothing listens there"):
        reconnecting.connect_again(backend)
    assert len(tries) == 1 + 5
    backend.close()


def test_a_stop_ends_the_waiting(postgres, write):
    """Ctrl-C while the server is away: no further try."""
    workspace = api.load(write(postgres))
    workspace.target.settings["conninfo"]["port"] = "1"
    backend = open_backend(workspace.target, workspace.project.root)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 3

    with pytest.raises(ConnectError, match="nothing listens there"):
        reconnecting.connect_again(backend, wait)
    assert len(waits) == 3
    backend.close()
