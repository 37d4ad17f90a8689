"""Small SVG charts, as narrow as a phone: each has a label, and the numbers stand beside it in HTML.

Colours are classes, and so follow the page's light or dark.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from fractions import Fraction

from sqlseed.checkup.scoring import Measure

_THINNEST = 12  # a band thinner than this part of the chart cannot be read


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _svg(shapes: str, label: str, *, width: int = 100, height: int = 12, kind: str = "") -> str:
    """A drawing that is stretched to the width of its place; `label` is for those who cannot see it."""
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" preserveAspectRatio="none" role="img"'
        f' aria-label="{html.escape(label)}">{shapes}</svg>'
    )


def ring(score: int) -> str:
    """The score as a ring, its number within."""
    around = 2 * 3.14159265 * 52
    kind = "good" if score >= 90 else "fair" if score >= 50 else "bad"
    return (
        f'<svg class="ring" viewBox="0 0 120 120" role="img" aria-label="score {score} of 100">'
        '<circle class="track" cx="60" cy="60" r="52"/>'
        f'<circle class="arc {kind}" cx="60" cy="60" r="52" transform="rotate(-90 60 60)"'
        f' stroke-dasharray="{_number(around * score / 100)} {_number(around)}"/>'
        f'<text x="60" y="66" class="score">{score}</text><text x="60" y="84" class="of">of 100</text></svg>'
    )


def bar(points: Fraction, possible: int, label: str) -> str:
    """Points of those possible."""
    share = float(points / possible) if possible else 0.0
    kind = "good" if share >= 0.995 else "fair" if share >= 0.5 else "bad"
    shapes = '<rect class="track" width="100" height="12"/>'
    shapes += f'<rect class="{kind}" width="{_number(share * 100)}" height="12"/>'
    return _svg(shapes, label, kind="bar")


def columns(found: Sequence[tuple[str, int, int | None, Fraction]], label: str) -> str:
    """A column for each (name, rows, rows expected, share missing): what is expected as a frame, what is there within.

    A part that is short is red at its top, and one that is empty is a red frame.
    """
    top = max([1, *(max(rows, expected or 0) for _, rows, expected, _ in found)])
    step = 100 / max(1, len(found))
    shapes = []
    for i, (name, rows, expected, missing) in enumerate(found):
        x, width = _number(i * step + step * 0.1), _number(step * 0.8)
        high, full = 30 * rows / top, 30 * max(rows, expected or 0) / top
        told = f"{name}: {rows:,} rows" + (f" of {expected:,}" if expected is not None and expected != rows else "")
        shape = f'<title>{html.escape(told)}</title><rect class="{"lack" if missing else "track"}" x="{x}"'
        shape += f' y="{_number(32 - max(full, 1.5))}" width="{width}" height="{_number(max(full, 1.5))}"/>'
        if rows:
            high = max(high, 1.5)
            shape += f'<rect class="rows" x="{x}" y="{_number(32 - high)}" width="{width}" height="{_number(high)}"/>'
        shapes.append(f"<g>{shape}</g>")
    return _svg("".join(shapes), label, height=32, kind="columns")


def scales(measures: Sequence[Measure]) -> list[tuple[float, float]]:
    """For each row the lowest and the highest value of its chart: the same for all, with some room on both sides.

    Where the targets lie too far apart for that, as ages by class do, each row's tolerance is the middle of its own.

    >>> scales([Measure("a", 48.0, 50.0, 5.0), Measure("b", 2.0, 50.0, 5.0)])
    [(0.0, 59.24), (0.0, 59.24)]
    >>> scales([Measure("a", 3.0, 3.5, 0.1), Measure("b", 13.5, 13.5, 0.1)])
    [(3.2, 3.8), (13.2, 13.8)]
    """
    bands = [(m.target - m.tolerance, m.target + m.tolerance) for m in measures if m.target is not None and m.tolerance]
    values = [value for m in measures for value in (m.actual, m.target) if value is not None]
    low, high = (
        min([*values, *(band[0] for band in bands)], default=0.0),
        max([*values, *(b[1] for b in bands)], default=1.0),
    )
    if bands and len(measures) > 1 and max(b[1] - b[0] for b in bands) < (high - low) / _THINNEST:
        return [_own_scale(m, low, high) for m in measures]
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    start = 0.0 if min(values, default=0.0) >= 0 and low < 0.35 * high else low - room
    return [(round(start, 9), round(high + room, 9))] * len(measures)


def _own_scale(measure: Measure, low: float, high: float) -> tuple[float, float]:
    if measure.target is None or not measure.tolerance:
        return low, high
    return round(measure.target - 3 * measure.tolerance, 9), round(measure.target + 3 * measure.tolerance, 9)


def gauge(measure: Measure, low: float, high: float) -> str:
    """The tolerance as a band, the target as a line in it, the measured value as a thick mark."""

    def at(value: float) -> float:
        return min(100.0, max(0.0, 100 * (value - low) / (high - low)))

    shapes = '<rect class="track" y="5" width="100" height="2"/>'
    if measure.target is not None and measure.tolerance is not None:
        first, last = at(measure.target - measure.tolerance), at(measure.target + measure.tolerance)
        shapes += f'<rect class="band" x="{_number(first)}" y="1" width="{_number(last - first)}" height="10"/>'
    if measure.target is not None:
        x = _number(at(measure.target))
        shapes += f'<line class="target" x1="{x}" x2="{x}" y1="0" y2="12"/>'
    if measure.actual is not None:
        x = _number(at(measure.actual))
        shapes += f'<line class="{"actual" if measure.fits else "actual off"}" x1="{x}" x2="{x}" y1="2" y2="10"/>'
    label = f"{measure.label}: {measure.actual}, target {measure.target}, tolerance {measure.tolerance}"
    return _svg(shapes, label, kind="gauge")


def share(part: float, label: str, *, short: bool = False) -> str:
    """A thin bar below a number: the share of the largest of its row."""
    kind = "lack" if short else "rows"
    shapes = (
        f'<rect class="track" width="100" height="6"/><rect class="{kind}" width="{_number(100 * part)}" height="6"/>'
    )
    return _svg(shapes, label, height=6, kind="share")
