"""The project in PostgreSQL, and the same rows copied from files into another database of the same server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import projects
from benchmarks.measuring import BenchmarkError, Copy, Measurement, Usage, build, run_sqlseed
from benchmarks.options import Wanted
from benchmarks.resources import own_cpu, watching
from sqlseed import api, library
from sqlseed.backends import open_backend
from sqlseed.backends.pg_bulk import candidates
from sqlseed.bulk import Bulk, refusing
from sqlseed.model import Compiled, KeyKind, Materialized
from sqlseed.workspace import Workspace
from tests import servers

OWNER = "sqlseed_benchmark"  # of the database that is built
IN_PLACE, BULK = "in place", "bulk"  # modes: of the measurements, and of the page that shows them
TEXT_SHARE = 0.6  # at most, of a database's size, that its rows take in text files
ROW = 400  # bytes of disk for each row that is expected, with its indexes: the reference project's
LOG = 5 * 2**30  # of WAL, which max_wal_size does not bound exactly
ROOM = 2 * 2**30  # bytes of the disk that are left alone
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
}
"""A server as somebody would run it who cares for his rows, with memory and log sized for a bulk load."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows of one table in a file that the server reads."""

    relation: str
    columns: str
    path: Path


@dataclass(frozen=True, slots=True)
class Source:
    """A database that was built: its rows in files, and what its tables look like."""

    pieces: Mapping[str, list[Piece]]
    ddl: str
    shape: list[tuple[Any, ...]]


@contextmanager
def running_server(version: int) -> Iterator[servers.Server]:
    """A new server of this major version with honest settings, removed afterwards."""
    before = dict(servers.SETTINGS)
    servers.SETTINGS.update(SETTINGS)
    try:
        with servers.running_server(version) as server:
            yield server
    finally:
        servers.SETTINGS.clear()
        servers.SETTINGS.update(before)


def measure(
    server: servers.Server,
    project: Path,
    wanted: Wanted,
    schema: Path | None = None,
    modes: Sequence[str] = (IN_PLACE, BULK),
    *,
    copies: bool = True,
) -> Iterator[Measurement]:
    """Builds the project in a new database for each mode, and copies its rows into others with equal schemas.

    A measurement is given when its build is done, and again when its rows have been copied. Bulk mode is left out where
    sqlseed would set nothing aside. `schema` is a file of DDL for the tables; without it sqlseed makes them from the
    contracts.
    """
    found: list[tuple[Measurement, frozenset[str]]] = []
    source: Source | None = None
    with _folder_of_server(server) as files:
        for mode in modes:
            projects.set_bulk(project, "auto" if mode == BULK else "off")
            with server.fresh_database("sqlseed_build") as admin_url:
                url = _give_away(server, admin_url)
                if schema is not None:
                    _psql(server, url, schema.read_text("utf-8"))
                aside = _plan(project, wanted, url, files)
                if mode == BULK and not aside:
                    continue
                one = _build(server, project, wanted, mode, url, admin_url)
                if copies and source is None:
                    one = replace(one, without_copy=_no_room(files, one.size_bytes))
                    if not one.without_copy:
                        workspace = _load(project, wanted, url)
                        source = _copy_out(server, admin_url, workspace, files)
            yield one
            found.append((one, aside))
        if source is None:
            return
        for one, aside in found:
            with server.fresh_database("sqlseed_copy") as url:
                workspace = _load(project, wanted, url)
                _copy_schema(server, source, url, workspace.target.schema)
                yield replace(one, copies=(_copy_in(server, url, workspace, source.pieces, aside),))


def _load(project: Path, wanted: Wanted, url: str) -> Workspace:
    return api.load(
        project,
        target=wanted.target,
        preset=wanted.preset,
        vars=wanted.variables,
        threads=wanted.threads,
        env={"DATABASE_URL": url},
    )


def _build(server: servers.Server, project: Path, wanted: Wanted, mode: str, url: str, admin_url: str) -> Measurement:
    checkpoint(server)
    before = _wal(admin_url)
    built = build(project, wanted.arguments, {"DATABASE_URL": url}, server.pid)
    usage = replace(built.usage, wal=_wal(admin_url) - before, temporary=_temporary(admin_url))
    threads = wanted.threads or _load(project, wanted, url).target.threads
    return Measurement(
        engine="postgres",
        server=built.server,
        mode=mode,
        preset=wanted.preset,
        size=wanted.size,
        variables=wanted.variables,
        settings=f"{threads} connections; {', '.join(f'{name} {value}' for name, value in SETTINGS.items())}",
        load=built.load,
        disk_free=built.disk_free,
        rows=built.rows,
        size_bytes=_size(admin_url),
        usage=usage,
        put_back_seconds=built.put_back_seconds,
        models=built.models,
    )


