"""Whether a slice's integer keys lie in the range that is set aside for it."""

from __future__ import annotations

from sqlseed.backends import Rows, Session
from sqlseed.errors import ExecuteError
from sqlseed.model import Compiled, KeyKind, Materialized


def counts(session: Session, compiled: Compiled, own: Rows, rows: int) -> str:
    """The condition that all integer keys lie in the slice's range, to be asked in the same round trip as the rest."""
    if compiled.config.key_kind is not KeyKind.INTEGER or compiled.config.materialized is Materialized.INTERMEDIATE:
        return ""
    if session.exclusive:  # an UPDATE may count nothing here
        check(session, compiled, own, rows)
        return ""
    return f" and {rows} = (select count(*) from {compiled.relation} where {own.predicate})"


def check(session: Session, compiled: Compiled, own: Rows, rows: int) -> None:
    if compiled.config.key_kind is not KeyKind.INTEGER or compiled.config.materialized is Materialized.INTERMEDIATE:
        return
    found = session.query(f"select count(*) from {compiled.relation} where {own.predicate}", own.parameters, own.types)
    if int(found[0][0]) != rows:
        size = compiled.config.key_block
        raise ExecuteError(
            f"the model numbers rows outside its range of {size} keys: {rows} rows written, {found[0][0]} in the range",
            path=compiled.path,
            hint=f"key(n) takes n from 0 to {size - 1}; config(key_block=...) sets more aside",
        )
