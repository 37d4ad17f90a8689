"""The schedule as a picture: a lane for each connection, a bar for each thing that it did.

Places and widths are per cent of the picture, so that it is as wide as its place and its text is not stretched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlseed.events import Span, SpanKind, Status
from sqlseed.report import duration, plural
from sqlseed.runreport.analysis import Gap, Usage
from sqlseed.webpage import text

COLOURS = 10  # classes f0 to f9 of webpage.css; with more groups of models they are used again
LANE = 34  # height of a lane, px
_TOP = 22  # height of the scale, px
_THINNEST = 0.04  # per cent of the picture's width: a bar that is thinner is drawn so wide
_SHORTEST_GAP = 0.01  # seconds; the hand-over of a slice takes less, and is counted but not drawn
_TICKS = 6  # at most, so that they fit a phone
_LAST_TICK = 85  # per cent; the words of one that is further right stand to its left
_HIGH = {SpanKind.SLICE: 20}  # of a bar, px; a slice is told from the rest by its height, not by its colour alone
_LOW = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """The time that the picture shows: its beginning in seconds since the epoch, its length in seconds."""

    start: float
    length: float

    def place(self, moment: float) -> float:
        """Per cent of the picture's width."""
        return max(0.0, min(100.0, 100 * (moment - self.start) / self.length))

    def ticks(self) -> list[float]:
        """Round numbers of seconds.

        >>> Axis(0.0, 113.8).ticks()
        [0, 20, 40, 60, 80, 100]
        >>> Axis(0.0, 0.9).ticks()
        [0.0, 0.2, 0.4, 0.6, 0.8]
        """
        step = 1e-4
        while self.length / step >= _TICKS:
            for factor in (2, 2.5, 2):  # 1, 2, 5, 10
                step *= factor
                if self.length / step < _TICKS:
                    break
        step = round(step, 6)
        count = int(self.length / step) + 1
        return [round(i * step, 6) if step < 1 else round(i * step) for i in range(count)]


def names(usage: Usage | None, spans: Sequence[Span]) -> list[tuple[int, str]]:
    """The lanes: the connection that prepared, and those that worked."""
    numbers = sorted({span.connection for span in spans} | set(usage.connections if usage else ()))
    return [(number, str(number) if number else "main") for number in numbers]


def svg(spans: Sequence[Span], usage: Usage | None, axis: Axis, groups: Mapping[str, int]) -> str:
    """The picture; `groups` gives each model the number of its colour. Each shape says in its title what it is."""
    lanes = {number: i for i, (number, _) in enumerate(names(usage, spans))}
    height = _TOP + LANE * len(lanes)
    critical = {link.span for link in usage.critical_path} if usage else set()
    parts = [f"<g>{''.join(_scale(axis, height))}</g>"]
    if usage is not None:
        parts += [_idle(axis, gap, lanes) for gap in usage.gaps if gap.seconds >= _SHORTEST_GAP]
    parts += [_bar(axis, span, lanes, groups, critical, i) for i, span in enumerate(spans)]
    label = f"what {plural(len(lanes), 'connection')} did in {duration(axis.length)}"
    return f'<svg class="schedule" height="{height}" role="img" aria-label="{text(label)}">{"".join(parts)}</svg>'


def lane_names(usage: Usage | None, spans: Sequence[Span]) -> str:
    """The names of the lanes, which stay where they are when the picture moves."""
    some = names(usage, spans)
    words = [f'<text x="0" y="{_TOP + LANE * i + 15}">{name}</text>' for i, (_, name) in enumerate(some)]
    return f'<svg class="lanes" height="{_TOP + LANE * len(some)}" aria-hidden="true">{"".join(words)}</svg>'


def _scale(axis: Axis, height: int) -> Iterator[str]:
    for tick in axis.ticks():
        x = f"{axis.place(axis.start + tick):.3f}%"
        yield f'<line class="tick" x1="{x}" x2="{x}" y1="0" y2="{height}"/>'
        side = ' dx="3"' if axis.place(axis.start + tick) < _LAST_TICK else ' dx="-3" text-anchor="end"'
        yield f'<text x="{x}"{side} y="11">{tick:g} s</text>'


