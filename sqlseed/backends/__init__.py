"""Where rows go: one small protocol, one class an engine; drivers are imported when a target of theirs is opened."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlseed.errors import ProfileError, did_you_mean
from sqlseed.model import Checkpoint, Column, Compiled, KeyRange, LiveTable, Relation, Target, Value


class Session(Protocol):
    """One connection. Every method raises ExecuteError or ConnectError, never the driver's own errors."""

    state_schema: str

    def server(self) -> str:
        """The engine's name and version, for people."""
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

    def prepare(self, functions: Sequence[str]) -> None:
        """Within a transaction: settings for its length, and the session functions that a model calls."""
        ...

    def model_sql(self, compiled: Compiled) -> str:
        """A model's SELECT in this engine's SQL, with `:name` parameters or the engine's own form of them."""
        ...

    def replace(
        self,
        target: Relation,
        columns: Sequence[str],
        key: str | None,
        select: str,
        own: str,
        parameters: Mapping[str, Value],
        types: Mapping[str, str],
        children: Sequence[tuple[Relation, str | None]],
    ) -> int:
        """Brings the rows for which `own` holds to what `select` gives; returns how many there are then.

        `children` are (table, predicate of our own rows) of the project's tables that refer to this one.
        """
        ...

    def check_no_foreign_children(
        self,
        target: Relation,
        own: str,
        parameters: Mapping[str, Value],
        types: Mapping[str, str],
        children: Sequence[tuple[Relation, str | None]],
    ) -> None:
        """Raises GuardError if rows that sqlseed did not make refer to rows for which `own` holds."""
        ...

    def checksum(
        self,
        relation: Relation,
        columns: Sequence[Column],
        own: str,
        parameters: Mapping[str, Value],
        types: Mapping[str, str],
    ) -> str:
        """The sum over the rows for which `own` holds of 60 bits of each row's MD5, as decimal digits."""
        ...

    def catalog(self, relations: Iterable[Relation]) -> dict[Relation, LiveTable]:
        """Those of the relations that exist."""
        ...

    def create_table(self, relation: Relation, compiled: Compiled, others: Mapping[str, Compiled], keys: bool) -> None:
        """Creates a model's table from its contract; `keys` adds its keys and indexes where the engine keeps them."""
        ...

    def add_foreign_keys(self, relation: Relation, compiled: Compiled, others: Mapping[str, Compiled]) -> None:
        """Adds the contract's foreign keys, where the engine keeps them."""
        ...

    def load(self, relation: Relation, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> int:
        """Creates a lookup table and fills it, within the transaction of the caller; an older one is dropped."""
        ...

    def analyze(self, relation: Relation) -> None:
        """Fresh statistics for the planner, where the engine needs them."""
        ...

    def bootstrap(self, project: str) -> None:
        """Creates the state schema and its tables if they are missing; raises GuardError if another project's."""
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
        """Moves the column's sequence past `last`, if it has one, so that the application's next row does not collide."""
        ...

    def cancel(self) -> None:
        """From another thread: stops the statement that runs now, if any."""
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


def open_backend(target: Target, root: Path) -> Backend:
    """The back end of a target; relative paths in its settings start at `root`. Raises ProfileError."""
    kind = ALIASES.get(target.type, target.type)
    if kind not in _BACKENDS:
        raise ProfileError(f"target '{target.name}': unknown type '{target.type}'", hint=did_you_mean(kind, _BACKENDS))
    module, name = _BACKENDS[kind]
    backend: Backend = getattr(importlib.import_module(module), name)(target, root)
    return backend


def open_dry_run(target: Target, root: Path, functions_only: bool = False) -> Backend:
    """An in-memory DuckDB that stands in for `target`: same schema names, no file, no network."""
    module = importlib.import_module("sqlseed.backends.duckdb")
    backend: Backend = module.DuckDB.in_memory(target, root)
    return backend