def _give_away(server: servers.Server, url: str) -> str:
    """Makes a role without powers of its own the owner of a database; the URL for it. sqlseed refuses superusers."""
    name = url.rpartition("/")[2]
    with psycopg.connect(server.url, autocommit=True) as connection:
        if not connection.execute(f"select 1 from pg_roles where rolname = '{OWNER}'").fetchone():
            connection.execute(f"create role {OWNER} login")
        connection.execute(f"alter database {name} owner to {OWNER}")
    return url.replace("//postgres@", f"//{OWNER}@")


@contextmanager
def _folder_of_server(server: servers.Server) -> Iterator[Path]:
    """A folder that the server's user can write to."""
    with tempfile.TemporaryDirectory(dir=server.data.parent, prefix="copies-") as name:
        owner = server.data.stat()
        if os.geteuid() != owner.st_uid:
            os.chown(name, owner.st_uid, owner.st_gid)
        yield Path(name)


def _no_room(folder: Path, size: int) -> str:
    """Why the rows of a database of so many bytes cannot be copied out and in again; "" where they can."""
    free, need = shutil.disk_usage(folder).free, int(size * TEXT_SHARE) + ROOM
    if free >= need:
        return ""
    return f"{need / 2**30:.0f} GiB more would be needed for the files, and {free / 2**30:.0f} GiB are free"


def _program(server: servers.Server, name: str) -> str:
    binaries = servers.find_binaries(server.version)
    assert binaries is not None  # the server runs
    return str(binaries / name)


def _psql(server: servers.Server, url: str, text: str) -> None:
    command = [_program(server, "psql"), "-X", "-q", "-d", url]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkError(f"psql failed:\n{done.stderr[-2000:]}")


def checkpoint(server: servers.Server) -> None:
    """What was written before is not the next measurement's to flush."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("checkpoint")


def _copy_schema(server: servers.Server, source: Source, url: str, schema: str) -> None:
    """The tables with all their keys, indexes and foreign keys, empty; raises if any of them is missing."""
    _psql(server, url, source.ddl)
    if _shape(url, schema) != source.shape:
        raise BenchmarkError("the copy's schema is not equal to the one that was built")


def _dump_schema(server: servers.Server, url: str, schema: str) -> str:
    command = [_program(server, "pg_dump"), "--schema-only", f"--schema={schema}", url]
    dumped = subprocess.run(command, capture_output=True, text=True, check=False)
    if dumped.returncode != 0:
        raise BenchmarkError(f"pg_dump failed:\n{dumped.stderr[-2000:]}")
    return dumped.stdout


def _shape(url: str, schema: str) -> list[tuple[Any, ...]]:
    query = """
        select 'constraint', conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = (select oid from pg_namespace where nspname = %(schema)s)
        union all select 'index', indexname, indexdef from pg_indexes where schemaname = %(schema)s
        order by 1, 2, 3
    """
    with psycopg.connect(url) as connection:
        return connection.execute(query, {"schema": schema}).fetchall()


def _size(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("select pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def _wal(url: str) -> int:
    """The byte of the write-ahead log that comes next."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint").fetchone()
    assert row is not None
    return int(row[0])


