"""The built-in generic tests: `GENERICS` has them by name, each a function that says which rows are wrong.

A function takes a `Scope`, and as keywords the arguments that YAML gives; `column_name` is the column that it is of.
It gives `Wrong`, a predicate over the model's rows, or `Query`, a SELECT of its own, both in PostgreSQL's SQL. Many
`Wrong` of one table are counted in one scan.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from sqlseed.generics import basic, rows, sets, shares, tenants
from sqlseed.generics.scope import Made, Query, Scope, Wrong

__all__ = ["GENERICS", "Query", "Scope", "Wrong", "names", "parameters"]

Generic = Callable[..., Made]

GENERICS: Mapping[str, Generic] = {
    name: function
    for module in (basic, rows, sets, shares, tenants)
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
}


def names() -> list[str]:
    """The built-in tests."""
    return list(GENERICS)


def parameters(name: str) -> Mapping[str, bool]:
    """The arguments of a built-in test, `column_name` among them, and whether each must be given."""
    found = list(inspect.signature(GENERICS[name]).parameters.values())[1:]
    return {parameter.name: parameter.default is parameter.empty for parameter in found}
