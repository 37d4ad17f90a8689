"""A row as texts that are the same on every engine, so that checksums of equal rows are equal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlseed.model import Column, quote

Expression = Callable[[str], str]
"""From a quoted column to SQL for its value."""


def column_texts(columns: Sequence[Column], *, timestamp: Expression, number: Expression) -> list[str]:
    """SQL for each column's value as a text; a null is another text than any value.

    `timestamp` gives milliseconds since the epoch as text, `number` a number with fractions rounded to six places:
    the only ones that each engine writes in its own way.
    """
    return [f"coalesce({_text(column, timestamp, number)}, chr(30))" for column in columns]


def _text(column: Column, timestamp: Expression, number: Expression) -> str:
    name, kind = quote(column.name), column.type.lower()
    if kind.startswith("bool"):
        return f"case when {name} then '1' when not {name} then '0' end"
    if kind.startswith("timestamp"):
        return timestamp(name)
    if kind.startswith(("double", "real", "float", "numeric", "decimal")):
        return number(name)
    return f"{name}::text"
