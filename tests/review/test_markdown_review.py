"""What changed since an approval, as a comment: nothing in it is markup of the data's own, and it fits."""

from __future__ import annotations

import re

import pytest

from sqlseed.approval import Contents, Difference, Lock
from sqlseed.review import markdown

LOCK = Lock("the <b>DBA</b> @all", "2026-09-30T09:00:00Z", Contents({}, {}, {}, {}))


def changed(name: str, diff: str = "") -> Difference:
    return Difference("model", name, "changed", f"model {name} has changed", diff)


def test_nothing_changed():
    assert "what would run is what was approved" in markdown.of_changes(LOCK, [])


@pytest.mark.parametrize("hostile", ["<script>", "</details>", "@team", "a|b", "`x`", "#1", "[a](b)", "*b*", "~x~"])
def test_no_markup_of_the_data(hostile: str):
    shown = markdown.of_changes(LOCK, [Difference("var", "x", "changed", f"var x = {hostile}, approved y")])
    assert hostile not in shown
    assert "<b>" not in shown
    folded = markdown.of_changes(LOCK, [changed(f"{hostile}\n\n", "-a\n+b")])
    head = folded.split("<summary>")[1].split("</summary>")[0]
    assert "\n" not in head
    assert not re.search("[<>@]", head)


def test_a_diff_cannot_leave_its_fence():
    shown = markdown.of_changes(LOCK, [changed("x", "-a\n+````\n+<img src=x>")])
    fences = [line for line in shown.splitlines() if line.startswith("`")]
    assert fences == ["`````diff", "`````"]


def test_it_fits_into_a_comment_and_says_what_does_not():
    some = [changed(f"m{i}", "+x\n" * 5_000) for i in range(9)]
    shown = markdown.of_changes(LOCK, some)
    assert len(shown) <= markdown.LIMIT
    assert shown.count("<details>") == shown.count("</details>") == 3
    assert "6 more do not fit into a comment" in shown


def test_what_is_only_gone_refuses_nothing():
    shown = markdown.of_changes(LOCK, [Difference("model", "x", "removed", "model x is gone", "-a")])
    assert "1 difference, in nothing that would run" in shown
