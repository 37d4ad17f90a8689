"""The pages of measurements are what the measurements beside them give, to the last digit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import growth, report, results
from benchmarks.measuring import BenchmarkError, Copy, Measurement, ModelTime, Results, Usage
from tests.support import ROOT

DOCS = ROOT / "docs"
PAGES = {"benchmark.json": report.files, "growth.json": growth.files}
UPDATE = "stale: python -m benchmarks --render"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_was_measured(name):
    written = PAGES[name](results.read(DOCS / name), name)
    for page, content in written.items():
        assert (DOCS / page).read_text("utf-8") == content, UPDATE


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_another_number_is_another_page(name):
    found = results.read(DOCS / name)
    one = found.measurements[-1]
    usage = replace(one.usage, seconds=one.usage.seconds + 1, client_cpu=(one.usage.client_cpu or 0) + 1)
    found.measurements[-1] = replace(one, usage=usage)
    changed = PAGES[name](found, name)
    assert [page for page, content in changed.items() if (DOCS / page).read_text("utf-8") != content]


@pytest.mark.parametrize("name", PAGES)
def test_a_file_is_read_as_it_was_written(name):
    text = (DOCS / name).read_text("utf-8")
    assert results.to_json(results.read(DOCS / name)) == text
    slices = [m["slices"] for one in json.loads(text)["measurements"] for m in one["models"]]
    assert sum(map(len, slices)) > 100
    assert all(isinstance(pair, list) and len(pair) == 2 for found in slices for pair in found.values())


def test_every_key_of_the_file_is_documented():
    page = (DOCS / "benchmark.md").read_text("utf-8")
    facts = json.loads((DOCS / "benchmark.json").read_text("utf-8"))
    one = facts["measurements"][0]
    parts = [one["usage"], one["models"][0], one["copies"][0], facts["start_up"][0]]
    for name in {*facts, *one, *(key for part in parts for key in part)}:
        assert re.search(rf"`\.?{name}`", page), name


@pytest.mark.parametrize("name", [report.ROWS_PICTURE, report.MODELS_PICTURE, growth.PICTURE])
def test_a_picture_is_readable_on_light_and_dark_pages(name):
    text = (DOCS / name).read_text("utf-8")
    root = ElementTree.fromstring(text)
    bars = [shape for shape in root.iter("{http://www.w3.org/2000/svg}rect") if shape.get("class", "").startswith("s")]
    assert bars
    assert all(0 <= float(bar.get("x", "")) + float(bar.get("width", "")) <= 860 for bar in bars)
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    for style in (light, dark.partition("</style>")[0]):
        colours = dict(re.findall(r"(text|\.\w+) \{[^}]*fill: (#\w{6})", style))
        back = colours.pop(".back")
        assert {"text", ".number", ".s0", ".s1", ".s2", ".s3"} == set(colours)
        assert min(contrast(colour, back) for name, colour in colours.items() if not name.startswith(".s")) >= 4.5
        assert min(contrast(colour, back) for colour in colours.values()) >= 3


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    dark, light = sorted(_luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# --- what is made of measurements ------------------------------------------------------------------------------

GIB = 2**30


def measured(rows: int, seconds: float, cpu: float, size: int, **others) -> Measurement:
    usage = Usage(seconds, cpu, None, others.pop("memory", 100 * 2**20), None, None, others.pop("wal", None))
    slices = {"north": (rows // 4, 1.0), "south": (rows - rows // 4, 2.0)}
    facts = {
        "engine": "postgres",
        "server": "PostgreSQL 18",
        "mode": "in place",
        "preset": "demo",
        "size": rows,
        "variables": {},
        "settings": "",
        "load": 0.0,
        "disk_free": 100 * GIB,
        "put_back_seconds": None,
        "models": (ModelTime("marks", False, rows, 3.0, slices),),
    }
    return Measurement(**{**facts, "rows": rows, "size_bytes": size, "usage": usage, **others})


def growing() -> Iterator[Measurement]:
    for rows in (1_000, 101_000, 10_101_000):  # ten seconds for a start, then 10 µs and 100 bytes a row
        yield measured(rows, 10 + rows / 100_000, 5 + rows / 200_000, 1_000_000 + 100 * rows, wal=200 * rows)


def test_what_one_row_more_costs_is_free_of_what_a_build_costs_in_any_case():
    small, middle, large = growing()
    for one, other in ((small, middle), (middle, large)):
        more = growth.cost(one, other)
        assert (round(more.seconds * 1e6, 6), round(more.cpu * 1e6, 6), more.size, more.wal) == (10, 5, 100, 200)
    (line,) = growth.flatness(Results({}, [small, middle, large]))
    assert "between 5.00 µs and 5.00 µs of CPU (ratio 1.00)" in line


def test_a_cost_that_grows_is_told():
    small, middle, large = growing()
    worse = replace(large, usage=replace(large.usage, client_cpu=(large.usage.client_cpu or 0) + 25))
    (line,) = growth.flatness(Results({}, [small, middle, worse]))
    assert "(ratio 1.50)" in line


def test_a_billion_rows_by_the_last_step():
    told = dict(growth.estimate(list(growing())))
    assert told["time"] == "2.8 hours"  # 10,010 s
    assert told["CPU"] == "1.4 hours of one core"
    assert told["disk"] == "93 GiB"  # 100 GB
    assert told["WAL"] == "186 GiB"
    assert told["largest slice"] == "750,000,000 rows (marks/south), if no slice is added; written in chunks"


def test_what_ends_the_growth_begins_with_the_nearest():
    found = list(growing())
    (disk, _, at), (repeat, _, far) = growth.limits(found)
    assert (disk, repeat) == ("the disk is full", "random values repeat in a slice")
    assert round(at / 1e6) == 1074  # 100 GiB, 100 bytes a row
    assert round(far / 1e6) == round(2**32 / 0.75 / 1e6)
    near = replace(found[-1], models=(ModelTime("marks", False, 4, 1.0, {"north": (found[-1].rows * 300, 1.0)}),))
    assert [end for end, _, _ in growth.limits([*found[:2], near])] == [repeat, disk]


def test_of_repeated_builds_the_middle_one_counts():
    found = [measured(1_000, 1.0, cpu, 5, mode=mode) for cpu in (9.0, 3.0, 5.0) for mode in ("bulk", "in place")]
    assert [(one.mode, one.usage.cpu) for one in growth.middle(found)] == [("bulk", 5.0), ("in place", 5.0)]


def test_no_estimate_from_chance():
    small, middle, _ = growing()
    assert growth.estimate([small, replace(middle, usage=small.usage)]) == []
    assert growth.estimate([small]) == []


def test_a_measurement_takes_the_place_of_an_older_one(tmp_path):
    found = Results({"cores": "2"})
    for seconds in (3.0, 4.0):
        results.add(found, measured(1_000, seconds, 1.0, 5))
    results.add(found, measured(2_000, 1.0, 1.0, 5))
    results.write(tmp_path / "r.json", found)
    again = results.read_or_begin(tmp_path / "r.json", {"cores": "2"})
    assert [(one.size, one.usage.seconds) for one in again.measurements] == [(1_000, 4.0), (2_000, 1.0)]
    with pytest.raises(BenchmarkError, match="was measured on another machine"):
        results.read_or_begin(tmp_path / "r.json", {"cores": "64"})


COPIED = Copy("files", 5, 4, Usage(1.0))


@pytest.mark.parametrize(
    ("found", "copies", "is_whole"),
    [
        ([measured(100, 1.0, 1.0, 5, mode="in place")], False, True),  # too few rows for bulk mode
        ([measured(50_000, 1.0, 1.0, 5, mode="in place")], False, False),  # ended before the build in bulk
        ([measured(50_000, 1.0, 1.0, 5, mode=mode) for mode in ("in place", "bulk")], False, True),
        ([measured(50_000, 1.0, 1.0, 5, mode=mode) for mode in ("in place", "bulk")], True, False),
        ([measured(50_000, 1.0, 1.0, 5, mode=m, copies=(COPIED,)) for m in ("in place", "bulk")], True, True),
        ([measured(50_000, 1.0, 1.0, 5, mode="file", engine="duckdb")], True, False),
        ([measured(50_000, 1.0, 1.0, 5, mode="file", engine="duckdb", without_copy="no room")], True, True),
    ],
)
def test_what_was_ended_early_is_measured_again(found, copies, is_whole):
    names = {(one.preset, one.size, one.engine) for one in found}
    assert results.finished(Results({}, found), copies=copies) == (names if is_whole else set())


def test_a_file_of_something_else_is_refused(tmp_path: Path):
    for text in ("[]", "{", '{"machine": {}, "measurements": [{}], "start_up": []}'):
        (tmp_path / "r.json").write_text(text)
        with pytest.raises(BenchmarkError, match="holds no results of this benchmark"):
            results.read(tmp_path / "r.json")
