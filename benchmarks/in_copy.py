"""Two roads into PostgreSQL in one run: INSERT ... SELECT in the server, and rows of DuckDB by binary COPY."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import in_postgres, projects
from benchmarks.measuring import BenchmarkError, run
from benchmarks.resources import watching
from benchmarks.tables import aligned, markdown
from tests import servers

INSERT, COPY = "insert", "copy"
ROADS = {INSERT: "INSERT ... SELECT", COPY: "DuckDB and COPY"}
MODES = {"in place": "off", "bulk": "auto"}
"""The constraint modes by their names, with the setting `bulk` of the target that gives them."""

GAIN = 0.2
"""How much faster the second road would have to be for sqlseed to have it: it is a second engine in each build."""

_HEAD = ("mode", "road", "rows", "seconds", "client's CPU s", "server's CPU s", "together", "client's memory")
_STEPS = ("mode", "step of the client", "CPU s")


@dataclass(frozen=True, slots=True)
class Journey:
    """One build by one road. Times in seconds, memory in bytes."""

    road: str
    mode: str
    rows: int
    server: str
    seconds: float
    client_cpu: float
    server_cpu: float | None  # where it is known
    memory: int  # of the client, which is DuckDB too
    steps: Mapping[str, float] = field(default_factory=dict)  # CPU of the client's own threads
    notes: Sequence[str] = ()

    @property
    def cpu(self) -> float:
        """Client and server together."""
        return self.client_cpu + (self.server_cpu or 0.0)


def measure(
    server: servers.Server,
    project: Path,
    target: str,
    duckdb_target: str,
    options: Mapping[str, Any],
    runs: int = 1,
    modes: Mapping[str, str] = MODES,
) -> list[Journey]:
    """Builds the project by both roads in each mode, `runs` times in turn; of each the run with the least CPU.

    `options` are those of `benchmarks.copying`. Raises BenchmarkError where the roads give other rows.
    """
    arguments = [target, duckdb_target, json.dumps(options)]
    with server.fresh_database("sqlseed_roads") as url:
        _command("warm", project, arguments, url)
    found: list[Journey] = []
    expected: dict[str, tuple[int, str]] | None = None
    for mode, setting in modes.items():
        projects.set_bulk(project, setting)
        best: dict[str, Journey] = {}
        for _ in range(runs):
            for road in ROADS:
                with server.fresh_database("sqlseed_roads") as url:
                    in_postgres.checkpoint(server)
                    one = _travel(server, url, project, road, mode, arguments)
                    sums = checksums(url, "public")
                best[road] = min(best.get(road, one), one, key=lambda journey: journey.cpu)
                expected = expected or sums
                if sums != expected:
                    tables = sorted(name for name in expected if sums.get(name) != expected[name])
                    raise BenchmarkError(f"the two roads give other rows in {', '.join(tables)}")
        found += best.values()
    return found


def _command(road: str, project: Path, arguments: Sequence[str], url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.copying", road, *arguments]
    done: dict[str, Any] = json.loads(run(command, project, {"DATABASE_URL": url})[1])
    return done


def _travel(server: servers.Server, url: str, project: Path, road: str, mode: str, arguments: Sequence[str]) -> Journey:
    with watching(server.pid) as watched:
        done = _command(road, project, arguments, url)
    return Journey(
        road,
        mode,
        done["rows"],
        done["server"],
        done["seconds"],
        done["cpu"],
        watched.cpu_seconds,
        done["memory"],
        done["steps"],
        done["notes"],
    )


def checksums(url: str, schema: str) -> dict[str, tuple[int, str]]:
    """For each table of a schema its number of rows, and a sum over their texts that no order changes."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("select tablename from pg_tables where schemaname = %s", [schema]).fetchall()
        sums = {}
        for (table,) in found:
            query = sql.SQL("select count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)::text from {} as t")
            row = connection.execute(query.format(sql.Identifier(schema, table))).fetchone()
            assert row is not None
            sums[table] = (int(row[0]), str(row[1]))
    return sums


