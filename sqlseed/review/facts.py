"""What a DBA wants to know before he lets a build run, as frozen values; the page, the JSON and the scripts show them.

Everything is known for the plan of one target: `gathering` fills these, nothing here computes more than a sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlseed.lint.finding import Finding
from sqlseed.model import Relation, Value


@dataclass(frozen=True, slots=True)
class Estimate:
    """What something takes in PostgreSQL. `rows` come from the dry run and are exact unless `exact` is False."""

    rows: int = 0
    heap_bytes: int = 0  # the table's pages, TOAST left out
    index_bytes: int = 0
    wal_bytes: int = 0
    seconds: float = 0.0  # of one session; a run with N sessions takes less
    exact: bool = True

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(
            self.rows + other.rows,
            self.heap_bytes + other.heap_bytes,
            self.index_bytes + other.index_bytes,
            self.wal_bytes + other.wal_bytes,
            self.seconds + other.seconds,
            self.exact and other.exact,
        )


@dataclass(frozen=True, slots=True)
class SliceFacts:
    """One slice: what would happen to it, and the values its parameters are bound to."""

    key: str  # dps-main/2024-2025
    point: Mapping[str, str]
    state: str  # new, changed, up to date
    rows: int | None  # of the dry run, or as the plan expects them
    parameters: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of a model, and where its values come from."""

    name: str
    type: str
    nullable: bool
    description: str
    sources: tuple[tuple[str, str], ...] = ()  # (model or seed, column), nearest first; empty for one made from nothing
    tests: tuple[str, ...] = ()  # names of the data tests on it


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """An index that every inserted row goes into; `live` says that it is the target's, not only the contract's."""

    name: str
    columns: tuple[str, ...]  # expressions in the server's words
    unique: bool
    primary: bool = False
    predicate: str | None = None  # of a partial index
    live: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKeyFacts:
    """A foreign key from `table` to `to`; each inserted row locks the row that it refers to against removal."""

    name: str
    table: Relation
    columns: tuple[str, ...]
    to: Relation
    to_columns: tuple[str, ...]
    on_delete: str
    on_update: str
    indexed: bool  # whether an index of `table` begins with `columns`: the delete path needs one
    validated: bool = True
    live: bool = False


@dataclass(frozen=True, slots=True)
class TriggerFacts:
    """A trigger of the target that fires for each row or statement that sqlseed sends."""

    name: str
    timing: str  # before, after, instead of
    events: tuple[str, ...]  # insert, update, delete, truncate
    level: str  # row, statement
    enabled: bool
    function: str  # schema.name()
    internal: bool = False  # of a foreign key


@dataclass(frozen=True, slots=True)
class LockFacts:
    """A lock that one statement of a slice's transaction takes and holds until the transaction ends."""

    statement: str  # claim, insert, complete, analyze, create table ... in the order of the transaction
    relation: Relation
    mode: str  # as pg_locks spells it: RowExclusiveLock
    blocks: str  # in plain words, what others cannot do meanwhile


@dataclass(frozen=True, slots=True)
class TestFacts:
    """A data test that guards a model."""

    name: str
    kind: str  # generic, singular, unit
    path: str
    description: str
    severity: str


@dataclass(frozen=True, slots=True)
class Change:
    """How a part differs from what was approved: `new`, `changed`, `removed`, `same`; `diff` is unified."""

    kind: str
    diff: str = ""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """Everything about one model, for its section of the page."""

    name: str
    path: str
    description: str
    relation: Relation
    materialized: str
    key_kind: str
    key: str | None
    owner: str  # the predicate, in SQL, that is true for the rows which sqlseed makes in this table
    slice_by: tuple[str, ...]
    tags: tuple[str, ...]
    refs: tuple[str, ...]
    seeds: tuple[str, ...]
    functions: tuple[str, ...]  # session functions that it calls
    source: str  # the file as its author wrote it, Jinja included
    compiled: str  # the SELECT with :name parameters, comments and layout kept
    statement: str  # what the server receives: INSERT around it, parameters as $1, $2
    parameters: Mapping[str, str]  # name -> PostgreSQL type
    meanings: Mapping[str, str]  # name -> where its value comes from, in words
    estimate: Estimate
    creates: bool  # the table does not exist yet in the target, and build would create it
    ddl: tuple[str, ...] = ()  # the statements for that
    slices: tuple[SliceFacts, ...] = ()
    columns: tuple[ColumnFacts, ...] = ()
    indexes: tuple[IndexFacts, ...] = ()
    foreign_keys: tuple[ForeignKeyFacts, ...] = ()
    referenced_by: tuple[ForeignKeyFacts, ...] = ()
    triggers: tuple[TriggerFacts, ...] = ()
    locks: tuple[LockFacts, ...] = ()
    explain: str = ""  # the plan of one slice's statement on the live target, as text
    explain_note: str = ""  # what slice it is for, or why there is none
    sample_columns: tuple[str, ...] = ()
    sample: tuple[tuple[Value, ...], ...] = ()
    tests: tuple[TestFacts, ...] = ()
    findings: tuple[Finding, ...] = ()
    live_rows: int | None = None  # rows in the target's table now, as its statistics say; None if there is no table
    change: Change | None = None  # against review.lock, where one was given
    aside: tuple[str, ...] = ()  # names of indexes and foreign keys that a build drops meanwhile, and puts back (bulk)
    dry_seconds: float | None = None  # what all its slices took the dry run, in DuckDB


@dataclass(frozen=True, slots=True)
class SeedFacts:
    """A lookup table that is loaded into sqlseed's own schema."""

    name: str
    path: str
    description: str
    rows: int
    columns: tuple[str, ...]
    checksum: str
    read_by: tuple[str, ...]
    estimate: Estimate
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Guarantee:
    """Something that sqlseed promises, in a sentence or two, and the place that proves it."""

    title: str
    text: str
    proof: str  # a heading of the page (#...), or a file of the bundle (sql/...)
    tests: tuple[str, ...] = ()  # files of sqlseed's own repository that try to break it


@dataclass(frozen=True, slots=True)
class Attention:
    """Something that the DBA should look at before he says yes."""

    level: str  # stop, look, note
    text: str
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """The whole review."""

    project: str
    target: str
    engine: str
    server: str  # of the live target, or empty where it was not reached
    where: str  # target and database in words, without secrets
    version: str
    generated_at: str  # ISO 8601, UTC
    variables: Mapping[str, Value]
    state_schema: str
    threads: int
    models: tuple[ModelFacts, ...]  # in the order in which a build runs them
    seeds: tuple[SeedFacts, ...]
    functions: Mapping[str, str]  # session function -> its DDL
    settings: Mapping[str, str]  # what a slice's transaction pins
    total: Estimate
    wall_seconds: float  # of the whole run with `threads` sessions
    guarantees: tuple[Guarantee, ...] = ()
    attention: tuple[Attention, ...] = ()
    grants: tuple[str, ...] = ()  # the least privileges for the run, as statements
    approval: Mapping[str, str] = field(default_factory=dict)  # of review.lock: by, at; empty where there is none
    change: Change | None = None  # of settings, functions, vars and version, against review.lock
    reasons: Mapping[str, str] = field(default_factory=dict)  # why a setting is pinned, what a function is for
    slowness: float | None = None  # how many times as long a probe took as on the benchmark's server; None: not probed
    sessions: float | None = None  # how many sessions' work the server did at once
    notes: tuple[str, ...] = ()  # how the numbers came about, a sentence each

    @property
    def by_name(self) -> dict[str, ModelFacts]:
        """The models by name."""
        return {model.name: model for model in self.models}
