"""The life of a slice in the target, the same on every engine: claim, write, complete, in one transaction.

The claim is an insert of the checkpoint's row. Its unique key is the lock: a second writer waits for the first,
then finds the slice complete, or finds nothing and writes it himself. Nothing can get stuck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlseed import library
from sqlseed.backends import Session
from sqlseed.errors import ExecuteError, GuardError
from sqlseed.model import Column, Compiled, Job, KeyKind, KeyRange, Materialized, Outcome, Relation, Seed, Value, quote

SLICE_COLUMN = "_slice"
"""Hidden column of intermediate tables that names the slice a row belongs to."""

STATE_TABLES = (
    "create table if not exists {schema}.project (name text not null, state_version integer not null)",
    "create table if not exists {schema}.checkpoint (model text not null, slice text not null,"
    " fingerprint text not null, rows bigint not null, checksum text, run_id text not null,"
    " sqlseed_version text not null, completed_at timestamp not null, primary key (model, slice))",
    "create table if not exists {schema}.key_range (model text not null, slice text not null,"
    " first bigint not null, last bigint not null, primary key (model, slice))",
)
STATE_VERSION = 1
_TEXTS = {name: "text" for name in ("model", "slice", "fingerprint", "run", "version", "sum")} | {"rows": "bigint"}


class Own:
    """The rows of one slice in its table: an SQL predicate with its parameters, and nobody else's rows."""

    def __init__(
        self,
        project: str,
        compiled: Compiled,
        point: Mapping[str, str],
        parameters: Mapping[str, Value],
        key_range: KeyRange | None,
    ) -> None:
        self.parameters: dict[str, Value] = {}
        self.types: dict[str, str] = {}
        config = compiled.config
        if config.materialized is Materialized.INTERMEDIATE:
            self.predicate = f"{quote(SLICE_COLUMN)} = :_slice"
            self.parameters["_slice"] = "/".join(point[name] for name in config.slice_by) or "all"
            self.types["_slice"] = "text"
        elif config.key_kind is KeyKind.NATURAL:
            self.predicate = f"({config.owner})"
            self.types = {p.name: p.type for p in compiled.parameters}
            self.parameters = {name: parameters[name] for name in self.types}
        elif config.key_kind is KeyKind.INTEGER:
            if key_range is None:
                self.predicate = "false"
            else:
                self.predicate = f"{quote(config.key or '')} between {key_range.first} and {key_range.last}"
        else:
            prefix = library.key_prefix(project, compiled.name, [point[name] for name in config.slice_by])
            self.predicate = _uuid_range(compiled, prefix)


def _uuid_range(compiled: Compiled, prefix: str) -> str:
    column = quote(compiled.config.key or "")
    types = {c.name: c.type for c in compiled.contract.columns}
    low, high = prefix + "0" * 12, prefix + "f" * 12
    if types.get(compiled.config.key or "") == "uuid":
        return f"{column} between '{low}'::uuid and '{high}'::uuid"
    # The range is for the index; the comparison of the first 24 characters is what decides, whatever the collation.
    return f"{column} between '{low}' and '{high}' and left({column}, 24) = '{prefix}'"


def own_of_model(project: str, compiled: Compiled, ranges: Sequence[KeyRange]) -> str | None:
    """A predicate that is true for all rows that sqlseed made in a model's table; None for a natural key."""
    config = compiled.config
    if config.key is None or config.key_kind is KeyKind.NATURAL:
        return None
    column = quote(config.key)
    if config.key_kind is KeyKind.INTEGER:
        parts = [f"{column} between {r.first} and {r.last}" for r in ranges]
        return "(" + " or ".join(parts or ["false"]) + ")"
    return f"left({column}::text, 8) = '{library.model_prefix(project, compiled.name)}'"


