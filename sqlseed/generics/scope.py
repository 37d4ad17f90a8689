"""What a built-in test is given, and what it gives back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlseed.errors import CompileError
from sqlseed.model import Contract, quote

_NAME = re.compile(r"[A-Za-z_]\w*\Z")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Rows of the model for which `predicate` is true; `shows` are the expressions worth seeing beside their keys.

    With `distinct` what is counted are not the rows but the different values of that expression, as dbt does for
    accepted_values.
    """

    predicate: str
    shows: tuple[str, ...] = ()
    distinct: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT that gives one row for each thing that is wrong; its columns say what.

    With `shows` the rows are the model's own, and these expressions are worth seeing beside their keys. `sample` is
    another SELECT, of rows to show in place of the first ones of `sql`.
    """

    sql: str
    shows: tuple[str, ...] | None = None
    sample: str | None = None
    unit: str = "row"  # what is counted


Made = Wrong | Query


@dataclass(frozen=True, slots=True)
class Scope:
    """The model that a test is of. `relation` stands in a FROM: the table, or the part of it that `where` leaves."""

    model: str
    relation: str
    keys: tuple[str, ...]  # of the contract's primary key, quoted
    contracts: Mapping[str, Contract]  # of every enabled model
    ref: Callable[[str], str]  # a model's table; that the test needs it is noted
    function: Callable[[str], str]  # a session function's name for a call

    def column(self, name: str) -> str:
        """A column's name in SQL; a text that is no plain name is an expression, in brackets."""
        return quote(name) if _NAME.match(name) else f"({name})"

    def columns(self, names: str | Sequence[str]) -> list[str]:
        """Several of them."""
        return [self.column(str(name)) for name in ([names] if isinstance(names, str) else names)]

    def members(self, columns: Sequence[str], where: str | None = None) -> str | None:
        """A SELECT of rows, with their keys, whose values in `columns` stand more than once."""
        names = ", ".join(columns)
        keys = "".join(f"{key}, " for key in self.keys if key not in columns)
        if not keys:
            return None
        restricted = f" where ({where})" if where else ""
        return (
            f"select {keys}{names}\nfrom {self.relation}\nwhere ({names}) in (\n    select {names} from {self.relation}"
            f"{restricted} group by {names} having count(*) > 1 limit 3\n)"
            + (f" and ({where})" if where else "")
            + f"\norder by {names}"
        )

    def of(self, alias: str, name: str) -> str:
        """A column of an aliased table."""
        return f"{alias}.{quote(name)}" if _NAME.match(name) else f"{alias}.{name}"


def literal(value: Any, *, quoted: bool = False) -> str:
    """An SQL literal; with `quoted` every value becomes a text in quotes, as in dbt.

    >>> literal("it's"), literal(5), literal(True), literal(5, quoted=True)
    ("'it''s'", '5', 'true', "'5'")
    """
    if value is None:
        return "null"
    if isinstance(value, str) or quoted:
        return "'" + str(value).replace("'", "''") + "'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return format(Decimal(str(value)), "f")
    if isinstance(value, dt.datetime):
        return f"timestamp '{value:%Y-%m-%d %H:%M:%S}'"
    if isinstance(value, dt.date):
        return f"date '{value.isoformat()}'"
    raise CompileError(f"a value must be a text, a number, a boolean or a date, not {value!r}")


def bound(value: Any) -> str:
    """A bound of a range: numbers and dates as literals, a text as the SQL expression that it is."""
    return f"({value})" if isinstance(value, str) else literal(value)


def number(value: Any, name: str) -> float | int:
    """A number out of YAML."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CompileError(f"{name} must be a number, not {value!r}")
    return value


def between(value: str, low: Any, high: Any, *, strictly: bool = False, what: str = "min_value or max_value") -> str:
    """The condition that a value keeps its bounds, of which at least one must be given."""
    less = "<" if strictly else "<="
    parts = [f"{value} {less.replace('<', '>')} {bound(low)}"] if low is not None else []
    parts += [f"{value} {less} {bound(high)}"] if high is not None else []
    if not parts:
        raise CompileError(f"needs {what}")
    return " and ".join(parts)


def texts(value: Any, name: str) -> list[str]:
    """A list of names out of YAML; one name may stand alone."""
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list | tuple) or not found or not all(isinstance(item, str) for item in found):
        raise CompileError(f"{name} must be a list of columns, not {value!r}")
    return list(found)


def condition(text: str | None, joined: str = "where") -> str:
    """`where (...)`, or nothing."""
    return f"\n{joined} ({text})" if text else ""
