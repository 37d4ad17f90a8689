"""What each command prints: text as snapshots that a person has read, JSON by its content."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.tiny import BROKEN_IN_SOUTH
from tests.support import CliResult, write_project

Run = Callable[..., CliResult]
Snapshot = Callable[[str, str], None]


def transcript(sqlseed: Run, *lines: str) -> str:
    """Commands with what they print, as in a terminal; stderr first, since it is what comes first there."""
    parts = []
    for line in lines:
        done = sqlseed(*line.split())
        code = f"[exit code {done.rc}]\n" if done.rc else ""
        parts.append(f"$ sqlseed {line}\n{done.stderr}{done.stdout}{code}")
    return "\n".join(parts)


# --- listing and compiling -----------------------------------------------------------------------------------


def test_ls(sqlseed: Run, snapshot: Snapshot):
    text = transcript(
        sqlseed,
        "ls",
        "ls --select pupils+",
        "ls --select weights branches --exclude tag:people",
        "ls -s everybody",
        "ls --select selector:everybody",
        "ls --resource-type seed",
        "ls --resource-type=model --exclude=marks",
        "ls --select table:Branch",
        "ls --select @pupils --exclude resource_type:seed",
    )
    snapshot("ls", text)


def test_ls_json(sqlseed: Run):
    done = sqlseed("ls", "--output", "json", "--select", "pupils", "names")
    names, pupils = json.loads(done.stdout)
    assert (done.rc, done.stderr) == (0, "")
    assert (names["name"], names["resource_type"], names["depends_on"]) == ("names", "seed", [])
    assert pupils["depends_on"] == ["branch_table", "branches", "names", "weights"]
    assert pupils["config"]["slice_by"] == ["branch"]
    assert pupils["path"] == "models/people/pupils.sql"
    assert pupils["tags"] == ["people"]


def test_ls_against_an_earlier_state(sqlseed: Run, tiny: Path):
    assert sqlseed("compile").rc == 0
    (tiny / "target").rename(tiny / "before")
    marks = tiny / "models" / "marks.sql"
    marks.write_text(marks.read_text().replace("0, 100", "0, 50"))
    changed = sqlseed("ls", "--select", "state:modified", "--state", "before")
    assert changed.stdout == "marks\n"
    assert sqlseed("ls", "--select", "state:modified+1", "--state=before").stdout == "marks\n"


def test_compile(sqlseed: Run, snapshot: Snapshot, tiny: Path):
    snapshot("compile", transcript(sqlseed, "compile pupils", "compile", "compile --select tag:exams"))
    written = sorted(path.relative_to(tiny).as_posix() for path in (tiny / "target").rglob("*") if path.is_file())
    assert written == [
        "target/compiled/models/branch_table.sql",
        "target/compiled/models/marks.sql",
        "target/compiled/models/people/pupils.sql",
        "target/compiled/models/people/weights.sql",
        "target/manifest.json",
    ]
    assert (tiny / "target/compiled/models/people/pupils.sql").read_text() == sqlseed("compile", "pupils").stdout


def test_compile_json(sqlseed: Run):
    (marks,) = json.loads(sqlseed("compile", "--output", "json", "-s", "marks").stdout)
    assert marks["refs"] == ["pupils"]
    assert marks["parameters"]["marks_key"] == "text"
    assert marks["sql"].startswith("select")


# --- planning and building ---------------------------------------------------------------------------------


def test_build_from_first_to_last(sqlseed: Run, snapshot: Snapshot):
    text = transcript(
        sqlseed,
        "plan",
        "build --threads 1",
        "build",
        "plan",
        "build --preset large",
        "build --preset large --select marks --branch south,west --year 2025-26 --full-refresh",
        "plan --select pupils --preset small --branch north",
        "clean --select marks --branch north --yes",
        "plan --preset large",
        "clean --yes",
        "clean --yes",
    )
    snapshot("build", text)


def test_dry_run(sqlseed: Run, snapshot: Snapshot, tiny: Path):
    snapshot("dry_run", transcript(sqlseed, "build --dry-run", "build --dry-run --select marks -q --branch west"))
    assert not (tiny / "target").exists()


def test_a_dry_run_predicts_the_checksums(sqlseed: Run):
    dry = json.loads(sqlseed("build", "--dry-run", "-q", "--output", "json").stdout)
    real = json.loads(sqlseed("build", "--checksums", "-q", "--output", "json").stdout)
    again = json.loads(sqlseed("build", "--checksums", "-q", "--output", "json").stdout)
    sums = [{t["model"]: t["checksum"] for t in result["tables"]} for result in (dry, real, again)]
    assert sums[0] == sums[1] == sums[2]
    assert None not in sums[0].values()
    assert [dry["dry_run"], real["dry_run"]] == [True, False]


def test_a_failed_slice(sqlseed: Run, snapshot: Snapshot, tiny: Path):
    good = (tiny / "models" / "marks.sql").read_text()
    write_project(tiny, {"models/marks.sql": BROKEN_IN_SOUTH})
    text = transcript(sqlseed, "build --threads 1", "plan")
    (tiny / "models" / "marks.sql").write_text(good)
    snapshot("failure", text + "\nwith the model mended:\n" + transcript(sqlseed, "build"))


def test_fail_fast(sqlseed: Run, tiny: Path):
    write_project(tiny, {"models/marks.sql": BROKEN_IN_SOUTH})
    done = sqlseed("build", "-q", "--fail-fast", "--branch", "south", "--threads", "1")
    assert done.rc == 1
    assert "\n1 failed, 1 skipped, 3 complete and kept\n" in done.stderr
    assert done.stderr.split("\n")[-2].startswith("the same command goes on from there: sqlseed build")


def test_results_file_after_a_failure(sqlseed: Run, tiny: Path):
    write_project(tiny, {"models/marks.sql": BROKEN_IN_SOUTH})
    done = sqlseed("build", "--output", "json", "-q")
    result = json.loads(done.stdout)
    assert done.rc == 1
    assert result["success"] is False
    assert sorted(failure["slice"] for failure in result["failures"]) == ["marks south/2024-25", "marks south/2025-26"]
    saved = json.loads((tiny / "target" / "run_results.json").read_text())
    states = {(r["unique_id"].rpartition(".")[2], r["slice"]): r["status"] for r in saved["results"]}
    assert states["marks", "south/2024-25"] == "error"
    assert states["marks", "north/2024-25"] == "success"
    failed = sqlseed("ls", "--select", "result:error", "--state", "target")
    assert failed.stdout == "marks\n"


def test_what_depends_on_a_failure_is_skipped(sqlseed: Run, tiny: Path):
    pupils = tiny / "models" / "people" / "pupils.sql"
    pupils.write_text(pupils.read_text().replace("first.name as name", "(first.name::int)::text as name"))
    done = sqlseed("build", "--output", "json", "-q")
    tables = {table["model"]: table["slices"] for table in json.loads(done.stdout)["tables"]}
    assert done.rc == 1
    assert tables["pupils"] == {"error": 3}
    assert tables["marks"] == {"skipped": 6}
    assert tables["branch_table"] == {"success": 3}
    assert "6 skipped" in done.stderr


def test_plan_json(sqlseed: Run):
    plan = json.loads(sqlseed("plan", "--output", "json", "--branch", "west", "--year=2025-26").stdout)
    assert plan["target"] == "dev"
    assert plan["creates"] == ["branch_table", "marks", "pupils", "weights"]
    (marks,) = [step for step in plan["slices"] if step["model"] == "marks"]
    assert marks["point"] == {"branch": "west", "year": "2025-26"}
    assert (marks["slice"], marks["state"], marks["rows_expected"]) == ("west/2025-26", "new", 4)
    assert marks["depends_on"] == ["pupils/west"]


def test_a_branch_that_went_away_is_named(sqlseed: Run, tiny: Path):
    assert sqlseed("build", "-q").rc == 0
    write_project(tiny, {"seeds/branches.csv": "id,no,name,code\nnorth,1,North,11\nwest,3,West,33\n"})
    note = "note: 5 slices in the target that nothing in the project makes under these vars, such as branch_table south"
    assert note in sqlseed("plan").stdout


@pytest.mark.parametrize("flag", [[], ["--quiet"], ["-q"]])
def test_quiet(sqlseed: Run, flag: list[str]):
    done = sqlseed("build", *flag)
    assert done.stdout.startswith("  table")
    assert bool(done.stderr) != bool(flag)


def test_nothing_to_do_is_one_line(sqlseed: Run):
    assert sqlseed("build", "-q").rc == 0
    done = sqlseed("build")
    assert (done.rc, done.stderr) == (0, "")
    assert done.stdout.startswith("nothing to do: 15 slices, ")
    assert done.stdout.count("\n") == 1


def test_json_progress(sqlseed: Run):
    done = sqlseed("build", "--log-format", "json")
    events = [json.loads(line) for line in done.stderr.splitlines()]
    kinds = [event["event"] for event in events]
    assert kinds.count("run_started") == kinds.count("run_finished") == 1
    assert kinds[-1] == "run_finished"
    assert kinds.count("slice_started") == kinds.count("slice_finished") == 15
    assert {event["name"] for event in events if event["event"] == "seed_loaded"} == {"names"}
    finished = [event for event in events if event["event"] == "slice_finished"]
    assert {event["status"] for event in finished} == {"success"}
    assert sum(event["rows"] for event in finished if event["model"] == "pupils") == 12
    assert all(event["at"].endswith("+00:00") for event in events)


def test_json_progress_of_a_failure(sqlseed: Run, tiny: Path):
    write_project(tiny, {"models/marks.sql": BROKEN_IN_SOUTH})
    done = sqlseed("build", "--log-format", "json", "--branch", "south", "--year", "2024-25")
    events = [json.loads(line) for line in done.stderr.split("\n\n")[0].splitlines()]
    (failed,) = [event for event in events if event.get("status") == "error"]
    assert failed["slice"] == "south/2024-25"
    assert failed["message"].startswith("models/marks.sql:2: ")


# --- show and clean ---------------------------------------------------------------------------------------


def test_show(sqlseed: Run, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch):
    text = transcript(
        sqlseed,
        "show pupils --limit 3",
        "show marks --branch west --year 2025-26 --limit 2 --preset large",
        "show weights --limit 1",
        "show pupils --limit 2 --output csv",
    )
    monkeypatch.setenv("COLUMNS", "60")
    snapshot("show", text + "\nin a terminal of 60 columns:\n" + transcript(sqlseed, "show pupils --limit 2"))


def test_show_for_programs(sqlseed: Run):
    rows = json.loads(sqlseed("show", "pupils", "--output", "json").stdout)
    assert len(rows) == 4
    assert list(rows[0]) == ["id", "branch_id", "name", "joined"]
    done = sqlseed("show", "pupils", "--output", "csv")
    assert done.stderr == ""
    assert [dict(row) for row in csv.DictReader(done.stdout.splitlines())] == rows


def test_show_stores_nothing(sqlseed: Run, tiny: Path):
    assert sqlseed("show", "pupils").rc == 0
    assert not (tiny / "target").exists()


def test_clean_json(sqlseed: Run):
    sqlseed("build", "-q")
    some = json.loads(sqlseed("clean", "--yes", "--select", "marks", "--year", "2024-25", "--output", "json").stdout)
    assert some == {"rows": {"marks": 12}, "slices": 3, "state_removed": False, "kept": []}
    rest = json.loads(sqlseed("clean", "--yes", "--output", "json").stdout)
    assert rest["state_removed"] is True


def test_clean_asks(sqlseed: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch):
    sqlseed("build", "-q")
    answers: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        answers.append(question)
        return len(answers) > 1

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.confirm", confirm)
    refused = sqlseed("clean")
    assert (refused.rc, refused.stdout) == (3, "")
    assert refused.stderr.endswith(" rows in 15 slices\nerror: nothing was removed\n")
    assert sqlseed("plan").stdout.endswith("nothing to do: 15 slices up to date in target/tiny.duckdb (dev)\n")
    assert sqlseed("clean").rc == 0
    assert answers[0] == "Remove these rows, which sqlseed made, from target/tiny.duckdb (dev)?"


# --- init, debug, completion, version ---------------------------------------------------------------------


def test_init_writes_a_project_that_builds(sqlseed: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch):
    done = sqlseed("init", "bookshops")
    assert "bookshops/sqlseed.toml" in done.stdout.splitlines()
    assert done.stderr == "\nnext: cd bookshops && sqlseed build\n"
    monkeypatch.chdir(tiny / "bookshops")
    built = sqlseed("build")
    assert built.rc == 0
    assert "rows in 5 tables" in built.stdout


def test_debug(sqlseed: Run):
    done = sqlseed("debug")
    names = [line.split()[1] for line in done.stdout.splitlines()]
    assert done.rc == 0
    assert {line.split()[0] for line in done.stdout.splitlines()} == {"ok"}
    assert names == ["sqlseed", "project", "models", "profile", "connection", "tables", "privileges", "state", "guards"]


def test_debug_json(sqlseed: Run):
    sqlseed("build", "-q")
    checks = {check["name"]: check for check in json.loads(sqlseed("debug", "--output", "json").stdout)}
    assert all(check["ok"] for check in checks.values())
    assert checks["state"]["detail"].startswith("15 slices built")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(sqlseed: Run, shell: str):
    done = sqlseed("completion", shell)
    assert done.rc == 0
    assert "_SQLSEED_COMPLETE" in done.stdout


def test_completion_of_names(tiny: Path):
    from click.shell_completion import ShellComplete

    from sqlseed import cli

    complete = ShellComplete(cli.cli, {}, "sqlseed", "_SQLSEED_COMPLETE")
    offered = [item.value for item in complete.get_completions(["show"], "p")]
    assert offered == ["pupils"]
    assert [i.value for i in complete.get_completions(["build", "--select"], "+ma")] == ["+marks"]


def test_version(sqlseed: Run):
    from sqlseed import __version__

    assert sqlseed("--version").stdout == f"sqlseed, version {__version__}\n"
