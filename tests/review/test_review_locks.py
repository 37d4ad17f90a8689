"""The locks that a review tells of, beside those that PostgreSQL holds while a slice's transaction is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sqlseed.backends import Session, slices
from sqlseed.backends.postgres import PostgresSession
from sqlseed.building import Build
from sqlseed.review import locks
from sqlseed.review.facts import Review
from tests.review import registry

Held = dict[str, set[tuple[str, str]]]
"""model -> (schema.table, mode), of all its slices."""

_NAMES = """
    select c.oid::bigint, n.nspname || '.' || c.relname
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v') and n.nspname not like 'pg\\_%'
"""


def read(url: str, session: Session) -> set[tuple[str, str]]:
    """The locks on tables and views that a session holds now, as another connection sees them in pg_locks.

    Names come from the session itself: nobody else sees the tables that it has just made.
    """
    pid = session.query("select pg_catalog.pg_backend_pid()")[0][0]
    names = dict(session.query(_NAMES))
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "select relation::bigint, mode from pg_locks where pid = %s and locktype = 'relation' and granted", [pid]
        ).fetchall()
    return {(names[oid], mode) for oid, mode in found if oid in names}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Held]]:
    """`held(url)` watches each slice's transaction just before it commits, from then on."""

    def watch(url: str) -> Held:
        found: Held = {}
        complete = slices._complete

        def watching(session: Session, model: str, *arguments: Any, **options: Any) -> bool:
            is_complete = complete(session, model, *arguments, **options)
            if not model.startswith("seed:"):
                found.setdefault(model, set()).update(read(url, session))
            return is_complete

        monkeypatch.setattr(slices, "_complete", watching)
        return found

    yield watch
    monkeypatch.undo()


def said(review: Review, *statements: str) -> Held:
    """What the review says, without what a build does before its slices; with `statements` only of those."""
    before = ("create table", "add foreign key")
    return {
        model.name: {
            (f"{lock.relation.schema}.{lock.relation.name}", lock.mode)
            for lock in model.locks
            if (lock.statement in statements if statements else lock.statement not in before)
        }
        for model in review.models
    }


def test_new_slices(any_postgres_url: str, tmp_path: Path, held: Callable[[str], Held]) -> None:
    folder = registry.write(tmp_path / "p", any_postgres_url)
    foretold = registry.review(folder)
    found = held(any_postgres_url)
    registry.built(folder)
    assert said(foretold) == found
    assert ("app.Branch", "RowShareLock") in found["pupils"]  # the parent of a foreign key
    assert ("_sqlseed.numbers", "ShareUpdateExclusiveLock") in found["numbers"]
    assert ("app.board", "AccessExclusiveLock") in found["board"]
    assert ("app.honours", "AccessShareLock") in found["quoted"]  # below a view
    assert all(lock.blocks for model in foretold.models for lock in model.locks)


APPLICATION = (
    'create table app."Remark" (id int, pupil_id text references app."Pupil" (id) on delete cascade)',
    'create table app."Prize" (id int, pupil_id text references app."Pupil" (id) on delete set null)',
    'create table app."Visit" (id int, mark_id int references app."Mark" (id))',
)
_LATER: dict[str, Any] = {"first": 3, "pupils": 8, "marks": 13}


def test_changed_slices(any_postgres_url: str, tmp_path: Path, held: Callable[[str], Held]) -> None:
    """Pupils come, and others vanish to whom marks of ours refer, so that all that a changed slice may do is done."""
    folder = registry.write(tmp_path / "p", any_postgres_url)
    registry.built(folder)
    registry.sql(any_postgres_url, *APPLICATION)
    foretold = registry.review(folder, **_LATER)
    assert {one.state for name in ("pupils", "marks") for one in foretold.by_name[name].slices} == {"changed"}
    found = held(any_postgres_url)
    registry.built(folder, **_LATER)
    for model in ("pupils", "marks", "numbers", "honours", "board", "quoted"):
        assert said(foretold)[model] == found[model], model
    assert {
        ("app.Mark", "RowExclusiveLock"),
        ("app.Visit", "RowShareLock"),
        ("app.Remark", "RowExclusiveLock"),
        ("app.Prize", "RowExclusiveLock"),
    } <= found["pupils"]


def test_changed_slices_in_which_nothing_vanishes(
    any_postgres_url: str, tmp_path: Path, held: Callable[[str], Held]
) -> None:
    """What is told is the most that can be taken: here less is."""
    folder = registry.write(tmp_path / "p", any_postgres_url)
    registry.built(folder)
    foretold = said(registry.review(folder, pupils=7, marks=15))
    found = held(any_postgres_url)
    registry.built(folder, pupils=7, marks=15)
    assert found.keys() == foretold.keys() - {"branches_in"}
    for model, taken in found.items():
        assert taken <= foretold[model], model
    vanished = {("app.Mark", mode) for mode in ("RowExclusiveLock", "RowShareLock", "AccessShareLock")}
    assert foretold["pupils"] - found["pupils"] == vanished
    for model in ("marks", "numbers", "honours", "board", "quoted"):
        assert found[model] == foretold[model]


