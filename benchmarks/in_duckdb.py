"""The project in a DuckDB file, and the same rows copied from files into another one."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import duckdb

from benchmarks.measuring import Copy, Measurement, Usage, build, run_sqlseed
from benchmarks.options import Wanted
from benchmarks.resources import own_cpu
from sqlseed import api

_CSV = "format csv, header, delimiter ',', quote '\"', escape '\"'"  # guessed from its first rows it would not be read
_FORMATS = {"Parquet": ("parquet", "format parquet"), "CSV": ("csv", _CSV)}


def measure(project: Path, wanted: Wanted, folder: Path, *, copies: bool = True) -> Measurement:
    """Builds the project in its DuckDB target, and copies what is there; nothing is left of it."""
    workspace = api.load(project, target=wanted.target, preset=wanted.preset, vars=wanted.variables)
    threads = wanted.threads or workspace.target.threads
    path = project / str(workspace.target.settings["path"])
    memory = workspace.target.settings.get("memory_limit")
    files = folder / "duckdb"
    try:
        run_sqlseed(["plan", *wanted.arguments], project)  # PostgreSQL's builds find sqlseed's cache as warm
        built = build(project, wanted.arguments)
        found = Measurement(
            engine="duckdb",
            server=built.server,
            mode="file",
            preset=wanted.preset,
            size=wanted.size,
            variables=wanted.variables,
            settings=f"{threads} threads, memory limit {memory}" if memory else f"{threads} threads",
            load=built.load,
            disk_free=built.disk_free,
            rows=built.rows,
            size_bytes=path.stat().st_size,
            usage=built.usage,
            put_back_seconds=None,
            models=built.models,
        )
        if not copies:
            return found
        schema = workspace.target.schema
        tables = [str(m.relation) for m in workspace.compiled.values() if m.relation.schema == schema]
        files.mkdir()
        statements = _export(path, tables, files)
        return replace(found, copies=tuple(_copy(name, statements, tables, files, threads) for name in _FORMATS))
    finally:
        shutil.rmtree(files, ignore_errors=True)
        shutil.rmtree(project / "target", ignore_errors=True)


def _file(files: Path, number: int, name: str) -> Path:
    return files / f"{number}.{_FORMATS[name][0]}"


def _export(path: Path, tables: list[str], files: Path) -> list[str]:
    """Writes every table in both formats; the statements that create the tables."""
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute("select schema_name, table_name, sql from duckdb_tables() where not internal")
        ddl = {f'"{schema}"."{table}"': sql for schema, table, sql in found.fetchall()}
        for number, table in enumerate(tables):
            for name, (_, options) in _FORMATS.items():
                connection.execute(f"copy {table} to '{_file(files, number, name)}' ({options})")
    return [ddl[table] for table in tables]


def _copy(name: str, statements: list[str], tables: list[str], files: Path, threads: int) -> Copy:
    """Copies every table from its file into a new database, to the end of the checkpoint that closing makes."""
    path = files / f"copy_{name}.duckdb"
    rows = 0
    cpu, started = own_cpu(), time.perf_counter()
    with duckdb.connect(str(path), config={"threads": threads, "preserve_insertion_order": False}) as connection:
        for statement in statements:
            connection.execute(statement)
        for number, table in enumerate(tables):
            options = _FORMATS[name][1]
            copied = connection.execute(f"copy {table} from '{_file(files, number, name)}' ({options})").fetchone()
            rows += int(copied[0]) if copied else 0
    usage = Usage(round(time.perf_counter() - started, 3), round(own_cpu() - cpu, 2))
    for file in [path, *(_file(files, number, name) for number in range(len(tables)))]:
        file.unlink()
    return Copy(f"COPY from {name}", rows, threads, usage)
