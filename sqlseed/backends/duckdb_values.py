"""Parameters and values as DuckDB takes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlseed import dialect, sqltext
from sqlseed.model import Value


def named(
    sql: str, parameters: Mapping[str, Value] | None, types: Mapping[str, str] | None
) -> tuple[str, dict[str, Value] | None]:
    """`:name` as a typed `$name`, and only the parameters that the statement names: DuckDB refuses others."""
    if not parameters:
        return sql, None
    text, names = _dollars(sql, tuple((types or {}).items()))
    return text, {name: value for name, value in parameters.items() if name in names} or None


@lru_cache(maxsize=256)  # every slice of a model sends the same text
def _dollars(sql: str, types: tuple[tuple[str, str], ...]) -> tuple[str, frozenset[str]]:
    """The text with `$name`, and all names in it: a model's statement came with its own."""
    kinds = dict(types)
    pieces: list[str] = []
    end = 0
    for use in sqltext.parameter_uses(sql):
        pieces += [sql[end : use.start], f"(${use.name}::{dialect.duckdb_type(kinds[use.name])})"]
        end = use.end
    text = "".join([*pieces, sql[end:]])
    return text, frozenset(re.findall(r"\$([A-Za-z_]\w*)", text))


def list_type(type_: str) -> str:
    """The type in which a column of a lookup table is sent: numbers with fractions travel as text, and so exactly."""
    return "VARCHAR" if type_.startswith(("DECIMAL", "NUMERIC", "DOUBLE", "REAL", "FLOAT")) else type_


def plain(value: Value) -> Any:
    """A value that DuckDB takes as it is; a number with a fraction as text."""
    return value if value is None or isinstance(value, str | bool | int) or hasattr(value, "year") else str(value)
