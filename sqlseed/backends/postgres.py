"""PostgreSQL 13 and later: the only module that imports psycopg.

Nothing outlives a transaction but a temporary schema's functions, and behind a transaction pooler not even those:
settings are local, locks are the transaction's, no statement is prepared by name.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql as psycopg_sql

from sqlseed import library, sqltext
from sqlseed.backends import (
    Collision,
    LiveDatabase,
    Ours,
    Rows,
    ddl,
    pg_activity,
    pg_faults,
    pg_identity,
    pg_privileges,
    pg_rows,
    pg_sql,
    pg_state,
)
from sqlseed.backends.deadline import Deadline
from sqlseed.errors import ExecuteError, SqlseedError
from sqlseed.live import LiveColumn, LiveTable
from sqlseed.model import Checkpoint, Column, Compiled, KeyRange, Relation, Target, Value, quote

_RETRYABLE = ("08", "57P01", "57P02", "57P03", "40001", "40P01", "25P03", "55P03", "53300")
_NOTHING = contextlib.nullcontext()
_CONNECTION = {
    "connect_timeout": "10",
    "keepalives_idle": "30",  # a peer that is gone without a word is noticed after about a minute
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}


class Postgres:
    """A PostgreSQL database as a target."""

    engine = "postgres"

    def __init__(self, target: Target, _root: Path, writes: bool = True) -> None:
        self.target = target
        self._writes = writes
        self.threads = target.threads
        self._sessions: list[PostgresSession] = []

    def connect(self) -> PostgresSession:
        """A new connection in autocommit mode; raises ConnectError with a plain reason."""
        given = self.target.settings.get("conninfo", {}).items()
        info: dict[str, Any] = _CONNECTION | {"application_name": f"sqlseed:{self.target.profile}"}
        info |= {key: value.reveal() if hasattr(value, "reveal") else value for key, value in given}
        try:
            connection = psycopg.connect(
                "", autocommit=True, prepare_threshold=None, cursor_factory=psycopg.RawCursor, **info
            )
        except psycopg.Error as error:
            raise pg_faults.connect_error(str(error), info) from None
        try:
            session = PostgresSession(connection, self.target, writes=self._writes)
            self._sessions.append(session)
            return session
        except SqlseedError:
            connection.close()
            raise
        except psycopg.Error as error:
            connection.close()
            raise pg_faults.connect_error(str(error), info) from None

    def close(self) -> None:
        """Ends every session that is still open, but for those whose own thread is about to; never raises."""
        for session in self._sessions:
            if not session.is_cut:
                session.close()


class PostgresSession(pg_activity.Watched):
    """One connection to PostgreSQL."""

    overriding = "overriding system value"
    row_json = "row_to_json(w)::text"
    exclusive = False
    has_indexes = True

    def __init__(self, connection: psycopg.Connection[Any], target: Target, *, writes: bool = True) -> None:
        self._connection: psycopg.Connection[Any] = connection
        self._target = target
        self.state_schema = target.state_schema
        self._functions: set[str] = set()
        self._plain: set[Relation] = set()  # tables whose rows may be deleted in passing; see `pg_rows`
        self._is_set = False  # whether the session has the settings of its transactions
        self._failed = ""  # the statement that failed last
        self.is_cut = False
        self._deadline = Deadline(pg_sql.seconds_of(target.settings.get("slice_timeout")), self.cancel, self.cut)
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        version = connection.info.server_version
        self.hashing = pg_sql.hashing(version)
        pg_identity.check_version(version, connection.info.parameter_status("server_version") or "")
        self._patience = pg_sql.settings_of(target)["lock_timeout"]
        with self._deadline.running():
            row = connection.execute(
                pg_sql.GREETING, [connection.info.backend_pid, self._patience], binary=True
            ).fetchone()
        # Behind a transaction pooler the process that answers is not the one that greeted.
        self._pooled = row is None
        self._shares_lock = self._pooled and writes  # in each transaction: the session's would go astray
        self._server = pg_identity.name_of(version) + (", behind a transaction pooler" if self._pooled else "")

    def server(self) -> str:
        """The engine's name and version, for people."""
        return self._server

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end of the block; an error of the rollback never hides the first one."""
        try:
            with self._deadline.running(), self._connection.transaction():
                self._limit_waiting()
                yield
        except BaseException as error:
            self._functions.clear()  # those created in the block are rolled back with it, and lasting settings
            self._is_set = False
            if isinstance(error, psycopg.Error):
                raise self._error(error, None) from None
            if isinstance(error, ExecuteError):
                pg_faults.name_holders(self.query, self._failed, self.state_schema, error)
            raise
        if self._pooled:
            self._functions.clear()

    def run(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> int:
        """Executes one statement over the extended protocol, which refuses a second one; the rows it touched."""
        return max(0, self._execute(sql, parameters, types).rowcount)

    def query(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> list[tuple[Any, ...]]:
        """Like `run`, for a statement that gives rows."""
        cursor = self._execute(sql, parameters, types)
        try:
            return cursor.fetchall()
        except psycopg.Error as error:
            raise self._error(error, sql) from None

    def _execute(
        self, sql: str, parameters: Mapping[str, Value] | None, types: Mapping[str, str] | None
    ) -> psycopg.Cursor[Any]:
        text, names = sqltext.numbered(sql, types or {}) if parameters else (sql, [])
        values = [(parameters or {})[name] for name in names]
        alone = self._connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        try:
            with self._deadline.running(), self._connection.transaction() if alone and self._pooled else _NOTHING:
                if alone:
                    self._limit_waiting()
                return self._connection.execute(text, values, prepare=False, binary=True)
        except psycopg.Error as error:
            failed = self._error(error, text)
            if alone:  # else by whoever ends the transaction
                pg_faults.name_holders(self.query, text, self.state_schema, failed)
            raise failed from None

    def _limit_waiting(self) -> None:
        """Behind a pooler, where a session's setting would be somebody else's next, each transaction has its own."""
        if self._pooled:
            self._connection.execute(f"set local lock_timeout = {_literal(self._patience)}", binary=True)

    def prepare(self, functions: Sequence[str], *, lasting: bool = False) -> None:
        """The transaction's settings, in one round trip; or the session's, once; and the functions not there yet."""
        if not self._is_set:
            lasts = lasting and not self._pooled
            version = self._connection.info.server_version
            self.query(f"select {pg_sql.set_configs(self._target, version, _literal, lasts=lasts)}")
            self._is_set = lasts
        if self._shares_lock:
            self.query(f"select pg_catalog.pg_advisory_xact_lock_shared({pg_identity.MIGRATION_LOCK})")
        for name in functions:
            if name not in self._functions:
                self.run(library.function(name).create_postgres)
                self._functions.add(name)

    def model_sql(self, compiled: Compiled) -> str:
        """What the author wrote."""
        return compiled.sql

    def snapshot(self) -> None:
        """One snapshot for the transaction, and the server refuses every write."""
        self.run("set transaction isolation level repeatable read, read only")

    def read_only(self) -> None:
        """Within a transaction: the server refuses every write from here on."""
        self.query(pg_sql.TEST_SETTINGS)
        self.run("set transaction read only")

    def select_sql(self, sql: str, types: Mapping[str, str], *, in_part: bool = False) -> str:  # noqa: ARG002
        """What the author wrote."""
        return sql

    def replace(
        self, target: Relation, own: Rows, columns: Sequence[Column], keys: Sequence[str], model: Rows, ours: Ours
    ) -> tuple[int, bool]:
        """Upserts on the key and removes what vanished; see `pg_rows`."""
        return pg_rows.replace(self, target, own, columns, keys, model, ours, self._plain)

    def collisions(self, target: Relation, columns: Sequence[Column], model: Rows, ours: Ours) -> list[Collision]:
        """The unique keys by which rows of somebody else's are in the way; see `pg_rows`."""
        return pg_rows.collisions(self, target, columns, model, ours)

    def children(self, target: Relation) -> list[tuple[Relation, str, list[str], list[str], str]]:
        """The foreign keys that lead to a table: child, name, columns, columns referred to, action on delete."""
        return pg_rows.children(self, target)

    def remove(self, target: Relation, own: Rows, ours: Ours) -> int:
        """Deletes the rows of `own`, after those of ours that refer to them; the number of `own`."""
        return pg_rows.remove(self, target, own, ours)

    def checksum(self, relation: Relation, columns: Sequence[Column], own: Rows) -> str:
        """The sum over the rows of `own` of 60 bits of each row's MD5, as decimal digits."""
        sql = f"select {self.checksum_sql(columns)} from {relation} where {own.predicate}"
        return str(self.query(sql, own.parameters, own.types)[0][0])

    def checksum_sql(self, columns: Sequence[Column]) -> str:
        """The aggregate that `checksum` asks for."""
        return pg_sql.checksum(columns)

    def catalog(self, relations: Iterable[Relation]) -> dict[Relation, LiveTable]:
        """Those of the relations that exist, read in one query per schema."""
        wanted = list(relations)
        tables: dict[Relation, LiveTable] = {}
        for schema in sorted({relation.schema for relation in wanted}):
            names = {relation.name for relation in wanted if relation.schema == schema}
            columns: dict[str, dict[str, LiveColumn]] = {}
            kinds: dict[str, tuple[str, bool]] = {}
            for table, kind, name, type_, nullable, filled, generated, filtered in self.query(
                pg_sql.COLUMNS, {"schema": schema}, pg_sql.NAME_TYPES
            ):
                if table in names:
                    kinds[table] = kind, filtered
                    columns.setdefault(table, {})[name] = LiveColumn(name, type_, nullable, filled, generated)
            for table, found in columns.items():
                tables[Relation(schema, table)] = LiveTable(found, *kinds[table])
        return tables

    def readers(self, relation: Relation) -> list[Relation]:
        """The views that read a relation, directly or not: each goes before those that it reads itself."""
        found = self.query(pg_sql.READERS, {"relation": str(relation)}, {"relation": "text"})
        return [Relation(schema, name) for schema, name in found]

    def create_table(self, relation: Relation, compiled: Compiled) -> None:
        """Creates a model's table from its contract, keys and indexes included."""
        for statement in ddl.create_table(relation, compiled, str, keys=True):
            self.run(statement)

    def add_foreign_keys(self, relation: Relation, compiled: Compiled, others: Mapping[str, Compiled]) -> None:
        """Adds the contract's foreign keys."""
        for statement in ddl.foreign_keys(relation, compiled, others):
            self.run(statement)

    def load(self, relation: Relation, columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> int:
        """Creates a lookup table and fills it by COPY; an older one is dropped."""
        self.run(f"drop table if exists {relation}")
        body = ", ".join(f"{quote(column.name)} {column.type}" for column in columns)
        self.run(f"create table {relation} ({body})")
        names = ", ".join(quote(column.name) for column in columns)
        count = 0
        try:
            with self._connection.cursor().copy(f"copy {relation} ({names}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
                    count += 1
        except psycopg.Error as error:
            raise self._error(error, None) from None
        self.analyze(relation)
        return count

    def series(self, first: str, count: str) -> str:
        """The integers from `first` on."""
        return f"generate_series({first}, {first} + {count} - 1)"

    def analyze(self, relation: Relation) -> None:
        """Fresh statistics: without them the planner takes a new table for a tiny one.

        Where another slice of the table is at it, its numbers will do: nobody waits for a lock here.
        """
        self.run(f"analyze (skip_locked) {relation}")

    def bootstrap(self, project: str) -> None:
        """Creates the state schema and its tables if they are missing, in one transaction."""
        pg_state.bootstrap(self, self._target.schema, project)

    def database(self) -> LiveDatabase:
        """Which database this is, and what its role may do beyond seeding."""
        return pg_identity.database(self.query)

    def share_migration_lock(self) -> str | None:
        """Shares Prisma's lock while the connection lives, behind a pooler while each transaction does."""
        if self._connection.info.server_version >= 140000 and not self._pooled:
            self.query("select pg_catalog.set_config('idle_session_timeout', '0', false)")  # it waits for the build
        return pg_identity.share_migration_lock(self.query, pooled=self._pooled)

    def has_state(self) -> bool:
        """Whether the state tables are there."""
        return {"project", "checkpoint", "key_range"} <= pg_state.tables(self)

    def lock_state(self) -> None:
        """Waits for whoever else prepares a build in this state schema; held until the transaction ends."""
        pg_state.lock(self)

    def checkpoints(self) -> dict[tuple[str, str], Checkpoint]:
        """Everything that is wholly in the target; empty where nothing was ever built."""
        return pg_state.checkpoints(self)

    def key_ranges(self) -> dict[tuple[str, str], KeyRange]:
        """The recorded integer ranges."""
        return pg_state.key_ranges(self)

    def highest_key(self, relation: Relation, column: str) -> int:
        """The largest key in the table, 0 if it is empty or missing."""
        if not self.catalog([relation]):
            return 0
        found = self.query(f"select max({quote(column)})::bigint from {relation}")
        return int(found[0][0] or 0)

    def advance_sequence(self, relation: Relation, column: str, last: int) -> None:
        """Moves the column's sequence past `last`; it never moves back."""
        where, types = {"table": str(relation), "column": column}, {"table": "text", "column": "text"}
        (name,) = self.query("select pg_catalog.pg_get_serial_sequence(:table, :column)", where, types)[0]
        if name:
            self.query(
                f"select pg_catalog.setval(:name::regclass, greatest(:last, (select last_value from {name})))",
                {"name": name, "last": last},
                {"name": "text", "last": "bigint"},
            )

    def missing_privileges(self, relations: Iterable[Relation], *, changes: bool = True) -> list[str]:
        """The GRANTs that the role lacks, and the schemas that it may not create."""
        return pg_privileges.missing(self.query, relations, self.state_schema, changes=changes)

    def cancel(self) -> None:
        """Asks the server to stop the running statement, through the protocol: no privilege is needed."""
        with contextlib.suppress(psycopg.Error, OSError):
            self._connection.cancel_safe(timeout=2)

    def cut(self) -> None:
        """Shuts the socket; whoever waits on it is told that the connection is gone."""
        self.is_cut = True
        with (
            contextlib.suppress(psycopg.Error, OSError),
            socket.socket(fileno=os.dup(self._connection.fileno())) as twin,
        ):
            twin.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Ends the connection; never raises."""
        with contextlib.suppress(Exception):
            self._connection.close()

    def _error(self, error: psycopg.Error, sql: str | None) -> ExecuteError:
        state = error.sqlstate
        lost = self._connection.broken or self._connection.closed
        primary = (error.diag.message_primary or str(error).strip()).split("\n")[0]
        message = pg_faults.message_of(primary, error.diag.message_detail, error.diag.context)
        position = error.diag.statement_position
        self._failed = sql or ""
        line = sql.count("\n", 0, int(position) - 1) + 1 if sql and position else None
        retryable = lost or bool(state and state.startswith(_RETRYABLE))
        if lost and not state:
            message = (
                "no answer within slice_timeout" if self._deadline.passed else f"the connection was lost: {message}"
            )
        elif state == "57014" and self._deadline.passed:
            message = "it took longer than slice_timeout"
        return ExecuteError(
            f"{message} [{state}]" if state else message,
            sqlstate=state,
            position=line,
            retryable=retryable,
            connection_lost=lost,
            cancelled=state == "57014" and "timeout" not in message,
            hint=pg_sql.hint_for(state, message),
        )


def _literal(text: str) -> str:
    return psycopg_sql.Literal(text).as_string()
