"""Tests that compare rows with each other or with another table: combinations, counts, sequences, intervals."""

from __future__ import annotations

from typing import Any

from sqlseed.errors import CompileError
from sqlseed.generics.scope import Made, Query, Scope, between, condition, number, texts


def unique_combination_of_columns(scope: Scope, combination_of_columns: list[str], quote_columns: bool = True) -> Made:
    """No combination of the columns' values stands twice; null is equal to null. Counts the combinations that do."""
    given = texts(combination_of_columns, "combination_of_columns")
    names = scope.columns(given) if quote_columns else given
    columns = ", ".join(names)
    return Query(
        f"select {columns}, count(*) as n_records\nfrom {scope.relation}\ngroup by {columns}\nhaving count(*) > 1",
        sample=scope.members(names),
        unit="combination",
    )


def relationships_where(
    scope: Scope,
    column_name: str,
    to: str,
    field: str,
    from_condition: str | None = None,
    to_condition: str | None = None,
) -> Made:
    """As relationships, of the rows that `from_condition` leaves, to those that `to_condition` leaves."""
    child, parent = scope.of("child", column_name), scope.of("parent", field)
    children = f"(select * from {scope.relation} where {from_condition})" if from_condition else scope.relation
    parents = f"(select * from {to} where {to_condition})" if to_condition else to
    return Query(
        f"select child.*\nfrom {children} as child\nwhere {child} is not null\n"
        f"  and not exists (select 1 from {parents} as parent where {parent} = {child})",
        shows=(scope.column(column_name),),
    )


def expect_table_row_count_to_equal(scope: Scope, value: Any, row_condition: str | None = None) -> Made:
    """The table has so many rows."""
    wanted = f"({value})" if isinstance(value, str) else str(number(value, "value"))
    return Query(
        f"select count(*) as n_rows, {wanted} as expected\nfrom {scope.relation}{condition(row_condition)}\n"
        f"having count(*) <> {wanted}"
    )


def expect_table_row_count_to_be_between(
    scope: Scope,
    min_value: Any = None,
    max_value: Any = None,
    group_by: list[str] | None = None,
    row_condition: str | None = None,
    strictly: bool = False,
) -> Made:
    """The table, or each group in it, has so many rows. A group without any row cannot be seen."""
    keeps = between("count(*)", min_value, max_value, strictly=strictly)
    groups = ", ".join(scope.columns(texts(group_by, "group_by"))) if group_by else ""
    head, tail = (f"{groups}, ", f"group by {groups}\n") if groups else ("", "")
    return Query(
        f"select {head}count(*) as n_rows\nfrom {scope.relation}{condition(row_condition)}\n{tail}having not ({keeps})"
    )


def equal_rowcount(scope: Scope, compare_model: str, group_by_columns: list[str] | None = None) -> Made:
    """The table has as many rows as `compare_model`, in each group that either has."""
    columns = scope.columns(texts(group_by_columns, "group_by_columns")) if group_by_columns else []
    groups = ", ".join(columns)
    if not groups:
        return Query(
            "select a.n_rows, b.n_rows as n_rows_compared\n"
            f"from (select count(*) as n_rows from {scope.relation}) as a\n"
            f"cross join (select count(*) as n_rows from {compare_model}) as b\nwhere a.n_rows <> b.n_rows"
        )
    return Query(
        f"select {groups}, sum(a) as n_rows, sum(b) as n_rows_compared\nfrom (\n"
        f"    select {groups}, 1 as a, 0 as b from {scope.relation}\n"
        f"    union all\n    select {groups}, 0, 1 from {compare_model}\n) as both_tables\n"
        f"group by {groups}\nhaving sum(a) <> sum(b)"
    )


def fewer_rows_than(scope: Scope, compare_model: str) -> Made:
    """The table has fewer rows than `compare_model`."""
    return Query(
        f"select a.n_rows, b.n_rows as n_rows_compared\nfrom (select count(*) as n_rows from {scope.relation}) as a\n"
        f"cross join (select count(*) as n_rows from {compare_model}) as b\nwhere a.n_rows >= b.n_rows"
    )


