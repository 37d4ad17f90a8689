"""What a model's statement is made of, and its text for DuckDB: the only package that imports sqlglot.

PostgreSQL always gets the text that the author wrote; sqlglot only reads it. Where DuckDB would give another value
for the same text, the difference is mended here, or the construct is refused with what to write instead, so that
the same project gives the same rows on both. What only DuckDB can know, the type of a column, it is asked while it
plans: see `mending`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlglot.errors import ParseError, TokenError

from sqlseed.dialect import reading, spelling
from sqlseed.dialect.checks import check
from sqlseed.dialect.lineage import column_sources
from sqlseed.dialect.mending import engine_type, to_duckdb, to_duckdb_unguarded
from sqlseed.errors import CompileError, SqlseedError
from sqlseed.model import Contract

__all__ = ["check", "check_types", "column_sources", "duckdb_type", "output_columns", "select_to_duckdb", "to_duckdb"]


def output_columns(sql: str) -> list[str]:
    """The names of the columns that a SELECT gives, as PostgreSQL folds them; for statements that `check` passed."""
    return [name for name, _ in reading.outputs(reading.parse(sql)[0])]


def select_to_duckdb(sql: str, types: Mapping[str, str], *, in_part: bool = False) -> str:
    """A SELECT that nobody checked, as a data test's, for DuckDB; what may differ between the engines is let through.

    `in_part` says that it will stand under a limit.
    Raises CompileError for what is no valid PostgreSQL.
    """
    try:
        return to_duckdb_unguarded(sql, types, read_in_part=in_part)
    except (ParseError, TokenError) as error:
        raise CompileError(spelling.syntax_error(sql, error)[1]) from None
    except RecursionError:
        raise CompileError(spelling.TOO_DEEP) from None


@lru_cache(maxsize=1_000)
def duckdb_type(type_: str) -> str:
    """DuckDB's name of a PostgreSQL type; raises CompileError for a type that neither knows.

    >>> duckdb_type("numeric(12, 2)")
    'DECIMAL(12, 2)'
    """
    try:
        return engine_type(type_).sql(dialect="duckdb")
    except (ParseError, TokenError, ValueError):
        raise CompileError(f"'{type_}' is not a type of PostgreSQL", hint="for example text, integer, date") from None


def check_types(contract: Contract, name: str, path: str | None) -> list[SqlseedError]:
    """The contract's columns whose type nobody knows."""
    errors: list[SqlseedError] = []
    for column in contract.columns:
        try:
            duckdb_type(column.type)
        except CompileError as error:
            message = f"model '{name}', column '{column.name}': {error.message}"
            errors.append(CompileError(message, path=path, hint=error.hint))
    return errors
