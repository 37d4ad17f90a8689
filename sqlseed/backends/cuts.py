"""Another build that cuts the same slice into other chunks at the same time: its rows would count twice."""

from __future__ import annotations

from sqlseed import chunks, sqltext
from sqlseed.backends import Session, overtaken
from sqlseed.errors import GuardError
from sqlseed.model import Job, Value, quote

_OVERLAPPING = """
    select o.slice
    from {schema}.checkpoint as o
    cross join lateral (
        select string_to_array(substring(o.slice from '#([0-9]+-[0-9]*)$'), '-') as ends
        where starts_with(o.slice, :whole || '#')
    ) as chunk
    where o.model = :model
      and o.slice <> :slice
      and chunk.ends[1]::bigint <= :last
      and coalesce(nullif(chunk.ends[2], '')::bigint, {end}) >= :first
    union all
    select :whole
    from {schema}.checkpoint as o
    where o.model = :model
      and o.slice = :whole
      and o.slice <> :slice
"""
_TYPES = {"model": "text", "slice": "text", "whole": "text", "first": "bigint", "last": "bigint"}


def condition(session: Session, job: Job) -> str:
    """For the statement that completes a checkpoint: that no other one covers numbers of its."""
    if session.exclusive or job.compiled.config.chunks is None:
        return ""
    return f" and not exists ({_overlapping(session, job)})"


def check(session: Session, job: Job) -> None:
    """Raises GuardError where there is such a build."""
    if session.exclusive or job.compiled.config.chunks is None:
        return
    found = session.query(_overlapping(session, job))
    if found:
        raise GuardError(
            f"another build, with another rows_per_chunk, has written {job.step.slice.model} {found[0][0]} meanwhile",
            path=job.compiled.path,
            hint=overtaken.HINT,
        )


def _overlapping(session: Session, job: Job) -> str:
    slice_ = job.step.slice
    first, last = chunks.numbers(slice_)
    values: dict[str, Value] = {
        "model": slice_.model,
        "slice": slice_.key,
        "whole": slice_.whole.key,
        "first": first,
        "last": last,
    }
    sql = _OVERLAPPING.format(schema=quote(session.state_schema), end=chunks.LAST)
    return sqltext.with_literals(sql, values, _TYPES)
