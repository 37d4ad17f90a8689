"""`sqlseed review` and `sqlseed build --approved` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.cli.tiny import CANARY, TINY
from tests.support import CliResult, run_cli, write_project


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_project(tmp_path / "tiny", TINY)


def run(folder: Path, *arguments: str, **env: str) -> CliResult:
    return run_cli(arguments, cwd=folder, env=env)


def edit(folder: Path) -> None:
    path = folder / "models/marks.sql"
    path.write_text(path.read_text("utf-8").replace("'n', 0, 100", "'n', 0, 99"), "utf-8")


def test_approve_build_change_refuse(tiny: Path):
    done = run(tiny, "review", "--approve", "--by", "the DBA")
    assert (done.rc, done.stderr) == (0, "")
    assert (
        done.stdout
        == "the DBA approved 4 statements, 3 seeds for target/tiny.duckdb (dev): review.lock, to be committed\n"
    )
    assert run(tiny, "build", "-q", "--approved").rc == 0
    edit(tiny)
    done = run(tiny, "build", "--approved")
    assert (done.rc, done.stdout) == (3, "")
    assert "model marks (models/marks.sql) has changed" in done.stderr
    assert "+        )) * 100" in done.stderr
    assert run(tiny, "build", "-q").rc == 0  # nobody required it


def test_what_changed_since(tiny: Path):
    assert "there is no review.lock" in run(tiny, "review", "--against", "review.lock").stderr
    run(tiny, "review", "--approve", "--by", "the DBA")
    assert run(tiny, "review", "--against", "review.lock").stdout.startswith(
        "0 differences since the DBA approved at 2"
    )
    edit(tiny)
    text = run(tiny, "review", "--against", "review.lock")
    assert text.rc == 0
    assert "model marks (models/marks.sql) has changed\n--- marks, approved\n+++ marks, now\n" in text.stdout
    data = json.loads(run(tiny, "review", "--against", "review.lock", "--output", "json").stdout)
    assert [(one["part"], one["name"], one["kind"]) for one in data["changes"]] == [("model", "marks", "changed")]
    markdown = run(tiny, "review", "--against", "review.lock", "--output", "markdown").stdout
    assert "<details><summary>model marks (models/marks.sql) has changed</summary>\n\n```diff\n" in markdown


@pytest.mark.parametrize(
    "arguments",
    [
        ["--approve"],
        ["--by", "the DBA"],
        ["--approve", "--by", "the DBA", "--select", "marks"],
        ["--approve", "--by", "the DBA", "--branch", "north"],
        ["--approve", "--by", "the DBA", "--against", "review.lock"],
        ["--approve", "--by", " "],
    ],
    ids=" ".join,
)
def test_wrong_usage(tiny: Path, arguments: list[str]):
    assert run(tiny, "review", *arguments).rc == 2
    assert not (tiny / "review.lock").exists()


def test_plan_and_debug_tell_of_a_required_approval(tiny: Path):
    profiles = tiny / "profiles.yml"
    profiles.write_text(profiles.read_text("utf-8").replace("threads: 2}", "threads: 2, require_approval: true}"))
    said = "the target requires approval: "
    assert f"{said}there is no review.lock" in run(tiny, "plan").stdout
    assert run(tiny, "debug").rc == 2
    assert run(tiny, "build", "-q").rc == 3
    run(tiny, "review", "--approve", "--by", "the DBA")
    assert f"{said}approved by the DBA at 2" in run(tiny, "plan").stdout
    assert json.loads(run(tiny, "plan", "--output", "json").stdout)["approval"]["holds"] is True
    assert "ok      approval" in run(tiny, "debug").stdout
    edit(tiny)
    assert f"{said}not what the DBA approved" in run(tiny, "plan").stdout
    assert run(tiny, "build", "-q").rc == 3
    assert run(tiny, "build", "-q", "--dry-run").rc == 0


def test_on_postgresql(tiny: Path, any_postgres_url: str):
    """What was approved offline runs, on a server that is reached later; an edited comment is another statement."""
    profiles = tiny / "profiles.yml"
    target = "dev: {type: duckdb, path: target/tiny.duckdb, threads: 2}"
    strict = f'dev: {{type: postgres, url: "{any_postgres_url}", schema: app, require_approval: true, '
    strict += "environment: test, allow_superuser: true}"
    assert target in profiles.read_text("utf-8")
    profiles.write_text(profiles.read_text("utf-8").replace(target, strict), "utf-8")
    profiles.chmod(0o600)
    assert run(tiny, "build", "-q").rc == 3
    with psycopg.connect(any_postgres_url) as connection:
        found = connection.execute("select count(*) from pg_namespace where nspname in ('app', '_sqlseed')").fetchone()
    assert found == (0,)
    assert run(tiny, "review", "--approve", "--by", "the DBA").rc == 0
    built = run(tiny, "build", "-q")
    assert (built.rc, built.stderr) == (0, "")
    lock = (tiny / "review.lock").read_text("utf-8")
    assert '"insert into \\"app\\".\\"marks\\" (\\"id\\", \\"pupil_id\\", \\"mark\\")"' in lock
    assert '"lock_timeout": "60s"' in lock
    written = run(tiny, "review", "--select", "pupils")
    assert written.rc == 0
    assert (tiny / "target/review/sql/run.sql").exists()
    assert not list((tiny / "target/review/sql").glob("*marks.sql"))
    pupils = tiny / "models/people/pupils.sql"
    pupils.write_text(pupils.read_text("utf-8").replace("-- one row per pupil", "-- a row for each pupil"), "utf-8")
    refused = run(tiny, "build", "-q")
    assert refused.rc == 3
    assert "      +-- a row for each pupil" in refused.stderr


def test_the_scripts_need_no_server_and_are_for_psql(tiny: Path):
    done = run(tiny, "review", "--target", "closed", "-q")
    assert (done.rc, done.stderr) == (0, "")
    assert (tiny / "target/review/sql/run.sql").exists()
    assert CANARY not in "".join(path.read_text("utf-8") for path in (tiny / "target/review").rglob("*.sql"))
    done = run(tiny, "review", "-q")
    assert (done.rc, done.stderr) == (0, "")
    assert "a build would write 39 rows in 15 slices" in done.stdout
    assert not list((tiny / "target/review/sql").glob("*.sql"))


def test_a_selection_by_what_the_target_holds_is_refused(tiny: Path):
    run(tiny, "review", "--approve", "--by", "the DBA")
    done = run(tiny, "build", "--approved", "--select", "checkpoint:missing")
    assert done.rc == 2
    assert "checkpoint" in done.stderr


def test_the_bundle_in_short(tiny: Path):
    done = run(tiny, "review", "-q", "--output", "json")
    assert done.rc == 0
    names = [Path(path).name for path in json.loads(done.stdout)]
    assert names == ["index.html", "review.json"]
    shown = run(tiny, "review", "-q", "--output", "markdown")
    assert (shown.rc, shown.stderr) == (0, "")
    assert "## tiny: what a build would do to dev\n" in shown.stdout
    assert "39 rows in 3 tables, 15 slices to run; about " in shown.stdout
    assert "| marks | main.marks | 6 of 6 | 24 |" in shown.stdout
    assert "| weights | intermediate | 3 of 3 | 12 |" in shown.stdout
    assert "- **note** No data test guards" in shown.stdout
    run(tiny, "review", "--approve", "--by", "the DBA")
    edit(tiny)
    changed = run(tiny, "review", "-q", "--output", "markdown", "--no-dry-run").stdout
    assert "| marks | main.marks | 6 of 6 | about 24 |  |  | changed |" in changed
    assert "about 36 rows in 3 tables" in changed  # branch_table does not say how many it makes
    assert "This is not what the DBA approved at" in changed


def test_progress_of_the_dry_run_is_on_stderr(tiny: Path):
    done = run(tiny, "review")
    assert "built   marks: 24 rows in" in done.stderr
    assert "built" not in done.stdout
    assert run(tiny, "review", "--no-dry-run").stderr == ""


def test_a_selection_is_reviewed_with_what_it_needs(tiny: Path):
    done = run(tiny, "review", "-q", "--select", "pupils", "--branch", "south")
    assert "a build would write 5 rows in 3 slices" in done.stdout
    data = json.loads((tiny / "target/review/review.json").read_text("utf-8"))
    assert [model["name"] for model in data["models"]] == ["branch_table", "weights", "pupils"]
    assert run(tiny, "review", "-q", "--select", "pupil").rc == 2
    assert run(tiny, "review", "-q", "--branch", "nowhere").rc == 2
