"""Embedded DuckDB, in a file or in memory: the only module that imports duckdb.

Tables carry NOT NULL and nothing else: keys in memory would cost more than the rows, and are proven by tests instead.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb

from sqlseed import dialect, library
from sqlseed.backends import Ours, Rows, ddl, duckdb_values, state_tables
from sqlseed.backends.alone import Alone
from sqlseed.backends.checksums import column_texts
from sqlseed.backends.contents import Hashing
from sqlseed.errors import OUT_OF_MEMORY, ConnectError, ExecuteError
from sqlseed.live import LiveColumn, LiveTable
from sqlseed.model import Checkpoint, Column, Compiled, KeyRange, Relation, Target, Value, quote

_DRY_MEMORY = "256MB"  # of a dry run for another engine: sqlseed's process then stays below 512 MB
_BATCH = 20_000  # rows of a lookup table sent at once
_parser = cache(lambda: duckdb.connect(config={"threads": 1}))


class DuckDB:
    """A DuckDB database as a target: two sessions at most, since a slice keeps little more than one core busy."""

    engine = "duckdb"

    def __init__(self, target: Target, root: Path, writes: bool = True) -> None:
        self.target = target
        self.threads = min(2, target.threads)
        self._temporary: str | None = None
        self._read_only = False
        path = str(target.settings.get("path", "target/sqlseed.duckdb"))
        self.path = path if path == ":memory:" else str((root / path).resolve())
        if not writes and not Path(self.path).exists():
            self.path = ":memory:"
        if self.path != ":memory:":
            self._read_only = not writes
        self._connection: Any = None

    @classmethod
    def in_memory(cls, target: Target, root: Path) -> DuckDB:
        """A stand-in for another target: its schema's name, no file but for what memory cannot hold."""
        memory = target.settings.get("memory_limit", "1GB") if target.type == "duckdb" else _DRY_MEMORY
        return cls(replace(target, type="duckdb", settings={"path": ":memory:", "memory_limit": memory}), root)

    def connect(self) -> DuckDBSession:
        """A new session; raises ConnectError if the file is somebody else's or no DuckDB database."""
        if self._connection is None:
            self._connection = self._open()
        return DuckDBSession(self._connection.cursor(), self.target)

    def _open(self) -> Any:
        settings = self.target.settings
        config: dict[str, Any] = {
            "threads": max(1, self.target.threads // 4),  # besides the sessions' own
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,  # rows have keys; keeping their order costs memory
        }
        if settings.get("memory_limit"):
            config["memory_limit"] = str(settings["memory_limit"])
        folder = settings.get("temp_directory")
        if folder is None and self.path == ":memory:":
            folder = self._temporary = tempfile.mkdtemp(prefix="sqlseed-")
        if folder is not None:
            config["temp_directory"] = str(folder)
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = duckdb.connect(self.path, read_only=self._read_only, config=config)
            connection.execute("set global integer_division = true")
            if _has_timezone(connection):
                connection.execute("set global timezone = 'UTC'")
            # A model can reach no file and no network, and cannot undo it.
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
            return connection
        except duckdb.Error as error:
            text = " ".join(str(error).split())
            if "lock" in text.lower():
                hint = "close the other program that has it open, or wait for it"
                raise ConnectError(f"{self.path} is in use: {_lock_holder(text)}", hint=hint) from None
            hint = "remove the file, or name another path in the target"
            raise ConnectError(f"cannot open {self.path}: {text[:300]}", hint=hint) from None

    def close(self) -> None:
        """Closes the file and removes what was spilled."""
        if self._connection is not None:
            with contextlib.suppress(duckdb.Error):
                self._connection.close()
            self._connection = None
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)


def _has_timezone(connection: Any) -> bool:
    found = connection.execute("select count(*) from duckdb_settings() where lower(name) = 'timezone'").fetchone()
    return bool(found and found[0])


def _lock_holder(text: str) -> str:
    found = re.search(r"held in (.+?)(?: See also|$)", text)
    return f"held by {found[1].rstrip('. ')}" if found else "another process holds its lock"