def _idle(axis: Axis, gap: Gap, lanes: Mapping[int, int]) -> str:
    y = _TOP + LANE * lanes[gap.connection]
    shapes = ""
    if gap.ready_at > gap.started_at:
        shapes += _rect("gap", axis, gap.started_at, gap.ready_at, y, 20)
    if gap.ended_at - gap.ready_at >= _SHORTEST_GAP:
        shapes += _rect("lost", axis, gap.ready_at, gap.ended_at, y, 20)
    return f'<g class="idle" data-lane="{gap.connection}"><title>{text(told_gap(gap))}</title>{shapes}</g>'


def _rect(kind: str, axis: Axis, since: float, until: float, y: float, height: int) -> str:
    x = axis.place(since)
    width = max(_THINNEST, axis.place(until) - x)
    return f'<rect class="{kind}" x="{x:.3f}%" y="{y}" width="{width:.3f}%" height="{height}"/>'


def _bar(
    axis: Axis, span: Span, lanes: Mapping[int, int], groups: Mapping[str, int], critical: set[Span], number: int
) -> str:
    high = _HIGH.get(span.kind, _LOW)
    y = _TOP + LANE * lanes[span.connection]
    kind = kind_of(span, groups) + (" odd" if number % 2 else "") + (" bad" if span.status in _BAD else "")
    shapes = _rect(kind, axis, span.started_at, span.ended_at, y + (20 - high) / 2, high)
    if span in critical:
        shapes += _rect("path", axis, span.started_at, span.ended_at, y + 22, 4)
    told = told_span(span, axis.start)
    return f'<g class="bar" data-lane="{span.connection}"><title>{text(told)}</title>{shapes}</g>'


_BAD = (Status.ERROR, Status.INTERRUPTED)


def kind_of(span: Span, groups: Mapping[str, int]) -> str:
    """The class of a bar: a slice has the colour of its model's group."""
    if span.kind is SpanKind.SLICE and span.slice is not None:
        return f"f{groups.get(span.slice.model, 0) % COLOURS}"
    return str(span.kind).replace(" ", "-")


def told_span(span: Span, start: float) -> str:
    """A bar in words."""
    rows = f", {plural(span.rows, 'row')}" if span.rows else ""
    kind = "" if span.kind in (SpanKind.SLICE, SpanKind.CONNECT, SpanKind.TESTS) else f"{span.kind}: "
    bad = f", {span.status}" if span.status in _BAD else ""
    name = span.name if len(span.name) <= 200 else f"{span.name[:200]}..."
    return f"{kind}{name}{rows}, {seconds(span.seconds)} from {span.started_at - start:.2f} s on{bad}"


def told_gap(gap: Gap) -> str:
    """A gap in words."""
    if gap.after is None:
        return f"idle {seconds(gap.seconds)}: nothing was left to begin"
    late = gap.ended_at - gap.ready_at
    if gap.awaited is None:
        return f"idle {seconds(gap.seconds)} before {gap.after.name}, which was ready"
    more = f"; then {seconds(late)} until it began" if late >= _SHORTEST_GAP else ""
    return f"idle {seconds(gap.ready_at - gap.started_at)}: {gap.after.name} waited for {gap.awaited.name}{more}"


def seconds(value: float) -> str:
    """A span of time: 0.4 ms, 12 ms, 0.35 s, 12.4 s.

    >>> seconds(0.0004), seconds(0.012), seconds(0.35), seconds(12.44)
    ('0.4 ms', '12 ms', '0.35 s', '12.4 s')
    """
    if value < 0.1:
        return f"{1000 * value:.1f} ms" if value < 0.001 else f"{1000 * value:.0f} ms"
    return f"{value:.2f} s" if value < 10 else f"{value:,.1f} s"
