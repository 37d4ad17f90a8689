"""The nouns: frozen values that flow from one step to the next. No behaviour beyond small properties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlseed.assertion import DataTest

Value = str | int | float | bool | Decimal | dt.date | dt.datetime | None
"""What a seed's cell, a var or a bound parameter can hold."""


class ResourceType(StrEnum):
    """What kind of node a name stands for."""

    MODEL = "model"
    SEED = "seed"
    TEST = "test"
    UNIT_TEST = "unit_test"


class KeyKind(StrEnum):
    """How a model's rows are numbered, and so how sqlseed knows them again."""

    UUID = "uuid"  # text or uuid column: model, slice, row number
    INTEGER = "integer"  # a recorded range of integers per slice
    NATURAL = "natural"  # the data's own key; the config's `owner` predicate names the rows


class Materialized(StrEnum):
    """Where a model's rows go."""

    TABLE = "table"  # the target table
    VIEW = "view"  # a view, made anew as a whole
    INTERMEDIATE = "intermediate"  # a table in sqlseed's own schema, for other models to read


# --- the project as it stands on disk -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relation:
    """A table's schema and name, both as written in the catalog (case-sensitive)."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{quote(self.schema)}.{quote(self.name)}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract or of a seed. `type` is PostgreSQL's name, as `text` or `timestamp(3)`."""

    name: str
    type: str
    nullable: bool = True
    default: str | None = None  # an SQL expression for the DDL; a model may leave such a column out
    description: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns of this table that hold the key of a row of `to` (a model's name)."""

    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    on_delete: str = "no action"
    on_update: str = "no action"


@dataclass(frozen=True, slots=True)
class Index:
    """An index of the contract; a unique key is a unique index."""

    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The shape of a model's table, as its YAML declares it."""

    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()


@dataclass(frozen=True, slots=True)
class Slots:
    """How a seed's rows are dealt to numbered slots: `count` per group of equal `by` columns, in proportion
    to the `weight` column (equal shares without one), so that a weighted pick is an equi-join on the slot."""

    count: int
    by: tuple[str, ...] = ()
    weight: str | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """A lookup table: one CSV file, read and typed. `rows` are in file order."""

    name: str
    path: str  # relative to the project's root, with forward slashes
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    checksum: str  # SHA-256 of columns, types, rows and slots: equal content is not loaded again
    slots: Slots | None = None
    shares: tuple[tuple[int, int], ...] = ()  # per row: (first slot, number of slots); empty without slots
    description: str = ""
    tags: tuple[str, ...] = ()

    def records(self) -> list[dict[str, Value]]:
        """The rows as dictionaries by column name."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One `models/**/*.sql` file with what YAML says of it; nothing is rendered yet."""

    name: str
    path: str  # relative to the project's root, with forward slashes
    fqn: tuple[str, ...]  # project, folders, name
    raw_sql: str
    contract: Contract
    config: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    patch_path: str | None = None  # the YAML file that describes it


@dataclass(frozen=True, slots=True)
class Dimension:
    """A named axis that models are sliced by; its values are rows of a seed."""

    name: str
    seed: str
    key: str  # the seed's column whose text names a slice, as in --branch dps-main
    filter: str | None = None  # a Jinja expression over the row and var(); rows where it is false are left out


@dataclass(frozen=True, slots=True)
class Project:
    """Everything read from the project folder, once, at start."""

    root: Path
    name: str
    profile: str
    vars: Mapping[str, Value]
    presets: Mapping[str, Mapping[str, Value]]
    default_preset: str | None
    global_seed: int
    dimensions: Mapping[str, Dimension]
    models: Mapping[str, ModelFile]
    seeds: Mapping[str, Seed]
    macros: Mapping[str, str]  # path relative to the root -> text
    selectors: Mapping[str, Any] = field(default_factory=dict)  # name -> definition of selectors.yml
    tests: Mapping[str, DataTest] = field(default_factory=dict)
    unit_tests: Mapping[str, DataTest] = field(default_factory=dict)
    health: Mapping[str, Any] = field(default_factory=dict)  # settings of `sqlseed health`
    digest: str | None = None  # SHA-256 of every file that it was read from


class BulkMode(StrEnum):
    """Whether a build sets foreign keys and plain indexes aside while it fills a table."""

    AUTO = "auto"  # where it is allowed and pays
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of `profiles.yml`: where to write. `settings` are the back end's own (url, path, ...)."""

    profile: str
    name: str
    type: str  # duckdb or postgres
    schema: str
    state_schema: str = "_sqlseed"
    threads: int = 4
    environment: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what the user should know of how the settings were read
    require_approval: bool = False  # whether a build runs only what review.lock holds
    bulk: BulkMode = BulkMode.AUTO
    allow_superuser: bool = False  # whether its role may have powers that seeding does not need
    rows_per_chunk: int = 1_000_000  # how many rows a slice may be expected to have before it is cut; 0 for any number


# --- compiled ------------------------------------------------------------------------------------------


class ParameterKind(StrEnum):
    """Where a bind parameter's value comes from."""

    DIMENSION = "dimension"  # of = (dimension, attribute)
    SALT = "salt"  # of = the dimensions whose values make the salt
    KEY = "key"  # of = (model,): the prefix of its keys, or the number before its first integer key
    VAR = "var"  # of = (var,)
    CHUNK = "chunk"  # of = ("first",) or ("last",): the numbers that a chunk is cut by


@dataclass(frozen=True, slots=True)
class Parameter:
    """A bind parameter of a compiled model: `:name`, with its PostgreSQL type."""

    name: str
    type: str
    kind: ParameterKind
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chunks:
    """Where a slice may be cut, in numbers that the model's own row numbers are made from: `keys` of these each."""

    parts: str  # a Jinja expression for how many parts there are
    begins: str  # one for the number that `part` begins at, from 0 to parts - 1
    keys: int = 1


@dataclass(frozen=True, slots=True)
class Config:
    """A model's settings: `config()` in the file over `config:` in YAML over the defaults."""

    table: str
    materialized: Materialized = Materialized.TABLE
    slice_by: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    key_kind: KeyKind = KeyKind.UUID
    key: str | None = None
    owner: str | None = None  # SQL predicate over the table's columns and the slice's parameters
    key_block: int = 1_000_000  # integers set aside per slice
    rows: str | None = None  # a Jinja expression for the expected rows of a slice
    chunks: Chunks | None = None  # how a large slice may be cut
    enabled: bool = True
    meta: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False  # without a contract: the table or view is made anew from the model's rows, as in dbt
    lint: Mapping[str, str] = field(default_factory=dict, repr=False)  # rule -> why it is not followed here


@dataclass(frozen=True, slots=True)
class Compiled:
    """A model after rendering: one statement with `:name` parameters, valid on PostgreSQL as it stands."""

    name: str
    path: str
    fqn: tuple[str, ...]
    description: str
    patch_path: str | None
    config: Config
    contract: Contract
    relation: Relation
    sql: str
    source_lines: tuple[int, ...]  # line of the model's file for each line of `sql`
    parameters: tuple[Parameter, ...]
    refs: tuple[str, ...]  # models whose rows or keys it uses, in order of first use
    seeds: tuple[str, ...]  # lookup tables that it reads
    relations: Mapping[str, Relation]  # what ref(), seed(), slots() rendered, by node name
    functions: tuple[str, ...]  # names of the session functions it calls
    macros: tuple[str, ...]  # paths of project macro files that it uses
    checksum: str  # SHA-256 of sql, config and contract

    def source_line(self, line: int) -> int:
        """The line of the model's file that produced line `line` (1-based) of `sql`."""
        if not self.source_lines:
            return line
        return self.source_lines[max(0, min(line, len(self.source_lines)) - 1)]


@dataclass(frozen=True, slots=True)
class DimensionValue:
    """One value of a dimension: its key, and the seed's row as typed attributes."""

    dimension: str
    key: str
    attributes: Mapping[str, Value]


# --- plan and run ---------------------------------------------------------------------------------------

Point = tuple[tuple[str, str], ...]
"""A model's place on its dimensions: ((dimension, key), ...) in the order of `slice_by`."""


class StepState(StrEnum):
    """What a build has to do for a slice."""

    NEW = "new"
    CHANGED = "changed"
    UP_TO_DATE = "up to date"


@dataclass(frozen=True, slots=True)
class Slice:
    """One model at one point of its dimensions, or a chunk of that: its first and last number, None for no end."""

    model: str
    point: Point
    chunk: tuple[int, int | None] | None = None

    @property
    def key(self) -> str:
        """`dps-main/2024-2025`, or `all` for a model without dimensions: the checkpoint's second key."""
        whole = "/".join(key for _, key in self.point) or "all"
        return whole if self.chunk is None else "{}#{}-{}".format(whole, *("" if n is None else n for n in self.chunk))

    @property
    def whole(self) -> Slice:
        """The slice that a chunk is of."""
        return self if self.chunk is None else Slice(self.model, self.point)

    def __str__(self) -> str:
        return f"{self.model} {self.key}" if self.point or self.chunk else self.model


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What `_sqlseed` says of a slice (or of a seed) that is wholly in the target."""

    model: str
    slice: str
    fingerprint: str
    rows: int
    checksum: str | None = None


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The integers set aside for a slice: first to last, both inclusive."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Step:
    """A slice with all that is needed to run it."""

    slice: Slice
    state: StepState
    fingerprint: str
    parameters: Mapping[str, Value]
    expected_rows: int | None
    depends_on: tuple[Slice, ...]
    reads: tuple[tuple[str, str, str], ...] = ()  # checkpoints of parents and seeds: model, slice, fingerprint


@dataclass(frozen=True, slots=True)
class Plan:
    """The slices to run, parents before children; `seeds` are the lookup tables they read."""

    steps: tuple[Step, ...]
    seeds: tuple[str, ...]

    @property
    def pending(self) -> tuple[Step, ...]:
        """The steps that are not up to date."""
        return tuple(step for step in self.steps if step.state is not StepState.UP_TO_DATE)


@dataclass(frozen=True, slots=True)
class Job:
    """A step as a back end needs it: `refresh` writes the slice again even if its fingerprint is the same."""

    step: Step
    compiled: Compiled
    run_id: str
    refresh: bool = False
    checksum: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the target holds of a slice now. `written` is False where it was complete already."""

    rows: int
    written: bool
    checksum: str | None = None


def quote(identifier: str) -> str:
    """An SQL identifier in double quotes.

    >>> quote('Student')
    '"Student"'
    """
    return '"' + identifier.replace('"', '""') + '"'
