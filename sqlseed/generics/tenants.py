"""Tests that rows of one tenant refer to rows of the same tenant."""

from __future__ import annotations

from sqlseed.errors import CompileError, did_you_mean
from sqlseed.generics.scope import Made, Query, Scope, literal
from sqlseed.model import ForeignKey, quote


def same_tenant(
    scope: Scope, column_name: str, to: str, field: str, tenant_column: str, to_tenant_column: str | None = None
) -> Made:
    """The row that this column refers to, `field` in the table `to`, has the same `tenant_column`."""
    here, there = scope.of("child", tenant_column), scope.of("parent", to_tenant_column or tenant_column)
    child, parent = scope.of("child", column_name), scope.of("parent", field)
    return Query(
        f"select {child} as value, {here} as tenant, {there} as tenant_referred_to\n"
        f"from {scope.relation} as child\njoin {to} as parent\n    on {parent} = {child}\n"
        f"where {here} is distinct from {there}"
    )


def tenant_isolation(scope: Scope, tenant_column: str, except_for: list[str] | None = None) -> Made:
    """No foreign key of the project leads from one tenant's row to another's: all contracts, in one test.

    Looks at each foreign key whose table and referred table both have `tenant_column`, but for those that `except_for`
    names, as model.column.
    """
    allowed = set(except_for or [])
    found: list[tuple[str, ForeignKey]] = []
    for model in sorted(scope.contracts):
        for key in scope.contracts[model].foreign_keys:
            both = [_columns(scope, name) for name in (model, key.to)]
            if all(tenant_column in columns for columns in both) and f"{model}.{key.columns[0]}" not in allowed:
                found.append((model, key))
    known = {
        f"{model}.{key.columns[0]}" for model, contract in scope.contracts.items() for key in contract.foreign_keys
    }
    for name in allowed - known:
        raise CompileError(f"except_for names no foreign key '{name}'", hint=did_you_mean(name, known))
    if not found:
        raise CompileError(f"no foreign key joins two models that have a column '{tenant_column}'")
    return Query("\nunion all\n".join(_crossing(scope, model, key, tenant_column) for model, key in found))


def _columns(scope: Scope, model: str) -> set[str]:
    contract = scope.contracts.get(model)
    return {column.name for column in contract.columns} if contract else set()


def _crossing(scope: Scope, model: str, key: ForeignKey, tenant_column: str) -> str:
    tenant = quote(tenant_column)
    pairs = zip(key.columns, key.to_columns, strict=True)
    on = " and ".join(f"parent.{quote(there)} = child.{quote(here)}" for here, there in pairs)
    return (
        f"select {literal(f'{model}.{key.columns[0]}')} as foreign_key, child.{quote(key.columns[0])}::text as value,\n"
        f"    child.{tenant}::text as tenant, parent.{tenant}::text as tenant_referred_to\n"
        f"from {scope.ref(model)} as child\njoin {scope.ref(key.to)} as parent\n    on {on}\n"
        f"where child.{tenant} is distinct from parent.{tenant}"
    )
