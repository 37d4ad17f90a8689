"""The types a seed's column can have: which PostgreSQL names there are, and how a cell's text becomes a value.

A declared type takes any text that PostgreSQL would take without loss. `char(n)` is left out: it is padded with
blanks on PostgreSQL and nowhere else. An inferred one is stricter: a number
with a leading zero or a plus sign is a code or a telephone number, and stays text.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from .errors import did_you_mean
from .model import Value

_INT4 = 2**31
_INT8 = 2**63
_MAX_DIGITS = 38  # of an inferred numeric: as many as DuckDB's decimal holds

_ALIASES = {
    "int2": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "bool": "boolean",
    "timestamp without time zone": "timestamp",
    "character varying": "varchar",
    "time without time zone": "time",
}
_RANGES = {"smallint": 2**15, "integer": _INT4, "bigint": _INT8}
_TYPE = re.compile(r"([a-z][a-z0-9]*(?: [a-z]+)*) ?(?:\( ?([0-9]{1,5}) ?(?:, ?([0-9]{1,5}) ?)?\))?((?: [a-z]+)*)")

_INTEGER = re.compile(r"0|-?[1-9][0-9]*")
_NUMERIC = re.compile(r"(?!-[0.]*\Z)-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")  # minus zero would lose its sign
_ANY_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_ANY_NUMERIC = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_ANY_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?")

Read = Callable[[str], Value]
"""Turns a cell that is not empty into a value; `ValueError` says what was expected: `is not a date`."""


@dataclass(frozen=True, slots=True)
class CellType:
    """A column's type: PostgreSQL's name in its plainest form, and how to read a cell of it."""

    name: str
    read: Read


def declared(text: str) -> CellType:
    """The type that a PostgreSQL name stands for; `ValueError` with a suggestion for an unknown one.

    >>> declared("INT8").name, declared("decimal( 10,2 )").name
    ('bigint', 'numeric(10,2)')
    """
    found = _TYPE.fullmatch(" ".join(text.lower().split()))
    if not found:
        raise ValueError(f"unknown type '{text}'")
    written = f"{found[1]}{found[4]}"
    base = _ALIASES.get(written, written)
    arguments = tuple(int(group) for group in (found[2], found[3]) if group is not None)
    if base not in _READERS:
        raise ValueError(f"unknown type '{text}'; {did_you_mean(written, [*_READERS, *_ALIASES], show=20)}")
    allowed = {"numeric": 2, "varchar": 1, "timestamp": 1}.get(base, 0)
    if len(arguments) > allowed:
        raise ValueError(f"type '{base}' takes {f'at most {allowed}' if allowed else 'no'} number in brackets")
    suffix = f"({','.join(map(str, arguments))})" if arguments else ""
    return CellType(base + suffix, _READERS[base](base, arguments))


def inferred(values: Iterable[str]) -> CellType:
    """The narrowest type for a column's different cells, empty ones left out; text when there are none."""
    cells = list(values)
    if not cells:
        return declared("text")
    if all(map(_INTEGER.fullmatch, cells)) and max(map(len, cells)) <= _MAX_DIGITS:
        numbers = [int(cell) for cell in cells]
        low, high = min(numbers), max(numbers)
        fits = [name for name in ("integer", "bigint") if -_RANGES[name] <= low and high < _RANGES[name]]
        return declared(fits[0] if fits else "numeric")
    if all(map(_NUMERIC.fullmatch, cells)) and max(map(len, cells)) <= _MAX_DIGITS:
        return declared("numeric")
    if all(cell in ("true", "false") for cell in cells):
        return declared("boolean")
    if all(map(_DATE.fullmatch, cells)):
        return declared("date")  # one that does not exist is an error, not a reason to call them all text
    if all(map(_TIMESTAMP.fullmatch, cells)):
        return declared("timestamp")
    return declared("text")


# --- readers: each takes the type's name and its numbers in brackets, and gives the function for a cell


def _integer(name: str, _: tuple[int, ...]) -> Read:
    limit = _RANGES[name]

    def read(cell: str) -> Value:
        if not _ANY_INTEGER.fullmatch(cell):
            raise ValueError("is not an integer")
        number = int(cell)
        if not -limit <= number < limit:
            raise ValueError(f"does not fit {name} ({-limit} to {limit - 1})")
        return number

    return read


