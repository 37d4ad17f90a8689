"""The nouns of data tests: a test as the project declares it, before anything of it is rendered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

UNLIKE_ZERO = "!= 0"
COUNT = "count(*)"


class DataTestKind(StrEnum):
    """Where a test's query comes from."""

    GENERIC = "generic"  # a named test with arguments, in YAML
    SINGULAR = "singular"  # a file with a query of its own
    UNIT = "unit"  # rows given to a model, and rows expected of it; no query at all


class Severity(StrEnum):
    """What a test's failures mean: `error` fails the command, `warn` does not."""

    ERROR = "error"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class DataTestConfig:
    """A test's settings, with dbt's names and defaults.

    `warn_if` and `error_if` are the right half of an SQL comparison with what `fail_calc` gives over the rows that
    are wrong; without any, it gives null, which counts as 0.
    """

    severity: Severity = Severity.ERROR
    warn_if: str = UNLIKE_ZERO
    error_if: str = UNLIKE_ZERO
    fail_calc: str = COUNT
    where: str | None = None  # only these rows of the model are looked at; for generic tests
    limit: int | None = None  # so many rows are kept by store_failures; the count is of all
    store_failures: bool | None = None  # None: the command's option decides
    enabled: bool = True
    tags: tuple[str, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fixture:
    """Rows as a unit test writes them: cells as texts, or null; or a SELECT that gives them."""

    input: str  # the model or seed whose rows they are; empty for those that are expected
    line: int | None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    lines: tuple[int | None, ...] = ()  # of each row
    sql: str = ""


@dataclass(frozen=True, slots=True)
class UnitTest:
    """The rows that a model is given, and those that it should make of them."""

    given: tuple[Fixture, ...]
    expect: Fixture
    variables: Mapping[str, Any]  # in place of the run's
    dimensions: Mapping[str, str]  # the slice


@dataclass(frozen=True, slots=True)
class DataTest:
    """One data test, a query for the rows that are wrong, or a unit test."""

    name: str  # unique over all tests, models and seeds
    short_name: str  # the same within 63 characters: of files and tables
    kind: DataTestKind
    path: str  # of the YAML file or the query, relative to the project's root
    line: int | None  # of the YAML
    fqn: tuple[str, ...]
    config: DataTestConfig
    description: str = ""
    raw_sql: str = ""  # of a singular test
    test_name: str | None = None  # of a generic test: unique, not_null, ...
    model: str | None = None  # the model or seed that a generic test is of
    column: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    unit: UnitTest | None = None