def _rows(found: Sequence[Journey]) -> list[tuple[str, ...]]:
    return [
        (
            one.mode,
            ROADS[one.road],
            f"{one.rows:,}",
            f"{one.seconds:,.1f}",
            f"{one.client_cpu:,.1f}",
            "" if one.server_cpu is None else f"{one.server_cpu:,.1f}",
            f"{one.cpu:,.1f}",
            f"{one.memory / 2**20:,.0f} MiB",
        )
        for one in found
    ]


def _steps(found: Sequence[Journey]) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for one in found:
        if one.road == COPY:
            lines += [(one.mode, name, f"{seconds:,.1f}") for name, seconds in one.steps.items()]
            rest = one.client_cpu - sum(one.steps.values())
            lines.append((one.mode, "all else: Python, planning, threads of DuckDB's own", f"{rest:,.1f}"))
    return lines


def ratios(found: Sequence[Journey]) -> dict[str, tuple[float, float]]:
    """For each mode what COPY took as a multiple of what INSERT ... SELECT took: (CPU, seconds)."""
    by = {(one.mode, one.road): one for one in found}
    pairs = {mode: (by[mode, INSERT], by[mode, COPY]) for mode, road in by if road == COPY}
    return {mode: (new.cpu / old.cpu, new.seconds / old.seconds) for mode, (old, new) in pairs.items()}


def _verdict(found: Sequence[Journey]) -> str:
    said = [
        f"{cpu:.2f} times the CPU and {clock:.2f} times the time {mode if mode != 'bulk' else 'in bulk mode'}"
        for mode, (cpu, clock) in ratios(found).items()
    ]
    return ",\n".join(said)


def text(found: Sequence[Journey]) -> str:
    """For a terminal."""
    tables = [aligned([_HEAD, *_rows(found)], 2), aligned([_STEPS, *_steps(found)], 2)]
    return "\n\n".join([*tables, f"DuckDB and COPY against INSERT ... SELECT:\n{_verdict(found)}"])


def page(found: Sequence[Journey], machine_facts: Mapping[str, str], options: str, command: str) -> str:
    """The page of the documentation about the two roads."""
    machine = "\n".join(f"- {name}: {value}" for name, value in machine_facts.items())
    won = any(clock <= 1 - GAIN for _, clock in ratios(found).values())
    decided = "It pays, and is still to be built." if won else "So sqlseed has no such road."
    return f"""# The other road: DuckDB and COPY

Written by `{command}`.
Run it again for the numbers of your machine.

sqlseed fills PostgreSQL by `INSERT ... SELECT`: the server computes the rows that it writes. DuckDB makes the same
rows, and PostgreSQL takes finished rows faster by `COPY` than by `INSERT`. So there is another road: DuckDB computes
the rows of a slice in the process of the build, and they go over by `COPY ... (format binary)`, in the same transaction
with the same checkpoint, on as many connections. It was built, as far as a fair comparison needs it, and measured
beside the first one in the same run.

{machine}
- {found[0].server}

## The reference project, {options}

{markdown(_HEAD, _rows(found), 2)}

By it a build takes {_verdict(found)}.
To be worth having it would have to be {GAIN:.0%} faster, for it brings a second engine into each build, with its
memory, and a way of its own to fail. {decided}

Where the client's CPU goes:

{markdown(_STEPS, _steps(found), 2)}

- Both builds are sqlseed's own, with its plan, its runner and bulk mode; one statement of each slice is another. Every
  table has the same rows after both: a checksum of each was compared.
- The second road is spared what it need not do: intermediate models stay in DuckDB and are not copied, tables that no
  model reads are not kept there, and its memory is limited to 1 GB in place of the profile's.
- Rows leave DuckDB as Arrow's record batches in the order of their keys, and `pgpq` encodes them: of the ways that
  DuckDB 2.0 has [the cheapest](engines.md#why-rows-do-not-come-from-duckdb).
- CPU of the server is that of all its processes. Where other work went on, the time says little, and the CPU counts.

## Why

Where no foreign key is checked row by row, most of what an `INSERT ... SELECT` of the school costs is computing the
rows, and that moves to DuckDB with them. COPY saves the row-by-row insert into the heap and the way through the
executor; the keys of the indexes, the WAL and, in place, the checks of foreign keys are the same on either road.

The server's share alone is smaller by the second road. What that is worth where the build runs on another machine, with
cores to spare, was not measured: the numbers above are those of one machine that has both.
"""
