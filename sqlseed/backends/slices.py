"""The life of a slice in the target, the same on every engine: claim, write, complete, in one transaction.

The claim is an insert of the checkpoint's row. Its unique key is the lock: a second writer waits for the first,
then finds the slice complete, or finds nothing and writes it himself. Nothing can get stuck.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlseed import chunks, library, sqltext
from sqlseed.backends import Ours, OutOfOrder, Rows, Session, contents, cuts, numbering, overtaken, stale, wholes
from sqlseed.errors import ExecuteError, GuardError
from sqlseed.model import (
    Column,
    Compiled,
    Job,
    KeyKind,
    KeyRange,
    Materialized,
    Outcome,
    Relation,
    Seed,
    Slice,
    Value,
    quote,
)

SLICE_COLUMN = "_slice"
"""Hidden column of intermediate tables that names the slice a row belongs to."""

UNIQUE_VIOLATION = "23505"  # an SQLSTATE
_COLUMNS = "model, slice, fingerprint, rows, checksum, run_id, sqlseed_version, completed_at"  # of a checkpoint
_NEVER = "timestamp '1970-01-01 00:00:00'"  # when a checkpoint was completed that is only claimed: nobody else sees it
_TEXTS = dict.fromkeys(("model", "slice", "fingerprint", "run", "version", "sum"), "text") | {"rows": "bigint"}


def own_rows(
    project: str,
    compiled: Compiled,
    slice_: Slice,
    parameters: Mapping[str, Value],
    key_range: KeyRange | None,
) -> Rows:
    """The rows of one slice in its table, and nobody else's; `key_range` is that of the whole slice."""
    config = compiled.config
    first, last = chunks.keys(config, slice_)
    if config.whole:
        return Rows("true")
    if config.materialized is Materialized.INTERMEDIATE:
        return Rows(f"{quote(SLICE_COLUMN)} = :_slice", {"_slice": slice_.key}, {"_slice": "text"})
    if config.key_kind is KeyKind.NATURAL:
        types = {p.name: p.type for p in compiled.parameters}
        return Rows(f"({config.owner})", {name: parameters[name] for name in types}, types, natural=True)
    if config.key_kind is KeyKind.INTEGER:
        if key_range is None:
            return Rows("false")
        last = min(key_range.first + last, key_range.last)
        return Rows(f"{quote(config.key or '')} between {key_range.first + first} and {last}")
    prefix = library.key_prefix(project, compiled.name, [key for _, key in slice_.point])
    return Rows(_uuid_range(compiled, f"{prefix}{first:012x}", f"{prefix}{last:012x}"))


def _uuid_range(compiled: Compiled, low: str, high: str) -> str:
    column = quote(compiled.config.key or "")
    types = {c.name: c.type for c in compiled.contract.columns}
    if types.get(compiled.config.key or "") == "uuid":
        return f"{column} between '{low}'::uuid and '{high}'::uuid"
    # The first range is for the index; the second, byte by byte, is what decides, whatever the column's collation.
    # Where that has letters of two characters (Danish aa), a chunk's rows may be missed, and `numbering` refuses it.
    return f"{column} between '{low}' and '{high}' and {column} collate \"C\" between '{low}' and '{high}'"


def own_of_model(
    project: str, compiled: Compiled, ranges: Sequence[KeyRange], parameters: Sequence[Mapping[str, Value]]
) -> str:
    """A predicate that is true for all rows that sqlseed made in a model's table.

    `parameters` are those of its slices.
    """
    config = compiled.config
    if config.key is None or config.key_kind is KeyKind.NATURAL:
        types = {p.name: p.type for p in compiled.parameters}
        owner = config.owner or "false"
        parts = list(dict.fromkeys(sqltext.with_literals(owner, values, types) for values in parameters))
        return "(" + " or ".join(f"({part})" for part in parts or ["false"]) + ")"
    column = quote(config.key)
    if config.key_kind is KeyKind.INTEGER:
        parts = [f"{column} between {r.first} and {r.last}" for r in ranges]
        return "(" + " or ".join(parts or ["false"]) + ")"
    return f"left({column}::text, 8) = '{library.model_prefix(project, compiled.name)}'"