def run_slice(
    session: Session,
    job: Job,
    own: Own,
    key_range: KeyRange | None,
    children: Sequence[tuple[Relation, str | None]],
    version: str,
) -> Outcome:
    """Brings one slice to its state, or finds that it is there already; all or nothing."""
    step, compiled = job.step, job.compiled
    state = quote(session.state_schema)
    facts: dict[str, Value] = {
        "model": step.slice.model,
        "slice": step.slice.key,
        "fingerprint": step.fingerprint,
        "run": job.run_id,
        "version": version,
    }
    with session.transaction():
        session.prepare(compiled.functions)
        claimed = session.run(
            f"insert into {state}.checkpoint (model, slice, fingerprint, rows, run_id, sqlseed_version, completed_at)"
            " values (:model, :slice, '', 0, :run, :version, timestamp '1970-01-01 00:00:00') on conflict do nothing",
            {name: facts[name] for name in ("model", "slice", "run", "version")},
            _TEXTS,
        )
        if not claimed:
            found = _found(session, state, facts)
            if found and found[0] == step.fingerprint and (not job.refresh or found[3] == job.run_id):
                if not job.checksum or found[2] is not None:
                    return Outcome(int(found[1]), False, found[2])
        rows = _write(session, job, own, children, fresh=bool(claimed))
        _check_key_range(session, compiled, own, key_range, rows)
        total = None
        if job.checksum:
            total = session.checksum(
                compiled.relation, compiled.contract.columns, own.predicate, own.parameters, own.types
            )
        if compiled.config.materialized is Materialized.INTERMEDIATE:
            session.analyze(compiled.relation)
        session.run(
            f"update {state}.checkpoint set fingerprint = :fingerprint, rows = :rows, checksum = :sum, run_id = :run,"
            " sqlseed_version = :version, completed_at = cast(current_timestamp as timestamp)"
            " where model = :model and slice = :slice",
            facts | {"rows": rows, "sum": total},
            _TEXTS,
        )
    return Outcome(rows, True, total)


def _found(session: Session, state: str, facts: Mapping[str, Value]) -> tuple[str, int, str | None, str] | None:
    found = session.query(
        f"select fingerprint, rows, checksum, run_id from {state}.checkpoint where model = :model and slice = :slice",
        {name: facts[name] for name in ("model", "slice")},
        _TEXTS,
    )
    return found[0] if found else None  # type: ignore[return-value]


def insert_sql(compiled: Compiled, columns: Sequence[str], select: str) -> str:
    """The one statement of a slice: the model's SELECT, wrapped so that the server accepts nothing else in it."""
    names = ", ".join(quote(name) for name in columns)
    hidden, value = "", ""
    if compiled.config.materialized is Materialized.INTERMEDIATE:
        hidden, value = f"{quote(SLICE_COLUMN)}, ", ":_slice, "
    return f"insert into {compiled.relation} ({hidden}{names})\nselect {value}{names} from (\n{select}\n) as m"


def _write(
    session: Session, job: Job, own: Own, children: Sequence[tuple[Relation, str | None]], *, fresh: bool
) -> int:
    compiled = job.compiled
    columns = written_columns(compiled)
    select = session.model_sql(compiled)
    types = {p.name: p.type for p in compiled.parameters} | own.types
    parameters = dict(job.step.parameters) | own.parameters
    intermediate = compiled.config.materialized is Materialized.INTERMEDIATE
    if fresh or intermediate:
        if not fresh:
            session.run(f"delete from {compiled.relation} where {own.predicate}", own.parameters, own.types)
        return session.run(insert_sql(compiled, columns, select), parameters, types)
    key = compiled.config.key or (compiled.contract.primary_key[0] if compiled.contract.primary_key else None)
    return session.replace(compiled.relation, columns, key, select, own.predicate, parameters, types, children)


def written_columns(compiled: Compiled) -> tuple[str, ...]:
    """The columns that a model's SELECT gives, in the contract's order."""
    from sqlseed import dialect  # only needed where a contract's column may be left out

    if all(column.default is None for column in compiled.contract.columns):
        return tuple(column.name for column in compiled.contract.columns)
    given = set(dialect.output_columns(compiled.sql))
    return tuple(column.name for column in compiled.contract.columns if column.name in given)