def _temporary(url: str) -> int:
    """The bytes of temporary files that were ever written for this database."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "select temp_bytes from pg_stat_database where datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _plan(project: Path, wanted: Wanted, url: str, folder: Path) -> frozenset[str]:
    """The tables of which a build would set keys or indexes aside.

    Raises BenchmarkError where its rows would not fit the disk.
    """
    _, printed = run_sqlseed(["plan", "--output", "json", *wanted.arguments], project, {"DATABASE_URL": url})
    plan = json.loads(printed)
    need = sum(one["rows_expected"] or 0 for one in plan["slices"]) * ROW + ROOM + LOG
    free = shutil.disk_usage(folder).free
    if need > free:
        raise BenchmarkError(f"it would take some {need / 2**30:.0f} GiB of disk, and {free / 2**30:.0f} GiB are free")
    return frozenset(one["table"] for one in plan["set_aside"])


def _tables(workspace: Workspace) -> list[Compiled]:
    return [m for m in workspace.compiled.values() if m.config.materialized is Materialized.TABLE]


def _copy_out(server: servers.Server, url: str, workspace: Workspace, files: Path) -> Source:
    """Every table in pieces, one for each slice, in the order of its keys: as COPY likes it best."""
    state = sql.Identifier(workspace.target.state_schema)
    pieces: dict[str, list[Piece]] = {}
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(sql.SQL("select model, slice from {}.checkpoint order by 1, 2").format(state))
        slices: dict[str, list[str]] = {}
        for model, key in found:
            slices.setdefault(model, []).append(key)
        for compiled in _tables(workspace):
            for where in _predicates(workspace, compiled, slices.get(compiled.name, [])):
                path = files / f"{compiled.name}_{len(pieces.get(compiled.name, []))}"
                columns = ", ".join(f'"{column.name}"' for column in compiled.contract.columns)
                query = f"select {columns} from {compiled.relation} {where}"
                connection.execute(f"copy ({query}) to '{path}'")
                pieces.setdefault(compiled.name, []).append(Piece(str(compiled.relation), columns, path))
    schema = workspace.target.schema
    return Source(pieces, _dump_schema(server, url, schema), _shape(url, schema))


def _predicates(workspace: Workspace, compiled: Compiled, slices: list[str]) -> list[str]:
    if compiled.config.key_kind is not KeyKind.UUID:
        return [f'order by "{compiled.config.key}"' if compiled.config.key else ""]
    key, clauses = f'"{compiled.config.key}"', []
    for slice_ in slices:
        point = slice_.split("/") if compiled.config.slice_by else []
        prefix = library.key_prefix(workspace.project.name, compiled.name, point)
        clauses.append(f"where {key} between '{prefix}{'0' * 12}' and '{prefix}{'f' * 12}' order by {key}")
    return clauses


def _copy_in(
    server: servers.Server,
    url: str,
    workspace: Workspace,
    pieces: Mapping[str, list[Piece]],
    aside: frozenset[str],
) -> Copy:
    """Copies all pieces, on as many connections as a build uses.

    Of the tables in `aside` the keys and indexes that bulk mode sets aside are dropped before, and put back within the
    time that counts, by the code and on the connections that a build does it with.
    """
    backend = open_backend(workspace.target, workspace.project.root)
    bulk = Bulk(backend, lambda _: None)
    try:
        if aside:
            session = backend.connect()
            session.bootstrap(workspace.project.name)
            relations = [m.relation for m in _tables(workspace) if str(m.relation) in aside]
            bulk.begin(session, [one for relation in relations for one in candidates(session, relation)])
            session.close()
        checkpoint(server)
        wal, cpu, started = _wal(url), own_cpu(), time.perf_counter()
        with watching(server.pid) as used:
            rows = _copy_pieces(url, workspace, pieces)
            bulk.end(refusing)
            seconds = round(time.perf_counter() - started, 3)
        usage = Usage(
            seconds,
            round(own_cpu() - cpu, 2),
            used.cpu_seconds,
            None,
            used.private_bytes,
            used.shared_bytes,
            _wal(url) - wal,
        )
    finally:
        bulk.close()
        backend.close()
    return Copy("COPY from text files of the server", rows, workspace.target.threads, usage)


def _copy_pieces(url: str, workspace: Workspace, pieces: Mapping[str, list[Piece]]) -> int:
    """Parents before children, one piece a transaction; the number of rows."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for model in _tables(workspace):
        parents = [key.to for key in model.contract.foreign_keys if key.to in pieces and key.to != model.name]
        graph.add(model.name, *parents)
    threads = workspace.target.threads
    connections = [psycopg.connect(url, autocommit=True) for _ in range(threads)]
    idle = list(connections)

    def copy(piece: Piece) -> int:
        connection = idle.pop()
        try:
            statement = f"copy {piece.relation} ({piece.columns}) from '{piece.path}'"
            return connection.execute(statement).rowcount
        finally:
            idle.append(connection)

    rows = 0
    graph.prepare()
    with ThreadPoolExecutor(threads) as pool:
        running: dict[Future[int], str] = {}
        left: dict[str, int] = {}
        while graph.is_active():
            for name in graph.get_ready():
                todo = pieces.get(name, [])
                left[name] = len(todo)
                running |= {pool.submit(copy, piece): name for piece in todo}
                if not todo:
                    graph.done(name)
            done, _ = wait(running, return_when=FIRST_COMPLETED) if running else (set[Any](), None)
            for future in done:
                name = running.pop(future)
                rows += future.result()
                left[name] -= 1
                if not left[name]:
                    graph.done(name)
    for connection in connections:
        connection.close()
    return rows
