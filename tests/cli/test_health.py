"""`sqlseed health`: its text as a snapshot that a person has read, its page and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.test_results import transcript
from tests.support import CliResult

Run = Callable[..., CliResult]
DAY = "--today 2026-04-01"


def test_health(sqlseed: Run, snapshot: Callable[[str, str], None]):
    text = transcript(
        sqlseed,
        f"health {DAY}",
        "build -q --select +pupils --branch north,south",
        f"health {DAY} --min-score 50",
        "build -q",
        f"health {DAY} --min-score 100",
    )
    snapshot("health", text)


def test_nothing_is_left_behind(sqlseed: Run, tiny: Path):
    assert sqlseed("health").rc == 0
    assert not (tiny / "target").exists()


def test_page(sqlseed: Run):
    assert sqlseed("build", "-q").rc == 0
    page = sqlseed("health", *DAY.split(), "--output", "html")
    assert (page.rc, page.stderr) == (0, "")
    assert page.stdout.startswith("<!DOCTYPE html>")
    assert page.stdout.endswith("</html>\n")
    data = json.loads(sqlseed("health", *DAY.split(), "--output", "json").stdout)
    assert data["score"] == 100
    assert data["as_of"] == "2026-03-31"


def test_wrong_usage(sqlseed: Run):
    assert sqlseed("health", "--min-score", "many").rc == 2
    assert sqlseed("health", "--today", "tomorrow").rc == 2
    assert sqlseed("health", "--output", "pdf").rc == 2
    assert sqlseed("health", "--target", "nowhere").rc == 2
    assert sqlseed("health", "--target", "closed").rc == 4
