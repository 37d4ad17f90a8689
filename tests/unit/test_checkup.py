"""The arithmetic of the score, the rules that contracts make, the heads of queries."""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction

import pytest

from sqlseed.assertion import DataTest, DataTestConfig, DataTestKind
from sqlseed.checkup import realism, rules, settings
from sqlseed.checkup.ownership import Labels
from sqlseed.checkup.rules import Kind, Rule
from sqlseed.checkup.scoring import (
    BROKEN,
    EMPTY,
    NOBODY,
    POINTS,
    Cap,
    Check,
    Distribution,
    Finding,
    Health,
    Measure,
    Part,
    Section,
    SliceRows,
    TableRows,
    check,
)
from sqlseed.checkup.settings import Settings
from sqlseed.model import Column, Compiled, Config, Contract, ForeignKey, Index, Relation, Slice
from tests.support import ROOT


def health(*checks: Check, caps: tuple[Cap, ...] = ()) -> Health:
    return Health("school", "dev", "DuckDB", dt.date(2026, 4, 1), None, checks, caps, (), (), 0.0)


def rows(expected: int | None, found: int, built: bool = True, key: str = "a") -> SliceRows:
    return SliceRows(Slice("pupils", (("branch", key),)), expected, found, built)


# --- points ---------------------------------------------------------------------------------------------------


def test_the_points_are_a_hundred():
    assert sum(possible for _, possible, _ in POINTS.values()) == 100
    by_section = {section: sum(p for s, p, _ in POINTS.values() if s is section) for section in Section}
    assert list(by_section.values()) == [30, 30, 15, 15, 5, 5]


def test_each_part_has_an_equal_share():
    made = check("keys", [Part("a"), Part("b", Fraction(1), 7), Part("c", Fraction(1, 2)), Part("d")])
    assert (made.possible, made.tried, made.wrong) == (10, 4, 7)
    assert [(finding.what, finding.lost) for finding in made.findings] == [
        ("b", Fraction(5, 2)),
        ("c", Fraction(5, 4)),
    ]
    assert (made.lost, made.points) == (Fraction(15, 4), Fraction(25, 4))


def test_parts_that_say_the_same_are_one_finding():
    made = check("keys", [Part("a", Fraction(1), 1, "is empty")] * 2 + [Part("b")] * 2)
    assert made.findings == (Finding("a", 2, Fraction(5), "is empty"),)


def test_a_row_that_is_wrong_is_told_even_where_it_costs_nothing():
    assert [finding.wrong for finding in check("own", [Part("a", Fraction(0), 3)]).findings] == [3]


@pytest.mark.parametrize(
    ("lost", "caps", "score"),
    [
        (Fraction(0), (), 100),
        (Fraction(1, 10**9), (), 99),  # rounded down, however little is lost
        (Fraction(1), (), 99),
        (Fraction(31), (), 69),
        (Fraction(31), (Cap(BROKEN, ""),), 69),
        (Fraction(1), (Cap(BROKEN, ""),), 69),
        (Fraction(1), (Cap(BROKEN, ""), Cap(EMPTY, "")), 49),
        (Fraction(60), (Cap(BROKEN, ""),), 40),  # a cap lifts nothing
        (Fraction(100), (), 0),
    ],
)
def test_the_score(lost: Fraction, caps: tuple[Cap, ...], score: int):
    made = Check("rows", 100, 1, (Finding("a", 0, lost),))
    assert health(made, caps=caps).score == score


def test_what_does_not_apply_is_scaled_out():
    half = Check("rows", 30, 1, (Finding("a", 0, Fraction(15)),))
    assert health(half).points == 50
    assert health(half, Check("kept", 10, 1)).points == Fraction(125, 2)
    assert health().score == 0


# --- rows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "missing"),
    [
        (rows(10, 10), 0),
        (rows(10, 4), Fraction(3, 5)),
        (rows(10, 12), 0),  # more than expected is nothing missing
        (rows(0, 0), 0),
        (rows(None, 0, built=False), 1),
        (rows(None, 3, built=False), 0),
    ],
)
def test_what_a_slice_lacks(one: SliceRows, missing: Fraction):
    assert one.missing == missing


def test_what_a_table_lacks_is_the_mean_over_its_slices():
    table = TableRows("pupils", "Pupil", (rows(10, 0), rows(1000, 1000)))
    assert (table.missing, table.is_empty, table.rows, table.expected) == (Fraction(1, 2), False, 1000, 1010)
    assert TableRows("pupils", "Pupil", (), exists=False).missing == 1


def test_when_a_table_is_empty():
    assert TableRows("pupils", "Pupil", (rows(10, 0),)).is_empty
    assert not TableRows("pupils", "Pupil", (rows(0, 0),)).is_empty  # built, and rightly without rows
    assert not TableRows("pupils", "Pupil", (rows(10, 0),), foreign=1).is_empty
    assert TableRows("pupils", "Pupil", (), exists=False).is_empty


def test_whose_rows():
    first, second = Slice("pupils", (("branch", "a"),)), Slice("pupils", (("branch", "b"),))
    made = Labels("", {"1": first, "2": second})
    assert made.sort({"1": 5, "7": 3, "": 2, "*": 1}) == ({first: 5, second: 0}, 4, 2)


