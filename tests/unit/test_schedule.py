"""The order of slices: those that begin the longest path first, so that the run ends as soon as it can."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable

import pytest

from sqlseed.events import Status, StepResult
from sqlseed.model import Plan, Slice, Step, StepState
from sqlseed.schedule import READS_PER_ROW, SLICE_ROWS, Gate, Schedule

Cost = Callable[[Schedule, Slice], int]


def step(name: str, rows: int | None, *parents: str) -> Step:
    return Step(Slice(name, ()), StepState.NEW, "", {}, rows, tuple(Slice(parent, ()) for parent in parents))


def gate(name: str, after: list[str], before: list[str]) -> Gate:
    first, then = (tuple(Slice(one, ()) for one in names) for names in (after, before))
    return Gate(Slice(name, (("tests", "1"),)), first, then, lambda _, session: (session, []), lambda _: [])


def by_rows(schedule: Schedule, slice_: Slice) -> int:
    """How slices would be ordered by their own rows alone, as the control of these tests; gates before all."""
    return 1 << 62 if slice_ in schedule.gates else schedule.steps[slice_].expected_rows or 0


def ends(plan: Plan, connections: int, gates: tuple[Gate, ...] = (), order: Cost | None = None) -> int:
    """When a run ends in which each step takes as long as it costs, and nothing takes time besides."""
    schedule = Schedule(plan, gates)
    if order is not None:
        schedule._path = {slice_: order(schedule, slice_) for slice_ in schedule.steps}
        schedule.ready = [(-schedule._path[slice_], number, slice_) for _, number, slice_ in schedule.ready]
        heapq.heapify(schedule.ready)
    now = 0
    running: list[tuple[int, int, Slice]] = []
    while schedule.ready or running:
        while schedule.ready and len(running) < connections:
            slice_ = schedule.pop().slice
            heapq.heappush(running, (now + schedule._cost(slice_), schedule._order[slice_], slice_))
        now, _, slice_ = heapq.heappop(running)
        schedule.finish(StepResult(slice_, Status.SUCCESS))
    assert len(schedule.results) == len(schedule.steps)
    return now


CHAIN = Plan(
    (
        *(step(f"large_{i}", 3000) for i in range(3)),
        step("one", 2000),
        step("two", 2000, "one"),
        step("three", 2000, "two"),
    ),
    (),
)


def test_a_chain_of_small_slices_begins_before_large_ones():
    assert Schedule(CHAIN).pop().slice.model == "one"
    assert (ends(CHAIN, 2), ends(CHAIN, 2, order=by_rows)) == (9_500, 11_000)


def test_what_large_tests_wait_for_begins_before_the_rest():
    tested = [step(f"tested_{i}", 10_000) for i in range(4)]
    others = [step(f"other_{i}", 11_000) for i in range(3)]
    plan = Plan((*others, *tested), ())
    tests = (gate("data tests", [f"tested_{i}" for i in range(4)], []),)
    assert Schedule(plan, tests).pop().slice.model == "tested_0"
    assert (ends(plan, 2, tests), ends(plan, 2, tests, by_rows)) == (44_000, 45_500)
    assert Schedule(plan, tests)._cost(tests[0].slice) == SLICE_ROWS + 40_000 // READS_PER_ROW


def test_tests_that_hold_up_a_chain_begin_before_it():
    plan = Plan((step("a", 10), step("b", 10_000, "a"), step("c", 500)), ())
    schedule = Schedule(plan, (gate("data tests", ["a"], ["b"]),))
    assert schedule.pop().slice.model == "a"
    schedule.finish(StepResult(Slice("a", ()), Status.SUCCESS))
    assert schedule.pop().slice.model == "data tests"


def test_equal_paths_and_unknown_rows_go_in_the_plan_s_order():
    schedule = Schedule(Plan(tuple(step(f"m{i}", None) for i in range(5)), ()))
    assert [schedule.pop().slice.model for _ in range(5)] == [f"m{i}" for i in range(5)]


def random_plan(chance: random.Random) -> Plan:
    steps: list[Step] = []
    for i in range(60):
        parents = chance.sample(range(i), min(i, chance.choice([0, 1, 1, 2]))) if i else []
        steps.append(step(f"m{i}", int(10 ** chance.uniform(1, 5)), *(f"m{one}" for one in parents)))
    return Plan(tuple(steps), ())


@pytest.mark.parametrize("connections", [2, 4, 8])
def test_it_is_never_far_from_the_best_and_better_than_by_rows(connections: int):
    chance = random.Random(connections)
    gains = []
    for _ in range(40):
        plan = random_plan(chance)
        schedule = Schedule(plan)
        costs = [schedule._cost(slice_) for slice_ in schedule.steps]
        bound = max(sum(costs) / connections, *schedule._path.values())
        end = ends(plan, connections)
        assert end <= 1.1 * bound
        gains.append(ends(plan, connections, order=by_rows) / end)
    assert sum(gains) / len(gains) > 1.04
    assert min(gains) >= 0.99
