"""A review in short, and what changed since an approval, as Markdown for a comment on a pull request: no markup of the
data's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlseed.approval import Difference, Lock
from sqlseed.review.facts import ModelFacts, Review

LIMIT = 60_000
"""Characters; GitHub takes 65,536 in a comment."""

_MODELS = 200  # that a comment lists

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


def of_review(review: Review) -> str:
    """The review in short: what a build would do, what to look at, and a row for each model."""
    total, about = review.total, "" if review.total.exact else "about "
    pending = sum(one.state != "up to date" for model in review.models for one in model.slices)
    tables = sum(model.materialized == "table" for model in review.models)
    server = f", {escaped(review.server)}" if review.server else ", which was not reached"
    told = f"{about}{total.rows:,} rows in {tables} tables, {pending:,} slices to run"
    if review.engine == "postgres":
        told += (
            f"; {size(total.heap_bytes)} of heap, {size(total.index_bytes)} of indexes, {size(total.wal_bytes)} of WAL"
        )
    told += f"; about {review.wall_seconds:,.0f} s with {review.threads} sessions."
    notes = [f"- **{one.level}** {escaped(one.text)}" for one in review.attention]
    return _joined(
        [
            f"## {escaped(review.project)}: what a build would do to {escaped(review.target)}",
            f"{escaped(review.where)}{server}",
            told,
            "\n".join(["### What needs attention", "", *notes]) if notes else "Nothing was found that needs attention.",
            "\n".join(
                [
                    "| model | table | slices to run | rows | heap | indexes | since the approval |",
                    "| --- | --- | ---: | ---: | ---: | ---: | --- |",
                    *map(_row, review.models[:_MODELS]),
                ]
            ),
            *([f"*and {len(review.models) - _MODELS} more models*"] if review.models[_MODELS:] else []),
        ]
    )


def _row(model: ModelFacts) -> str:
    estimate = model.estimate
    pending = sum(one.state != "up to date" for one in model.slices)
    cells = [
        escaped(model.name),
        escaped(str(model.relation).replace('"', "")) if model.materialized == "table" else model.materialized,
        f"{pending:,} of {len(model.slices):,}",
        f"{'' if estimate.exact else 'about '}{estimate.rows:,}",
        size(estimate.heap_bytes),
        size(estimate.index_bytes),
        model.change.kind if model.change else "",
    ]
    return f"| {' | '.join(cells)} |"


def size(count: int) -> str:
    """Bytes for people.

    >>> size(1500 * 1024**2)
    '1.5 GiB'
    """
    if count < 1024:
        return f"{count} B" if count else ""
    value, units = float(count), ["KiB", "MiB", "GiB", "TiB"]
    unit = "B"
    while value >= 1024 and units:
        value, unit = value / 1024, units.pop(0)
    return f"{value:.1f} {unit}" if value < 10 else f"{value:,.0f} {unit}"


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
