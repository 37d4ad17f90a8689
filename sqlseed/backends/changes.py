"""Tables that were altered while a build ran: what a slice's error means then."""

from __future__ import annotations

from collections.abc import Sequence

from sqlseed.backends import Session
from sqlseed.errors import GuardError
from sqlseed.model import Compiled

GONE = ("42703", "42P01")
"""The SQLSTATEs of a column and of a table that are not there."""


def since_the_run_began(session: Session, models: Sequence[Compiled]) -> GuardError | None:
    """What these models' tables lack now, though the contracts were compared with them before the first slice."""
    live = session.catalog([model.relation for model in models])
    for model in models:
        table = live.get(model.relation)
        if table is None:
            return _changed(f"table {model.relation} is gone")
        for column in model.contract.columns:
            if column.default is None and column.name not in table.columns:
                return _changed(f"column {column.name} of table {model.relation} is gone")
    return None


def _changed(what: str) -> GuardError:
    return GuardError(
        f"changed since the run began: {what}",
        hint="finished slices stay; undo the change, or follow it in the contract and the model, and build again",
    )
