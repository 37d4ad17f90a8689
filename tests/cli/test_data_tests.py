"""`sqlseed test` as it is typed: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.tiny import TINY
from tests.support import CliResult, write_project

Run = Callable[..., CliResult]
Snapshot = Callable[[str, str], None]

MODELS = str(TINY["models/models.yml"]).replace(
    "{name: mark, data_type: integer}",
    """{name: mark, data_type: integer, data_tests: [not_null, accepted_range: {max_value: 100}]}""",
)
MODELS = MODELS.replace(
    "- {name: joined, data_type: date}",
    """- name: joined
                data_type: date
                data_tests:
                  - not_null
                  - accepted_range:
                      name: joined_late
                      description: Nobody came before 2021.
                      min_value: 2021-01-01
                      config: {severity: warn}""",
)
FILES: dict[str, str | bytes] = {
    "models/models.yml": MODELS,
    "tests/data/exams/marks_of_pupils.sql": """
        -- every mark is a pupil's
        select m.id from {{ ref('marks') }} as m left join {{ ref('pupils') }} as p on p.id = m.pupil_id
        where p.id is null
        """,
    "tests/data/one_name.sql": """
        {{ config(tags=['odd']) }}
        select id, name from {{ ref('pupils') }} where name <> 'Ada' order by id
        """,
}


@pytest.fixture
def tested(sqlseed: Run, tiny: Path) -> Path:
    """The tiny project with data tests, built."""
    write_project(tiny, FILES)
    assert sqlseed("build", "-q", "--no-tests").rc == 0
    return tiny


def test_text(sqlseed: Run, tested: Path, snapshot: Snapshot) -> None:
    lines = []
    for command in (
        "test -q",
        "test -q --exclude tag:odd",
        "test -q --select test_name:not_null",
        "test -q --select branch_table --allow-empty",
        "ls --resource-type test --select pupils",
        "test --branch north",
        "test -q --select test_name:not_nul",
    ):
        done = sqlseed(*command.split())
        code = f"[exit code {done.rc}]\n" if done.rc else ""
        lines.append(f"$ sqlseed {command}\n{done.stderr}{done.stdout}{code}")
    snapshot("test", "\n".join(lines))


def test_json(sqlseed: Run, tested: Path) -> None:
    done = sqlseed("test", "--output", "json", "-q")
    result = json.loads(done.stdout)
    assert (done.rc, done.stderr) == (1, "")
    assert result["counts"] == {"pass": 4, "warn": 1, "fail": 1}
    found = {test["name"]: test for test in result["tests"]}
    assert found["one_name"]["status"] == "fail"
    assert found["one_name"]["failures"] == len(result["tests"][0]["sample"]) or found["one_name"]["failures"] > 0
    assert {*found["one_name"]["sample"][0]} == {"id", "name"}
    assert found["joined_late"]["severity"] == "warn"
    assert found["marks_of_pupils"]["compiled_path"] == "tests/data/exams/marks_of_pupils.sql"


def test_json_lines(sqlseed: Run, tested: Path) -> None:
    done = sqlseed("test", "--log-format", "json")
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert [event["event"] for event in events] == ["tests_started", *["test_finished"] * 6, "tests_finished"]
    assert events[0]["tests"] == 6
    assert {event["status"] for event in events if "status" in event} == {"pass", "warn", "fail"}


def test_junit(sqlseed: Run, tested: Path) -> None:
    assert sqlseed("test", "-q", "--junit", "out/junit.xml").rc == 1
    (suite,) = ElementTree.parse(tested / "out" / "junit.xml").getroot()
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "6",
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    cases = {case.get("name"): case for case in suite}
    failure = cases["one_name"].find("failure")
    assert failure is not None
    assert "Ben" in (failure.text or "")
    assert cases["joined_late"].find("failure") is None
    assert "warn: " in (cases["joined_late"].findtext("system-out") or "")
    assert cases["not_null_pupils_joined"].get("classname") == "pupils"
    assert cases["not_null_pupils_joined"].get("line")


def test_github_annotations(sqlseed: Run, tested: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = sqlseed("test", "-q")
    warning, error = done.stderr.splitlines()
    assert warning.startswith("::warning file=models/models.yml,line=")
    assert "title=joined_late::" in warning
    assert error.startswith("::error file=tests/data/one_name.sql,title=one_name::")
    assert "%0A" in error


def test_store_failures(sqlseed: Run, tested: Path) -> None:
    done = sqlseed("test", "-q", "--store-failures", "--select", "one_name")
    assert '  kept: select * from "_sqlseed_failures"."one_name"\n' in done.stdout


def test_a_project_without_tests(sqlseed: Run, tiny: Path) -> None:
    done = sqlseed("test", "-q")
    assert done.rc == 0
    assert done.stdout.startswith("no tests to run, in ")


def test_a_target_that_is_not_built(sqlseed: Run, tiny: Path) -> None:
    write_project(tiny, FILES)
    done = sqlseed("test", "-q", "--select", "one_name")
    assert done.rc == 1
    assert "the target has no table" in done.stdout
    assert not (tiny / "target" / "tiny.duckdb").exists()


def test_a_server_that_does_not_answer(sqlseed: Run, tiny: Path) -> None:
    write_project(tiny, FILES)
    assert sqlseed("test", "-t", "closed").rc == 4


def test_a_build_runs_tests(sqlseed: Run, tiny: Path) -> None:
    write_project(tiny, FILES)
    done = sqlseed("build", "-q")
    assert done.rc == 1
    assert "FAIL one_name: 6 rows" in done.stdout
    assert done.stdout.endswith("1 passed, 1 warned, 1 failed, 3 skipped of 6 tests\n")  # those of marks, below pupils
    assert sqlseed("build", "-q", "--no-tests").rc == 0
    result = json.loads(sqlseed("build", "-q", "--output", "json").stdout)
    assert result["success"] is False
    assert {test["name"]: test["status"] for test in result["tests"]}["one_name"] == "fail"
