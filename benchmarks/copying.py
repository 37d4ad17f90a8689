"""The other road into PostgreSQL, for comparison: DuckDB computes the rows, binary COPY brings them over.

All but a slice's statement is sqlseed's own: plan, runner, bulk mode, a slice's transaction with its checkpoint.
Intermediate models stay in DuckDB, and so do copies of the tables that models read.

`python -m benchmarks.copying ROAD TARGET DUCKDB_TARGET OPTIONS` builds the project in the working directory by the road
`insert` or `copy`, and prints what it took as JSON; `warm` builds nothing, and leaves what both keep in caches.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.child import peak_bytes
from sqlseed import api, dialect, planner, runner
from sqlseed.backends import Backend, Session, open_backend, slices
from sqlseed.building import Build
from sqlseed.events import Event, EventKind
from sqlseed.model import Column, Compiled, Materialized, Relation, Seed, Value, quote
from sqlseed.targeting import Selection
from sqlseed.version import __version__
from sqlseed.workspace import Workspace

BATCH_ROWS = 100_000  # that leave DuckDB at a time
MEMORY = "1GB"  # DuckDB's limit: with the 256 MB of the profile, four slices that are sorted at once do not fit
COMPUTING = "models computed by DuckDB, read as Arrow"
STORING = "models computed by DuckDB into its tables"


@dataclass
class Clock:
    """CPU seconds of this process by step, summed over its threads."""

    seconds: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Counts what this thread computes in the block; DuckDB's own threads are not in it."""
        started = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.thread_time() - started


class Maker:
    """The DuckDB file in which rows are made: lookup tables, intermediate models, target tables that models read."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        self.compiled = workspace.compiled
        self.clock = clock
        self._statements: dict[str, str] = {}
        self._backend = open_backend(workspace.target, workspace.project.root)
        session = self._backend.connect()
        session.bootstrap(workspace.project.name)
        with clock.step("lookup tables into DuckDB"):
            for seed in self._seeds(workspace):
                slices.load_seed(session, seed, planner.seed_name(seed), "", __version__)
        texts = [model.sql for model in self.compiled.values()]
        self.stored = {
            name
            for name, model in self.compiled.items()
            if model.config.materialized is Materialized.INTERMEDIATE or any(_reads(t, model.relation) for t in texts)
        }
        for name in self.stored:
            session.create_table(self.compiled[name].relation, self.compiled[name])
        session.close()
        with clock.step("transpiling"):
            one: Any = self.connect()
            for model in self.compiled.values():
                one.model_sql(model)
            one.close()

    @staticmethod
    def _seeds(workspace: Workspace) -> list[Seed]:
        names = sorted({name for model in workspace.compiled.values() for name in model.seeds})
        return [workspace.project.seeds[name] for name in names]

    def connect(self) -> Session:
        """A session for one worker; a statement is transpiled once for all of them."""
        session: Any = self._backend.connect()
        session._statements = self._statements
        return session

    def close(self) -> None:
        """Closes the file."""
        self._backend.close()


def _reads(text: str, relation: Relation) -> bool:
    return str(relation) in text


class CopyBackend:
    """PostgreSQL as a target, whose slices come from DuckDB."""

    engine = "postgres"

    def __init__(self, backend: Backend, maker: Maker) -> None:
        self._backend = backend
        self._maker = maker
        self.threads = backend.threads

    def connect(self) -> Any:
        """A session like those of PostgreSQL, but for a slice's statement."""
        session: Any = self._backend.connect()
        kind = type("CopySession", (CopyMixin, type(session)), {})
        session.__class__ = kind
        session.begin_copying(self._maker)
        return session

    def close(self) -> None:
        """Ends the sessions."""
        self._backend.close()


