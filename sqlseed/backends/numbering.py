"""Whether a slice's keys lie in the range that is set aside for it: integers in theirs, a chunk's in the chunk's."""

from __future__ import annotations

from sqlseed.backends import Rows, Session
from sqlseed.errors import ExecuteError
from sqlseed.model import Job, KeyKind, Materialized


def counts(session: Session, job: Job, own: Rows, rows: int) -> str:
    """The condition that all keys lie in the slice's range, to be asked in the same round trip as the rest."""
    if not _is_ranged(job):
        return ""
    if session.exclusive:  # an UPDATE may count nothing here
        check(session, job, own, rows)
        return ""
    return f" and {rows} = (select count(*) from {job.compiled.relation} where {own.predicate})"


def check(session: Session, job: Job, own: Rows, rows: int) -> None:
    """Raises ExecuteError for keys outside the range."""
    if not _is_ranged(job):
        return
    compiled = job.compiled
    found = session.query(f"select count(*) from {compiled.relation} where {own.predicate}", own.parameters, own.types)
    count, size = int(found[0][0]), compiled.config.key_block
    if count != rows and job.step.slice.chunk is not None:
        raise ExecuteError(
            f"the model numbers rows outside the chunk's keys: {rows} rows written, {count} of them inside",
            path=compiled.path,
            hint="the `keys` of config(chunks=...) are how many row numbers each number has that chunk(n) cuts by:"
            " key(n * keys + something below it)",
        )
    if count != rows:
        raise ExecuteError(
            f"the model numbers rows outside its range of {size} keys: {rows} rows written, {count} in the range",
            path=compiled.path,
            hint=f"key(n) takes n from 0 to {size - 1}; config(key_block=...) sets more aside",
        )


def _is_ranged(job: Job) -> bool:
    config = job.compiled.config
    is_integer = config.key_kind is KeyKind.INTEGER and config.materialized is not Materialized.INTERMEDIATE
    return is_integer or job.step.slice.chunk is not None
