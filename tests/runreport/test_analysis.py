"""What is counted of a run: idle connections, for whom they waited, the critical path."""

from __future__ import annotations

import pytest

from sqlseed.events import Span, SpanKind, Spans, Status
from sqlseed.model import Slice
from sqlseed.runreport.analysis import Usage, usage


def bar(name: str, connection: int, start: float, end: float, *parents: str) -> Span:
    """A slice, by the name of its model."""
    place = Slice(name, ())
    waits_for = tuple(Slice(parent, ()) for parent in parents)
    return Span(SpanKind.SLICE, name, connection, start, end - start, slice=place, waits_for=waits_for)


def used(*spans: Span, connections: int = 2) -> Usage:
    connected = [Span(SpanKind.CONNECT, "", number, 0.0, 0.0) for number in range(1, connections + 1)]
    found = usage([*connected, *spans])
    assert found is not None
    return found


def path(found: Usage) -> list[tuple[str, str | None, bool]]:
    return [(li.span.name, li.held_by.name if li.held_by else None, li.for_connection) for li in found.critical_path]


def test_nothing_was_run():
    assert usage([]) is None
    assert usage([Span(SpanKind.SEED, "towns", 0, 1.0, 2.0)]) is None


def test_a_connection_that_waits_for_a_slice():
    found = used(bar("a", 1, 10, 14), bar("b", 2, 10, 11), bar("c", 2, 14, 15, "a"))
    assert (found.idle_ready, found.idle_waiting) == (0, 4)  # 2 waits for 3 s; 1 has nothing left for 1 s
    assert [(g.connection, g.seconds, g.awaited and g.awaited.name) for g in found.gaps] == [(1, 1, None), (2, 3, "a")]
    assert path(found) == [("a", None, False), ("c", "a", False)]
    assert (found.work, found.seconds, found.longest_chain) == (6, 5, 5)


def test_a_connection_that_could_have_had_something():
    found = used(bar("a", 1, 10, 12), bar("b", 2, 10, 11), bar("c", 1, 12, 14))  # c was ready from the start
    assert (found.idle_ready, found.idle_waiting) == (1, 2)
    assert path(found) == [("a", None, False), ("c", "a", True)]


def test_one_ready_slice_keeps_one_connection_idle():
    found = used(bar("a", 1, 10, 12), bar("b", 1, 13, 14, "a"), connections=4)
    assert (found.idle_ready, found.idle_waiting) == (1, 12)


def test_a_connection_that_never_had_anything_counts():
    found = used(bar("a", 1, 10, 12), connections=3)
    assert (found.idle_ready, found.idle_waiting) == (0, 4)


def test_tests_between_slices_are_work():
    gate = Slice("data tests", (("tests", "1"),))
    tests = Span(SpanKind.TESTS, "data tests: unique", 2, 12, 2, slice=gate, waits_for=(Slice("a", ()),))
    below = Span(SpanKind.SLICE, "b", 1, 14, 1, slice=Slice("b", ()), waits_for=(gate,))
    found = used(bar("a", 1, 10, 12), tests, below)
    assert (found.idle_ready, found.work) == (0, 5)
    assert path(found)[1:] == [("data tests: unique", "a", False), ("b", "data tests: unique", False)]


def test_a_block_that_fails_is_a_span():
    spans = Spans()
    with pytest.raises(ZeroDivisionError), spans.timed(SpanKind.PUT_BACK, "an index", 3):
        raise ZeroDivisionError
    assert [(s.kind, s.name, s.connection, s.status) for s in spans] == [
        (SpanKind.PUT_BACK, "an index", 3, Status.ERROR)
    ]