class CopyMixin:
    """What a session of PostgreSQL does otherwise: it takes a slice's rows from DuckDB."""

    def begin_copying(self, maker: Maker) -> None:
        """What the constructor would do."""
        self._maker = maker
        self._duckdb = maker.connect()
        self._writing: Compiled | None = None

    def model_sql(self, compiled: Compiled) -> str:
        """Notes which model the statement that follows is of."""
        self._writing = compiled
        return compiled.sql

    def run(
        self, sql: str, parameters: Mapping[str, Value] | None = None, types: Mapping[str, str] | None = None
    ) -> int:
        """A slice's INSERT goes by way of DuckDB, every other statement as ever."""
        target = self._writing
        if target is None or not sql.startswith(f"insert into {target.relation} "):
            return int(super().run(sql, parameters, types))  # type: ignore[misc]
        self._writing = None
        return self._bring(self._maker.compiled[target.name], target, dict(parameters or {}), dict(types or {}))

    def analyze(self, relation: Relation) -> None:
        """Nothing: the tables that models read are in DuckDB."""

    def close(self) -> None:
        """Ends both connections."""
        self._duckdb.close()
        super().close()  # type: ignore[misc]

    def _bring(self, made: Compiled, target: Compiled, values: dict[str, Value], types: dict[str, str]) -> int:
        """Makes a slice's rows, and copies them; how many."""
        duck, maker = self._duckdb, self._maker
        given = slices.written_columns(made)
        columns = [column for column in made.contract.columns if column.name in given]
        with duck.transaction():
            duck.prepare(made.functions)
            select = duck.model_sql(made)
            if made.config.materialized is Materialized.INTERMEDIATE:
                with maker.clock.step(STORING):
                    return duck.run(slices.insert_sql(made, given, select), values, types)
            if made.name in maker.stored:
                with maker.clock.step(STORING):
                    names = ", ".join(quote(name) for name in given)
                    duck.run(
                        f"create or replace temp table made as select {names} from (\n{select}\n) as m", values, types
                    )
                    duck.run(f"insert into {made.relation} ({names}) select {names} from made")
                select, values = "select * from made", {}
            order = f"\norder by {quote(made.config.key)}" if made.config.key is not None else ""
            texts = ", ".join(_travelling(column) for column in columns)
            with maker.clock.step(COMPUTING):
                batches = _batches(duck, f"select {texts} from (\n{select}\n) as m{order}", values, types)
            return self._copy(target.relation, columns, batches)

    def _copy(self, relation: Relation, columns: Sequence[Column], batches: Any) -> int:
        """One COPY of everything that the reader of record batches gives."""
        clock = self._maker.clock
        encoder = _encoder(batches.schema, columns)
        names = ", ".join(quote(column.name) for column in columns)
        connection: Any = self._connection  # type: ignore[attr-defined]
        rows = 0
        with connection.cursor().copy(f"copy {relation} ({names}) from stdin (format binary)") as copy:
            copy.write(encoder.write_header())
            while True:
                with clock.step(COMPUTING):
                    batch = next(batches, None)
                if batch is None:
                    break
                with clock.step("Arrow to binary COPY"):
                    data = encoder.write_batch(batch)
                with clock.step("sending"):
                    copy.write(data)
                rows += batch.num_rows
            with clock.step("sending"):
                copy.write(encoder.finish())
        return rows


def _batches(session: Any, sql: str, values: Mapping[str, Value], types: Mapping[str, str]) -> Any:
    """A reader of Arrow's record batches; DuckDB computes them as they are asked for."""
    from sqlseed.backends.duckdb_values import named as named_parameters

    text, named = named_parameters(sql, values, types)
    return session._connection.sql(text, params=named).to_arrow_reader(BATCH_ROWS)


def _travelling(column: Column) -> str:
    """A column of a SELECT in the type in which it leaves DuckDB."""
    name = quote(column.name)
    if column.type == "uuid":
        return f"unhex(replace({name}::varchar, '-', '')) as {name}"
    return f"cast({name} as {dialect.duckdb_type(column.type)}) as {name}"


def _encoder(schema: Any, columns: Sequence[Column]) -> Any:
    """From record batches to the bytes that PostgreSQL's types of these columns are received as."""
    import pgpq  # with pyarrow it takes half a second to import, which the other road does not need
    from pgpq.encoders import StringEncoderBuilder
    from pgpq.schema import Jsonb

    chosen = {}
    for found, column in zip(schema, columns, strict=True):
        is_json = column.type == "jsonb"
        infer = pgpq.ArrowToPostgresBinaryEncoder.infer_encoder
        chosen[found.name] = StringEncoderBuilder.new_with_output(found, Jsonb()) if is_json else infer(found)
    return pgpq.ArrowToPostgresBinaryEncoder.new_with_encoders(schema, chosen)


def build(road: str, target: str, duckdb_target: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Builds the project in the working directory; what this process took by then.

    `options` are those of `api.load`, and in `slices` the dimensions' values that are wanted.
    """
    started = time.perf_counter()
    chosen = {name: value for name, value in options.items() if name != "slices"}
    workspace = api.load(target=target, **chosen)
    workspace.checked()
    clock, notes = Clock(), list[str]()
    root = workspace.project.root
    backend: Backend = open_backend(workspace.target, root)
    with contextlib.ExitStack() as stack:
        if road != "insert":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sqlseed-copy-"))
            beside = api.load(target=duckdb_target, **chosen)
            path = str(Path(folder).resolve() / "rows.duckdb")
            settings = {**beside.target.settings, "path": path, "memory_limit": MEMORY}
            beside.target = replace(beside.target, settings=settings)
            maker = stack.enter_context(contextlib.closing(Maker(beside, clock)))
            backend = CopyBackend(backend, maker)
        stack.callback(backend.close)
        if road == "warm":
            return {"success": True}

        def on_event(event: Event) -> None:
            if event.kind is EventKind.NOTE:
                notes.append(event.message)

        job = Build(
            workspace,
            backend,
            on_event,
            runner.StopFlag(),
            dry_run=False,
            full_refresh=False,
            fail_fast=True,
            tests=False,
        )
        result = job.run(Selection(slices=options.get("slices", {})), {})
    for failure in result.failures:
        sys.stderr.write(f"{failure.slice}: {failure.message}\n")
    return {
        "success": result.success,
        "rows": sum(table.rows for table in result.tables if not table.intermediate),
        "server": result.server,
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time(),
        "memory": peak_bytes(),
        "steps": clock.seconds,
        "notes": notes,
    }


def main() -> int:
    """Builds what the arguments say."""
    road, target, duckdb_target, options = sys.argv[1:]
    done = build(road, target, duckdb_target, json.loads(options))
    sys.stdout.write(json.dumps(done))
    return 0 if done["success"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
