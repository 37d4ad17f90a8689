"""Slices that are written again, because rows above theirs were removed, and theirs with them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlseed.backends import Session
from sqlseed.model import Slice, Value, quote


def mark(session: Session, slices: Sequence[Slice]) -> None:
    """They are written again even if the rows above theirs come back as they were."""
    if slices:
        sql, values = statement(session, slices)
        session.run(sql, values, dict.fromkeys(values, "text"))


def statement(session: Session, slices: Sequence[Slice]) -> tuple[str, dict[str, Value]]:
    """An UPDATE of PostgreSQL that says so, with its parameters, which are texts."""
    sql = (
        f"update {quote(session.state_schema)}.checkpoint as c set fingerprint = ''"
        " from pg_catalog.jsonb_to_recordset(:stale::jsonb) as s (model text, slice text)"
        " where c.model = s.model and c.slice = s.slice"
    )
    return sql, {"stale": json.dumps([{"model": one.model, "slice": one.key} for one in slices])}
