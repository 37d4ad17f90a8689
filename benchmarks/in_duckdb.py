"""The project in a DuckDB file, and the same rows copied from files into another one."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from benchmarks.measuring import Copy, Engine, build
from sqlseed import api

_FORMATS = {"Parquet": ("parquet", "format parquet"), "CSV": ("csv", "format csv, header")}


def measure(project: Path, target: str, preset: str, arguments: list[str], folder: Path) -> Engine:
    """Builds the project in its DuckDB target, and copies what is there."""
    workspace = api.load(project, target=target, preset=preset)
    path = Path(str(workspace.target.settings["path"]))
    built = build(project, ["--target", target, "--preset", preset, *arguments], lambda: path.stat().st_size)
    memory = workspace.target.settings.get("memory_limit")
    threads = workspace.target.threads
    tables = [str(m.relation) for m in workspace.compiled.values() if m.relation.schema == workspace.target.schema]
    files = folder / "duckdb"
    files.mkdir()
    statements = _export(path, tables, files)
    copies = tuple(_copy(name, statements, tables, files, threads) for name in _FORMATS)
    settings = f"{threads} threads, memory limit {memory}" if memory else f"{threads} threads"
    return Engine("DuckDB", settings, built, copies)


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
    started = time.perf_counter()
    with duckdb.connect(str(path), config={"threads": threads, "preserve_insertion_order": False}) as connection:
        for statement in statements:
            connection.execute(statement)
        for number, table in enumerate(tables):
            options = _FORMATS[name][1]
            copied = connection.execute(f"copy {table} from '{_file(files, number, name)}' ({options})").fetchone()
            rows += int(copied[0]) if copied else 0
    seconds = time.perf_counter() - started
    for file in [path, *(_file(files, number, name) for number in range(len(tables)))]:
        file.unlink()
    return Copy(f"COPY from {name}", rows, seconds, threads)
