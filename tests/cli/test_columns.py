"""`ls --columns`, and what `compile` says of lint."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support import run_cli, write_project
from tests.unit.towns import FILES


def test_columns_and_where_they_come_from(tmp_path: Path) -> None:
    root = write_project(tmp_path, FILES)
    text = run_cli(["ls", "--columns"], cwd=root).stdout
    assert text.splitlines() == [
        "  column         comes from",
        "  house.id",
        "  house.town     towns.code",
        "  bill.id",
        "  bill.house_id  house.id",
        "  total.code",
        "  total.bills",
    ]
    found = json.loads(run_cli(["ls", "--columns", "--select", "bill", "--output", "json"], cwd=root).stdout)
    assert found == {"bill": {"id": [], "house_id": [["house", "id"]]}}


def test_compile_says_what_lint_objects_to_and_does_not_fail(tmp_path: Path) -> None:
    root = write_project(tmp_path, FILES)
    result = run_cli(["compile", "--select", "bill"], cwd=root)
    assert (result.rc, result.stdout) == (0, "")
    assert "models/models.yml: warning unindexed-foreign-key: no index of bill begins with house_id" in result.stderr
    other = run_cli(["compile", "--select", "house"], cwd=root)
    assert "warning" not in other.stderr
