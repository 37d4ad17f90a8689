"""Which servers are built into: PostgreSQL 13 to 18, and what is said of everything else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from sqlseed import guards
from sqlseed.backends import LiveDatabase, pg_identity
from sqlseed.errors import ConnectError
from sqlseed.model import Target
from tests.behaviour.clinics import Database, build
from tests.faults.test_pooler import pooler
from tests.support import run_cli

__all__ = ["pooler"]

WORKS = "sqlseed works with PostgreSQL 13 to 18"


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (130023, "13.23"), (150018, "15.18 (Debian 15.18-0+deb12u1)"), (180004, "18.4"), (190000, "19beta1"),
        (190000, "19devel"), (170002, "17.2 - Percona Distribution"),
    ],
)  # fmt: skip
def test_a_postgresql_that_will_do(number: int, named: str):
    pg_identity.check_version(number, named)


@pytest.mark.parametrize(("number", "named"), [(120022, "12.22 (Ubuntu 12.22-2)"), (90624, "9.6.24"), (80002, "8.0.2")])
def test_one_that_is_too_old(number: int, named: str):
    with pytest.raises(ConnectError) as caught:
        pg_identity.check_version(number, named)
    assert str(caught.value) == (
        f"the server is PostgreSQL {named}, which is too old\n  hint: {WORKS}; update the server"
    )
    assert caught.value.exit_code == 4


@pytest.mark.parametrize(
    ("number", "named"), [(11800, "1.18.0/bouncer"), (0, ""), (130000, "13.0.0-compatible"), (90500, "oddball 9.5")]
)
def test_what_is_no_postgresql(number: int, named: str):
    with pytest.raises(ConnectError, match="what answers there is no PostgreSQL database: it calls itself"):
        pg_identity.check_version(number, named)


@pytest.mark.parametrize(
    ("number", "said"), [(130023, "does not notice at once that a build was killed"), (140020, ""), (180004, ""),
                         (190001, "PostgreSQL 19 is newer than what this sqlseed was tried with, 18 at most")],
)  # fmt: skip
def test_what_a_version_lacks_is_said(number: int, said: str):
    found = pg_identity.remarks(number)
    assert bool(found) == bool(said)
    assert said in "".join(found)


def test_a_build_says_what_the_version_lacks(postgres, write, monkeypatch):
    monkeypatch.setattr(pg_identity, "remarks", lambda number: [f"made up of {number}"])
    said: list[str] = []
    assert build(write(postgres), on_event=lambda event: said.append(event.message)).success
    ((number,),) = postgres.query("select current_setting('server_version_num')::int")
    assert f"made up of {number}" in said


def test_the_guards_hand_on_what_the_version_lacks():
    live = LiveDatabase("school", "seeder", remarks=("it is old",))
    target = Target("care", "dev", "postgres", "public", environment="dev")
    session = SimpleNamespace(state_schema="_sqlseed", catalog=lambda _: {}, database=lambda: live)
    assert guards.check(target, session) == ("it is old",)
    session.database = lambda: replace(live, remarks=())
    assert guards.check(target, session) == ()


def test_a_pooler_s_administration_console_is_no_database(write, pooler):
    """The name `pgbouncer` in a URL: it answers, in PostgreSQL's protocol."""
    with pooler(1) as (url, _):
        place = url.rpartition("/")[0] + "/pgbouncer"
        result = run_cli(["build"], write(Database("postgres", place)))
    assert result.rc == 4, result.stderr
    assert "what answers there is no PostgreSQL database: it calls itself '" in result.stderr
    assert "/bouncer'" in result.stderr
    assert WORKS in result.stderr
