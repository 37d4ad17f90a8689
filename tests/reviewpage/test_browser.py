"""The review's page in a real headless Chromium: what it asks for, how it fits, what keys and script do."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from sqlseed.review import facts
from sqlseed.reviewpage.page import page
from tests.browser import Page
from tests.reviewpage import reviews

pytestmark = pytest.mark.slow

OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
SHOWN = """[...document.querySelectorAll('.model')].filter(one => !one.hidden)
  .map(one => one.querySelector('h3').textContent)"""

# What has the focus: whether a ring says so, and whether it is in the window and not behind the bar at its top.
FOCUS = """(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const node = one.matches("svg a");
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(node ? one.querySelector(".body") : one);
  const ring = node ? parseFloat(style.strokeWidth) > 2 : style.outlineStyle !== "none";
  const bar = document.querySelector("nav").getBoundingClientRect();
  const covered = !one.closest("nav") && bar.top === 0 && box.bottom <= bar.bottom;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const text = (one.innerText || one.textContent || "").slice(0, 40);
  return { tag: one.tagName, id: one.id, text, ring, seen: inside && !covered };
})()"""


def rich() -> facts.Review:
    """Everything that the page can show, at least once."""
    trigger = facts.TriggerFacts("log", "after", ("insert",), "row", enabled=True, function="audit.log()")
    hostile = reviews.hostile()
    marks = reviews.model("marks", ["pupils", "staff"], size=60, many=4, triggers=(trigger,), creates=True)
    marks = dataclasses.replace(marks, findings=hostile.models[1].findings, change=hostile.models[1].change)
    models = [reviews.model("towns2"), reviews.model("pupils", ["towns2"]), reviews.model("staff", ["towns2"]), marks]
    return reviews.review(models, approval={"by": "dba", "at": "2026-09-30"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("review")
    for name, review in {"rich": rich(), "hostile": reviews.hostile(), "large": reviews.large(500)}.items():
        (made / f"{name}.html").write_text(page(review), "utf-8")
    return made


@pytest.mark.parametrize("name", ["rich", "hostile", "large"])
def test_it_fetches_nothing_and_complains_of_nothing(tab: Page, folder: Path, name: str):
    tab.open(folder / f"{name}.html")
    tab.run(OPEN_ALL if name != "large" else "document.querySelector('.model').open = true")
    assert tab.complaints == []
    assert tab.requests == [(folder / f"{name}.html").as_uri()]
    assert tab.run("document.querySelector('.tools').hidden") is False  # the script ran


@pytest.mark.parametrize(
    "harm", ["<p onclick='x()'>", "<script>x()</script>", "<p style='color:red'>", "<img src='x.png'>"]
)
def test_the_policy_would_stop_what_got_through(tab: Page, tmp_path: Path, harm: str):
    (tmp_path / "harm.html").write_text(page(reviews.review()).replace("<main>", f"<main>{harm}"), "utf-8")
    tab.open(tmp_path / "harm.html")
    assert any("Content Security Policy" in told for told in tab.complaints)


@pytest.mark.parametrize("name", ["rich", "hostile"])
def test_nothing_to_scroll_sideways(tab: Page, folder: Path, name: str):
    for width in (390, 1280):
        tab.open(folder / f"{name}.html", width=width)
        tab.run(OPEN_ALL)
        assert tab.overflow() == 0
    tab.run("document.querySelector('h1').textContent = 'x'.repeat(200)")
    tab.run("document.querySelector('h1').style.overflowWrap = 'normal'")
    assert tab.overflow() > 0  # so that the zeros above mean something


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_is_legible(tab: Page, folder: Path, dark: bool):
    tab.open(folder / "rich.html", dark=dark)
    tab.run(OPEN_ALL)
    tried, pale = tab.pale()
    assert pale == []
    assert tried > 300


def test_a_pale_text_would_be_found(tab: Page, folder: Path):
    tab.open(folder / "rich.html")
    tab.run("document.querySelector('h1').style.color = '#888'")
    assert [told[:4] for told in tab.pale()[1]] == ["3.54"]


def test_dark_is_dark(tab: Page, folder: Path):
    colours = []
    for dark in (False, True):
        tab.open(folder / "rich.html", dark=dark)
        colours.append(
            tab.run("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
        )
    assert colours == [["rgb(255, 255, 255)", "rgb(28, 32, 38)"], ["rgb(20, 23, 28)", "rgb(231, 234, 238)"]]


# --- the keyboard -----------------------------------------------------------------------------------------------


def walk(tab: Page, most: int = 400) -> list[dict[str, Any]]:
    """What has the focus after each Tab, until it leaves the page or begins anew."""
    found: list[dict[str, Any]] = []
    for _ in range(most):
        tab.press("Tab")
        focus = tab.run(FOCUS)
        if focus is None or focus in found[:1]:  # the browser's own controls come next, or the first again
            return found
        found.append(focus)
    raise AssertionError(f"still in the page after {most} steps, at {found[-3:]}")


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_reaches_everything_and_is_always_seen(tab: Page, folder: Path, width: int):
    tab.open(folder / "rich.html", width=width)
    steps = walk(tab)
    assert [step["text"] for step in steps[:2]] == ["Skip to what will happen", "Skip to the models"]
    assert [step for step in steps if not step["seen"] or not step["ring"]] == []
    ids = [step["id"] for step in steps]
    assert ids.index("filter") < ids.index("g-towns2") < ids.index("g-marks") < ids.index("column")
    summaries = [step["text"] for step in steps if step["tag"] == "SUMMARY"]
    assert [text.split()[1] for text in summaries if text[:1].isdigit() and "public" in text] == [
        "towns2",
        "pupils",
        "staff",
        "marks",
    ]


def test_a_focus_that_is_not_seen_would_be_found(tab: Page, folder: Path):
    tab.open(folder / "rich.html")
    tab.run("document.querySelector('nav a').style.outline = 'none'")
    tab.run("document.getElementById('filter').style.translate = '0 -200px'")
    steps = walk(tab)
    assert [step["text"] for step in steps if not step["ring"]] == ["Overview"]
    assert [step["id"] for step in steps if not step["seen"]] == ["filter"]


def test_the_models_are_sorted_by_their_heads(tab: Page, folder: Path):
    tab.open(folder / "rich.html")
    order = "[...document.querySelectorAll('table.models tbody a')].map(one => one.textContent)"
    rows = "document.querySelectorAll('table.models th button')[1]"
    assert tab.run(f"{rows}.textContent") == "rows"
    found = []
    for _ in range(2):
        tab.run(f"{rows}.focus()")
        tab.press("Enter", text="\r")
        found.append([tab.run(order)[0], tab.run(f"{rows}.parentElement.ariaSort")])
    assert found == [["marks", "descending"], ["towns2", "ascending"]]
    tab.run("document.querySelector('table.models th button').click()")
    assert tab.run(order) == ["towns2", "pupils", "staff", "marks"]


def test_skip_links_and_folds_work_by_keyboard(tab: Page, folder: Path):
    tab.open(folder / "rich.html")
    for _ in range(2):
        tab.press("Tab")
    tab.press("Enter", text="\r")
    assert tab.run("location.hash") == "#sections"
    while (tab.run(FOCUS) or {}).get("tag") != "SUMMARY":
        tab.press("Tab")
    tab.press("Enter", text="\r")
    assert tab.run("document.activeElement.parentElement.open") is True


def test_the_filter(tab: Page, folder: Path):
    tab.open(folder / "rich.html")
    tab.press("/", text="/")
    assert tab.run("document.activeElement.id") == "filter"
    tab.write("Column1")
    assert tab.run("document.getElementById('matches').textContent") == "4 of 4"
    tab.write(" lint:")
    assert tab.run(SHOWN) == ["4 marks"]
    assert tab.run("document.querySelectorAll('table.models tbody tr:not([hidden])').length") == 1
    assert tab.run("document.querySelectorAll('.graph.dim a.on').length") == 1
    tab.press("Escape")
    assert len(tab.run(SHOWN)) == 4
    assert tab.run("document.querySelectorAll('.graph.dim').length") == 0


# --- the graph and lineage --------------------------------------------------------------------------------------


def test_a_model_in_the_graph_leads_to_its_section(tab: Page, folder: Path):
    tab.open(folder / "rich.html")
    tab.run("document.getElementById('g-pupils').focus()")
    assert tab.run("document.getElementById('lit').textContent") == "pupils stands on 1 and carries 1 of 4 models"
    assert tab.run("[...document.querySelectorAll('.graph a.on text')].map(one => one.textContent)") == [
        "towns2",
        "pupils",
        "marks",
    ]
    tab.press("Enter", text="\r")
    assert tab.run("location.hash") == "#m-pupils"
    assert tab.run("document.getElementById('m-pupils').parentElement.open") is True
    assert tab.run("document.getElementById('m-pupils').getBoundingClientRect().top < innerHeight") is True


def test_a_column_is_followed_down_to_the_seeds(tab: Page, folder: Path):
    tab.open(folder / "rich.html")
    tab.run("document.getElementById('column').focus()")
    assert tab.run("document.querySelectorAll('#columns option').length") == 16
    tab.write("Marks.column1")
    told = " ".join(tab.run("document.getElementById('sources').innerText").split())
    assert told.startswith("Marks.column1 comes from the seeds' towns.name, by way of 3 other models")
    assert "pupils.column1 towns2.column1 towns.name seed" in told
    assert "staff.column1 towns2.column1 as above" in told
    lit = tab.run("[...document.querySelectorAll('.graph a.on text')].map(one => one.textContent)")
    assert lit == ["towns2", "pupils", "staff", "marks"]
    tab.write("x")
    assert tab.run("document.getElementById('sources').innerText") == "No column of this name."


def test_a_seed_that_only_a_dimension_reads_is_a_seed(tab: Page, tmp_path: Path):
    column = facts.ColumnFacts("id", "text", nullable=False, description="", sources=(("branches", "id"),))
    path = tmp_path / "review.html"
    path.write_text(page(reviews.review([reviews.model("pupils", columns=(column,))])), "utf-8")
    tab.open(path)
    tab.run("document.getElementById('column').focus()")
    tab.write("pupils.id")
    told = " ".join(tab.run("document.getElementById('sources').innerText").split())
    assert told == "pupils.id comes from the seeds' branches.id. branches.id seed, as parameters"


def test_sources_in_a_section_unfold_to_the_seeds(tab: Page, folder: Path):
    tab.open(folder / "rich.html", fragment="#c-marks.column1")
    assert tab.run("document.getElementById('m-marks').parentElement.open") is True
    fold = "document.getElementById('c-marks.column1').querySelector('.from')"
    tab.run(f"new Promise(done => {{ {fold}.addEventListener('toggle', done); {fold}.open = true }}).then(() => true)")
    told = tab.run(f"{fold}.innerText")
    assert "All in all from the seeds' towns.name, by way of 3 other models." in told
    assert "towns2.column1" in told


def test_a_statement_is_copied_without_its_line_numbers(tab: Page, folder: Path):
    tab.open(folder / "rich.html", fragment="#m-staff")
    tab.run("document.querySelectorAll('#m-staff details.part').forEach((one) => { one.open = true })")
    tab.run("getSelection().selectAllChildren(document.querySelector('#m-staff ol[aria-label^=statement]'))")
    assert tab.run("getSelection().toString()").rstrip("\n") == rich().models[2].statement.rstrip("\n")


# --- without script, on paper, and large -------------------------------------------------------------------------


def test_it_is_whole_without_script(tab: Page, folder: Path):
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(folder / "rich.html", fragment="#m-staff")
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
    assert tab.run("[...document.querySelectorAll('.tools')].every(one => !one.checkVisibility())") is True
    assert tab.run("document.getElementById('m-staff').checkVisibility()") is True
    assert tab.run("document.getElementById('c-marks.column1').querySelector('.from a').hash") == "#c-pupils.column1"


def test_paper(tab: Page, folder: Path):
    tab.open(folder / "rich.html", width=800)
    tab.emulate(media="print")
    hidden = tab.run(
        "['nav', '.skip', '#column', '#open'].filter(one => document.querySelector(one).checkVisibility())"
    )
    assert hidden == []
    assert tab.run("document.querySelector('a.proof').textContent") == "sql/999_undo.sql"
    assert tab.run("document.querySelector('.always li').checkVisibility({contentVisibilityAuto: true})") is True
    assert tab.run("document.getElementById('m-marks').checkVisibility({contentVisibilityAuto: true})") is False
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    shut = tab.pdf()
    tab.run("document.getElementById('m-marks').parentElement.open = true")
    assert tab.run("document.getElementById('m-marks').checkVisibility()") is True
    assert shut.startswith(b"%PDF")
    tab.run(OPEN_ALL)
    assert tab.overflow() == 0
    assert tab.pdf().count(b"/Type /Page\n") > shut.count(b"/Type /Page\n") > 0


def test_five_hundred_models(tab: Page, folder: Path):
    tab.open(folder / "large.html")
    assert tab.run("document.querySelectorAll('.model').length") == 500
    assert tab.run("document.querySelectorAll('.graph a').length") == 500
    tab.run("document.getElementById('filter').focus()")
    tab.write("model_49")
    assert tab.run(SHOWN) == [f"{i + 1} model_{i}" for i in range(490, 500)]
    tab.run("document.getElementById('column').focus()")
    tab.write("Model_499.column3")
    assert "by way of" in tab.run("document.getElementById('sources').innerText")
    assert tab.overflow() == 0
