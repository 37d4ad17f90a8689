"""Results as a table for people, as JSON, and as a page of the documentation."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.measuring import TIMES, Engine, Estimates, Results

_HEAD = ("engine", "what", "rows", "seconds", "rows/s", "to COPY", "peak memory", "database")


def _lines(engine: Engine) -> list[tuple[str, ...]]:
    """The build and the copies; the ratio is how many times as long as that copy the build took."""
    build = engine.build
    lines: list[tuple[str, ...]] = [
        (
            build.server,
            "sqlseed build",
            f"{build.rows:,}",
            f"{build.seconds:.1f}",
            f"{build.rows / build.seconds:,.0f}",
            "",
            f"{build.peak_memory / 2**20:.0f} MiB",
            f"{build.size / 2**20:,.0f} MiB",
        )
    ]
    for copy in engine.copies:
        ratio = f"{build.seconds / copy.seconds:.2f}"
        speed = f"{copy.rows / copy.seconds:,.0f}"
        lines.append((build.server, copy.source, f"{copy.rows:,}", f"{copy.seconds:.1f}", speed, ratio, "", ""))
    return lines


def _aligned(rows: Sequence[Sequence[str]], texts: int) -> str:
    """Columns side by side: the first `texts` to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    cells = [
        [
            cell.ljust(width) if i < texts else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    ]
    return "\n".join("  ".join(row).rstrip() for row in cells)


def text(results: Results) -> str:
    """For a terminal."""
    parts = [", ".join(f"{name} {value}" for name, value in results.machine.items())]
    if results.engines:
        parts.append(_aligned([_HEAD, *(line for engine in results.engines for line in _lines(engine))], 2))
        for engine in results.engines:
            rows = [(model, f"{rows:,}", f"{seconds:.1f} s") for model, rows, seconds in engine.build.slowest]
            parts.append(f"{engine.build.server}, slowest models (seconds over all slices)\n{_aligned(rows, 1)}")
    if results.start_up:
        rows = [("command", "minimum", "median")]
        rows += [(s.command, f"{s.minimum:.2f} s", f"{s.median:.2f} s") for s in results.start_up]
        parts.append(_aligned(rows, 1))
    if results.estimates:
        parts.append(
            f"{results.estimates.server}, the review's numbers\n{_aligned([_PAIRS, *_pairs(results.estimates)], 1)}"
        )
        parts.append(_aligned([_CONSTANTS, *_constants(results.estimates)], 2))
    return "\n\n".join(parts)


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


def to_json(results: Results) -> str:
    """Everything, in seconds and bytes."""
    facts = asdict(results)
    for engine in facts["engines"]:
        for copy in engine["copies"]:
            copy["ratio"] = engine["build"]["seconds"] / copy["seconds"]
    return json.dumps(facts, indent=2) + "\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> str:
    marks = ["---" if i < texts else "---:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, marks, *rows])


def markdown(results: Results, command: str) -> str:
    """The page of the documentation."""
    machine = "\n".join(f"- {name}: {value}" for name, value in results.machine.items())
    lines = [f"- {engine.build.server}: {engine.settings}" for engine in results.engines]
    settings = "\n".join(textwrap.fill(line, 119, subsequent_indent="  ") for line in lines)
    lines = [line for engine in results.engines for line in _lines(engine)]
    slowest = [
        (engine.build.server, model, f"{rows:,}", f"{seconds:.1f}")
        for engine in results.engines
        for model, rows, seconds in engine.build.slowest
    ]
    start_up = [(s.command, f"{s.minimum:.2f} s", f"{s.median:.2f} s") for s in results.start_up]
    return f"""# Benchmark

Written by `{command}`; run it again for the numbers of your machine.

{machine}
{settings}

## The reference project, preset `{results.preset}`

{_table(_HEAD, lines, 2)}

- A build is one process from its start to its end: reading and compiling the project, creating the tables, all slices.
- *to COPY* is the build's time over that of the engine's own COPY of the same finished rows, from files that were
  written before, into an equal, empty database: the same tables with the same keys, indexes and foreign keys in place,
  tables in the order of their foreign keys, the same number of connections or threads, in the same run. PostgreSQL
  reads one file for each slice, its rows in key order; DuckDB one for each table.
- *peak memory* is the largest resident set of sqlseed's process. With DuckDB that is the database too; PostgreSQL's
  server is not counted.
- *database* includes the lookup tables and what sqlseed remembers.

The models that took longest, in seconds summed over their slices, which run side by side:

{_table(("engine", "model", "rows", "seconds"), slowest, 2)}

## Start-up

{_table(("command", "minimum", "median"), start_up, 1)}

Processes started one after the other, after one that warmed the file cache.
"""


def estimates(results: Results, command: str) -> str:
    """The page of the documentation about the review's numbers."""
    found = results.estimates
    assert found is not None
    machine = "\n".join(f"- {name}: {value}" for name, value in results.machine.items())
    settings = textwrap.fill(f"- {found.server}: {found.settings}", 119, subsequent_indent="  ")
    heads = [(f"{one.ratio:.2f}") for one in (*found.tables, *found.indexes)]
    spread = f"from {min(heads)} to {max(heads)}" if heads else "none is that large"
    return f"""# What the review foretells, and what comes

Written by `{command}`.
Run it again for the numbers of your machine. `sqlseed review` looked at an empty database, `sqlseed build` then filled
it, and this is what the one said beside what the other took.

{machine}
{settings}

## The reference project, preset `{results.preset}`

{_table(_PAIRS, _pairs(found), 1)}

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

{_table(_CONSTANTS, _constants(found), 2)}
"""


def write(path: Path, content: str) -> None:
    """Writes a file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
