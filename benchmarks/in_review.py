"""What `sqlseed review` foretells, beside what a build then takes; and the constants that its times are made of."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.in_postgres import SETTINGS
from benchmarks.measuring import TIMES, Constant, Estimates, Pair, run_sqlseed
from sqlseed.review import costs
from tests import servers

ROWS = 200_000  # of each table that the constants are measured with
SMALL = 50  # rows of a slice whose time is that of its transaction
LARGE = 1024 * 1024  # bytes: of smaller tables and indexes a few pages decide
_Json = dict[str, Any]
_NUMBERS = f"generate_series(1, {ROWS}) as s(n)"
_KEY = "'01234567-89ab-8cde-8f01-' || lpad(to_hex({n}), 12, '0')"


def measure(server: servers.Server, project: Path, target: str, arguments: Sequence[str]) -> Estimates:
    """Reviews an empty database, builds it, and compares; then measures the constants."""
    with server.fresh_database("sqlseed_review") as url:
        env = {"DATABASE_URL": url}
        options = ["--target", target, *arguments]
        review_seconds, _ = run_sqlseed(["review", "--quiet", *options], project, env)
        facts: _Json = json.loads((project / "target" / "review" / "review.json").read_text("utf-8"))
        before = _wal(url)
        built = json.loads(
            run_sqlseed(["build", "--no-tests", "--quiet", "--output", "json", *options], project, env)[1]
        )
        wal = _wal(url) - before
        heaps, indexes, slices = _found(url, facts["state_schema"])
        foretold = {(m["name"], s["key"]): s["rows"] for m in facts["models"] for s in m["slices"]}
        total, rows = facts["total"], sum(table["rows"] for table in built["tables"] if not table["intermediate"])
        settings = ", ".join(f"{name} {value}" for name, value in SETTINGS.items())
        load = os.getloadavg()[1]  # of the last five minutes
        return Estimates(
            facts["server"],
            f"{facts['threads']} connections; {settings}; the machine's load when the build had ended {load:.1f}",
            review_seconds,
            len(slices),
            sum(foretold.get(key) != slices.get(key) for key in foretold.keys() | slices.keys()),
            (
                Pair("rows", total["rows"], rows, "rows"),
                Pair("heap", total["heap_bytes"], _of_models(facts, heaps), "bytes"),
                Pair("indexes", total["index_bytes"], _of_models(facts, indexes), "bytes"),
                Pair("WAL", total["wal_bytes"], wal, "bytes"),
                Pair("time", facts["wall_seconds"], built["elapsed"], "seconds"),
            ),
            tuple(_by_table(facts, "heap_bytes", heaps)),
            tuple(_by_table(facts, "index_bytes", indexes)),
            (*_of_the_run(facts, built), *_constants(url)),
        )


def _wal(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").fetchone()
    assert row is not None
    return int(row[0])


def _found(url: str, state: str) -> tuple[dict[str, int], dict[str, int], dict[tuple[str, str], int]]:
    """The bytes of each table's heap and of its indexes, by schema and name; the rows of each slice."""
    sizes = """
        select n.nspname || '.' || c.relname, pg_relation_size(c.oid), pg_indexes_size(c.oid)
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname !~ '^pg_|^information'
    """
    done = sql.SQL("select model, slice, rows from {}.checkpoint where model !~ '^seed:'").format(sql.Identifier(state))
    with psycopg.connect(url) as connection:
        found = connection.execute(sizes).fetchall()
        slices = {(model, key): rows for model, key, rows in connection.execute(done)}
    return {name: heap for name, heap, _ in found}, {name: size for name, _, size in found}, slices


def _name(fact: _Json) -> str:
    return f"{fact['relation']['schema']}.{fact['relation']['name']}"


def _of_models(facts: _Json, sizes: dict[str, int]) -> int:
    """The bytes of all tables that the review counts: those of the models, and the lookup tables."""
    seeds = [f"{facts['state_schema']}.{seed['name']}{end}" for seed in facts["seeds"] for end in ("", "__slots")]
    return sum(sizes.get(name, 0) for name in [*map(_name, facts["models"]), *seeds])


def _by_table(facts: _Json, key: str, sizes: dict[str, int]) -> Iterator[Pair]:
    pairs = [Pair(m["name"], m["estimate"][key], sizes.get(_name(m), 0), "bytes") for m in facts["models"]]
    yield from sorted((pair for pair in pairs if pair.measured >= LARGE), key=lambda pair: -pair.measured)


