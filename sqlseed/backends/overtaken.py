"""Another build of the same project, with other vars or files, at the same time: what it took from under this one.

Each slice is written by one of them at a time, but one may write a parent anew between the other's parent and child.
So a slice counts as complete only if its parents and seeds still have the fingerprints that its own was made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlseed.backends import Session
from sqlseed.errors import GuardError
from sqlseed.model import Checkpoint, Step, Value, quote

Read = tuple[str, str, str]
"""A checkpoint of a parent or seed: model, slice, fingerprint."""

HINT = "let one build end before the next; the same command goes on from what is there now"
_SHOWN = 3  # slices that a message names
_OTHERS = """
    select e.model, e.slice
    from pg_catalog.jsonb_to_recordset(:reads::jsonb) as e (model text, slice text, print text)
    where (
        select p.fingerprint in (e.print, '')
        from {schema}.checkpoint as p
        where p.model = e.model
          and p.slice = e.slice
    ) is not true
"""
"""What is read and is not as it was planned. An empty fingerprint is a slice that is stale, its rows as they were.

Looked up one by one: a slice reads a few of thousands of checkpoints, and a hash join would read them all.
"""


def condition(session: Session, reads: Sequence[Read]) -> tuple[str, dict[str, Value]]:
    """For a statement's `where`: that everything read is as it was planned; with its parameters."""
    if session.exclusive or not reads:
        return "", {}
    return f" and not exists ({_others(session)})", _given(reads)


def parents(session: Session, reads: Sequence[Read]) -> list[str]:
    """The names of those that are not as they were planned."""
    return [f"{model} {key}" for model, key in session.query(_others(session), _given(reads), {"reads": "text"})]


def slices(steps: Iterable[Step], checkpoints: Mapping[tuple[str, str], Checkpoint]) -> list[str]:
    """The names of the slices that are complete as another build has them."""
    found = []
    for step in steps:
        done = checkpoints.get((step.slice.model, step.slice.key))
        if done is not None and done.fingerprint not in (step.fingerprint, ""):
            found.append(str(step.slice))
    return found


def refusal(names: Sequence[str], path: str | None = None) -> GuardError:
    """What is said of slices that another build has written."""
    some = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if names[_SHOWN:] else "")
    return GuardError(
        f"another build, with other vars or files, has written or removed {some} meanwhile",
        path=path,
        hint=HINT,
    )


def _others(session: Session) -> str:
    return _OTHERS.format(schema=quote(session.state_schema))


def _given(reads: Sequence[Read]) -> dict[str, Value]:
    names = ("model", "slice", "print")
    return {"reads": json.dumps([dict(zip(names, one, strict=True)) for one in reads])}
