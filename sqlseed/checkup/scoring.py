"""The nouns of a health page and the arithmetic of its score: exact fractions, rounded down once at the end."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from sqlseed.model import Slice


class Section(StrEnum):
    """What a check is about, in the order of the page."""

    COMPLETENESS = "completeness"
    INTEGRITY = "integrity"
    TENANCY = "tenancy"
    REALISM = "realism"
    FRESHNESS = "freshness"
    PROVENANCE = "provenance"


POINTS: dict[str, tuple[Section, int, str]] = {
    "rows": (Section.COMPLETENESS, 30, "every table holds the rows that the plan expects"),
    "keys": (Section.INTEGRITY, 10, "no primary or unique key stands twice"),
    "references": (Section.INTEGRITY, 15, "every reference leads to a row"),
    "required": (Section.INTEGRITY, 5, "every NOT NULL column is filled"),
    "tenant filled": (Section.TENANCY, 5, "every row has a tenant"),
    "tenant known": (Section.TENANCY, 5, "every tenant is one of the project's"),
    "tenant kept": (Section.TENANCY, 5, "no reference leads from one tenant to another"),
    "distributions": (Section.REALISM, 15, "measured values are near their targets"),
    "as of": (Section.FRESHNESS, 2, "the data's today is not long ago"),
    "unchanged": (Section.FRESHNESS, 3, "the project has not changed since it was built"),
    "own": (Section.PROVENANCE, 2, "the rows are sqlseed's own"),
    "kept": (Section.PROVENANCE, 3, "no slice has other rows than were built"),
}
"""Check -> its section, its points, what must hold. Together 100."""

NOBODY, EMPTY, BROKEN = 0, 49, 69
"""Caps: nobody seeded it; a table that should have rows has none; a rule of integrity or tenancy is broken."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that costs points: of which rule or table, how many rows are wrong, and the key of one of them."""

    what: str
    wrong: int = 0
    lost: Fraction = Fraction(0)
    note: str = ""
    example: str = ""
    broken: bool = False  # of a rule of integrity or tenancy


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a section. `tried` is how many rules, tables or slices it looked at; each has an equal share."""

    name: str
    possible: int
    tried: int
    findings: tuple[Finding, ...] = ()

    @property
    def section(self) -> Section:
        """The section that it belongs to."""
        return POINTS[self.name][0]

    @property
    def title(self) -> str:
        """What must hold."""
        return POINTS[self.name][2]

    @property
    def lost(self) -> Fraction:
        """Points lost."""
        return sum((finding.lost for finding in self.findings), Fraction(0))

    @property
    def points(self) -> Fraction:
        """Points that are left."""
        return self.possible - self.lost

    @property
    def wrong(self) -> int:
        """Rows that are wrong."""
        return sum(finding.wrong for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the equal parts of a check: the share of it that is lost, from 0 to 1, and why."""

    what: str
    share: Fraction = Fraction(0)
    wrong: int = 0
    note: str = ""
    example: str = ""
    broken: bool = False


def check(name: str, parts: Sequence[Part]) -> Check:
    """A check out of its parts: each has an equal share of the points. Parts without a loss or a wrong row are no
    findings, parts that say the same are one; the heaviest come first."""
    possible = POINTS[name][1]
    found: dict[tuple[str, str, str], Finding] = {}
    for part in parts:
        if not part.share and not part.wrong:
            continue
        said = (part.what, part.note, part.example)
        before = found.get(said, Finding(part.what, 0, Fraction(0), part.note, part.example, part.broken))
        lost = before.lost + possible * part.share / len(parts)
        found[said] = replace(before, wrong=before.wrong + part.wrong, lost=lost)
    ordered = sorted(found.values(), key=lambda finding: (-finding.lost, -finding.wrong, finding.what))
    return Check(name, possible, len(parts), tuple(ordered))


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit to the score, and why it holds."""

    limit: int
    reason: str


@dataclass(frozen=True, slots=True)
class SliceRows:
    """A slice's rows: those expected (None where nobody can say) and those of sqlseed's that are there."""

    slice: Slice
    expected: int | None
    rows: int
    built: bool  # whether it has a checkpoint

    @property
    def missing(self) -> Fraction:
        """The share of the expected rows that is missing, from 0 to 1."""
        if self.expected is None:
            return Fraction(0 if self.rows or self.built else 1)
        return Fraction(max(0, self.expected - self.rows), self.expected) if self.expected else Fraction(0)


@dataclass(frozen=True, slots=True)
class TableRows:
    """A table: its slices' rows, rows of slices that the project no longer makes, and rows of somebody else."""

    model: str
    table: str
    slices: tuple[SliceRows, ...]
    orphaned: int = 0
    foreign: int = 0
    exists: bool = True

    @property
    def rows(self) -> int:
        """All rows in the table."""
        return sum(found.rows for found in self.slices) + self.orphaned + self.foreign

    @property
    def expected(self) -> int:
        """The rows expected in all slices, as far as known."""
        return sum(found.expected or 0 for found in self.slices)

    @property
    def missing(self) -> Fraction:
        """The share of the table that is missing: the mean over its slices, however many rows each has."""
        if not self.exists:
            return Fraction(1)
        return Fraction(sum(found.missing for found in self.slices), max(1, len(self.slices)))

    @property
    def is_empty(self) -> bool:
        """Whether it has no row, and should have."""
        return not self.exists or (not self.rows and any(found.missing for found in self.slices))


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of a distribution: what was measured and what it should be."""

    label: str
    actual: float | None
    target: float | None
    tolerance: float | None

    @property
    def fits(self) -> bool:
        """Whether the measured value is within its tolerance; one that could not be measured is not."""
        if self.actual is None or self.target is None or self.tolerance is None:
            return False
        return abs(self.actual - self.target) <= self.tolerance + 1e-9 * max(1.0, abs(self.target))


@dataclass(frozen=True, slots=True)
class Distribution:
    """What one of the project's queries measured; `problem` says why it measured nothing."""

    name: str
    title: str
    note: str
    path: str
    measures: tuple[Measure, ...] = ()
    problem: str = ""

    @property
    def outside(self) -> Fraction:
        """The share of the rows outside their tolerance; all where there is no row."""
        if not self.measures:
            return Fraction(1)
        return Fraction(sum(not measure.fits for measure in self.measures), len(self.measures))


@dataclass(frozen=True, slots=True)
class Health:
    """The whole page. `elapsed` is wall time in seconds."""

    project: str
    target: str
    server: str
    today: dt.date
    as_of: dt.date | None
    checks: tuple[Check, ...]
    caps: tuple[Cap, ...]
    tables: tuple[TableRows, ...]
    distributions: tuple[Distribution, ...]
    elapsed: float

    @property
    def points(self) -> Fraction:
        """The score before it is capped and rounded: points left out of those possible, scaled to 100."""
        possible = sum(found.possible for found in self.checks)
        left = sum((found.points for found in self.checks), Fraction(0))
        return 100 * left / possible if possible else Fraction(0)

    @property
    def score(self) -> int:
        """A whole number out of 100, rounded down, never above the lowest cap."""
        return min([math.floor(self.points), *(cap.limit for cap in self.caps)])

    def section(self, section: Section) -> list[Check]:
        """The checks of a section; none where it does not apply to the project."""
        return [found for found in self.checks if found.section is section]
