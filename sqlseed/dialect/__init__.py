"""What a model's statement is made of, and its text for DuckDB: the only package that imports sqlglot.

PostgreSQL always gets the text that the author wrote; sqlglot only reads it. Where DuckDB would give another value
for the same text, the difference is mended here, or the construct is refused with what to write instead, so that
the same project gives the same rows on both. What only DuckDB can know, the type of a column, it is asked while it
plans: see `mending`.

All that is asked here follows from texts alone, so it is computed once and kept in the user's cache folder; the parser
is only imported, which takes 80 ms, for what is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from sqlseed import cache
from sqlseed.errors import CompileError, SqlseedError
from sqlseed.model import Compiled, Contract

__all__ = ["check", "check_types", "column_sources", "duckdb_type", "output_columns", "select_to_duckdb", "to_duckdb"]


def check(model: Compiled) -> list[SqlseedError]:
    """What is wrong with a model's statement: no valid PostgreSQL, or different rows on another engine or day."""

    def find() -> list[SqlseedError]:
        from sqlseed.dialect import checks

        return checks.check(model)

    return cache.value("check", [model], find, lambda errors: not errors)


def column_sources(
    compiled: Compiled, keys: Mapping[str, str], columns: Mapping[str, frozenset[str]], dimensions: Mapping[str, str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each column of a checked model its sources: (model or seed, column), in the order of the text.

    `keys` are the models' key columns: a key that is computed by formula comes from there. `columns` are those of
    every model and seed, `dimensions` the seed of each dimension, from which its bound values come.
    """
    from sqlseed.dialect import lineage

    return lineage.column_sources(compiled, keys, columns, dimensions)


def output_columns(sql: str) -> list[str]:
    """The names of the columns that a SELECT gives, as PostgreSQL folds them; for statements that `check` passed."""

    def find() -> list[str]:
        from sqlseed.dialect import reading

        return [name for name, _ in reading.outputs(reading.parse(sql)[0])]

    return cache.value("columns", [sql], find)


def to_duckdb(sql: str, types: Mapping[str, str], *, pretty: bool = True) -> str:
    """The statement for DuckDB: `:name` becomes a typed `$name`, and known differences are mended.

    `types` are the parameters' PostgreSQL types; without `pretty` it takes half the time, and is one line.
    """

    def make() -> str:
        from sqlseed.dialect import mending

        return mending.to_duckdb(sql, types, pretty=pretty)

    return cache.value("duckdb", [sql, dict(types), pretty], make)


def select_to_duckdb(sql: str, types: Mapping[str, str], *, in_part: bool = False) -> str:
    """A SELECT that nobody checked, as a data test's, for DuckDB; what may differ between the engines is let through.

    `in_part` says that it will stand under a limit.
    Raises CompileError for what is no valid PostgreSQL.
    """

    def make() -> str:
        from sqlseed.dialect import mending

        return mending.unchecked_to_duckdb(sql, types, read_in_part=in_part)

    return cache.value("select", [sql, dict(types), in_part], make)


@lru_cache(maxsize=1_000)
def duckdb_type(type_: str) -> str:
    """DuckDB's name of a PostgreSQL type; raises CompileError for a type that neither knows.

    >>> duckdb_type("numeric(12, 2)")
    'DECIMAL(12, 2)'
    """

    def make() -> str:
        from sqlseed.dialect import mending

        return mending.engine_type_name(type_)

    return cache.value("type", [type_], make)


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