# --- the constants -------------------------------------------------------------------------------------------


def _of_the_run(facts: _Json, built: _Json) -> Iterator[Constant]:
    """What only whole slices show: the cost of a transaction with its plan, while others run beside it."""
    texts = {model["name"]: model["compiled"] for model in facts["models"]}
    counted = [(t, sum(t["slices"].values()), texts[t["model"]]) for t in built["tables"]]
    small = [(table["seconds"] / n, len(text)) for table, n, text in counted if n and table["rows"] / n < SMALL]
    if not small:
        return
    plan = statistics.median(seconds / (costs.SLICE + length * costs.PLAN) for seconds, length in small)
    yield Constant("SLICE", "a slice's transaction", costs.SLICE * 1e6, costs.SLICE * 1e6 * plan)
    yield Constant("PLAN", "planning a character of its query", costs.PLAN * 1e6, costs.PLAN * 1e6 * plan)


def _constants(url: str) -> Iterator[Constant]:
    """Each is what one more index, foreign key or byte adds to a statement that fills a table."""
    key, parent = _KEY.format(n="n"), _KEY.format(n="1 + n % 1000")
    columns = "id text not null, a integer, b text"
    narrow, child = f"{key}, n % 1000, 'xxxxxxxx'", f"{key}, n % 1000, {parent}"
    scattered = f"{_KEY.format(n='(n * 7919) % 1000003')}, n % 1000, 'xxxxxxxx'"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create schema constants")
        connection.execute("set search_path = constants")
        connection.execute("create table p (id text primary key)")
        connection.execute(f"insert into p select {key} from generate_series(1, 1000) as s(n)")
        connection.execute("analyze p")

        def row(ddl: str, select: str) -> float:
            """Seconds for one row."""
            return _best(connection, ddl, f"insert into t select {select} from {_NUMBERS}") / ROWS

        query = _best(connection, "", f"select count(*), max({key}) from {_NUMBERS}") / ROWS
        base, indexed = row(columns, narrow), f"{columns}, primary key (id)"
        byte = (row(columns, narrow.replace("'xxxxxxxx'", "repeat('x', 108)")) - base) / 100
        check = row(f"{columns} references p", child) - row(columns, child)
        in_order, scattered_rows = row(indexed, narrow), row(indexed, scattered)
        base = min(base, row(columns, narrow))  # everything is held against it: once more, lest it met a busy moment
        joined = f"select count(*), max({key}) from {_NUMBERS} join p on p.id = {parent}"
        alone = f"select count(*), max({key}), max({parent}) from {_NUMBERS}"
        join = (_best(connection, "", joined) - _best(connection, "", alone)) / ROWS
        built = _best(connection, columns, "create index on t (id)", narrow) / ROWS
        looked = _best(connection, columns, "alter table t add foreign key (b) references p", child) / ROWS
        probe = _best(connection, "", costs.PROBE)
        for name, what, stands, measured in (
            ("ROW", "a row in a bare heap", costs.ROW, base - query - 80 * byte),
            ("BYTE", "each of its bytes", costs.BYTE, byte),
            ("ENTRY_IN_ORDER", "an index entry in the rows' order", costs.ENTRY_IN_ORDER, in_order - base),
            ("ENTRY", "an index entry in another order", costs.ENTRY, scattered_rows - base),
            ("REFERENCE", "a foreign key's check", costs.REFERENCE, check),
            ("BUILT", "an index entry, made afterwards", costs.BUILT, built),
            ("VALIDATED", "a foreign key's check, afterwards", costs.VALIDATED, looked),
            ("SOURCE", "a query's row, for each table joined", costs.SOURCE, join),
            ("PROBE_SECONDS", "the probe", costs.PROBE_SECONDS, probe),
        ):
            yield Constant(name, what, stands * 1e6, measured * 1e6)


def _best(connection: psycopg.Connection, ddl: str, statement: str, filled: str = "") -> float:
    """The shortest of some runs, each on a new table, which holds rows where it says so."""
    found = []
    for _ in range(TIMES):
        if ddl:
            connection.execute("drop table if exists t")
            connection.execute(f"create table t ({ddl})")
        if filled:
            connection.execute(f"insert into t select {filled} from {_NUMBERS}")
        started = time.perf_counter()
        connection.execute(statement)
        found.append(time.perf_counter() - started)
    return min(found)