def run_slice(
    session: Session, job: Job, own: Rows, ours: Ours, version: str, dependants: Callable[[], Sequence[Slice]]
) -> Outcome:
    """Brings one slice to its state, or finds that it is there already; all or nothing.

    `dependants` are the slices made from this one's rows: where rows are removed, they count as stale from then on.
    """
    try:
        try:
            return _run(session, job, own, ours, version, dependants)
        except OutOfOrder:
            return _run(session, job, own, ours, version, dependants, anew=True)
    except ExecuteError as error:
        if error.sqlstate == UNIQUE_VIOLATION and (refused := _in_the_way(session, job, own, ours)) is not None:
            raise refused from None
        if error.sqlstate == UNIQUE_VIOLATION and job.step.slice.chunk is not None:
            error.hint = (
                "where a unique value moved from one chunk of a slice to another, they cannot be written one by one:"
                f" `sqlseed clean --select {job.compiled.name}+`, then build again"
            )
        raise


def _in_the_way(session: Session, job: Job, own: Rows, ours: Ours) -> GuardError | None:
    """After a unique key was violated, and all of it rolled back: the rows of somebody else's, if it was theirs."""
    compiled = job.compiled
    if compiled.relation not in ours:
        return None
    given = written_columns(compiled)
    columns = [column for column in compiled.contract.columns if column.name in given]
    types = {p.name: p.type for p in compiled.parameters} | dict(own.types)
    model = Rows(session.model_sql(compiled), dict(job.step.parameters) | dict(own.parameters), types)
    with session.transaction():
        session.prepare(compiled.functions)
        session.read_only()
        found = session.collisions(compiled.relation, columns, model, ours)
    if not found:
        return None
    said = []
    for name, keys, count, samples in found:
        values = ", ".join("(" + ", ".join(f"'{value[:80]}'" for value in row) + ")" for row in samples)
        more = ", ..." if count > len(samples) else ""
        said.append(f"{count} by {name} ({', '.join(keys)}): {values}{more}")
    return GuardError(
        f"rows of {compiled.relation} that sqlseed did not make have values that this slice would write:"
        f" {'; '.join(said)}",
        path=compiled.path,
        hint="remove these rows, or give them other values, then run again; nothing of this slice was written",
    )


def _run(
    session: Session, job: Job, own: Rows, ours: Ours, version: str, dependants: Callable[[], Sequence[Slice]],
    *, anew: bool = False,
) -> Outcome:  # fmt: skip
    """With `anew` the rows that are there are removed first, with those of ours below them."""
    step, compiled = job.step, job.compiled
    with session.transaction():
        session.prepare(compiled.functions, lasting=True)
        found = _claim(session, step.slice.model, step.slice.key, job.run_id, version)
        if found is not None and found.fingerprint == step.fingerprint and _is_enough(found, job):
            return Outcome(found.rows, False, found.checksum)
        rows, removed = _write(session, job, own, ours, fresh=found is None, anew=anew)
        summed = job.checksum and not compiled.config.whole
        total = session.checksum(compiled.relation, compiled.contract.columns, own) if summed else None
        if compiled.config.materialized is Materialized.INTERMEDIATE:
            session.analyze(compiled.relation)
        content = contents.recording(session, compiled, own, job.run_id)
        done = _Found(step.fingerprint, rows, total, job.run_id, content)
        counts = numbering.counts(session, job, own, rows) + cuts.condition(session, job)
        where = (session, step.slice.model, step.slice.key)
        below = dependants() if removed else ()
        if not _complete(*where, done, version, step.reads, counts, below, fresh=found is None):
            numbering.check(session, job, own, rows)
            cuts.check(session, job)
            raise overtaken.refusal(overtaken.parents(session, step.reads), compiled.path)
    return Outcome(rows, True, total)


@dataclass(frozen=True, slots=True)
class _Found:
    """A checkpoint as the claim found it, or as it is completed."""

    fingerprint: str
    rows: int
    checksum: str | None
    run_id: str
    content: str = "null"  # as SQL


def _is_enough(found: _Found, job: Job) -> bool:
    """Whether a complete slice is left alone: a refresh wants it written by this very run."""
    return (not job.refresh or found.run_id == job.run_id) and (not job.checksum or found.checksum is not None)


def _claim(session: Session, model: str, slice_: str, run_id: str, version: str) -> _Found | None:
    """Locks the slice until the transaction ends; None if it is new, else its checkpoint as the last writer left it."""
    table = f"{quote(session.state_schema)}.checkpoint"
    where: dict[str, Value] = {"model": model, "slice": slice_}
    read = f"select fingerprint, rows, checksum, run_id from {table} where model = :model and slice = :slice"
    if session.exclusive:
        rows = session.query(read, where, _TEXTS)
        return _Found(*rows[0]) if rows else None
    # A row that is there already would not be locked by `do nothing`; two writers of one slice would both go on.
    (*known, is_new), *_ = session.query(
        f"insert into {table} as c ({_COLUMNS}) values (:model, :slice, '', 0, null, :run, :version, {_NEVER})"
        " on conflict (model, slice) do update set fingerprint = c.fingerprint"
        f" returning fingerprint, rows, checksum, run_id, completed_at = {_NEVER}",
        where | {"run": run_id, "version": version},
        _TEXTS,
    )
    return None if is_new else _Found(*known)


