"""Where each column of a model comes from: the columns of other models and of seeds that decide its values.

A column decides a value if the value's expression names it, directly or through CTEs and subqueries; what only joins
or filters rows is no source.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlseed.dialect import reading
from sqlseed.model import Compiled, ParameterKind

Sources = dict[tuple[str, str], None]
"""(model or seed, column), in the order of the text."""


def column_sources(
    compiled: Compiled, keys: Mapping[str, str], columns: Mapping[str, frozenset[str]], dimensions: Mapping[str, str]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each column of a checked model its sources: (model or seed, column), in the order of the text.

    `keys` are the models' key columns: a key that is computed by formula comes from there. `columns` are those of
    every model and seed, `dimensions` the seed of each dimension, from which its bound values come.
    """
    tree = reading.parse(compiled.sql)[0]
    nodes = {
        (relation.schema, relation.name): name if name in columns else name.removesuffix("__slots")
        for name, relation in compiled.relations.items()
    }
    bound = _bound(compiled, keys, dimensions)
    try:
        scopes = traverse_scope(tree)
    except OptimizeError:
        return {}
    found: dict[int, Sources] = {}
    outputs: dict[int, dict[str, Sources]] = {}
    for scope in scopes:
        for column in scope.columns:
            if not found.get(id(column)):
                found[id(column)] = _resolve(column, scope, nodes, columns, outputs)
        outputs[id(scope)] = _outputs(scope, found, bound, outputs)
    return {name: tuple(sources) for name, sources in outputs[id(scopes[-1])].items() if name} if scopes else {}


def _bound(compiled: Compiled, keys: Mapping[str, str], dimensions: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What the bind parameters stand for: another model's key, or a column of a dimension's seed."""
    found = {}
    for parameter in compiled.parameters:
        if parameter.kind is ParameterKind.DIMENSION:
            found[parameter.name] = (dimensions[parameter.of[0]], parameter.of[1])
        elif parameter.kind is ParameterKind.KEY and parameter.of[0] != compiled.name and parameter.of[0] in keys:
            found[parameter.name] = (parameter.of[0], keys[parameter.of[0]])
    return found


def _resolve(
    column: exp.Column,
    scope: Scope,
    nodes: Mapping[tuple[str, str], str],
    columns: Mapping[str, frozenset[str]],
    outputs: Mapping[int, dict[str, Sources]],
) -> Sources:
    name = _name(column.this)
    candidates = [column.table] if column.table else list(scope.sources)
    for candidate in candidates:
        source = scope.sources.get(candidate)
        if isinstance(source, exp.Table):
            node = nodes.get((source.db, source.name), "")
            if name in columns.get(node, ()):
                return {(node, name): None}
        elif source is not None:
            inner = _renamed(source, outputs)
            if name in inner:
                return inner[name]
    return {}


def _renamed(source: Any, outputs: Mapping[int, dict[str, Sources]]) -> dict[str, Sources]:
    """A query's outputs under the names that its alias gives them, as in `(values (1)) as v(n)`."""
    inner = outputs.get(id(source), {})
    parent = source.expression.parent if isinstance(source, Scope) else None
    alias = parent.args.get("alias") if parent is not None else None
    names = [_name(column) for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    return dict(zip([*names, *list(inner)[len(names) :]], inner.values(), strict=False)) if names else inner


def _outputs(
    scope: Scope,
    found: Mapping[int, Sources],
    bound: Mapping[str, tuple[str, str]],
    outputs: Mapping[int, dict[str, Sources]],
) -> dict[str, Sources]:
    if scope.set_operation_scopes:
        first, *others = (outputs.get(id(part), {}) for part in scope.set_operation_scopes)
        merged = {name: dict(sources) for name, sources in first.items()}
        for other in others:
            for sources, more in zip(merged.values(), other.values(), strict=False):
                sources.update(more)
        return merged
    query = scope.expression
    if not isinstance(query, exp.Select):
        return {}
    return {name: _of(node, found, bound) for name, node in reading.outputs(query)}


def _of(node: exp.Expr, found: Mapping[int, Sources], bound: Mapping[str, tuple[str, str]]) -> Sources:
    sources: Sources = {}
    for inner in node.dfs():
        if isinstance(inner, exp.Column):
            sources.update(found.get(id(inner), {}))
        elif isinstance(inner, exp.Placeholder) and inner.name in bound:
            sources[bound[inner.name]] = None
    return sources


def _name(identifier: Any) -> str:
    return str(identifier.name if identifier.args.get("quoted") else identifier.name.lower())
