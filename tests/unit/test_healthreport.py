"""The page parses, stands alone, and shows what it is given; as text, as data, as HTML."""

from __future__ import annotations

import datetime as dt
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sqlseed.checkup.scoring import (
    POINTS,
    Cap,
    Check,
    Distribution,
    Finding,
    Health,
    Measure,
    SliceRows,
    TableRows,
)
from sqlseed.healthreport import charts, data, page, text
from sqlseed.model import Slice
from sqlseed.report import to_json
from tests.browser import Page

VOID = {"meta", "br", "rect", "line", "circle"}
NASTY = "<script>alert('\x1b[31m')</script> & \"x\""


def table(name: str, found: dict[tuple[str, str], tuple[int, int]], foreign: int = 0) -> TableRows:
    points = [Slice(name.lower(), (("branch", branch), ("year", year))) for branch, year in found]
    pairs = zip(points, found.values(), strict=True)
    return TableRows(name.lower(), name, tuple(SliceRows(s, e, r, True) for s, (e, r) in pairs), foreign=foreign)


def health(*, perfect: bool = False) -> Health:
    lost = () if perfect else (Finding(NASTY, 3, Fraction(1, 3), "are missing", "id 7", broken=True),)
    checks = [Check(name, possible, 1, lost) for name, (_, possible, _) in POINTS.items()]
    measures = (Measure("girls", 48.0, 48.3, 1.0), Measure(NASTY, 80.0, 50.0, 5.0), Measure("none", None, 5.0, 1.0))
    return Health(
        project="school",
        target="dev",
        server="DuckDB 2.0",
        today=dt.date(2026, 4, 1),
        as_of=dt.date(2026, 3, 31),
        checks=tuple(checks),
        caps=() if perfect else (Cap(69, f"a broken rule: {NASTY}"),),
        tables=(
            table("Class", {("north", "2025"): (2, 2), ("north", "2026"): (2, 2), ("south", "2026"): (3, 3)}),
            table("Pupil", {("north", "2025"): (10, 10), ("south", "2026"): (12_345, 0)}, foreign=4),
            TableRows("settings", "Setting", (SliceRows(Slice("settings", ()), None, 0, False),), exists=False),
        ),
        distributions=(
            Distribution("sex", "Share of girls", "Published.", "health/sex.sql", measures),
            Distribution("age", "Age", "", "health/age.sql", (), "the target has no table"),
        ),
        elapsed=1.234,
    )