def _complete(
    session: Session, model: str, slice_: str, done: _Found, version: str, reads: Sequence[overtaken.Read] = (),
    counts: str = "", below: Sequence[Slice] = (), *, fresh: bool,
) -> bool:  # fmt: skip
    """Writes what was done into the checkpoint, if what it was made from is still as planned; whether it is.

    `fresh` is a checkpoint that the claim did not find; `counts` is a condition for all that was written; `below` are
    slices that lost rows.
    """
    table = f"{quote(session.state_schema)}.checkpoint"
    values: dict[str, Value] = {
        "model": model,
        "slice": slice_,
        "fingerprint": done.fingerprint,
        "rows": done.rows,
        "sum": done.checksum,
        "run": done.run_id,
        "version": version,
    }
    if fresh and session.exclusive:
        session.run(
            f"insert into {table} ({_COLUMNS}, content) values (:model, :slice, :fingerprint, :rows, :sum, :run,"
            f" :version, cast(current_timestamp as timestamp), {done.content})",
            values,
            _TEXTS,
        )
        return True
    condition, more = overtaken.condition(session, reads)
    head = ""
    if below:
        sql, values_below = stale.statement(session, below)
        head, more = f"with stale as ({sql}) ", more | values_below
    touched = session.run(
        f"{head}update {table} set fingerprint = :fingerprint, rows = :rows, checksum = :sum, run_id = :run,"
        f" sqlseed_version = :version, completed_at = cast(current_timestamp as timestamp), content = {done.content}"
        f" where model = :model and slice = :slice{condition}{counts}",
        values | more,
        _TEXTS | dict.fromkeys(more, "text"),
    )
    return session.exclusive or touched == 1


def insert_sql(
    compiled: Compiled, columns: Sequence[str], select: str, overriding: str = "",
    *, in_order: bool = False, replacing: str = "",
) -> str:  # fmt: skip
    """The one statement of a slice: the model's SELECT, wrapped so that the server accepts nothing else in it.

    With `in_order` the rows come in the order of their keys, so that they fill one page of the index after another.
    Those of which `replacing` is true are removed before.
    """
    names = ", ".join(quote(name) for name in columns)
    hidden, value = "", ""
    if compiled.config.materialized is Materialized.INTERMEDIATE:
        hidden, value = f"{quote(SLICE_COLUMN)}, ", ":_slice, "
    clause = f" {overriding}" if overriding and compiled.config.key_kind is KeyKind.INTEGER else ""
    order = ""
    if in_order and compiled.config.key is not None:
        types = {column.name: column.type for column in compiled.contract.columns}
        collation = ' collate "C"' if types[compiled.config.key] == "text" else ""
        order = f"\norder by m.{quote(compiled.config.key)}{collation}"
    head = f"insert into {compiled.relation} ({hidden}{names}){clause}"
    if replacing:
        head = f"with gone as (delete from {compiled.relation} where {replacing} returning 1) {head}"
        order = f"\nwhere (select count(*) from gone) >= 0{order}"
    return f"{head}\nselect {value}{names} from (\n{select}\n) as m{order}"


def _write(session: Session, job: Job, own: Rows, ours: Ours, *, fresh: bool, anew: bool = False) -> tuple[int, bool]:
    """Writes the slice; its number of rows, and whether older ones were removed for good."""
    compiled = job.compiled
    if compiled.config.whole:
        return wholes.write(session, compiled, job.step.parameters, ours=not fresh), False
    columns = written_columns(compiled)
    select = session.model_sql(compiled)
    types = {p.name: p.type for p in compiled.parameters} | dict(own.types)
    parameters = dict(job.step.parameters) | dict(own.parameters)
    removed, replacing = False, ""
    if compiled.config.materialized is Materialized.INTERMEDIATE:
        if not fresh and session.exclusive:
            session.remove(compiled.relation, own, ours)
        elif not fresh:
            replacing = own.predicate
    elif anew:
        removed = session.remove(compiled.relation, own, ours) > 0
    elif not fresh or _stands_there(session, compiled, own):
        wanted = [column for column in compiled.contract.columns if column.name in columns]
        keys = [compiled.config.key] if compiled.config.key else list(compiled.contract.primary_key)
        return session.replace(compiled.relation, own, wanted, keys, Rows(select, parameters, types), ours)
    insert = insert_sql(
        compiled, columns, select, session.overriding, in_order=session.has_indexes, replacing=replacing
    )
    return session.run(insert, parameters, types), removed