def _check_key_range(session: Session, compiled: Compiled, own: Own, key_range: KeyRange | None, rows: int) -> None:
    if compiled.config.key_kind is not KeyKind.INTEGER or key_range is None:
        return
    found = session.query(f"select count(*) from {compiled.relation} where {own.predicate}", own.parameters, own.types)
    if int(found[0][0]) != rows:
        size = key_range.last - key_range.first + 1
        raise ExecuteError(
            f"the model numbers rows outside its range of {size} keys: {rows} rows written, {found[0][0]} in the range",
            path=compiled.path,
            hint=f"key(n) takes n from 0 to {size - 1}; config(key_block=...) sets more aside",
        )


def clean_slice(
    session: Session,
    compiled: Compiled,
    model: str,
    slice_key: str,
    own: Own,
    children: Sequence[tuple[Relation, str | None]],
    *,
    table_exists: bool,
) -> int:
    """Removes a slice's rows and its checkpoint in one transaction; the number of rows removed.

    Raises GuardError where a row that sqlseed did not make refers to one of them.
    """
    state = quote(session.state_schema)
    with session.transaction():
        session.prepare(())
        rows = 0
        if table_exists:
            session.check_no_foreign_children(compiled.relation, own.predicate, own.parameters, own.types, children)
            rows = session.run(f"delete from {compiled.relation} where {own.predicate}", own.parameters, own.types)
        session.run(
            f"delete from {state}.checkpoint where model = :model and slice = :slice",
            {"model": model, "slice": slice_key},
            _TEXTS,
        )
    return rows


def load_seed(session: Session, seed: Seed, name: str, run_id: str, version: str) -> bool:
    """Loads a lookup table and its slots unless the same content is there; True if it was loaded."""
    state = quote(session.state_schema)
    facts: dict[str, Value] = {"model": name, "slice": "all", "run": run_id, "version": version}
    with session.transaction():
        session.prepare(())
        claimed = session.run(
            f"insert into {state}.checkpoint (model, slice, fingerprint, rows, run_id, sqlseed_version, completed_at)"
            " values (:model, :slice, '', 0, :run, :version, timestamp '1970-01-01 00:00:00') on conflict do nothing",
            facts,
            _TEXTS,
        )
        if not claimed:
            found = _found(session, state, facts)
            if found and found[0] == seed.checksum:
                return False
        session.load(Relation(session.state_schema, seed.name), seed.columns, seed.rows)
        if seed.slots is not None:
            session.load(Relation(session.state_schema, f"{seed.name}__slots"), *slot_table(seed))
        session.run(
            f"update {state}.checkpoint set fingerprint = :fingerprint, rows = :rows, run_id = :run,"
            " sqlseed_version = :version, completed_at = cast(current_timestamp as timestamp)"
            " where model = :model and slice = :slice",
            facts | {"fingerprint": seed.checksum, "rows": len(seed.rows)},
            _TEXTS,
        )
    return True


def slot_table(seed: Seed) -> tuple[list[Column], list[tuple[Value, ...]]]:
    """The slot table's columns and rows: `slot`, then the seed's columns but for the weight."""
    weight = seed.slots.weight if seed.slots else None
    kept = [i for i, column in enumerate(seed.columns) if column.name != weight]
    columns = [Column("slot", "integer", False), *(seed.columns[i] for i in kept)]
    rows: list[tuple[Value, ...]] = []
    for row, (first, count) in zip(seed.rows, seed.shares, strict=True):
        values = tuple(row[i] for i in kept)
        rows += [(slot, *values) for slot in range(first, first + count)]
    return columns, rows


def check_project(session: Session, project: str) -> None:
    """Raises GuardError if the state schema belongs to another project or another version of sqlseed."""
    state = quote(session.state_schema)
    found = session.query(f"select name, state_version from {state}.project")
    if not found:
        session.run(f"insert into {state}.project values (:name, {STATE_VERSION})", {"name": project}, {"name": "text"})
        return
    name, version = found[0]
    if name != project:
        raise GuardError(
            f"schema {session.state_schema} of the target belongs to the project '{name}', not to '{project}'",
            hint="give this target another state_schema in profiles.yml",
        )
    if version != STATE_VERSION:
        raise GuardError(
            f"schema {session.state_schema} was written by another version of sqlseed (state {version}, mine {STATE_VERSION})",
            hint="use that version, or `sqlseed clean` with it first",
        )
