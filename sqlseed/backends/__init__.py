"""Where rows go: one small protocol, one class an engine; drivers are imported when a target of theirs is opened."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlseed.errors import ExecuteError, ProfileError, did_you_mean
from sqlseed.live import LiveTable
from sqlseed.model import Checkpoint, Column, Compiled, KeyRange, Relation, Target, Value

if TYPE_CHECKING:
    from sqlseed.backends.contents import Hashing

Ours = Mapping[Relation, str]
"""For each table of the project the predicate, without parameters, that is true for all rows that sqlseed made."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table: an SQL predicate over its columns, with the values and types of its `:name` parameters."""

    predicate: str
    parameters: Mapping[str, Value] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    natural: bool = False  # whether a row with a key of theirs may yet not be one of them


@dataclass(frozen=True, slots=True)
class LiveDatabase:
    """Which database answers, and as whom: `role` is that of the session, `powers` what it may do beyond seeding."""

    name: str
    role: str
    powers: tuple[str, ...] = ()
    read_only: str = ""  # why nothing can be written
    system_identifier: str | None = None  # of the cluster, where the role may read it
    remarks: tuple[str, ...] = ()  # what its version lacks


Collision = tuple[str, list[str], int, list[tuple[str, ...]]]
"""A unique key's name and columns, how many rows of somebody else's are in the way, and the values of some."""


class OutOfOrder(ExecuteError):
    """A unique key was violated as a slice's rows were changed: perhaps their values have only changed places."""

    def __init__(self, error: ExecuteError) -> None:
        super().__init__(error.message, sqlstate=error.sqlstate, position=error.position, hint=error.hint)