def test_a_review_that_forgets_the_parents_is_found_out(
    postgres_url: str, tmp_path: Path, held: Callable[[str], Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = registry.write(tmp_path / "p", postgres_url)
    with monkeypatch.context() as broken:
        broken.setattr(locks, "_parents", lambda *_: ())
        foretold = said(registry.review(folder))
    found = held(postgres_url)
    registry.built(folder)
    assert {model: found[model] - foretold[model] for model in found if found[model] != foretold[model]} == {
        "pupils": {("app.Branch", "RowShareLock")},
        "marks": {("app.Pupil", "RowShareLock")},
    }


def test_tables_that_a_build_makes(any_postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Foreign keys to a table that is there stop its writers for a moment: the review says so."""
    folder = registry.write(tmp_path / "p", any_postgres_url)
    registry.sql(any_postgres_url, "create schema app", 'create table app."Branch" (id text primary key, title text)')
    foretold = registry.review(folder)
    found: set[tuple[str, str]] = set()
    create = Build._create_tables

    def watching(self: Build, session: Session, *arguments: Any) -> list[str]:
        created = create(self, session, *arguments)
        found.update(read(any_postgres_url, session))
        return created

    monkeypatch.setattr(Build, "_create_tables", watching)
    registry.built(folder)
    assert {model.name for model in foretold.models if model.creates} == {"pupils", "marks", "numbers"}
    told = set().union(*said(foretold, "create table", "add foreign key").values())
    assert told <= found
    assert ("app.Branch", "ShareRowExclusiveLock") in told
    strong = {("app.Branch", mode) for mode in locks.BLOCKS if mode not in ("AccessShareLock", "RowShareLock")}
    assert found & strong == told & strong
    assert not any(one.title == "Readers and writers go on" for one in foretold.guarantees)


_BULK = ("alter table", "drop index", "create index", "analyze")
_TABLES = """
    create schema app;
    create table app."Branch" (id text primary key, title text);
    create table app."Pupil" (id text primary key, branch_id text not null references app."Branch" (id), name text);
    create index pupil_of_branch on app."Pupil" (branch_id);
    create table app."Mark" (id serial primary key, pupil_id text references app."Pupil" (id), mark int);
"""


def test_bulk_mode(
    any_postgres_url: str, tmp_path: Path, held: Callable[[str], Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys and indexes that are dropped meanwhile take stronger locks, and their parents none with each slice."""
    folder = registry.write(tmp_path / "p", any_postgres_url)
    profiles = folder / "profiles.yml"
    profiles.write_text(profiles.read_text("utf-8").replace("threads: 1", "threads: 1, bulk: 'on'"), "utf-8")
    registry.sql(any_postgres_url, _TABLES)
    foretold = registry.review(folder)
    assert foretold.by_name["pupils"].aside == ("pupil_of_branch", "Pupil_branch_id_fkey")
    assert foretold.by_name["marks"].aside == ("Mark_pupil_id_fkey",)
    assert "1 index and 2 foreign keys of 2 tables are dropped while rows come in" in registry.texts(foretold, "look")
    found: set[tuple[str, str]] = set()
    run = PostgresSession.run

    def watching(self: PostgresSession, sql: str, *arguments: Any, **options: Any) -> int:
        count = run(self, sql, *arguments, **options)
        if sql.lower().startswith(_BULK):
            found.update(
                one for one in read(any_postgres_url, self) if one[0] in ("app.Branch", "app.Pupil", "app.Mark")
            )
        return count

    slices_ = held(any_postgres_url)
    monkeypatch.setattr(PostgresSession, "run", watching)
    registry.built(folder)
    bulk = {lock.statement for model in foretold.models for lock in model.locks if "(bulk)" in lock.statement}
    told = set().union(*said(foretold, *bulk).values())
    strong = ("AccessExclusiveLock", "ShareRowExclusiveLock", "ShareLock", "ShareUpdateExclusiveLock", "RowShareLock")
    assert {one for one in told if one[1] in strong} == {one for one in found if one[1] in strong}
    assert {("app.Branch", "AccessExclusiveLock"), ("app.Pupil", "ShareLock")} <= told
    assert slices_["pupils"] == said(foretold, "claim", "look for rows", "insert", "complete")["pupils"]
    assert ("app.Branch", "RowShareLock") not in slices_["pupils"]
    assert not any(one.title == "Readers and writers go on" for one in foretold.guarantees)


def test_no_lock_of_the_review_itself_stays(postgres_url: str, tmp_path: Path) -> None:
    """A table that somebody holds is asked for two seconds at most, and the review says what it could not learn."""
    folder = registry.write(tmp_path / "p", postgres_url)
    registry.built(folder)
    with psycopg.connect(postgres_url) as connection:
        connection.execute('lock table app."Mark" in access exclusive mode')
        found = registry.review(folder, marks=15)
    assert "lock timeout" in registry.model(found, "marks").explain_note
    assert registry.model(found, "pupils").explain.startswith("Insert on")
    assert registry.sql(postgres_url, "select count(*) from pg_locks where locktype = 'relation'") == [(1,)]
