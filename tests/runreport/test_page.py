"""The report of a run in a headless Chromium: what it asks for, how it fits, what keys and script do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.events import SpanKind
from sqlseed.runreport import page
from sqlseed.runreport.analysis import usage
from tests.browser import Page
from tests.support import run_cli


@pytest.fixture(scope="module")
def bookshops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter project, built by the command line with a report."""
    root = tmp_path_factory.mktemp("run") / "project"
    api.init(root)
    found = run_cli(["build", "-q", "--report", root / "run.html"], root)
    assert found.rc == 0, found.stderr
    return root


def test_it_fetches_nothing_and_fits(tab: Page, bookshops: Path):
    file = bookshops / "run.html"
    for width, dark in ((1280, False), (1280, True), (390, False)):
        tab.open(file, width=width, dark=dark)
        tab.run("document.querySelector('details').open = true")
        assert (tab.complaints, tab.requests, tab.overflow()) == ([], [file.as_uri()], 0)
        tried, pale = tab.pale()
        assert pale == []
        assert tried > 100
    assert tab.pdf().startswith(b"%PDF")


def test_arrow_keys_and_zoom(tab: Page, bookshops: Path):
    tab.open(bookshops / "run.html")
    told = "document.getElementById('told').textContent"
    width = "document.querySelector('.schedule').clientWidth"
    tab.run("document.getElementById('moving').focus()")
    tab.press("ArrowRight")
    first = tab.run(told)
    assert first.startswith("seed: ")
    tab.press("ArrowRight")
    tab.press("ArrowDown")
    assert tab.run(told).startswith("connecting, ")  # of connection 1
    bars = "[...document.querySelectorAll('.schedule [data-lane=\"1\"] > title')].map(one => one.textContent)"
    said = set()
    for _ in range(tab.run(bars + ".length") - 1):
        tab.press("ArrowRight")
        said.add(tab.run(told))
    assert said == set(tab.run(bars)) - {one for one in tab.run(bars) if one.startswith("connecting")}
    assert any(re.search(r"\d+ rows?, \d.* from \d", one) for one in said)
    before = tab.run(width)
    tab.press("+", text="+")
    assert tab.run(width) == pytest.approx(2 * before, abs=1)  # it is rounded
    assert tab.overflow() == 0  # it moves in a box of its own
    tab.run("document.getElementById('whole').click()")
    assert tab.run(width) == before


def test_without_script_everything_is_said(tab: Page, bookshops: Path):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(bookshops / "run.html")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
    bars = "document.querySelectorAll('.schedule .bar > title').length"
    assert tab.run(bars) == tab.run("document.querySelectorAll('details tbody tr').length") > 10
    assert tab.run("[...document.querySelectorAll('.tools')].every(one => !one.checkVisibility())") is True


def test_nothing_to_do(bookshops: Path):
    result = api.build(bookshops)
    found = usage(result.spans)
    assert found is None or not [s for s in result.spans if s.kind is SpanKind.SLICE]
    assert "</html>" in page.page(result, "bookshops", "x", {})


def test_a_place_that_cannot_be_written_is_said_before_the_build(bookshops: Path):
    found = run_cli(["build", "--report", bookshops / "no" / "run.html"], bookshops)
    assert found.rc == 2
    assert "there is no folder" in found.stderr
    assert "loaded" not in found.stderr
