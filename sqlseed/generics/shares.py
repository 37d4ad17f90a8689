"""Tests of how values are spread: shares, means, quantiles, and the distance from a declared distribution.

A table without rows has no share and no mean, and passes; that it has rows is another test's business.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sqlseed.errors import CompileError
from sqlseed.generics.scope import Made, Query, Scope, between, condition, literal, number, texts

_SIGMAS = 4  # how far chance may take a sample: once in 30,000 times


def not_null_proportion(scope: Scope, column_name: str, at_least: Any = None, at_most: Any = 1.0) -> Made:
    """The share of rows that have a value is between bounds."""
    column = scope.column(column_name)
    return _grouped(scope, f"count({column})::double precision / nullif(count(*), 0)", "share", (at_least, at_most))


def value_share(
    scope: Scope,
    column_name: str | None = None,
    value: Any = None,
    values: list[Any] | None = None,
    expression: str | None = None,
    min_value: Any = None,
    max_value: Any = None,
    group_by: list[str] | None = None,
    row_condition: str | None = None,
) -> Made:
    """The share of rows with `value` (or one of `values`, or for which `expression` holds) is between bounds."""
    given = [value is not None, values is not None, expression is not None]
    if sum(given) != 1 or (expression is None and column_name is None):
        raise CompileError("needs a column with value or values, or an expression")
    holds = f"({expression})"
    if expression is None:
        listed = ", ".join(literal(item, quoted=True) for item in (values if values is not None else [value]))
        holds = f"{scope.column(column_name or '')} in ({listed})"
    share = f"count(*) filter (where {holds})::double precision / nullif(count(*), 0)"
    return _grouped(scope, share, "share", (min_value, max_value), group_by, row_condition)


def expect_column_mean_to_be_between(
    scope: Scope,
    column_name: str,
    min_value: Any = None,
    max_value: Any = None,
    group_by: list[str] | None = None,
    row_condition: str | None = None,
    strictly: bool = False,
) -> Made:
    """The mean of the column is between bounds, in each group."""
    mean = f"avg({scope.column(column_name)}::double precision)"
    return _grouped(scope, mean, "mean", (min_value, max_value), group_by, row_condition, strictly=strictly)


def expect_column_quantile_values_to_be_between(
    scope: Scope,
    column_name: str,
    quantile: Any,
    min_value: Any = None,
    max_value: Any = None,
    group_by: list[str] | None = None,
    row_condition: str | None = None,
    strictly: bool = False,
) -> Made:
    """The quantile of the column (0.5 is the median) is between bounds, in each group."""
    if not 0 <= number(quantile, "quantile") <= 1:
        raise CompileError(f"quantile must be from 0 to 1, not {quantile}")
    column = f"{scope.column(column_name)}::double precision"
    value = f"percentile_cont({literal(quantile)}) within group (order by {column})"
    return _grouped(scope, value, "quantile", (min_value, max_value), group_by, row_condition, strictly=strictly)


def expect_column_median_to_be_between(
    scope: Scope,
    column_name: str,
    min_value: Any = None,
    max_value: Any = None,
    group_by: list[str] | None = None,
    row_condition: str | None = None,
    strictly: bool = False,
) -> Made:
    """The median of the column is between bounds, in each group."""
    return expect_column_quantile_values_to_be_between(
        scope, column_name, 0.5, min_value, max_value, group_by, row_condition, strictly
    )


def distribution_near(
    scope: Scope,
    column_name: str,
    expected: Mapping[Any, Any],
    max_distance: Any = 0.05,
    row_condition: str | None = None,
) -> Made:
    """The values are spread as `expected` declares, {value: weight}; null is left out.

    The distance is chi-square per row: the sum of (share - expected share)^2 / expected share. It may be
    `max_distance`, and as much more as chance does to so few rows. A value that is not declared fails at any
    distance. One row comes back for each value, the farthest first.
    """
    weights = _weights(expected)
    freedom = len(weights) - 1
    noise = freedom + _SIGMAS * math.sqrt(2 * freedom)
    listed = ", ".join(f"({literal(value, quoted=True)}, {literal(share)})" for value, share in weights.items())
    column = scope.column(column_name)
    return Query(
        f"""with seen as (
    select {column}::text as value, count(*) as n_rows
    from {scope.relation}
    where {column} is not null{f" and ({row_condition})" if row_condition else ""}
    group by {column}::text
),
compared as (
    select
        coalesce(declared.value, seen.value) as value,
        coalesce(seen.n_rows, 0)::double precision / total.n_rows as share,
        declared.share::double precision as expected_share,
        total.n_rows as n_rows
    from (values {listed}) as declared(value, share)
    full join seen
        on seen.value = declared.value
    cross join (select sum(n_rows)::double precision as n_rows from seen) as total
    where total.n_rows > 0
),
measured as (
    select
        value,
        share,
        expected_share,
        (share - expected_share) * (share - expected_share) / expected_share as part,
        sum((share - expected_share) * (share - expected_share) / expected_share) over () as distance,
        {literal(number(max_distance, "max_distance"))} + {noise:.6f}::double precision / n_rows as threshold,
        count(*) over () - count(expected_share) over () as undeclared
    from compared
)
select value, share, expected_share, part, distance, threshold
from measured
where distance > threshold
   or undeclared > 0
order by expected_share is not null, part desc"""
    )


def _weights(expected: Any) -> dict[str, float]:
    if not isinstance(expected, Mapping) or len(expected) < 2:
        raise CompileError(f"expected must be a mapping of at least two values to weights, not {expected!r}")
    weights = {_text(value): number(weight, f"the weight of {value}") for value, weight in expected.items()}
    if min(weights.values()) <= 0:
        raise CompileError("a weight must be above 0")
    total = sum(weights.values())
    return {value: weight / total for value, weight in weights.items()}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _grouped(
    scope: Scope,
    value: str,
    name: str,
    bounds: tuple[Any, Any],
    group_by: list[str] | None = None,
    row_condition: str | None = None,
    *,
    strictly: bool = False,
) -> Query:
    """Groups whose `value` leaves its bounds."""
    keeps = between(value, *bounds, strictly=strictly)
    groups = ", ".join(scope.columns(texts(group_by, "group_by"))) if group_by else ""
    head, tail = (f"{groups}, ", f"group by {groups}\n") if groups else ("", "")
    return Query(
        f"select {head}{value} as {name}, count(*) as n_rows\nfrom {scope.relation}{condition(row_condition)}\n"
        f"{tail}having not ({keeps})"
    )
