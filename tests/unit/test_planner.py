"""Order, slices, parameters, fingerprints: what a plan is made of, without a database."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from sqlseed import library, planner
from sqlseed.errors import CompileError, ProjectError, SelectionError
from sqlseed.model import Checkpoint, KeyRange, Plan, Slice, StepState
from sqlseed.workspace import Workspace
from tests.unit.towns import FILES, open_towns

ALL = frozenset({"house", "bill", "total"})


def planned(space: Workspace, **known: object) -> planner.Planner:
    made = planner.Planner(space.project, space.compiled, space.variables, space.values, **known)  # type: ignore[arg-type]
    made.ranges = {**made.ranges, **planner.allocate(made, made.ranges, {})}
    return made


def done(plan: Plan) -> dict[tuple[str, str], Checkpoint]:
    return {
        (step.slice.model, step.slice.key): Checkpoint(step.slice.model, step.slice.key, step.fingerprint, 3)
        for step in plan.steps
    }


def states(plan: Plan) -> dict[str, str]:
    return {str(step.slice): step.state.value for step in plan.steps}


def test_slices_and_what_they_wait_for(tmp_path: Path) -> None:
    plan = planned(open_towns(tmp_path)).plan(ALL)
    names = [str(step.slice) for step in plan.steps]
    assert names == [
        *("house u", "house d"),
        *("bill u/y24", "bill u/y25", "bill u/y26", "bill d/y24", "bill d/y25", "bill d/y26"),
        "total",
    ]
    waits = {str(step.slice): [str(parent) for parent in step.depends_on] for step in plan.steps}
    assert waits["bill d/y25"] == ["house d"]
    assert len(waits["total"]) == 6


def test_bound_values(tmp_path: Path) -> None:
    made = planned(open_towns(tmp_path))
    values = made.parameters(Slice("bill", (("town", "d"), ("year", "y25"))))
    assert values == {"bill_base": 400, "house_key": library.key_prefix("towns", "house", ["d"]), "year_no": 2025}


def test_expected_rows(tmp_path: Path) -> None:
    plan = planned(open_towns(tmp_path, preset="big")).plan(ALL)
    assert [step.expected_rows for step in plan.steps][:3] == [9, 9, None]


def test_integer_ranges_follow_what_is_recorded_and_what_is_in_the_table(tmp_path: Path) -> None:
    space = open_towns(tmp_path)
    bare = planner.Planner(space.project, space.compiled, space.variables, space.values)
    recorded = {("bill", "u/y24"): KeyRange(500, 599)}
    fresh = planner.allocate(bare, recorded, {"bill": 0})
    assert fresh["bill", "u/y25"] == KeyRange(600, 699)
    assert ("bill", "u/y24") not in fresh
    assert planner.allocate(bare, {}, {"bill": 41})["bill", "u/y24"] == KeyRange(42, 141)
    ranges = sorted((r.first, r.last) for r in planner.allocate(bare, recorded, {"bill": 0}).values())
    assert all(a[1] < b[0] for a, b in itertools.pairwise(ranges))


def test_nothing_is_left_to_do_after_everything_is_done(tmp_path: Path) -> None:
    space = open_towns(tmp_path)
    first = planned(space).plan(ALL)
    assert {step.state for step in first.steps} == {StepState.NEW}
    again = planned(space, checkpoints=done(first)).plan(ALL)
    assert again.pending == ()
    assert len(planned(space, checkpoints=done(first)).plan(ALL, full_refresh=True).pending) == len(first.steps)


@pytest.mark.parametrize(
    ("changes", "changed"),
    [
        ({"models/total.sql": FILES["models/total.sql"].replace("count(*)", "2 * count(*)")}, {"total"}),
        ({"models/total.sql": FILES["models/total.sql"].replace("'all' as", "-- a remark\n'all' as")}, {"total"}),
        ({"models/house.sql": FILES["models/house.sql"].replace("n)", "n )")}, {"house", "bill", "total"}),
        ({"seeds/towns.csv": "code,name,people\nu,Upton,100\nd,Downham,251\n"}, set()),
        ({"models/house.sql": FILES["models/house.sql"].replace("tags=['base']", "tags=['other']")}, set()),
    ],
)
def test_what_a_change_changes(tmp_path: Path, changes: dict[str, str], changed: set[str]) -> None:
    before = planned(open_towns(tmp_path / "a")).plan(ALL)
    after = planned(open_towns(tmp_path / "b", changes), checkpoints=done(before)).plan(ALL)
    assert {step.slice.model for step in after.pending} == changed
    assert all(step.state is StepState.CHANGED for step in after.pending)


def test_a_new_value_of_a_dimension_adds_slices_and_changes_what_reads_them_all(tmp_path: Path) -> None:
    before = planned(open_towns(tmp_path / "a")).plan(ALL)
    after = open_towns(tmp_path / "b", vars={"as_of": "2027-01-01"})
    made = planned(after, checkpoints=done(before), ranges=planned(open_towns(tmp_path / "a")).ranges)
    pending = {str(step.slice): step.state for step in made.plan(ALL).pending}
    assert pending == {"bill u/y27": StepState.NEW, "bill d/y27": StepState.NEW, "total": StepState.CHANGED}


def test_a_selection_needs_its_parents(tmp_path: Path) -> None:
    space = open_towns(tmp_path)
    with pytest.raises(SelectionError) as raised:
        planned(space).plan(frozenset({"bill"}))
    assert "bill needs house, which the selection leaves out and the target does not have" in str(raised.value)
    assert "--select +bill" in str(raised.value)
    everything = planned(space).plan(ALL)
    houses = {key: point for key, point in done(everything).items() if key[0] == "house"}
    assert len(planned(space, checkpoints=houses).plan(frozenset({"bill"})).pending) == 6


def test_an_unselected_parent_counts_as_what_stands_in_the_target(tmp_path: Path) -> None:
    """Else a child built on old rows would pass for one that was built on the new ones."""
    space = open_towns(tmp_path)
    old = done(planned(space).plan(ALL))
    old["house", "u"] = replace(old["house", "u"], fingerprint="older")
    child = planned(space, checkpoints=old).plan(frozenset({"bill"}))
    assert states(child)["bill u/y24"] == "changed"
    assert states(child)["bill d/y24"] == "up to date"
    built = old | done(child)
    later = planned(space, checkpoints=built).plan(frozenset({"house", "bill"}))
    assert states(later)["house u"] == "changed"
    assert states(later)["bill u/y24"] == "changed"


def test_restricted_points(tmp_path: Path) -> None:
    space = open_towns(tmp_path)
    chosen = planner.restrict(space.values, {"town": ["d"], "year": ["y24", "y26"]})
    plan = planned(space).plan(frozenset({"house", "bill"}), chosen)
    assert [str(step.slice) for step in plan.steps] == ["house d", "bill d/y24", "bill d/y26"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"towm": ["d"]}, "no dimension is called 'towm'"),
        ({"town": ["x"]}, "town 'x' is not one of this build's"),
        ({"year": ["y27"]}, "year 'y27' is not one of this build's"),
    ],
)
def test_unknown_points(tmp_path: Path, wanted: dict[str, list[str]], message: str) -> None:
    with pytest.raises(SelectionError) as raised:
        planner.restrict(open_towns(tmp_path).values, wanted)
    assert message in str(raised.value)


def test_a_cycle_is_shown_with_its_files(tmp_path: Path) -> None:
    changes = {
        "models/house.sql": """
            {{ config(slice_by=['town']) }}
            select {{ key('n') }} as id, {{ town.code }} as town
            from {{ ref('total') }} as t, generate_series(1, 2) as g(n)
            """
    }
    with pytest.raises(CompileError) as raised:
        planner.order(open_towns(tmp_path, changes).compiled)
    text = str(raised.value)
    for part in ("house (models/house.sql)", "bill (models/bill.sql)", "total (models/total.sql)", " -> "):
        assert part in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds/towns.csv": "cod,name,people\nu,Upton,1\n"}, "seed has no column 'code'"),
        ({"seeds/towns.csv": "code,name,people\nu,Upton,1\nu,Upton,1\n"}, "dimension 'town': 'u' stands twice"),
        ({"seeds/towns.csv": "code,name,people\na/b,Upton,1\n"}, "empty or holds a slash"),
        (
            {"sqlseed.toml": FILES["sqlseed.toml"].replace("year.no <=", "year.nr <=")},
            "dimension 'year'",
        ),
    ],
)
def test_a_mistake_in_a_dimension(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    with pytest.raises((ProjectError, CompileError)) as raised:
        _ = open_towns(tmp_path, changes).values
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("rows", "message"),
    [("var('nope')", "var 'nope' is not declared"), ("'x'", "not a number"), ("1 +", "config rows")],
)
def test_a_mistake_in_expected_rows(tmp_path: Path, rows: str, message: str) -> None:
    changes = {"models/house.sql": FILES["models/house.sql"].replace("var('houses')\"", f'{rows}"')}
    with pytest.raises(CompileError) as raised:
        planned(open_towns(tmp_path, changes)).plan(ALL)
    assert message in str(raised.value)
    assert "models/house.sql" in str(raised.value)
