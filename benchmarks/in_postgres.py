"""The project in PostgreSQL, and the same rows copied from files into another database of the same server."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.measuring import BenchmarkError, Copy, Engine, build
from sqlseed import api, library
from sqlseed.model import Compiled, KeyKind, Materialized
from sqlseed.workspace import Workspace
from tests import servers

OWNER = "sqlseed_benchmark"  # of the database that is built
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
    server: servers.Server, project: Path, target: str, preset: str, arguments: list[str], schema: Path | None
) -> Engine:
    """Builds the project in a new database, and copies what is there into another one with an equal schema.

    `schema` is a file of DDL for the first; without it sqlseed makes the tables from the contracts.
    """
    files = _folder_of_server(server)
    with server.fresh_database("sqlseed_build") as built_url, server.fresh_database("sqlseed_copy") as url:
        owner_url = _give_away(server, built_url)
        env = {"DATABASE_URL": owner_url}
        workspace = api.load(project, target=target, preset=preset, env=env)
        if schema is not None:
            _psql(server, owner_url, schema.read_text("utf-8"))
        _checkpoint(server)
        built = build(project, ["--target", target, "--preset", preset, *arguments], lambda: _size(built_url), env)
        pieces = _copy_out(built_url, workspace, files)
        _copy_schema(server, built_url, url, workspace.target.schema)
        _checkpoint(server)
        copied = _copy_in(url, workspace, pieces)
    settings = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
    return Engine("PostgreSQL", f"{workspace.target.threads} connections; {settings}", built, (copied,))


def _give_away(server: servers.Server, url: str) -> str:
    """Makes a role without powers of its own the owner of a database; the URL for it. sqlseed refuses superusers."""
    name = url.rpartition("/")[2]
    with psycopg.connect(server.url, autocommit=True) as connection:
        if not connection.execute(f"select 1 from pg_roles where rolname = '{OWNER}'").fetchone():
            connection.execute(f"create role {OWNER} login")
        connection.execute(f"alter database {name} owner to {OWNER}")
    return url.replace("//postgres@", f"//{OWNER}@")


def _folder_of_server(server: servers.Server) -> Path:
    """A folder that the server's user can write to."""
    folder = server.data.parent / "copies"
    folder.mkdir()
    owner = server.data.stat()
    if os.geteuid() != owner.st_uid:
        os.chown(folder, owner.st_uid, owner.st_gid)
    return folder


def _program(server: servers.Server, name: str) -> str:
    binaries = servers.find_binaries(server.version)
    assert binaries is not None  # the server runs
    return str(binaries / name)


def _psql(server: servers.Server, url: str, text: str) -> None:
    command = [_program(server, "psql"), "-X", "-q", "-d", url]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkError(f"psql failed:\n{done.stderr[-2000:]}")


def _checkpoint(server: servers.Server) -> None:
    """What was written before is not the next measurement's to flush."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("checkpoint")


def _copy_schema(server: servers.Server, source: str, place: str, schema: str) -> None:
    """The tables of `schema` with all their keys, indexes and foreign keys, empty; raises if any of them is missing."""
    command = [_program(server, "pg_dump"), "--schema-only", f"--schema={schema}", source]
    dumped = subprocess.run(command, capture_output=True, text=True, check=False)
    if dumped.returncode != 0:
        raise BenchmarkError(f"pg_dump failed:\n{dumped.stderr[-2000:]}")
    _psql(server, place, dumped.stdout)
    if _shape(source, schema) != _shape(place, schema):
        raise BenchmarkError("the copy's schema is not equal to the one that was built")


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


def _tables(workspace: Workspace) -> list[Compiled]:
    return [m for m in workspace.compiled.values() if m.config.materialized is Materialized.TABLE]


def _copy_out(url: str, workspace: Workspace, files: Path) -> dict[str, list[Piece]]:
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
    return pieces


def _predicates(workspace: Workspace, compiled: Compiled, slices: list[str]) -> list[str]:
    if compiled.config.key_kind is not KeyKind.UUID:
        return [f'order by "{compiled.config.key}"' if compiled.config.key else ""]
    key, clauses = f'"{compiled.config.key}"', []
    for slice_ in slices:
        point = slice_.split("/") if compiled.config.slice_by else []
        prefix = library.key_prefix(workspace.project.name, compiled.name, point)
        clauses.append(f"where {key} between '{prefix}{'0' * 12}' and '{prefix}{'f' * 12}' order by {key}")
    return clauses


def _copy_in(url: str, workspace: Workspace, pieces: Mapping[str, list[Piece]]) -> Copy:
    """Copies all pieces, parents before children, on as many connections as a build uses, one piece a transaction."""
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
    started = time.perf_counter()
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
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return Copy("COPY from text files of the server", rows, seconds, threads)
