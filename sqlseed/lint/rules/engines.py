"""The other engine: what DuckDB's parser says of the statement that it would get."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed import dialect
from sqlseed.errors import SqlseedError
from sqlseed.lint.rule import Problem, Rule, Subject


def _duckdb(subject: Subject) -> Iterator[Problem]:
    from sqlseed.backends import duckdb  # the engine takes 50 ms to import, and most findings are known already

    compiled = subject.compiled
    types = {parameter.name: parameter.type for parameter in compiled.parameters}
    try:
        text = dialect.to_duckdb(compiled.sql, types, pretty=False)
    except SqlseedError as error:
        yield Problem(f"there is no statement for DuckDB: {error.message}", error.hint or "", position=0)
        return
    refused = duckdb.refusal(text)
    if refused:
        hint = f"`sqlseed compile {compiled.name} --engine duckdb` prints what DuckDB would get"
        yield Problem(f"DuckDB's parser refuses its statement: {refused}", hint, position=0)


RULES = (
    Rule(
        name="duckdb-syntax",
        level="error",
        title="DuckDB's parser refuses the statement",
        why=(
            "A dry run, and every command on DuckDB, sends the model's statement transpiled. It is parsed here by"
            " DuckDB itself, without a database. PostgreSQL's statement is the one that postgresql-syntax parses."
        ),
        instead="Another way to write it, which both engines take.",
        check=_duckdb,
    ),
)