def _stands_there(session: Session, compiled: Compiled, own: Rows) -> bool:
    """Whether a slice without a checkpoint has rows: keys of ours are adopted, as after a restore without our state;
    a number in a range set aside may be anybody's, and is refused."""
    kind = compiled.config.key_kind
    if kind is KeyKind.NATURAL:
        return False  # the unique key decides: whoever made the row, it is not overwritten
    column = quote(compiled.config.key or "")
    found = session.query(
        f"select {column}::text from {compiled.relation} where {own.predicate} limit 1", own.parameters, own.types
    )
    if found and kind is KeyKind.INTEGER:
        raise GuardError(
            f"a row that sqlseed did not make has a key set aside for it:"
            f" {column} = {found[0][0]} in {compiled.relation}",
            path=compiled.path,
            hint="remove the row, or give it another key",
        )
    return bool(found)


def written_columns(compiled: Compiled) -> tuple[str, ...]:
    """The columns that a model's SELECT gives, in the contract's order."""
    from sqlseed import dialect  # only needed where a contract's column may be left out

    if all(column.default is None for column in compiled.contract.columns):
        return tuple(column.name for column in compiled.contract.columns)
    given = set(dialect.output_columns(compiled.sql))
    return tuple(column.name for column in compiled.contract.columns if column.name in given)


def clean_slice(
    session: Session, compiled: Compiled, slice_: Slice, own: Rows, ours: Ours, *, table_exists: bool
) -> int:
    """Removes a slice's rows and its checkpoint in one transaction; the number of rows removed.

    Raises GuardError where a row that sqlseed did not make refers to one of them.
    """
    with session.transaction():
        session.prepare(())
        session.run(
            f"delete from {quote(session.state_schema)}.checkpoint where model = :model and slice = :slice",
            {"model": slice_.model, "slice": slice_.key},
            _TEXTS,
        )
        if compiled.config.whole:
            return wholes.drop(session, compiled.relation)
        return session.remove(compiled.relation, own, ours) if table_exists else 0


def seed_tables(schema: str, seed: Seed) -> list[Relation]:
    """The tables of a seed in the state schema: the rows, and the slots if it has any."""
    ends = ("", "__slots") if seed.slots is not None else ("",)
    return [Relation(schema, seed.name + end) for end in ends]


def load_seed(session: Session, seed: Seed, name: str, run_id: str, version: str) -> bool:
    """Loads a lookup table and its slots unless the same content is there; True if it was loaded."""
    tables = seed_tables(session.state_schema, seed)
    with session.transaction():
        session.prepare(())
        found = _claim(session, name, "all", run_id, version)
        if found is not None and found.fingerprint == seed.checksum and len(session.catalog(tables)) == len(tables):
            return False
        session.load(tables[0], seed.columns, seed.rows)
        if seed.slots is not None:
            _load_slots(session, tables[1], seed)
        done = _Found(seed.checksum, len(seed.rows), None, run_id)
        _complete(session, name, "all", done, version, fresh=found is None)
    return True


def _load_slots(session: Session, relation: Relation, seed: Seed) -> None:
    """Makes the slot table: `slot`, then the seed's columns but for the weight; a row for each of its slots.

    The engine counts the slots out, so that a seed crosses to it once, however many slots it has.
    """
    compact, columns, rows, kept = slot_shares(relation, seed)
    session.load(compact, columns, rows)
    names = "".join(f", {quote(name)}" for name in kept)
    session.run(f"drop table if exists {relation}")
    slot = session.series("first_slot", "slots")
    session.run(f"create table {relation} as select {slot} as slot{names} from {compact} where slots > 0")
    session.run(f"drop table {compact}")
    session.analyze(relation)


def slot_shares(relation: Relation, seed: Seed) -> tuple[Relation, list[Column], list[tuple[Value, ...]], list[str]]:
    """The table that a slot table is made from, with its columns and rows; the names of the seed's columns in it."""
    weight = seed.slots.weight if seed.slots else None
    kept = [i for i, column in enumerate(seed.columns) if column.name != weight]
    columns = [Column("first_slot", "integer"), Column("slots", "integer"), *(seed.columns[i] for i in kept)]
    rows = [(*share, *(row[i] for i in kept)) for row, share in zip(seed.rows, seed.shares, strict=True)]
    return Relation(relation.schema, f"{relation.name}_shares"), columns, rows, [seed.columns[i].name for i in kept]
