"""What a row costs as the number of rows grows, and what follows from it for a billion of them."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks import pictures
from benchmarks.measuring import Measurement, Results
from benchmarks.report import engine_of
from benchmarks.tables import aligned, markdown
from sqlseed import chunks
from sqlseed.model import Value

PRESET = "demo"  # of which the vars below are set
_SHAPE: Mapping[str, Value] = {"years": 1, "seat_limit": 10, "period_days": 3}
STEPS: Mapping[int, Mapping[str, Value]] = {
    25_000: {**_SHAPE, "branches": 1, "section_limit": 1},
    230_000: {**_SHAPE, "branches": 1, "section_limit": 1, "scale": 10},
    1_900_000: {**_SHAPE, "branches": 4, "section_limit": 1, "scale": 25},
    20_000_000: {**_SHAPE, "branches": 13, "scale": 25, "seat_limit": 12},
    100_000_000: {**_SHAPE, "branches": 13, "scale": 25, "years": 4},
}
"""About so many rows, by vars that leave the shares of the tables nearly as they are: attendance has two fifths."""
REPEATED = 1_000_000  # rows below which a build takes little more than any: of three builds the middle one counts
MOST = {"postgres": 20_000_000, "duckdb": 100_000_000}
TEMPLATE = Path(__file__).with_name("growth_page.md")
PICTURE = "growth.svg"  # beside the page
BILLION = 1_000_000_000
_NUMBERS = 1 << 32  # row numbers of a slice that random values can tell apart (docs/models.md)
_HEAD = (
    "engine",
    "rows",
    "seconds",
    "CPU",
    "CPU a row",
    "CPU one row more",
    "time one row more",
    "bytes one row more",
    "WAL one row more",
    "client memory",
    "server memory",
    "temporary files",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one row more took between two sizes: seconds on the clock and computing, bytes of disk and of WAL."""

    seconds: float
    cpu: float
    size: float
    wal: float


def middle(found: Sequence[Measurement]) -> Iterator[Measurement]:
    """Of repeated measurements of the same thing the one whose CPU is in the middle."""
    for name in dict.fromkeys(one.name for one in found):
        same = sorted((one for one in found if one.name == name), key=lambda one: one.usage.cpu or 0.0)
        yield same[len(same) // 2]


def series(results: Results) -> dict[str, list[Measurement]]:
    """The measurements of each engine and mode, from few rows to many."""
    found: dict[str, list[Measurement]] = {}
    for one in sorted(results.measurements, key=lambda one: one.rows):
        found.setdefault(engine_of(one), []).append(one)
    return dict(sorted(found.items()))


def cost(small: Measurement, large: Measurement) -> Cost:
    """Of one row more, between two sizes of the same engine: what a build costs in any case is not in it."""
    rows = large.rows - small.rows
    return Cost(
        (large.usage.seconds - small.usage.seconds) / rows,
        ((large.usage.cpu or 0.0) - (small.usage.cpu or 0.0)) / rows,
        (large.size_bytes - small.size_bytes) / rows,
        ((large.usage.wal or 0) - (small.usage.wal or 0)) / rows,
    )


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:.2f} µs"


def _mib(size: int | None) -> str:
    return "" if size is None else f"{size / 2**20:,.0f} MiB"


def _lines(name: str, found: Sequence[Measurement]) -> Iterator[tuple[str, ...]]:
    for number, one in enumerate(found):
        more = cost(found[number - 1], one) if number else None
        yield (
            name,
            f"{one.rows:,}",
            f"{one.usage.seconds:.1f}",
            f"{one.usage.cpu or 0.0:.1f}",
            _micro((one.usage.cpu or 0.0) / one.rows),
            _micro(more.cpu) if more else "",
            _micro(more.seconds) if more else "",
            f"{more.size:.0f}" if more else "",
            f"{more.wal:.0f}" if more and one.usage.wal is not None else "",
            _mib(one.usage.client_memory),
            _mib(one.usage.server_memory),
            _mib(one.usage.temporary),
        )


def table(results: Results) -> list[tuple[str, ...]]:
    """A line for each engine, mode and size."""
    return [line for name, found in series(results).items() for line in _lines(name, found)]


def flatness(results: Results) -> Iterator[str]:
    """For each engine and mode, how far the cost of a row and the client's memory drift with size."""
    for name, found in series(results).items():
        costs = [cost(small, large).cpu for small, large in pairwise(found)]
        if len(costs) < 2:
            continue
        low, high = min(costs), max(costs)
        memory = [one.usage.client_memory or 0 for one in found]
        yield (
            f"{name}: from {found[0].rows:,} to {found[-1].rows:,} rows, one row more costs between {_micro(low)} and"
            f" {_micro(high)} of CPU (ratio {high / low:.2f}); sqlseed's process took from {_mib(min(memory))} to"
            f" {_mib(max(memory))}."
        )


# --- a billion ---------------------------------------------------------------------------------------------


