"""`build --profile`: what slices wait for, write and read, as the server tells it; without the option nobody looks."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import psycopg
import pytest

from sqlseed import api, profiling
from sqlseed.cli import run
from sqlseed.errors import ConnectError
from sqlseed.profilereport import text
from tests import servers
from tests.support import write_project

FILES = {
    "sqlseed.toml": 'name = "farm"\n',
    "models/farms.sql": "select {{ key('n') }} as id from generate_series(1, 20) as s(n)\n",
    "models/animals.sql": """
        select {{ key('n') }} as id, {{ key_of('farms', '1 + n % 20') }} as farm_id
        from generate_series(1, 20000) as s(n)
        """,
    "models/models.yml": """
        models:
          - name: farms
            columns: [{name: id, data_type: text}]
            constraints: [{type: primary_key, columns: [id]}]
          - name: animals
            columns: [{name: id, data_type: text}, {name: farm_id, data_type: text}]
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: foreign_key, columns: [farm_id], to: ref('farms'), to_columns: [id]}
        """,
}


def farm(folder: Path, output: str) -> Path:
    profiles = f"sqlseed:\n  outputs:\n    dev: {output}\n"
    return write_project(folder, {**FILES, "profiles.yml": profiles})


def on_postgres(folder: Path, url: str) -> Path:
    return farm(folder, f'{{type: postgres, url: "{url}", environment: dev, allow_superuser: true, bulk: "off"}}')


def of(result: api.BuildResult, model: str):
    (found,) = [one.profile for one in result.results if one.slice.model == model]
    return found


def wal(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint").fetchone()
    assert row is not None
    return int(row[0])


def test_a_lock_that_is_waited_for_is_named(any_postgres: servers.Server, any_postgres_url, tmp_path):
    root = on_postgres(tmp_path, any_postgres_url)
    assert api.build(root).success
    with psycopg.connect(any_postgres_url) as holder:
        holder.execute("lock table animals in share row exclusive mode")

        def let_go() -> None:
            wait_for_a_waiter(any_postgres.url)
            time.sleep(0.6)
            holder.rollback()

        thread = threading.Thread(target=let_go)
        thread.start()
        result = api.build(root, full_refresh=True, profile=True)
        thread.join()
    assert result.success
    profile = of(result, "animals")
    assert profile.waits["Lock/relation"] >= 4  # of twelve looks, on a machine with better things to do
    assert profile.seconds > 0.6
    assert "Lock/relation" not in of(result, "farms").waits
    of_model, of_slice = [line for line in text(result).split("\n") if line.startswith("  animals ")]
    assert "Lock/relation" in of_model
    assert "Lock/relation" in of_slice


def wait_for_a_waiter(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(600):
            if connection.execute("select 1 from pg_locks where not granted").fetchone():
                return
            time.sleep(0.05)


def test_wal_and_buffers_are_those_of_the_slice(postgres18, postgres_url, tmp_path):
    root = on_postgres(tmp_path, postgres_url)
    before = wal(postgres_url)
    result = api.build(root, profile=True)
    all_of_it = wal(postgres_url) - before
    animals, farms = of(result, "animals").counters, of(result, "farms").counters
    assert 20_000 * 72 < animals["wal_bytes"] <= all_of_it  # two keys of 36 characters in each row
    assert farms["wal_bytes"] < animals["wal_bytes"] / 20
    assert animals["wal_bytes"] + farms["wal_bytes"] <= all_of_it
    assert animals["buffers_hit"] > 20_000 > farms["buffers_hit"]
    assert animals["extend_bytes"] > 20_000 * 72
    assert "MiB" in text(result)


def test_before_18_nobody_counts_by_session(postgres15, tmp_path):
    with postgres15.fresh_database("profile_before_18") as url:
        result = api.build(on_postgres(tmp_path, url), profile=True)
    assert of(result, "animals").counters == {}
    assert "WAL and buffers are counted by session from PostgreSQL 18 on" in text(result)


def test_on_duckdb_it_is_what_the_thread_computed(tmp_path):
    result = api.build(farm(tmp_path, "{type: duckdb, path: target/farm.duckdb}"), profile=True)
    profile = of(result, "animals")
    assert 0 < profile.cpu_seconds <= profile.seconds
    assert (profile.waits, profile.counters) == ({}, {})
    assert next(one.model for one in profiling.by_model(result.results)) == "animals"
    assert "%" in text(result)


def test_the_command_prints_and_writes_it(tmp_path, capsys):
    root = farm(tmp_path, "{type: duckdb, path: target/farm.duckdb}")
    assert run(["build", "--project-dir", str(root), "--profile", "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert "profile: the slowest of 2 models" in printed
    assert "\nthe slowest slices\n" in printed
    results = json.loads((root / "target/run_results.json").read_text())["results"]
    assert [set(one["profile"]) for one in results] == [{"seconds", "cpu_seconds", "waits", "counters"}] * 2
    assert run(["build", "--project-dir", str(root), "--profile", "--quiet"]) == 0
    assert "profile: no slice was run" in capsys.readouterr().out
    options = ["--project-dir", str(root), "--profile", "--quiet", "--full-refresh", "--output", "json"]
    assert run(["build", *options]) == 0
    assert {one["model"] for one in json.loads(capsys.readouterr().out)["profile"]} == {"farms", "animals"}


def test_without_the_option_nobody_looks(postgres_url, tmp_path, monkeypatch):
    def never(*_):
        raise AssertionError("somebody looks")

    monkeypatch.setattr(profiling, "Profiler", never)
    monkeypatch.setattr(profiling, "_counters", never)
    root = on_postgres(tmp_path, postgres_url)
    assert api.build(root).success
    results = json.loads((root / "target/run_results.json").read_text())["results"]
    assert results
    assert not [one for one in results if "profile" in one]
    with pytest.raises(AssertionError, match="somebody looks"):  # the control
        api.build(root, profile=True, full_refresh=True)


class Backend:
    engine = "postgres"

    def __init__(self, session) -> None:
        self._session = session

    def connect(self):
        if self._session is None:
            raise ConnectError("too many connections")
        return self._session


class Pooled:
    process = None

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("session", "said"),
    [(None, "has no connection to look from: too many connections"), (Pooled(), "behind a transaction pooler")],
)
def test_why_no_waits_can_be_seen_is_told_and_the_build_goes_on(session, said):
    told: list[str] = []
    with profiling.watching(Backend(session), True, told.append) as profiler:  # type: ignore[arg-type]
        assert profiler is not None
    assert len(told) == 1
    assert said in told[0]
