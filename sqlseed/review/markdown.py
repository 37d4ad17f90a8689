"""What changed since an approval, as Markdown for a comment on a pull request: no markup of the data's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlseed.approval import Difference, Lock

LIMIT = 60_000
"""Characters; GitHub takes 65,536 in a comment."""

_SPECIAL = re.compile(r"([\\`*_\[\]#!|~@<>&])")


def escaped(text: str) -> str:
    """Text that shows as it is, in one line: no markup, no mention, no cell of a table.

    >>> escaped("a|b <i> @c")
    'a\\\\|b &lt;i&gt; &#64;c'
    """
    plain = " ".join(text.split())
    named = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;", "#": "&#35;"}
    return _SPECIAL.sub(lambda found: named.get(found[1], "\\" + found[1]), plain)


def of_changes(lock: Lock, found: list[Difference]) -> str:
    """What changed since an approval, each with its diff, folded."""
    head = f"## Changes since {escaped(lock.by)} approved at {escaped(lock.at)}"
    if not found:
        return _joined([head, "Nothing has changed: what would run is what was approved."])
    refused = sum(one.refuses for one in found)
    count = f"{len(found)} difference{'' if len(found) == 1 else 's'}"
    told = f"{count}: a build with `--approved` is refused." if refused else f"{count}, in nothing that would run."
    return _joined([head, told, *(_change(one) for one in found)])


def _change(one: Difference) -> str:
    if not one.diff:
        return f"- {escaped(one.text)}"
    # A fence longer than any within: the SQL may hold one itself.
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", one.diff)), 3)
    return f"<details><summary>{_html(one.text)}</summary>\n\n{fence}diff\n{one.diff}\n{fence}\n\n</details>"


def _html(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")


def _joined(blocks: Iterable[str]) -> str:
    """The blocks that fit into a comment, each as a whole, and a note where some do not."""
    kept: list[str] = []
    given = list(blocks)
    room = LIMIT - 200  # for the note
    for block in given:
        if len(block) + 2 > room:
            break
        kept.append(block)
        room -= len(block) + 2
    if len(kept) < len(given):
        left = len(given) - len(kept)
        kept.append(f"*{left} more do not fit into a comment: `sqlseed review --against FILE` prints all of them.*")
    return "\n\n".join(kept) + "\n"