def estimate(found: Sequence[Measurement]) -> list[tuple[str, str]]:
    """What a billion rows would take, as (what, how much): the last measurement, and the last step's cost for the rest.

    Empty where there are fewer than two sizes, or where they are so small that chance made the larger one cheaper.
    """
    if len(found) < 2 or min(cost(*found[-2:]).seconds, cost(*found[-2:]).cpu) <= 0:
        return []
    last = found[-1]
    more, rest = cost(found[-2], last), BILLION - last.rows
    rows = [
        ("time", f"{(last.usage.seconds + more.seconds * rest) / 3600:.1f} hours"),
        ("CPU", f"{((last.usage.cpu or 0.0) + more.cpu * rest) / 3600:.1f} hours of one core"),
        ("disk", f"{(last.size_bytes + more.size * rest) / 2**30:,.0f} GiB"),
    ]
    if last.usage.wal is not None:
        rows.append(("WAL", f"{(last.usage.wal + more.wal * rest) / 2**30:,.0f} GiB"))
    if last.usage.temporary is not None and found[-2].usage.temporary is not None:
        step = (last.usage.temporary - found[-2].usage.temporary) / (last.rows - found[-2].rows)
        rows.append(("temporary files", f"{(last.usage.temporary + step * rest) / 2**30:,.0f} GiB written and read"))
    if last.put_back_seconds is not None and found[-2].put_back_seconds is not None:
        step = (last.put_back_seconds - found[-2].put_back_seconds) / (last.rows - found[-2].rows)
        rows.append(("of the time, keys and indexes", f"{(last.put_back_seconds + step * rest) / 3600:.1f} hours"))
    key, count = _largest_slice(last)
    rows.append(
        (
            "largest slice",
            f"{count * BILLION / last.rows:,.0f} rows ({key}), if no slice is added; written in chunks",
        )
    )
    return rows


def limits(found: Sequence[Measurement]) -> list[tuple[str, str, float]]:
    """What ends the growth, as (what, how it was derived, rows at which it does), the nearest first.

    `found` has two sizes or more.
    """
    last, more = found[-1], cost(found[-2], found[-1])
    free = last.disk_free
    ends = [
        (
            "the disk is full",
            f"{free / 2**30:,.0f} GiB were free; {more.size:.0f} bytes for each row",
            last.rows + (free - last.size_bytes) / more.size,
        )
    ]
    key, count = _largest_slice(last)
    ends.append(
        (
            "random values repeat in a slice",
            f"2^32 row numbers; {key} has {count / last.rows:.2%} of all rows",
            _NUMBERS * last.rows / count,
        )
    )
    return sorted(ends, key=lambda end: end[2])


def _largest_slice(one: Measurement) -> tuple[str, int]:
    found: Counter[str] = Counter()
    for model in one.models:
        for key, (rows, _) in model.slices.items():
            found[f"{model.model}/{chunks.split(key)[0]}"] += rows
    return found.most_common(1)[0]


def _billion(results: Results) -> Iterator[str]:
    for name, found in series(results).items():
        if not (rows := estimate(found)):
            continue
        ends = limits(found)
        yield f"### {name}\n\n{markdown(('what', 'a billion rows'), rows, 1)}"
        yield markdown(("what ends it", "since", "at rows"), [(what, why, f"{at:,.0f}") for what, why, at in ends], 2)
        first = ends[0]
        sooner = "before" if first[2] < BILLION else "after"
        yield f"First to break, {sooner} a billion rows: {first[0]}."


def text(results: Results) -> str:
    """For a terminal."""
    parts = [aligned([_HEAD, *table(results)], 1), *flatness(results)]
    for name, found in series(results).items():
        if rows := estimate(found):
            ends = [(what, f"{at:,.0f} rows", why) for what, why, at in limits(found)]
            parts.append(f"{name}, a billion rows\n{aligned(rows, 1)}\n{aligned(ends, 1)}")
    return "\n\n".join(parts)


def picture(results: Results) -> str:
    """CPU for each row, by size."""
    groups: dict[str, dict[str, float]] = {}
    for name, found in series(results).items():
        for small, large in pairwise(found):
            groups.setdefault(f"to {large.rows / 1e6:,.2f} million rows", {})[name] = cost(small, large).cpu
    order = sorted(groups, key=lambda label: float(label.split()[1].replace(",", "")))
    title = "CPU of one row more, by how many there are"
    return pictures.bars(title, [(label, groups[label]) for label in order], list(series(results)), _micro)


def page(results: Results, name: str) -> str:
    """docs/growth.md; `name` is that of the JSON file beside it."""
    facts = [f"- {key}: {value}" for key, value in results.machine.items()]
    settings = dict.fromkeys(f"- {one.server}: {one.settings}" for one in results.measurements)
    facts += [textwrap.fill(line, 119, subsequent_indent="  ") for line in settings]
    return TEMPLATE.read_text("utf-8").format(
        name=name,
        facts="\n".join(facts),
        picture=PICTURE,
        table=markdown(_HEAD, table(results), 1),
        flat="\n".join(textwrap.fill(f"- {line}", 119, subsequent_indent="  ") for line in flatness(results)),
        load=f"{max((one.load for one in results.measurements), default=0.0):.1f}",
        billion="\n\n".join(_billion(results)),
    )


def files(results: Results, name: str) -> Mapping[str, str]:
    """The page and its picture, by their names in docs/."""
    return {"growth.md": page(results, name), PICTURE: picture(results)}
