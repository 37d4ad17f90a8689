"""What the contract says of keys."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.lint.rule import Problem, Rule, Subject
from sqlseed.model import Materialized


def _unindexed(subject: Subject) -> Iterator[Problem]:
    compiled = subject.compiled
    if compiled.config.materialized is not Materialized.TABLE:
        return
    contract = compiled.contract
    indexes = [index.columns for index in contract.indexes] + [contract.primary_key]
    for key in contract.foreign_keys:
        if key.to not in subject.models:
            continue
        if not any(set(index[: len(key.columns)]) == set(key.columns) for index in indexes):
            names = ", ".join(key.columns)
            table = subject.models[key.to].relation.name
            yield Problem(
                f"no index of {compiled.relation.name} begins with {names}, which refers to {table}",
                f"for each row of {table} that is removed, the whole of {compiled.relation.name} is read",
                path=compiled.patch_path or compiled.path,
            )


RULES = (
    Rule(
        name="unindexed-foreign-key",
        level="warning",
        title="a foreign key without an index on the side that refers",
        why=(
            "PostgreSQL indexes the key that is referred to, never the column that refers. When a row above is removed"
            " or its key changes, the server looks for the rows below, by reading the whole table if no index begins"
            " with the columns. A build only adds rows; `sqlseed clean`, and a slice that loses rows, remove them."
        ),
        instead="An index on the columns, in the application's schema and in the contract.",
        check=_unindexed,
    ),
)