class Reader(HTMLParser):
    """Reads a page: its tags, that each is closed, and what a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    def count(self, tag: str, kind: str) -> int:
        return sum(name == tag and kind in str(attrs.get("class")).split() for name, attrs in self.tags)


@pytest.fixture
def read() -> Reader:
    reader = Reader()
    reader.feed(page.page(health(), "school.duckdb (dev)"))
    reader.close()
    return reader


def test_every_tag_is_closed(read: Reader):
    assert read.open == []


def test_nothing_is_fetched_and_nothing_runs(read: Reader):
    assert not {"script", "link", "img", "iframe", "object", "image", "use", "a"} & {tag for tag, _ in read.tags}
    assert not [name for _, attrs in read.tags for name in attrs if name in ("src", "href") or name.startswith("on")]
    made = page.page(health(), "school.duckdb (dev)")
    assert not re.search(r"https?:|url\(|@import|//\w", made)
    assert "default-src 'none'" in made


def test_what_comes_from_the_database_is_text(read: Reader):
    words = " ".join(read.words)
    assert "<script>alert('\\x1b[31m')</script>" in words
    assert "\x1b" not in words


def test_charts(read: Reader):
    assert read.count("svg", "ring") == 1
    assert read.count("svg", "columns") == 3  # one a table
    assert read.count("svg", "share") == 4  # each year of Class and of Pupil
    assert read.count("svg", "gauge") == 3  # one a measure
    assert read.count("svg", "bar") == 6 + 3 + 3 + 2 + 2  # sections, and the checks of those with several
    assert all(attrs.get("aria-label") for tag, attrs in read.tags if tag == "svg")


def test_numbers_stand_beside_the_charts(read: Reader):
    words = " ".join(" ".join(read.words).split())
    for told in ("school", "69", "At most 69:", "14 of 12,355", "no such table", "2025", "2026"):
        assert told in words
    assert "48 of 48.3 ± 1" in words
    assert "nothing of 5 ± 1" in words
    assert "the target has no table" in words


def test_colours_for_light_dark_and_paper():
    made = page.page(health(), "here")
    for media in ("prefers-color-scheme: dark", "@media print", "max-width: 40rem"):
        assert media in made
    assert 'name="viewport"' in made


def test_a_page_without_a_flaw():
    made = page.page(health(perfect=True), "here")
    assert "Nothing." in made
    assert 'class="caps"' not in made


# --- charts -----------------------------------------------------------------------------------------------------


def test_a_missing_part_is_marked():
    made = charts.columns(
        [("north", 5, 10, Fraction(1, 2)), ("south", 0, 10, Fraction(1)), ("west", 7, 7, Fraction(0))], "x"
    )
    assert [made.count(f'class="{kind}"') for kind in ("lack", "rows", "track")] == [2, 2, 1]
    assert "<title>north: 5 rows of 10</title>" in made


def test_a_gauge_keeps_its_mark_inside():
    made = charts.gauge(Measure("a", 900.0, 5.0, 1.0), 0.0, 10.0)
    assert 'class="actual off" x1="100"' in made
    assert 'class="band" x="40" y="1" width="20"' in made


@pytest.mark.parametrize(("score", "kind"), [(100, "good"), (90, "good"), (89, "fair"), (50, "fair"), (49, "bad")])
def test_colour_of_the_score(score: int, kind: str):
    assert f'class="arc {kind}"' in charts.ring(score)


# --- text and data ----------------------------------------------------------------------------------------------


def test_text():
    shown = text.shown(health(), "school.duckdb (dev)")
    assert "\x1b" not in shown
    assert "completeness  every table holds the rows that the plan expects" in shown
    assert shown.endswith("health 69 of 100: 21 rows in 3 tables of school.duckdb (dev); 1.2 s")
    assert "at most 69: a broken rule" in shown
    assert text.shown(health(perfect=True), "x").count("\n\n") == 1


def test_points_never_hide_a_loss():
    assert text.points(Fraction(10) - Fraction(1, 10**6)) == "9.9"
    assert text.points(10) == "10.0"


def test_data():
    made = json.loads(to_json(data.of(health())))
    assert made["score"] == 69
    assert [section["name"] for section in made["sections"]][:2] == ["completeness", "integrity"]
    assert made["sections"][0]["checks"][0]["findings"][0]["example"] == "id 7"
    assert made["caps"] == [{"limit": 69, "reason": f"a broken rule: {NASTY}"}]
    assert made["tables"][1]["foreign"] == 4
    assert made["distributions"][0]["rows"][0] == {
        "label": "girls",
        "actual": 48.0,
        "target": 48.3,
        "tolerance": 1.0,
        "fits": True,
    }
    assert made["today"] == "2026-04-01"


# --- in a browser -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_fits_a_phone_and_a_desktop(tab: Page, tmp_path: Path):
    """In windows of those widths there is nothing to scroll sideways; there is where something wide is put in."""
    path = tmp_path / "health.html"
    path.write_text(page.page(health(), "school.duckdb (dev)"), "utf-8")
    for width in (390, 1280):
        tab.open(path, width=width)
        assert tab.overflow() == 0
        assert (tab.complaints, tab.requests) == ([], [path.as_uri()])
    tab.resize(390)
    tab.run("document.querySelector('h1').style.width = '600px'")
    assert tab.overflow() > 0


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_is_legible(tab: Page, tmp_path: Path, dark: bool):
    path = tmp_path / "health.html"
    path.write_text(page.page(health(), "school.duckdb (dev)"), "utf-8")
    tab.open(path, dark=dark)
    tried, pale = tab.pale()
    assert pale == []
    assert tried > 50
