"""What a target is sent, known without a connection: for those who read it before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlseed import library
from sqlseed.backends import ALIASES, ddl, pg_sql, slices, wholes
from sqlseed.model import Compiled, Target


def is_postgres(target: Target) -> bool:
    """Whether the target speaks PostgreSQL's own SQL; else it is DuckDB."""
    return ALIASES.get(target.type, target.type) == "postgres"


def statement(target: Target, compiled: Compiled) -> str:
    """The statement of each slice of a model: its SELECT in the target's SQL, wrapped, with `:name` parameters
    (PostgreSQL) or typed `$name` ones (DuckDB)."""
    select, overriding = compiled.sql, ""
    if is_postgres(target):
        from sqlseed.backends.postgres import PostgresSession  # the driver, for those who name such a target

        overriding = PostgresSession.overriding
    else:
        from sqlseed import dialect  # the parser takes 80 ms to import

        select = dialect.to_duckdb(compiled.sql, {p.name: p.type for p in compiled.parameters})
    if compiled.config.whole:
        return wholes.create_sql(compiled, select)
    columns = slices.written_columns(compiled)
    return slices.insert_sql(compiled, columns, select, overriding, in_order=is_postgres(target))


def creation(target: Target, compiled: Compiled, others: Mapping[str, Compiled]) -> list[str]:
    """The statements that create a model's table where it is missing, and its foreign keys to the tables of `others`;
    none for a model that is made anew as a whole."""
    if compiled.config.whole:
        return []
    if is_postgres(target):
        return [
            *ddl.create_table(compiled.relation, compiled, str, keys=True),
            *ddl.foreign_keys(compiled.relation, compiled, others),
        ]
    from sqlseed import dialect

    return ddl.create_table(compiled.relation, compiled, dialect.duckdb_type, keys=False)


def functions(target: Target, names: Iterable[str]) -> dict[str, str]:
    """The DDL of session functions by name, callees first."""
    found = [library.function(name) for name in library.with_needs(list(names))]
    return {one.name: one.create_postgres if is_postgres(target) else one.create_duckdb for one in found}


def settings(target: Target) -> dict[str, str]:
    """What each transaction sets, by name; DuckDB's settings are those of the process, and there are none here."""
    return pg_sql.settings_of(target) if is_postgres(target) else {}