def _numeric(name: str, arguments: tuple[int, ...]) -> Read:
    precision, scale = (*arguments, 0, 0)[:2] if arguments else (131_072, 16_383)  # PostgreSQL's own limits
    if precision < 1 or scale > precision:
        raise ValueError(f"type 'numeric({precision},{scale})' has no room for a digit before or after the point")
    shown = f"numeric({precision},{scale})" if arguments else name

    def read(cell: str) -> Value:
        if not _ANY_NUMERIC.fullmatch(cell):
            raise ValueError("is not a number (digits, a point, digits)")
        whole, _, decimals = cell.lstrip("+-").partition(".")
        if len(whole.lstrip("0")) > precision - scale or len(decimals) > scale:
            raise ValueError(f"does not fit {shown}")
        return Decimal(cell)

    return read


def _float(name: str, _: tuple[int, ...]) -> Read:
    def read(cell: str) -> Value:
        if not _ANY_FLOAT.fullmatch(cell):
            raise ValueError("is not a number")
        number = float(cell)
        if math.isinf(number) or (name == "real" and abs(number) > 3.4028234663852886e38):
            raise ValueError(f"does not fit {name}")
        return number

    return read


def _boolean(_name: str, _: tuple[int, ...]) -> Read:
    def read(cell: str) -> Value:
        if cell.lower() not in ("true", "false"):
            raise ValueError("is not true or false")
        return cell.lower() == "true"

    return read


def _date(_name: str, _: tuple[int, ...]) -> Read:
    def read(cell: str) -> Value:
        try:
            if _DATE.fullmatch(cell):
                return dt.date.fromisoformat(cell)
        except ValueError:
            pass
        raise ValueError("is not a date (YYYY-MM-DD)")

    return read


def _timestamp(_name: str, arguments: tuple[int, ...]) -> Read:
    decimals = arguments[0] if arguments else 6
    if decimals > 6:
        raise ValueError("a timestamp has at most 6 decimals")

    def read(cell: str) -> Value:
        if len(cell.partition(".")[2]) > decimals:
            raise ValueError(f"has more than {decimals} decimals")
        try:
            if _DATE.fullmatch(cell) or _TIMESTAMP.fullmatch(cell):
                return dt.datetime.fromisoformat(cell)
        except ValueError:
            pass
        raise ValueError("is not a timestamp (YYYY-MM-DD HH:MM:SS)")

    return read


def _text(name: str, arguments: tuple[int, ...]) -> Read:
    if not arguments:
        return lambda cell: cell
    limit = arguments[0]
    if limit == 0:
        raise ValueError(f"type '{name}(0)' has no room for a character")

    def read(cell: str) -> Value:
        if len(cell) > limit:
            raise ValueError(f"has {len(cell)} characters, more than {name}({limit}) holds")
        return cell

    return read


def _time(_name: str, _: tuple[int, ...]) -> Read:
    def read(cell: str) -> Value:
        if not _TIME.fullmatch(cell):
            raise ValueError("is not a time of day (HH:MM or HH:MM:SS)")
        return cell

    return read


def _uuid(_name: str, _: tuple[int, ...]) -> Read:
    def read(cell: str) -> Value:
        if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", cell):
            raise ValueError("is not a UUID")
        return str(uuid.UUID(cell))

    return read


def _json(_name: str, _: tuple[int, ...]) -> Read:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    def read(cell: str) -> Value:
        try:
            json.loads(cell, parse_constant=refuse)
        except (ValueError, RecursionError):
            raise ValueError("is not JSON") from None
        return cell

    return read


_READERS: dict[str, Callable[[str, tuple[int, ...]], Read]] = {
    "smallint": _integer,
    "integer": _integer,
    "bigint": _integer,
    "numeric": _numeric,
    "real": _float,
    "double precision": _float,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "time": _time,
    "text": _text,
    "varchar": _text,
    "uuid": _uuid,
    "json": _json,
    "jsonb": _json,
}
