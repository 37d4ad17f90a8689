"""psql writes the chunks of a slice as a build does, and takes them back."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.workspace import Workspace
from tests.behaviour import clinics
from tests.behaviour.clinics import CUT, Database
from tests.behaviour.test_chunks import CHUNKS, wrong
from tests.review.psql_runs import STATE, refused, rows, run, scripts_for
from tests.review.test_psql import Fresh, fresh
from tests.servers import Server
from tests.support import write_project

__all__ = ["fresh"]  # a fixture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "care"


def _project(folder: Path, url: str, files: dict[str, str] = CUT) -> Workspace:
    made = clinics.files(Database("postgres", url), files, rows_per_chunk=4)
    return api.load(write_project(folder, made))


def test_psql_leaves_what_a_build_leaves(any_postgres: Server, fresh: Fresh, folder: Path) -> None:
    by_psql, by_build = fresh(), fresh()
    scripts = scripts_for(_project(folder, by_psql), folder / "sql")
    run(any_postgres, by_psql, scripts / "run.sql")
    assert api.build(_project(folder, by_build)).success
    assert rows(by_psql, STATE) == rows(by_build, STATE)
    assert {f"{model} {slice_}" for model, slice_, *_ in rows(by_psql, STATE)} >= CHUNKS
    psql, build = Database("postgres", by_psql), Database("postgres", by_build)
    assert psql.contents() == build.contents()
    assert not api.plan(_project(folder, by_psql)).plan.pending

    run(any_postgres, by_psql, scripts / "999_undo.sql")
    assert psql.contents() == {table: [] for table in clinics.TABLES}


def test_psql_refuses_keys_outside_the_chunk(any_postgres: Server, fresh: Fresh, folder: Path) -> None:
    url = fresh()
    scripts = scripts_for(_project(folder, url, wrong("key('p.n')", "key('p.n * 2')")), folder / "sql")
    assert "visits numbers rows outside the keys set aside" in refused(any_postgres, url, scripts / "run.sql")