def row_count_ratio(scope: Scope, compare_model: str, min_value: Any = None, max_value: Any = None) -> Made:
    """The table's rows, divided by those of `compare_model`, are between bounds; two empty tables pass."""
    keeps = between("a.n_rows::double precision / nullif(b.n_rows, 0)", min_value, max_value)
    return Query(
        "select a.n_rows, b.n_rows as n_rows_compared, a.n_rows::double precision / nullif(b.n_rows, 0) as ratio\n"
        f"from (select count(*) as n_rows from {scope.relation}) as a\n"
        f"cross join (select count(*) as n_rows from {compare_model}) as b\n"
        f"where not ({keeps})\n   or (b.n_rows = 0 and a.n_rows > 0)"
    )


def sequential_values(
    scope: Scope, column_name: str, interval: Any = 1, group_by_columns: list[str] | None = None
) -> Made:
    """Sorted, each value is the one before it plus `interval`, in every group: no gap, no value twice."""
    column = scope.column(column_name)
    groups = scope.columns(texts(group_by_columns, "group_by_columns")) if group_by_columns else []
    partition = f"partition by {', '.join(groups)} " if groups else ""
    step = f"interval '{interval}'" if isinstance(interval, str) else str(number(interval, "interval"))
    shown = "".join(f"{group}, " for group in groups)
    return Query(
        f"select *\nfrom (\n    select {shown}{column} as value, lag({column}) over ({partition}order by {column})"
        f" as value_before\n    from {scope.relation}\n    where {column} is not null\n) as pairs\n"
        f"where not (value = value_before + {step})"
    )


def mutually_exclusive_ranges(
    scope: Scope,
    lower_bound_column: str,
    upper_bound_column: str,
    partition_by: str | list[str] | None = None,
    gaps: str = "allowed",
    zero_length_range_allowed: bool = False,
) -> Made:
    """The rows' ranges do not overlap, in each partition; `gaps` between them are allowed, not_allowed or required."""
    follows = {"allowed": "<=", "not_allowed": "=", "required": "<"}
    if gaps not in follows:
        raise CompileError(f"gaps must be allowed, not_allowed or required, not {gaps!r}")
    lower, upper = scope.column(lower_bound_column), scope.column(upper_bound_column)
    groups = ", ".join(scope.columns(texts(partition_by, "partition_by"))) if partition_by else ""
    partition, shown = (f"partition by {groups} ", f"{groups}, ") if groups else ("", "")
    window = f"({partition}order by {lower}, {upper})"
    less = "<=" if zero_length_range_allowed else "<"
    return Query(
        f"select *\nfrom (\n    select {shown}{lower} as lower_bound, {upper} as upper_bound,\n"
        f"        lead({lower}) over {window} as next_lower_bound,\n"
        f"        row_number() over {window} = count(*) over ({partition.strip()}) as is_last\n"
        f"    from {scope.relation}\n) as ranges\n"
        f"where not (coalesce(lower_bound {less} upper_bound, false)\n"
        f"    and coalesce(upper_bound {follows[gaps]} next_lower_bound, is_last, false))"
    )


def at_most_one_per_group(scope: Scope, group_by: list[str], condition: str | None = None) -> Made:
    """No group has two rows for which `condition` holds (two rows at all, without one). Counts the groups that do."""
    names = scope.columns(texts(group_by, "group_by"))
    groups = ", ".join(names)
    wanted = f"where ({condition})\n" if condition else ""
    return Query(
        f"select {groups}, count(*) as n_rows\nfrom {scope.relation}\n{wanted}group by {groups}\nhaving count(*) > 1",
        sample=scope.members(names, condition),
        unit="group",
    )


def relationship_cardinality(
    scope: Scope,
    column_name: str,
    to: str,
    field: str,
    min_value: Any = None,
    max_value: Any = None,
    to_condition: str | None = None,
) -> Made:
    """Each value of this column stands in so many rows of `field` in the table `to`: a pupil has 1 to 3 guardians."""
    keeps = between("coalesce(below.n_rows, 0)", min_value, max_value)
    parent, child = scope.of("parent", column_name), scope.column(field)
    wanted = f" and ({to_condition})" if to_condition else ""
    return Query(
        f"select {parent} as value, coalesce(below.n_rows, 0) as n_rows\nfrom {scope.relation} as parent\n"
        f"left join (\n    select {child} as value, count(*) as n_rows\n    from {to}\n"
        f"    where {child} is not null{wanted}\n    group by {child}\n) as below\n"
        f"    on below.value = {parent}\nwhere {parent} is not null\n  and not ({keeps})"
    )
