"""The page of the whole school, as `sqlseed review` writes it for an empty PostgreSQL, in a real browser."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser import Page
from tests.reviewpage.test_page import Reader
from tests.school.conftest import copy_project
from tests.support import ROOT, CliResult

pytestmark = pytest.mark.slow

OPEN_SOME = """for (const id of ["students", "marks", "school_days", "messages"]) {
  const model = document.getElementById("m-" + id).parentElement;
  for (const one of [model, ...model.querySelectorAll("details")]) one.open = true;
}"""


def test_the_page_of_the_school(tab: Page, tmp_path: Path, run_cli: Callable[..., CliResult], postgres_url: str):
    copy_project(tmp_path)
    shutil.copytree(ROOT / "tests" / "data", tmp_path / "tests" / "data")
    shutil.copy(ROOT / "profiles.yml", tmp_path)
    arguments = ["review", "--target", "pg", "--preset", "minimal"]
    done = run_cli(arguments, cwd=tmp_path, env={"DATABASE_URL": postgres_url})
    assert done.rc == 0, done.stderr
    path = tmp_path / "target" / "review" / "index.html"
    facts = json.loads(path.with_name("review.json").read_text("utf-8"))

    read = Reader(path.read_text("utf-8"))
    assert {target[1:] for target in read.having("href") if target.startswith("#")} <= set(read.having("id"))
    files = [target for target in read.having("href") if not target.startswith("#")]
    assert files
    assert [target for target in files if not (path.parent / target).exists()] == []

    for width, dark in ((390, True), (1280, False)):
        tab.open(path, width=width, dark=dark)
        tab.run(OPEN_SOME)
        assert (tab.complaints, tab.requests) == ([], [path.as_uri()])
        assert tab.overflow() == 0
        assert tab.pale()[1] == []
    assert tab.run("document.querySelectorAll('.model').length") == len(facts["models"]) == 70

    tab.run("document.getElementById('column').focus()")
    tab.write("Student.sectionId")
    told = tab.run("document.getElementById('sources').innerText")
    assert "grades.level" in told
    assert "branches.section_size seed" in told
