"""The benchmark measures what it says: real builds, the COPY of their rows, CPU and memory of a server's processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import in_duckdb, in_postgres, projects, results, sizes
from benchmarks.measuring import BenchmarkError
from benchmarks.options import Wanted
from benchmarks.resources import watching
from sqlseed import api
from sqlseed.model import Project
from tests import servers
from tests.support import ROOT, write_project

FILES = {
    "sqlseed.toml": 'name = "farm"\nvars = {animals = 30000}\npresets = {whole = {animals = 30000}}\n',
    "profiles.yml": """
        sqlseed:
          target: dev
          outputs:
            dev: {type: duckdb, path: target/farm.duckdb}
            pg:
              type: postgres
              url: "{{ env_var('DATABASE_URL') }}"
              environment: dev
              threads: 2
        """,
    "models/farms.sql": "select {{ key('n') }} as id, n::int as number from generate_series(1, 20) as s(n)\n",
    "models/animals.sql": """
        {{ config(rows=30000) }}
        select {{ key('n') }} as id, {{ key_of('farms', '1 + n % 20') }} as "farmId"
        from generate_series(1, {{ var('animals') }}) as s(n)
        """,
    "models/models.yml": """
        models:
          - name: farms
            columns: [{name: id, data_type: text}, {name: number, data_type: integer}]
            constraints: [{type: primary_key, columns: [id]}]
          - name: animals
            columns: [{name: id, data_type: text}, {name: farmId, data_type: text}]
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: foreign_key, columns: [farmId], to: ref('farms'), to_columns: [id]}
            indexes: [{columns: [farmId]}]
        """,
}


@pytest.fixture
def farm(tmp_path) -> Path:
    return projects.copy_project(write_project(tmp_path / "farm", FILES), tmp_path / "copy")


def test_a_build_and_its_copy_in_place_and_in_bulk(farm, postgres18: servers.Server):
    found = list(in_postgres.measure(postgres18, farm, Wanted("pg", "whole", 1, {})))
    # Each is given when it is built, and once more when it has been copied.
    assert [(one.mode, len(one.copies)) for one in found] == [
        ("in place", 0),
        ("bulk", 0),
        ("in place", 1),
        ("bulk", 1),
    ]
    for one in found[2:]:
        assert one.rows == one.copies[0].rows == 30_020
        assert one.copies[0].connections == 2
        assert {model.model: model.slices for model in one.models}["animals"]["all"][0] == 30_000
        for usage in (one.usage, one.copies[0].usage):
            assert usage.seconds > 0
            assert usage.cpu is not None
            assert usage.wal is not None
            assert usage.wal > 30_000 * 70  # bytes: two keys of 36 characters are in each row
            assert usage.server_memory is not None
            assert usage.server_memory > 2**20
    in_place, bulk = found[2:]
    assert in_place.put_back_seconds is None
    assert bulk.put_back_seconds is not None


def test_bulk_mode_that_would_set_nothing_aside_is_left_out(farm, postgres18: servers.Server):
    small = Wanted("pg", "whole", 1, {"animals": 100})
    model = farm / "models/animals.sql"
    model.write_text(model.read_text("utf-8").replace("rows=30000", "rows=100"), "utf-8")
    found = list(in_postgres.measure(postgres18, farm, small, copies=False))
    assert [(one.mode, one.rows) for one in found] == [("in place", 120)]


def test_what_does_not_fit_the_disk_is_not_begun(farm, postgres18: servers.Server):
    model = farm / "models/animals.sql"
    model.write_text(model.read_text("utf-8").replace("rows=30000", "rows=10**13"), "utf-8")
    with pytest.raises(BenchmarkError, match=r"it would take some [0-9]+ GiB of disk, and [0-9]+ GiB are free"):
        list(in_postgres.measure(postgres18, farm, Wanted("pg", "whole", 1, {})))


def test_duckdb(farm, tmp_path):
    one = in_duckdb.measure(farm, Wanted("dev", "whole", 1, {}), tmp_path)
    assert one.rows == 30_020
    assert [(copy.source, copy.rows) for copy in one.copies] == [
        ("COPY from Parquet", 30_020),
        ("COPY from CSV", 30_020),
    ]
    assert one.usage.client_memory is not None
    assert one.usage.client_memory > 20 * 2**20
    assert not (farm / "target").exists()  # nothing is left for the next size


def test_what_is_measured_is_kept_and_not_measured_again(tmp_path, monkeypatch, capsys):
    project = write_project(tmp_path / "farm", FILES)
    file = tmp_path / "r.json"

    def measure(*words: str) -> int:
        options = ["--project", str(project), "--preset", "whole", "--no-copy", "--json", str(file), *words]
        monkeypatch.setattr(sys, "argv", ["benchmarks", *options])
        return benchmarks.main()

    failing = ["--only", "postgres", "--only", "duckdb", "--postgres-target", "nowhere"]
    assert measure(*failing) == 1  # and DuckDB comes after what fails
    assert "postgres, preset whole, size 1: " in capsys.readouterr().err
    (first,) = results.read(file).measurements
    assert (first.engine, first.rows, first.copies) == ("duckdb", 30_020, ())
    assert measure("--only", "duckdb", "--resume") == 0
    assert results.read(file).measurements == [first]
    assert measure("--only", "duckdb") == 0
    (second,) = results.read(file).measurements
    assert second != first


PARENT = """
import subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1]])
sys.stdin.read()
"""
CHILD = """
import time
memory = bytearray(60_000_000)
until = time.process_time() + 0.6
while time.process_time() < until: pass
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")
def test_a_server_is_watched_with_its_children_those_that_ended_too():
    with subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdin=subprocess.PIPE) as parent:
        with watching(parent.pid) as found:
            while Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text() == "":
                pass  # the child is being started
            while Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text() != "":
                pass  # it runs
        parent.communicate()
    assert found.cpu_seconds is not None
    assert 0.55 < found.cpu_seconds < 5
    assert found.private_bytes is not None
    assert 60_000_000 < found.private_bytes < 200_000_000


def test_another_process_is_not_counted():
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as idle:
        with watching(idle.pid) as found:
            subprocess.run([sys.executable, "-c", CHILD])
        idle.communicate()
    assert found.cpu_seconds is not None
    assert found.cpu_seconds < 0.5


@pytest.fixture(scope="module")
def school() -> Project:
    return api.load(ROOT, env={}).project


@pytest.mark.parametrize(
    ("preset", "size", "grown"),
    [
        ("minimal", 1, {}),
        ("minimal", 10, {"scale": 10}),
        ("minimal", 100, {"scale": 25, "branches": 8}),
        ("demo", 10, {"scale": 10}),
        ("load", 5, {"scale": 10}),
    ],
)
def test_a_size_is_reached_exactly(school, preset, size, grown):
    assert sizes.variables(school, preset, size) == grown
    before = {**school.vars, **school.presets[preset]}
    after = before | grown
    assert after["scale"] * after["branches"] == size * before["scale"] * before["branches"]


@pytest.mark.parametrize(("preset", "size"), [("demo", 100), ("minimal", 1000), ("minimal", 29)])
def test_a_size_that_cannot_be_reached(school, preset, size):
    with pytest.raises(BenchmarkError, match=f"it cannot become {size} times as large"):
        sizes.variables(school, preset, size)