class DuckDBSession(Alone):
    """One connection to DuckDB."""

    overriding = ""
    row_json = "to_json(w)::text"
    exclusive = True
    has_indexes = False
    hashing = Hashing(f"duckdb {duckdb.__version__}", lambda columns: f"hash({', '.join(map(quote, columns))})")

    def __init__(self, connection: Any, target: Target) -> None:
        self._connection = connection
        self._target = target
        self.state_schema = target.state_schema
        self._functions: set[str] = set()
        self._statements: dict[str, str] = {}
        self._parsed = lru_cache(maxsize=256)(self._parse)  # every slice of a model sends the same text

    def server(self) -> str:
        """The engine's name and version, for people."""
        return f"DuckDB {duckdb.__version__}"

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end of the block; an error of the rollback never hides the first one."""
        self._execute("begin transaction", None)
        try:
            yield
        except BaseException:
            self._functions.clear()  # those created in the block are rolled back with it
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("rollback")
            raise
        self._execute("commit", None)

    def run(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> int:
        """Executes one statement; the rows it touched, 0 for DDL."""
        row = self._execute(*duckdb_values.named(sql, parameters, types)).fetchone()
        return int(row[0]) if row and isinstance(row[0], int) else 0

    def query(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> list[tuple[Any, ...]]:
        """Like `run`, for a statement that gives rows."""
        try:
            rows: list[tuple[Any, ...]] = self._execute(*duckdb_values.named(sql, parameters, types)).fetchall()
        except duckdb.Error as error:
            raise _error(error) from None
        return rows

    def _execute(self, sql: str, parameters: Any) -> Any:
        try:
            statement = self._parsed(sql)
            return (
                self._connection.execute(statement, parameters) if parameters else self._connection.execute(statement)
            )
        except duckdb.Error as error:
            raise _error(error) from None

    def _parse(self, sql: str) -> Any:
        found = self._connection.extract_statements(sql)
        if len(found) != 1:  # DuckDB itself would run them all
            raise ExecuteError(f"one statement at a time; found {len(found)}")
        return found[0]

    def prepare(self, functions: Sequence[str], *, lasting: bool = False) -> None:  # noqa: ARG002
        """The session functions that are not there yet; settings are the database's."""
        for name in functions:
            if name not in self._functions:
                self._execute(library.function(name).create_duckdb, None)
                self._functions.add(name)

    def model_sql(self, compiled: Compiled) -> str:
        """The statement transpiled once, its parameters as typed `$name`."""
        if compiled.name not in self._statements:
            types = {p.name: p.type for p in compiled.parameters}
            self._statements[compiled.name] = dialect.to_duckdb(compiled.sql, types, pretty=False)
        return self._statements[compiled.name]

    def snapshot(self) -> None:
        """A transaction of DuckDB sees one state in any case."""

    def read_only(self) -> None:
        """What is sent is wrapped as a SELECT, and DuckDB's change nothing."""

    def select_sql(self, sql: str, types: Mapping[str, str], *, in_part: bool = False) -> str:
        """The statement transpiled, without guards."""
        return dialect.select_to_duckdb(sql, types, in_part=in_part)

    def replace(  # PostgreSQL needs the other arguments
        self,
        target: Relation,
        own: Rows,
        columns: Sequence[Column],
        keys: Sequence[str],  # noqa: ARG002
        model: Rows,
        ours: Ours,  # noqa: ARG002
    ) -> tuple[int, bool]:
        """Removes the slice's rows and writes them again: DuckDB has no foreign keys that could object."""
        names = ", ".join(quote(column.name) for column in columns)
        self.run(f"delete from {target} where {own.predicate}", own.parameters, own.types)
        insert = f"insert into {target} ({names})\nselect {names} from (\n{model.predicate}\n) as m"
        return self.run(insert, model.parameters, model.types), False

    def remove(self, target: Relation, own: Rows, ours: Ours) -> int:  # noqa: ARG002
        """Deletes the rows of `own`; nothing refers to them, for the tables have no foreign keys."""
        return self.run(f"delete from {target} where {own.predicate}", own.parameters, own.types)

    def checksum(self, relation: Relation, columns: Sequence[Column], own: Rows) -> str:
        """The sum over the rows of `own` of 60 bits of each row's MD5, as decimal digits."""
        sql = f"select {self.checksum_sql(columns)} from {relation} where {own.predicate}"
        return str(self.query(sql, own.parameters, own.types)[0][0])

    def checksum_sql(self, columns: Sequence[Column]) -> str:
        """The aggregate that `checksum` asks for."""
        texts = column_texts(
            columns,
            timestamp=lambda name: f"epoch_ms({name}::timestamp)::text",  # of timestamp_ms DuckDB 2.0.1 fails
            number=lambda name: f"round({name}, 6)::decimal(38, 6)::text",
        )
        text = f"concat_ws(chr(31), {', '.join(texts)})"
        return f"coalesce(sum(('0x' || substr(md5({text}), 1, 15))::bigint), 0)::text"

    def catalog(self, relations: Iterable[Relation]) -> dict[Relation, LiveTable]:
        """Those of the relations that exist."""
        wanted = set(relations)
        rows = self.query(
            "select c.schema_name, c.table_name, c.column_name, lower(c.data_type), c.is_nullable,"
            " c.column_default is not null, v.view_name is not null"
            " from duckdb_columns() as c left join duckdb_views() as v"
            " on v.schema_name = c.schema_name and v.view_name = c.table_name"
            " where c.database_name = current_database() and not c.internal order by c.column_index"
        )
        columns: dict[Relation, dict[str, LiveColumn]] = {}
        views: set[Relation] = set()
        for schema, table, name, type_, nullable, filled, view in rows:
            relation = Relation(schema, table)
            if relation in wanted:
                columns.setdefault(relation, {})[name] = LiveColumn(name, type_, nullable, filled)
                if view:
                    views.add(relation)
        return {r: LiveTable(found, "view" if r in views else "table") for r, found in columns.items()}

    def readers(self, relation: Relation) -> list[Relation]:  # noqa: ARG002
        """None: a view finds what it reads by name each time, and keeps nobody from dropping it."""
        return []

    def create_table(self, relation: Relation, compiled: Compiled) -> None:
        """Creates a model's table from its contract: columns and NOT NULL."""
        self.run(f"create schema if not exists {quote(relation.schema)}")
        for statement in ddl.create_table(relation, compiled, dialect.duckdb_type, keys=False):
            self.run(statement)

    def add_foreign_keys(self, relation: Relation, compiled: Compiled, others: Mapping[str, Compiled]) -> None:
        """DuckDB's tables carry none."""

    def load(self, relation: Relation, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> int:
        """Creates a lookup table and fills it, a batch of columns at a time; an older one is dropped."""
        self.run(f"drop table if exists {relation}")
        types = [dialect.duckdb_type(column.type) for column in columns]
        body = ", ".join(f"{quote(c.name)} {t}" for c, t in zip(columns, types, strict=True))
        self.run(f"create table {relation} ({body})")
        values = list(rows)
        lists = ", ".join(f"unnest(${i}::{duckdb_values.list_type(t)}[])::{t}" for i, t in enumerate(types, 1))
        for start in range(0, len(values), _BATCH):
            batch = [
                [duckdb_values.plain(v) for v in column] for column in zip(*values[start : start + _BATCH], strict=True)
            ]
            self._execute(f"insert into {relation} select {lists}", batch)
        return len(values)

    def series(self, first: str, count: str) -> str:
        """The integers from `first` on."""
        return f"unnest(range({first}, {first} + {count}))::integer"

    def analyze(self, relation: Relation) -> None:
        """DuckDB keeps its own statistics."""

    def bootstrap(self, project: str) -> None:
        """Creates the schemas and the state tables if they are missing."""
        state = quote(self.state_schema)
        with self.transaction():
            self.run(f"create schema if not exists {state}")
            self.run(f"create schema if not exists {quote(self._target.schema)}")
            for statement in state_tables.TABLES:
                self.run(statement.format(schema=state))
            state_tables.bring_up_to_date(self)
            state_tables.check_project(self, project)

    def has_state(self) -> bool:
        """Whether the state tables are there."""
        sql = "select 1 from duckdb_tables() where schema_name = :schema and table_name = 'checkpoint'"
        return bool(self.query(sql, {"schema": self.state_schema}, {"schema": "text"}))

    def checkpoints(self) -> dict[tuple[str, str], Checkpoint]:
        """Everything that is wholly in the target; empty where nothing was ever built."""
        if not self.has_state():
            return {}
        rows = self.query(
            f"select model, slice, fingerprint, rows, checksum from {quote(self.state_schema)}.checkpoint"
        )
        return {(row[0], row[1]): Checkpoint(*row) for row in rows}

    def key_ranges(self) -> dict[tuple[str, str], KeyRange]:
        """The recorded integer ranges."""
        if not self.has_state():
            return {}
        rows = self.query(f"select model, slice, first, last from {quote(self.state_schema)}.key_range")
        return {(row[0], row[1]): KeyRange(row[2], row[3]) for row in rows}

    def highest_key(self, relation: Relation, column: str) -> int:
        """The largest key in the table, 0 if it is empty or missing."""
        if not self.catalog([relation]):
            return 0
        return int(self.query(f"select max({quote(column)}) from {relation}")[0][0] or 0)

    def advance_sequence(self, relation: Relation, column: str, last: int) -> None:
        """DuckDB's tables have no sequences."""

    def missing_privileges(self, relations: Iterable[Relation], *, changes: bool = True) -> list[str]:  # noqa: ARG002
        """Whoever may write the file may do everything."""
        return []

    def cancel(self) -> None:
        """Stops the running statement."""
        with contextlib.suppress(duckdb.Error):
            self._connection.interrupt()

    def cut(self) -> None:
        """The same: DuckDB runs in this process, and there is no connection to cut."""
        self.cancel()

    def close(self) -> None:
        """Ends the session; never raises."""
        with contextlib.suppress(duckdb.Error):
            self._connection.close()


def refusal(sql: str) -> str:
    """What DuckDB's parser has against a text, in one line; "" if it takes it."""
    try:
        _parser().extract_statements(sql)
    except duckdb.Error as error:
        return str(error).strip().split("\n")[0]
    return ""


def _error(error: duckdb.Error) -> ExecuteError:
    text = " ".join(str(error).split("\n\nLINE")[0].split())
    interrupted = isinstance(error, duckdb.InterruptException)
    hint = sqlstate = None
    if "+(DATE, BIGINT)" in text or "-(DATE, BIGINT)" in text:
        hint = "cast the number: date + n::int"
    elif isinstance(error, duckdb.OutOfMemoryException):
        hint = "raise memory_limit in the target, or give it a temp_directory"
        sqlstate = OUT_OF_MEMORY
    retryable = isinstance(error, duckdb.TransactionException)  # two sessions met; nothing was written
    return ExecuteError(text[:600], sqlstate=sqlstate, cancelled=interrupted, retryable=retryable, hint=hint)
