"""dbt's own four tests, word for word in what they count."""

from __future__ import annotations

from typing import Any

from sqlseed.errors import CompileError
from sqlseed.generics.scope import Made, Query, Scope, Wrong, literal


def unique(scope: Scope, column_name: str) -> Made:
    """No value stands twice; null is no value. Counts the values that do."""
    column = scope.column(column_name)
    return Query(
        f"select {column} as unique_field, count(*) as n_records\nfrom {scope.relation}\n"
        f"where {column} is not null\ngroup by {column}\nhaving count(*) > 1",
        sample=scope.members([column]),
        unit="value",
    )


def not_null(scope: Scope, column_name: str) -> Made:
    """Every row has a value."""
    return Wrong(f"{scope.column(column_name)} is null")


def accepted_values(scope: Scope, column_name: str, values: Any, quote: bool = True) -> Made:
    """Every value is one of `values`, or null. Counts the different values that are not; `quote: false` for SQL."""
    if not isinstance(values, list) or not values:
        raise CompileError(f"values must be a list, not {values!r}")
    column = scope.column(column_name)
    listed = ", ".join(literal(value, quoted=True) if quote else str(value) for value in values)
    return Wrong(f"{column} not in ({listed})", (column,), distinct=column)


def relationships(scope: Scope, column_name: str, to: str, field: str) -> Made:
    """Every value is one of `field` in the table `to`, or null."""
    child, parent = scope.of("child", column_name), scope.of("parent", field)
    return Query(
        f"select child.*\nfrom {scope.relation} as child\nwhere {child} is not null\n"
        f"  and not exists (select 1 from {to} as parent where {parent} = {child})",
        shows=(scope.column(column_name),),
    )
