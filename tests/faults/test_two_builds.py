"""Two builds at once that do not want the same: of two projects, or of one with other vars."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sqlseed import api
from sqlseed.backends import Session, overtaken, slices
from sqlseed.errors import GuardError, SqlseedError
from sqlseed.model import Job, Outcome
from tests.behaviour.clinics import FILES, Database, build, changed
from tests.faults.test_connection import _undisturbed
from tests.support import run_cli, write_project

MANY = {"vars": {"patients": 9}}


def at_once(*builds: Callable[[], api.BuildResult]) -> list[api.BuildResult | SqlseedError]:
    """What each of them came to."""
    ends: dict[int, api.BuildResult | SqlseedError] = {}

    def run(i: int) -> None:
        try:
            ends[i] = builds[i]()
        except SqlseedError as error:
            ends[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(builds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [ends[i] for i in range(len(builds))]


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Any]], None]:
    """Has an action done once, between the last slice of a model and the next: on the connection's own thread."""
    run = slices.run_slice

    def arrange(model: str, action: Callable[[], Any]) -> None:
        left = list(range(3 if model in ("clinics", "patients", "invoices") else 6))

        def watched(session: Session, job: Job, *rest: Any) -> Outcome:
            outcome = run(session, job, *rest)
            if left and job.step.slice.model == model:
                left.pop()
                if not left:
                    action()
            return outcome

        monkeypatch.setattr(slices, "run_slice", watched)

    return arrange


def settle(database: Database, root: Path, expected: Sequence[str]) -> None:
    """Whatever the two left, each build alone brings everything to its own state."""
    for options, digest in zip(({}, MANY, {}), (expected[0], expected[1], expected[0]), strict=True):
        assert build(root, **options).success
        assert database.digest() == digest


@pytest.mark.parametrize("repeat", range(2))
def test_one_project_with_other_vars(any_pg, write, repeat):
    """Each ends as if it had been alone, or says that there was another; and no checkpoint says what is not so."""
    expected = [_undisturbed(any_pg, write), _undisturbed(any_pg, write, **MANY)]
    root = write(any_pg)
    ends = at_once(lambda: build(root), lambda: build(root, **MANY))
    successes = [i for i, end in enumerate(ends) if isinstance(end, api.BuildResult) and end.success]
    for end in ends:
        if isinstance(end, SqlseedError):
            assert isinstance(end, GuardError), end
            assert "another build, with other vars or files" in end.message
        else:
            for failure in end.failures:  # a patient who goes has had a visit of the other build meanwhile: 23503
                assert isinstance(failure.error, GuardError) or "[23503]" in failure.message, failure.message
    if len(successes) == 2:  # one after the other
        assert any_pg.digest() in expected
    settle(any_pg, root, expected)


def test_overtaken_before_anything_differs(postgres, write, after):
    """The clinics are the same to both: the first build then writes all the rest anew, and ends as if alone."""
    expected = _undisturbed(postgres, write)
    root = write(postgres)
    after("clinics", lambda: build(root, **MANY))
    assert build(root, threads=1).success
    assert postgres.digest() == expected


@pytest.mark.parametrize("model", ["patients", "visit_plan", "visits", "invoices"])
def test_overtaken_in_the_middle(postgres, write, after, model):
    """The other build goes through from beginning to end in between: the first one says so, and is not believed."""
    expected = [_undisturbed(postgres, write), _undisturbed(postgres, write, **MANY)]
    root = write(postgres)
    after(model, lambda: build(root, **MANY))
    try:
        result = build(root, threads=1)
        said = [str(failure.error) for failure in result.failures]
        assert not result.success
    except GuardError as error:
        said = [str(error)]
    assert "another build, with other vars or files, has written or removed " in said[0]
    assert "the same command goes on from what is there now" in said[0]
    settle(postgres, root, expected)


def test_cleaned_in_the_middle(postgres, write, after):
    """What a slice was made from is gone when it ends: it is not complete."""
    root = write(postgres)
    gone = ("delete from _sqlseed.visit_plan", "delete from _sqlseed.checkpoint where model = 'visit_plan'")
    after("visit_plan", lambda: postgres.run(*gone))
    result = build(root, threads=1)
    assert not result.success
    assert "has written or removed visit_plan " in result.failures[0].message
    assert build(root).success


def test_without_the_check_a_checkpoint_says_what_is_not_so(postgres, write, after, monkeypatch):
    """The control: visits made from the other build's plan of visits, under the fingerprint of this one's."""
    expected = [_undisturbed(postgres, write), _undisturbed(postgres, write, **MANY)]
    root = write(postgres)
    monkeypatch.setattr(overtaken, "condition", lambda *_: ("", {}))
    monkeypatch.setattr(overtaken, "slices", lambda *_: [])
    after("visit_plan", lambda: build(root, **MANY))
    assert build(root, threads=1).success
    assert build(root).success
    assert postgres.digest() != expected[0]


def test_two_projects(any_pg, write, tmp_path):
    """sqlseed's schema is the first one's; the other is told so, and writes nothing."""
    root = write(any_pg)
    text = FILES | changed("sqlseed.toml", '"care"', '"farm"')
    other = write_project(tmp_path / "other", {**text, "profiles.yml": any_pg.profile()})
    ends = at_once(lambda: build(root), lambda: build(other))
    refused = [end for end in ends if isinstance(end, GuardError)]
    built = [end for end in ends if isinstance(end, api.BuildResult)]
    assert (len(refused), len(built)) == (1, 1), ends
    assert built[0].success
    assert "belongs to the project" in refused[0].message
    assert "give this target another state_schema" in str(refused[0].hint)
    assert refused[0].exit_code == 3


def test_two_builds_and_a_duckdb_file(on_duckdb, write):
    """The second is refused by the file's lock, or comes after the first: nothing is mixed."""
    root = write(on_duckdb)
    with ThreadPoolExecutor(2) as pool:
        commands = [["build"], ["build", "--vars", "patients: 9"]]
        ends = list(pool.map(lambda command: run_cli(command, cwd=root), commands))
    assert sorted(end.rc for end in ends) in ([0, 0], [0, 4]), ends
    assert all("is in use" in end.stderr for end in ends if end.rc == 4)
    assert build(root).success
    assert on_duckdb.query('select count(*) from "Patient"') == [(18,)]
