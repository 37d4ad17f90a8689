"""What the connections of real builds did, and what the report says of it."""

from __future__ import annotations

import time

import pytest

from sqlseed.events import SpanKind, Status
from sqlseed.runreport import page
from sqlseed.runreport.analysis import usage
from tests.behaviour.clinics import build, changed

BROKEN = changed("models/visits.sql", "p.n::int as", "(1 / (p.n - p.n))::int as")
UNIQUE = changed("models/models.yml", "- {name: title,", "- {name: title, data_tests: [unique],")


def test_bulk_mode_tests_and_seeds_are_bars(postgres, write):
    root = write(postgres, UNIQUE, bulk='"on"')
    result = build(root)
    kinds = {span.kind for span in result.spans}
    assert kinds == set(SpanKind)
    back = [span for span in result.spans if span.kind is SpanKind.PUT_BACK]
    assert {span.name.split()[0] for span in back} >= {"put", "validate", "analyze"}
    slices = [span for span in result.spans if span.kind is SpanKind.SLICE]
    assert {span.slice for span in slices} == {step.slice for step in result.plan.pending}
    assert max(span.ended_at for span in slices) <= min(span.started_at for span in back)
    made = page.page(result, "clinics", "x", {name: f"models/{name}.sql" for name in ("clinics", "visits")})
    assert "put back foreign key" in made


def test_what_failed_is_marked(on_duckdb, write):
    result = build(write(on_duckdb, BROKEN))
    assert not result.success
    made = page.page(result, "<clinics>", "a & b", {})
    assert '<b class="off">' in made
    assert "&lt;clinics&gt;" in made
    assert "<clinics>" not in made


def test_no_connection_is_idle_while_a_slice_is_ready(database, write):
    root = write(database)
    told = 0.0

    def on_event(_) -> None:  # who is told takes his time, and holds up nobody
        nonlocal told
        time.sleep(0.03)
        told += 0.03

    result = build(root, threads=2, on_event=on_event)
    assert result.success
    used = usage(result.spans)
    assert used is not None
    assert len(used.connections) == 2
    assert used.idle_ready < told / 5, used.gaps


def test_a_listener_that_fails_ends_the_build(database, write):
    begun: list[str] = []

    def on_event(event) -> None:
        if event.step is not None:
            begun.append(str(event.step.slice))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build(write(database), threads=2, on_event=on_event)
    assert len(begun) == 1
    left = build(write(database))
    assert left.success
    assert Status.SUCCESS in {r.status for r in left.results}  # for what had not begun did not begin
