"""`sqlseed lint` as it is typed: its forms, its exit codes, and without the extra."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sqlseed.lint.rules import RULES
from tests.support import ROOT, CliResult, run_cli, write_project
from tests.unit.towns import FILES

STAR = (
    "{{ config(slice_by=['town']) }}\nselect code as id, name as town from (select * from {{ seed('towns') }}) as t\n"
)
MAIL = STAR.replace("code as id", "'head@college.in' as id")
OPTED = STAR.replace("['town']", "['town'], lint={'select-star': 'both columns, always'}")
INDEXED = FILES["models/models.yml"].replace(
    "to_columns: [id]}]", "to_columns: [id]}, {type: unique, columns: [house_id]}]"
)


def lint(folder: Path, house: str, *options: str) -> CliResult:
    root = write_project(folder, {**FILES, "models/models.yml": INDEXED, "models/house.sql": house})
    return run_cli(["lint", *options], cwd=root)


def test_text_shows_place_rule_line_and_count(tmp_path: Path) -> None:
    result = lint(tmp_path, STAR)
    assert result.rc == 0, result.stderr
    first, source, hint, summary = result.stdout.splitlines()
    assert first.startswith("models/house.sql:2:")
    assert ": warning select-star: " in first
    assert source.strip().startswith("select code as id")
    assert hint.startswith("  hint: ")
    assert summary == "1 warning in 1 model"


@pytest.mark.parametrize(
    ("house", "options", "code"),
    [(STAR, [], 0), (STAR, ["--strict"], 1), (MAIL, [], 1), (OPTED, ["--strict"], 0)],
    ids=["warning", "strict", "error", "opted out"],
)
def test_exit_codes(tmp_path: Path, house: str, options: list[str], code: int) -> None:
    assert lint(tmp_path, house, *options).rc == code


def test_selection_and_nothing_found(tmp_path: Path) -> None:
    result = lint(tmp_path, MAIL, "--select", "total")
    assert (result.rc, result.stdout) == (0, "no findings\n")


def test_opted_out_findings_are_counted_not_shown(tmp_path: Path) -> None:
    assert lint(tmp_path, OPTED).stdout == "no findings; 1 finding opted out of, each with a reason\n"


def test_json(tmp_path: Path) -> None:
    (finding,) = json.loads(lint(tmp_path, OPTED, "--output", "json").stdout)
    assert (finding["rule"], finding["model"], finding["line"]) == ("select-star", "house", 2)
    assert finding["allowed"] == "both columns, always"


def test_sarif(tmp_path: Path) -> None:
    log = json.loads(
        lint(tmp_path, OPTED.replace("name as town", "random()::text as town"), "--output", "sarif").stdout
    )
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.name for rule in RULES]
    results = {result["ruleId"]: result for result in run["results"]}
    assert set(results) == {"select-star", "volatile-function"}
    for name, result in results.items():
        assert rules[result["ruleIndex"]]["id"] == name
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"] == {"uri": "models/house.sql"}
        assert place["region"]["startLine"] == 2
    assert "suppressions" not in results["volatile-function"]
    (suppression,) = results["select-star"]["suppressions"]
    assert suppression == {"kind": "inSource", "justification": "both columns, always"}


SARIF_LOG: dict[str, tuple[str, ...]] = {
    "": ("$schema", "version", "runs"),
    "runs": ("tool", "results"),
    "tool": ("driver",),
    "driver": ("name", "version", "rules"),
    "rules": ("id", "shortDescription", "fullDescription", "help", "defaultConfiguration"),
    "shortDescription": ("text",),
    "fullDescription": ("text",),
    "help": ("text",),
    "defaultConfiguration": ("level",),
    "results": ("ruleId", "ruleIndex", "level", "message", "locations", "suppressions"),
    "message": ("text",),
    "locations": ("physicalLocation", "logicalLocations"),
    "physicalLocation": ("artifactLocation", "region"),
    "artifactLocation": ("uri",),
    "region": ("startLine", "startColumn"),
    "logicalLocations": ("name", "kind"),
    "suppressions": ("kind", "justification"),
}
"""The properties that the log may use, by object, as section 3 of SARIF 2.1.0 names them, and no others."""
_NEEDED = {"": ("version", "runs"), "runs": ("tool",), "driver": ("name",), "rules": ("id",), "results": ("message",)}


def strict(value: object, name: str = "") -> None:
    """Fails for a property, a type or a value that SARIF 2.1.0 does not allow in such an object."""
    if isinstance(value, list):
        for one in value:
            strict(one, name)
    elif isinstance(value, dict):
        assert set(value) <= set(SARIF_LOG[name]), f"{name} has no such property"
        assert set(_NEEDED.get(name, ())) <= set(value), f"{name} lacks a property"
        for key, inner in value.items():
            strict(inner, key)
    elif name in ("startLine", "startColumn"):
        assert isinstance(value, int)
        assert value >= 1
    elif name == "ruleIndex":
        assert isinstance(value, int)
    else:
        assert isinstance(value, str)
        assert value
        assert name != "level" or value in ("none", "note", "warning", "error")
        assert name != "kind" or value in ("inSource", "module")


def test_sarif_has_nothing_that_the_standard_does_not_name(tmp_path: Path) -> None:
    for number, house in enumerate((STAR, MAIL, OPTED)):
        strict(json.loads(lint(tmp_path / str(number), house, "--output", "sarif").stdout))
    with pytest.raises(AssertionError, match="no such property"):
        strict({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "result": []}]})
    with pytest.raises(AssertionError, match="lacks"):
        strict({"version": "2.1.0", "runs": [{"results": []}]})


def test_github(tmp_path: Path) -> None:
    lines = sorted(lint(tmp_path, MAIL, "--output", "github").stdout.splitlines())
    assert lines[0].startswith("::error file=models/house.sql,line=2,title=secret-literal::")
    assert lines[1].startswith("::warning file=models/house.sql,line=2,title=select-star::")
    assert len(lines) == 2


def test_a_new_project_and_the_example_have_no_finding(tmp_path: Path) -> None:
    assert run_cli(["init", "shop"], cwd=tmp_path).rc == 0
    for folder in (tmp_path / "shop", ROOT / "examples" / "weather"):
        result = run_cli(["lint", "--strict"], cwd=folder)
        assert (result.rc, result.stdout) == (0, "no findings\n"), result.stderr


def test_rules_are_listed_and_explained_outside_a_project(tmp_path: Path) -> None:
    listed = run_cli(["lint", "--rules"], cwd=tmp_path)
    assert listed.rc == 0
    assert all(rule.name in listed.stdout for rule in RULES)
    explained = run_cli(["lint", "--explain", "select-star"], cwd=tmp_path)
    assert explained.stdout.startswith("select-star (warning): ")
    wrong = run_cli(["lint", "--explain", "select-stars"], cwd=tmp_path)
    assert wrong.rc == 2
    assert "did you mean 'select-star'?" in wrong.stderr


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    blocked = "import importlib.abc, sys\n" + "sys.modules['pglast'] = None\n"
    folder = write_project(tmp_path / "site", {"sitecustomize.py": blocked})
    root = write_project(tmp_path / "project", FILES)
    result = run_cli(["lint"], cwd=root, env={"PYTHONPATH": str(folder)})
    assert result.rc == 2
    assert "pip install 'sqlseed[lint]'" in result.stderr
    assert "Traceback" not in result.stderr
