"""Tests that look at one row at a time; all of one table are counted in one scan. Null passes each of them."""

from __future__ import annotations

from typing import Any

from sqlseed.errors import CompileError
from sqlseed.generics.scope import Made, Scope, Wrong, between, literal


def accepted_range(
    scope: Scope, column_name: str, min_value: Any = None, max_value: Any = None, inclusive: bool = True
) -> Made:
    """Every value is from `min_value` to `max_value`: numbers, dates, or SQL expressions as texts."""
    column = scope.column(column_name)
    return Wrong(f"not ({between(column, min_value, max_value, strictly=not inclusive)})", (column,))


def not_accepted_values(scope: Scope, column_name: str, values: Any, quote: bool = True) -> Made:
    """No value is one of `values`. Counts the different values that are."""
    if not isinstance(values, list) or not values:
        raise CompileError(f"values must be a list, not {values!r}")
    column = scope.column(column_name)
    listed = ", ".join(literal(value, quoted=True) if quote else str(value) for value in values)
    return Wrong(f"{column} in ({listed})", (column,), distinct=column)


def expression_is_true(scope: Scope, expression: str, column_name: str | None = None) -> Made:
    """The SQL expression is true for every row; at a column it begins with the column: `expression: "> 0"`."""
    column = scope.column(column_name) if column_name else None
    return Wrong(f"not ({column} {expression})" if column else f"not ({expression})", (column,) if column else ())


def not_empty_string(scope: Scope, column_name: str, trim_whitespace: bool = True) -> Made:
    """No text is empty, or nothing but spaces."""
    column = scope.column(column_name)
    return Wrong(f"trim({column}) = ''" if trim_whitespace else f"{column} = ''", (column,))


def expect_column_values_to_match_regex(
    scope: Scope, column_name: str, regex: str, row_condition: str | None = None
) -> Made:
    """Every text matches the regular expression somewhere; write ^ and $ for the whole text."""
    column = scope.column(column_name)
    return _restricted(f"not ({column} ~ {literal(regex)})", row_condition, column)


def expect_column_values_to_not_match_regex(
    scope: Scope, column_name: str, regex: str, row_condition: str | None = None
) -> Made:
    """No text matches the regular expression."""
    column = scope.column(column_name)
    return _restricted(f"{column} ~ {literal(regex)}", row_condition, column)


def expect_column_value_lengths_to_be_between(
    scope: Scope, column_name: str, min_value: Any = None, max_value: Any = None, row_condition: str | None = None
) -> Made:
    """Every text has so many characters."""
    column = scope.column(column_name)
    return _restricted(f"not ({between(f'length({column})', min_value, max_value)})", row_condition, column)


def parses_as_json(scope: Scope, column_name: str) -> Made:
    """Every text can be read as JSON."""
    column = scope.column(column_name)
    return Wrong(f"{column} is not null and not {scope.function('sqlseed_is_json')}({column}::text)", (column,))


def _restricted(predicate: str, row_condition: str | None, column: str) -> Wrong:
    return Wrong(f"({row_condition}) and {predicate}" if row_condition else predicate, (column,))