class Session(Protocol):
    """One connection. Every method raises ExecuteError or ConnectError, never the driver's own errors."""

    state_schema: str
    exclusive: bool
    """Whether no other process can write to the target, so that a claim needs no row of its own."""
    has_indexes: bool
    """Whether rows go into indexes, so that their order matters."""
    row_json: str
    """A row `w` as a JSON text: an SQL expression."""
    hashing: Hashing
    """How rows are hashed here, for `contents`."""
    overriding: str
    """What an INSERT says between its columns and its SELECT so that given keys are taken in identity columns."""

    @property
    def process(self) -> int | None:
        """The server's process that works for the session, and for no other; None where there is none of that kind."""
        ...

    def server(self) -> str:
        """The engine's name and version, for people."""
        ...

    def database(self) -> LiveDatabase | None:
        """Which database this is; None where it is a file of one's own."""
        ...

    def share_migration_lock(self) -> str | None:
        """Keeps the application's migrations out while the session lives; who migrates already, if somebody does."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Commits at the end of the block, rolls back if it raises."""
        ...

    def run(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> int:
        """Executes one statement with `:name` parameters of the given PostgreSQL types; the rows it touched."""
        ...

    def query(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> list[tuple[Any, ...]]:
        """Like `run`, for a statement that gives rows."""
        ...

    def prepare(self, functions: Sequence[str], *, lasting: bool = False) -> None:
        """Within a transaction: settings for its length, and the session functions that a model calls.

        With `lasting` the settings may stay for the session's next transactions, where nobody else shares it.
        """
        ...

    def model_sql(self, compiled: Compiled) -> str:
        """A model's SELECT in this engine's SQL, with `:name` parameters or the engine's own form of them."""
        ...

    def snapshot(self) -> None:
        """First in a transaction: all that follows sees one state of the database, and nothing may be written."""
        ...

    def read_only(self) -> None:
        """Within a transaction: from here on nothing may be written, where the engine can be told."""
        ...

    def select_sql(self, sql: str, types: Mapping[str, str], *, in_part: bool = False) -> str:
        """A SELECT of PostgreSQL in this engine's SQL, for `query`; what may differ between engines is let through.

        `in_part` says that it will stand under a limit.
        """
        ...

    def replace(
        self, target: Relation, own: Rows, columns: Sequence[Column], keys: Sequence[str], model: Rows, ours: Ours
    ) -> tuple[int, bool]:
        """Brings the rows of `own` to what the SELECT in `model` gives.

        Returns how many there are then, and whether rows were removed, with those of ours that referred to them.
        Raises OutOfOrder where they may have to be removed and written anew.
        """
        ...

    def collisions(self, target: Relation, columns: Sequence[Column], model: Rows, ours: Ours) -> list[Collision]:
        """The unique keys by which rows that sqlseed did not make are in the way of what the SELECT in `model` gives.

        Within a transaction that is prepared for the model.
        """
        ...

    def children(self, target: Relation) -> list[tuple[Relation, str, list[str], list[str], str]]:
        """The foreign keys that lead to a table: child, name, columns, columns referred to, action on delete."""
        ...

    def remove(self, target: Relation, own: Rows, ours: Ours) -> int:
        """Deletes the rows of `own`, after those of ours that refer to them; the number of `own`.

        Raises GuardError if a row that sqlseed did not make refers to one of them.
        """
        ...

    def checksum(self, relation: Relation, columns: Sequence[Column], own: Rows) -> str:
        """The sum over the rows of `own` of 60 bits of each row's MD5, as decimal digits."""
        ...

    def checksum_sql(self, columns: Sequence[Column]) -> str:
        """The aggregate that `checksum` asks for."""
        ...

    def catalog(self, relations: Iterable[Relation]) -> dict[Relation, LiveTable]:
        """Those of the relations that exist."""
        ...

    def readers(self, relation: Relation) -> list[Relation]:
        """The views that keep the engine from dropping a relation, in the order in which they can be dropped."""
        ...

    def create_table(self, relation: Relation, compiled: Compiled) -> None:
        """Creates a model's table from its contract, with its keys and indexes where the engine keeps them."""
        ...

    def add_foreign_keys(self, relation: Relation, compiled: Compiled, others: Mapping[str, Compiled]) -> None:
        """Adds the contract's foreign keys, where the engine keeps them."""
        ...

    def load(self, relation: Relation, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> int:
        """Creates a lookup table and fills it, within the transaction of the caller; an older one is dropped."""
        ...

    def series(self, first: str, count: str) -> str:
        """An expression of a select list that gives `count` rows: the integers from `first` on."""
        ...

    def analyze(self, relation: Relation) -> None:
        """Fresh statistics for the planner, where the engine needs them."""
        ...

    def bootstrap(self, project: str) -> None:
        """Creates the state schema and its tables if they are missing; raises GuardError if another project's."""
        ...

    def has_state(self) -> bool:
        """Whether the state tables are there."""
        ...

    def lock_state(self) -> None:
        """Within a transaction: nobody else prepares a build in this state schema until it ends."""
        ...

    def checkpoints(self) -> dict[tuple[str, str], Checkpoint]:
        """Everything that is wholly in the target; empty where nothing was ever built."""
        ...

    def key_ranges(self) -> dict[tuple[str, str], KeyRange]:
        """The recorded integer ranges."""
        ...

    def highest_key(self, relation: Relation, column: str) -> int:
        """The largest key in the table, 0 if it is empty or missing."""
        ...

    def advance_sequence(self, relation: Relation, column: str, last: int) -> None:
        """Moves the column's sequence past `last`, if it has one: the application's next row must not collide."""
        ...

    def missing_privileges(self, relations: Iterable[Relation], *, changes: bool = True) -> list[str]:
        """What an administrator has to run before a build into these tables can work, as runnable statements.

        Without `changes` only what new slices need.
        """
        ...

    def waits(self, processes: Sequence[int]) -> list[tuple[int, str]]:
        """For each of these processes of the server that is at work, what it waits for now: `CPU` for nothing."""
        ...

    def counters(self) -> dict[str, int]:
        """What the session has written and read so far, between transactions; nothing where nobody counts it."""
        ...

    def cancel(self) -> None:
        """From another thread: stops the statement that runs now, if any."""
        ...

    def cut(self) -> None:
        """From another thread: ends what a cancel does not, so that the session's own thread comes back with an error
        and closes it. Closing a connection that another thread waits on would take the memory from under it."""
        ...

    def close(self) -> None:
        """Ends the connection; never raises."""
        ...


class Backend(Protocol):
    """A target that can be connected to. `threads` is how many sessions may work at once."""

    engine: str
    threads: int

    def connect(self) -> Session:
        """A new session; raises ConnectError."""
        ...

    def close(self) -> None:
        """Ends what the sessions share; never raises."""
        ...


_BACKENDS = {"duckdb": ("sqlseed.backends.duckdb", "DuckDB"), "postgres": ("sqlseed.backends.postgres", "Postgres")}
ALIASES = {"postgresql": "postgres"}


def open_backend(target: Target, root: Path, *, writes: bool = True) -> Backend:
    """The back end of a target; relative paths in its settings start at `root`. Raises ProfileError.

    Without `writes` a database file that does not exist is not made: an empty one in memory stands in for it.
    """
    kind = ALIASES.get(target.type, target.type)
    if kind not in _BACKENDS:
        raise ProfileError(f"target '{target.name}': unknown type '{target.type}'", hint=did_you_mean(kind, _BACKENDS))
    module, name = _BACKENDS[kind]
    backend: Backend = getattr(importlib.import_module(module), name)(target, root, writes)
    return backend


def open_dry_run(target: Target, root: Path) -> Backend:
    """An in-memory DuckDB that stands in for `target`: same schema names, no file, no network."""
    module = importlib.import_module("sqlseed.backends.duckdb")
    backend: Backend = module.DuckDB.in_memory(target, root)
    return backend
