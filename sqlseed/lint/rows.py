"""What is known of a relation's rows without running anything: kinds of columns, what tells rows apart, how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SMALL = 1_000
"""Rows up to which a seed counts as bounded: beside each of a million rows it is a billion pairs, and no more."""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is PostgreSQL's type without its modifier, "" where it is not known."""

    kind: str = ""
    collated: bool = False  # a text whose order is fixed by a collation
    key: str = ""  # of a table's key (primary, unique or foreign): the table's name


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from the values of some columns: other columns' values, and whether one row at most has them."""

    columns: frozenset[str]
    whole: bool


class Rows:
    """The rows of a relation, a subquery or a function."""

    columns: Mapping[str, Column]
    bounded: bool = False  # by what stands in the project's own files, and not by how much data there is

    def close(self, names: Iterable[str]) -> Closure:
        """What the values of some columns decide; remembered, for every query asks for its sources' again."""
        given = frozenset(names)
        known: dict[frozenset[str], Closure] = self.__dict__.setdefault("_closures", {})
        if given not in known:
            known[given] = self._close(given)
        return known[given]

    def _close(self, given: frozenset[str]) -> Closure:
        return Closure(given, False)


class Unknown(Rows):
    """The rows of who knows what."""

    def __init__(self) -> None:
        self.columns = {}


@dataclass
class Table(Rows):
    """A table, with the sets of columns that no two rows share, and never hold null."""

    columns: Mapping[str, Column]
    keys: Sequence[frozenset[str]] = ()
    inner: Rows | None = None  # the query that fills it, all slices together

    def _close(self, given: frozenset[str]) -> Closure:
        """By its keys, and by what its model's statement tells."""
        if any(key <= given for key in self.keys):
            return Closure(frozenset(self.columns), True)
        return self.inner.close(given) if self.inner else Closure(given, False)


@dataclass
class Listed(Rows):
    """Rows that are written out: a seed, or VALUES. None in a row stands for what is no constant."""

    columns: Mapping[str, Column]
    rows: Sequence[Sequence[Any]]

    @property
    def bounded(self) -> bool:  # type: ignore[override]
        """Whether there are few."""
        return len(self.rows) <= SMALL

    def _close(self, given: frozenset[str]) -> Closure:
        """By looking at the rows."""
        at = [place for place, name in enumerate(self.columns) if name in given]
        told = {tuple(row[place] for place in at) for row in self.rows}
        whole = len(told) == len(self.rows)
        return Closure(frozenset(self.columns) if whole else given, whole)


@dataclass
class Series(Rows):
    """A set-returning function; `key` are the columns that tell its rows apart for one call."""

    columns: Mapping[str, Column]
    key: frozenset[str] | None
    bounded: bool = True

    def _close(self, given: frozenset[str]) -> Closure:
        """A series gives each number once."""
        whole = self.key is not None and self.key <= given
        return Closure(frozenset(self.columns) if whole else given, whole)


@dataclass
class Sliced(Rows):
    """The rows of all slices of a model: `slices` are, per dimension, the columns that name its value."""

    query: Rows
    slices: Sequence[frozenset[str]]

    @property
    def columns(self) -> Mapping[str, Column]:  # type: ignore[override]
        """Those of the statement."""
        return self.query.columns

    def _close(self, given: frozenset[str]) -> Closure:
        """Within a slice by the statement, if the slice is told."""
        if any(not columns & given for columns in self.slices):
            return Closure(given, False)
        return self.query.close(given)
