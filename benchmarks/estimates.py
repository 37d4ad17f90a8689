"""The page about the review's numbers, docs/estimates.md."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import replace

from benchmarks.measuring import TIMES, Estimates
from benchmarks.tables import aligned, markdown

_PAIRS = ("what", "foretold", "came", "ratio")
_CONSTANTS = ("constant", "of what", "stands", "measured")


def _shown(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 2**20:,.1f} MiB"
    return f"{value:,.1f} s" if unit == "seconds" else f"{value:,.0f}"


def _pairs(found: Estimates) -> list[tuple[str, ...]]:
    large = [
        *found.pairs,
        *(replace(pair, what=f"heap of {pair.what}") for pair in found.tables),
        *(replace(pair, what=f"indexes of {pair.what}") for pair in found.indexes),
    ]
    return [(p.what, _shown(p.foretold, p.unit), _shown(p.measured, p.unit), f"{p.ratio:.2f}") for p in large]


def _constants(found: Estimates) -> list[tuple[str, ...]]:
    return [(one.name, one.what, f"{one.stands:,.3f}", f"{one.measured:,.3f}") for one in found.constants]


def text(found: Estimates) -> str:
    """For a terminal."""
    constants = aligned([_CONSTANTS, *_constants(found)], 2)
    return f"{found.server}, the review's numbers\n{aligned([_PAIRS, *_pairs(found)], 1)}\n\n{constants}"


def page(found: Estimates, machine_facts: Mapping[str, str], preset: str, command: str) -> str:
    """The page of the documentation about the review's numbers."""
    machine = "\n".join(f"- {name}: {value}" for name, value in machine_facts.items())
    settings = textwrap.fill(f"- {found.server}: {found.settings}", 119, subsequent_indent="  ")
    heads = [(f"{one.ratio:.2f}") for one in (*found.tables, *found.indexes)]
    spread = f"from {min(heads)} to {max(heads)}" if heads else "none is that large"
    return f"""# What the review foretells, and what comes

Written by `{command}`.
Run it again for the numbers of your machine. `sqlseed review` looked at an empty database, `sqlseed build` then filled
it, and this is what the one said beside what the other took.

{machine}
{settings}

## The reference project, preset `{preset}`

{markdown(_PAIRS, _pairs(found), 1)}

- Rows were foretold exactly in {found.slices - found.slices_wrong:,} of {found.slices:,} slices.
- Heap and indexes: those of the models' tables and of sqlseed's own. Then the tables, and the indexes of a table
  together, that have at least 1 MiB; the ratios are {spread}.
- WAL is all that the server wrote meanwhile, with whole pages after checkpoints, which the review leaves out.
- Time is that of the build without the start of its process. The review itself, dry run included, took
  {found.review_seconds:.0f} s.

## The constants of time

Microseconds in one session. `SLICE` and `PLAN` are scaled alike to the median of the run's slices of less than 50 rows,
which ran beside others. The others are the shortest of {TIMES} runs on tables of their own: what one more index, key,
byte or join adds. `SOURCE` stands for a query's arithmetic as well, as the school's models have it beside each join;
what is measured here is the join alone. The review scales all of them by how long its probe takes on the server that
it is for.

{markdown(_CONSTANTS, _constants(found), 2)}
"""