# --- targets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "target", "tolerance", "fits"),
    [
        (10.0, 10.0, 0.0, True),
        (10.5, 10.0, 0.5, True),
        (10.6, 10.0, 0.5, False),
        (9.4, 10.0, 0.5, False),
        (0.1 + 0.2, 0.3, 0.0, True),
        (None, 10.0, 5.0, False),
        (10.0, None, 5.0, False),
    ],
)
def test_within_tolerance(actual: float | None, target: float | None, tolerance: float | None, fits: bool):
    assert Measure("a", actual, target, tolerance).fits is fits


def test_share_outside():
    near, far = Measure("a", 1, 1, 0), Measure("b", 9, 1, 0)
    assert Distribution("x", "X", "", "x.sql", (near, far, near)).outside == Fraction(1, 3)
    assert Distribution("x", "X", "", "x.sql").outside == 1


@pytest.mark.parametrize(
    ("text", "title", "note"),
    [
        ("-- Share of girls.\n-- Published:\n-- somewhere.\nselect 1", "Share of girls", "Published: somewhere."),
        ("\n-- Share\nselect 1 -- no\n-- note", "Share", ""),
        ("select 1", "pupils: share of girls", ""),
    ],
)
def test_head_of_a_query(text: str, title: str, note: str):
    head = realism._head("health/pupils/share_of_girls.sql", text)
    assert (head.name, head.title, head.note) == ("pupils/share_of_girls", title, note)


# --- rules ------------------------------------------------------------------------------------------------------


def compiled(name: str, contract: Contract) -> Compiled:
    relation = Relation("main", name.capitalize())
    return Compiled(name, "", (), "", None, Config(name), contract, relation, "", (), (), (), (), {}, (), (), "")


def data_test(name: str, column: str, arguments: dict | None = None, **options) -> DataTest:
    config = DataTestConfig(**options)
    given = {"column_name": column} | (arguments or {})
    return DataTest("t", "t", DataTestKind.GENERIC, "", 1, (), config, "", "", name, "pupil", column, given)


def relationship(to: str, **options) -> DataTest:
    return data_test("relationships", "first", {"to": to, "field": "id"}, **options)


ID, TENANT = Column("id", "text", False), Column("branch", "text")
MODELS = {
    "class": compiled("class", Contract((ID, TENANT), ("id",))),
    "pupil": compiled(
        "pupil",
        Contract(
            (ID, TENANT, Column("class_id", "text"), Column("first", "text")),
            ("id",),
            (ForeignKey(("class_id",), "class", ("id",)), ForeignKey(("x",), "disabled", ("id",))),
            (Index(("branch", "first"), unique=True), Index(("first",)), Index(("id",), unique=True)),
        ),
    ),
}


def test_rules_of_contracts():
    found = rules.of_project(MODELS, [relationship("ref('class')")], Settings("branch", ("a",)))
    assert [(rule.kind, rule.told(MODELS)) for rule in found] == [
        (Kind.KEY, "Class.id"),
        (Kind.REQUIRED, "Class.id"),
        (Kind.FILLED, "Class.branch"),
        (Kind.KNOWN, "Class.branch"),
        (Kind.KEY, "Pupil.id"),
        (Kind.KEY, "Pupil.(branch, first)"),
        (Kind.REFERENCE, "Pupil.class_id -> Class"),
        (Kind.REFERENCE, "Pupil.first -> Class"),
        (Kind.REQUIRED, "Pupil.id"),
        (Kind.FILLED, "Pupil.branch"),
        (Kind.KNOWN, "Pupil.branch"),
        (Kind.KEPT, "Pupil.class_id -> Class"),
        (Kind.KEPT, "Pupil.first -> Class"),
    ]


def test_every_kind_of_rule_has_a_check():
    assert {kind.value for kind in Kind} < set(POINTS)


@pytest.mark.parametrize(
    "test",
    [
        relationship("ref('class')", enabled=False),
        relationship("ref('class')", where="id > 'a'"),
        relationship("class"),
        relationship("ref('nothing')"),
    ],
)
def test_what_implies_no_reference(test: DataTest):
    found = rules.of_project(MODELS, [test], Settings())
    assert Rule(Kind.REFERENCE, "pupil", ("first",), "class", ("id",)) not in found


def test_no_tenant_no_rules_of_tenants():
    kinds = {rule.kind for rule in rules.of_project(MODELS, [], Settings())}
    assert kinds == {Kind.KEY, Kind.REFERENCE, Kind.REQUIRED}


def test_rules_of_tests():
    tests = [data_test("unique", "id"), data_test("unique", "first"), data_test("not_null", "first")]
    tests += [data_test("unique", "a || b"), data_test("unique", "class_id", where="id > 'a'"), data_test("even", "id")]
    declared = rules.of_project(MODELS, [], Settings())
    found = set(rules.of_project(MODELS, tests, Settings())) - set(declared)
    assert found == {Rule(Kind.KEY, "pupil", ("first",)), Rule(Kind.REQUIRED, "pupil", ("first",))}


# --- the documentation ----------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "health.md").read_text("utf-8")


def test_the_documented_points_are_those_that_count():
    rows = re.findall(r"^\| (\w+) \| `([\w ]+)` \| (\d+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert rows == [(section.value, name, str(points), title) for name, (section, points, title) in POINTS.items()]


def test_the_documented_caps_are_those_that_hold():
    assert re.findall(r"^\| (\d+) \| .+ \|$", PAGE, re.MULTILINE) == [str(cap) for cap in (NOBODY, EMPTY, BROKEN)]


def test_every_setting_is_documented():
    documented = re.findall(
        r"^\| `(\w+)` \|", PAGE.partition("## Settings")[2].partition("## Queries")[0], re.MULTILINE
    )
    assert tuple(documented) == settings.KEYS
