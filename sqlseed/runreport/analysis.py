"""What a run's spans say: where a connection was idle and for whom, and which slices decided when the run ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlseed.events import Span, SpanKind
from sqlseed.model import Slice

_SCHEDULED = (SpanKind.SLICE, SpanKind.TESTS)


@dataclass(frozen=True, slots=True)
class Gap:
    """A connection with nothing to do; times are seconds since the epoch.

    `awaited` is the slice, or the tests, whose end made what came `after` ready; nothing came after the last gap.
    From `ready_at` on that was ready, and only had to be handed over.
    """

    connection: int
    started_at: float
    ended_at: float
    ready_at: float
    awaited: Span | None
    after: Span | None

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended_at - self.started_at


@dataclass(frozen=True, slots=True)
class Link:
    """A part of the critical path. `held_by` is what it began after: a slice it reads, or the one before it on its
    connection where that was what it lacked (`for_connection`); None for the first."""

    span: Span
    held_by: Span | None
    for_connection: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """How the slices, and the tests between them, were laid out on the connections. Times are in seconds."""

    connections: tuple[int, ...]
    started_at: float  # of the first, seconds since the epoch
    ended_at: float  # of the last
    work: float  # summed over all
    idle_ready: float  # summed over connections: idle while something was ready
    idle_waiting: float  # and idle while nothing was
    longest_chain: float  # what no number of connections makes shorter
    gaps: tuple[Gap, ...]
    critical_path: tuple[Link, ...]

    @property
    def seconds(self) -> float:
        """From the first slice's start to the last one's end."""
        return self.ended_at - self.started_at


def usage(spans: Sequence[Span]) -> Usage | None:
    """Counts; None where nothing was run."""
    work = sorted((s for s in spans if s.kind in _SCHEDULED), key=lambda s: (s.started_at, s.connection))
    if not work:
        return None
    by_slice = {span.slice: span for span in work if span.slice is not None}
    connections = tuple(sorted({s.connection for s in spans if s.kind in (SpanKind.CONNECT, *_SCHEDULED)}))
    start, end = work[0].started_at, max(span.ended_at for span in work)
    awaited = {span: _last([by_slice[one] for one in span.waits_for if one in by_slice]) for span in work}
    ready = {span: parent.ended_at if parent else start for span, parent in awaited.items()}
    lanes = {number: [span for span in work if span.connection == number] for number in connections}
    gaps = [gap for lane in lanes.items() for gap in _gaps(*lane, start, end, awaited)]
    idle_ready, idle = _idle(gaps, [(ready[span], span.started_at) for span in work])
    return Usage(
        connections,
        start,
        end,
        sum(span.seconds for span in work),
        idle_ready,
        idle - idle_ready,
        _longest_chain(by_slice),
        tuple(gaps),
        tuple(_critical(work, lanes, awaited)),
    )


def _last(spans: Iterable[Span]) -> Span | None:
    return max(spans, key=lambda span: span.ended_at, default=None)


def _gaps(
    connection: int, lane: Sequence[Span], start: float, end: float, awaited: Mapping[Span, Span | None]
) -> Iterable[Gap]:
    now = start
    for span in lane:
        if span.started_at > now:
            parent = awaited[span]
            ready_at = min(max(now, parent.ended_at if parent else start), span.started_at)
            yield Gap(connection, now, span.started_at, ready_at, parent if ready_at > now else None, span)
        now = max(now, span.ended_at)
    if end > now:
        yield Gap(connection, now, end, end, None, None)


def _idle(gaps: Sequence[Gap], unstarted: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Seconds of connections idle while something was ready and not begun, and idle at all.

    One thing that is ready keeps one idle connection, however many there are.
    """
    changes: list[tuple[float, int, int]] = []  # when, connections more that are idle, slices more that are ready
    for gap in gaps:
        changes += [(gap.started_at, 1, 0), (gap.ended_at, -1, 0)]
    for since, until in unstarted:
        if until > since:
            changes += [(since, 0, 1), (until, 0, -1)]
    changes.sort()
    idle = ready = 0
    lost = total = 0.0
    for (now, more_idle, more_ready), (then, _, _) in pairwise(changes):
        idle, ready = idle + more_idle, ready + more_ready
        lost += min(idle, ready) * (then - now)
        total += idle * (then - now)
    return lost, total


def _longest_chain(by_slice: Mapping[Slice, Span]) -> float:
    ends: dict[Slice, float] = {}
    for slice_, span in by_slice.items():  # in order of their start, so after all that they wait for
        ends[slice_] = span.seconds + max((ends.get(one, 0.0) for one in span.waits_for), default=0.0)
    return max(ends.values())


def _critical(
    work: Sequence[Span], lanes: Mapping[int, Sequence[Span]], awaited: Mapping[Span, Span | None]
) -> list[Link]:
    """Back from what ended last, each time to what kept it from beginning sooner; in order of time."""
    before = {two: one for lane in lanes.values() for one, two in pairwise(lane)}
    path: list[Link] = []
    span = _last(work)
    while span is not None:
        parent, previous = awaited[span], before.get(span)
        held = _last(one for one in (parent, previous) if one is not None)
        path.append(Link(span, held, for_connection=held is not None and held is not parent))
        span = held
    return path[::-1]
