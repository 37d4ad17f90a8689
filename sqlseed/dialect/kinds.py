"""The kind of an SQL expression's value, as far as its own text tells: `integer`, `numeric`, `text`, ...

A column's kind is unknown (None): only the engine knows it. Kinds are stored in the nodes' `meta`, innermost first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.scope import Scope, traverse_scope

KIND = "kind"
_DONE = "annotated"

Columns = Mapping[str, str | None]
"""The kinds of a source's columns, by name."""

_TYPES = {
    "integer": "int integer int2 int4 smallint tinyint serial",
    "bigint": "bigint int8 bigserial",
    "numeric": "decimal numeric",
    "double": "double float8",
    "text": "text varchar char bpchar nchar nvarchar",
    "boolean": "boolean bool",
    "date": "date",
    "timestamp": "timestamp timestampntz datetime",
    "time": "time",
    "interval": "interval",
    "uuid": "uuid",
    "json": "json jsonb",
}
_OF_TYPE = {type_: kind for kind, types in _TYPES.items() for type_ in types.split()}
_SESSION_FUNCTIONS = {
    "sqlseed_hash": "bigint",
    "sqlseed_bell": "bigint",
    "sqlseed_permute_round": "bigint",
    "sqlseed_text_hash": "bigint",
    "sqlseed_key": "text",
}
_FIXED = {
    "boolean": "EQ NEQ LT LTE GT GTE And Or Not Is In Between Like ILike RegexpLike RegexpILike Exists StartsWith"
    " NullSafeEQ NullSafeNEQ LogicalAnd LogicalOr Boolean Any All Escape",
    "text": "DPipe Concat ConcatWs Upper Lower Initcap Left Right Pad Trim Replace Substring SplitPart Chr Repeat"
    " Translate Hex MD5 RegexpReplace TimeToStr GroupConcat Overlay ByteString",
    "integer": "Length StrPosition Ascii",
    "bigint": "Count RowNumber Rank DenseRank",
    "double": "PercentRank CumeDist Sqrt",
    "numeric": "Extract Avg",
    "interval": "Interval MakeInterval",
    "timestamp": "TimestampFromParts",
    "time": "TimeFromParts",
}
_BY_CLASS = {name: kind for kind, names in _FIXED.items() for name in names.split()}
_INNER = ("Paren", "Neg", "Window", "Filter", "Min", "Max", "Abs", "Lag", "Lead", "FirstValue", "LastValue", "Distinct")
_INTEGERS = ("integer", "bigint")
_NUMBERS = (*_INTEGERS, "numeric", "double")


def of_type(type_: exp.DataType) -> str | None:
    """The kind of a type, None for one that has none here (arrays, json, ...)."""
    return _OF_TYPE.get(type_.this.value.lower()) if isinstance(type_.this, exp.DType) else None


def get(node: Any) -> str | None:
    """The kind that `annotate` found."""
    return node.meta.get(KIND) if isinstance(node, exp.Expr) else None


def annotate(tree: exp.Expr, parameters: Mapping[str, str]) -> None:
    """Stores the kind of every node; `parameters` are the bind parameters' types by name.

    Queries are taken innermost first, so that a column of a CTE or a subquery has the kind of its expression; a
    column of a table has none. A tree that was annotated, or a copy of it, is left alone.
    """
    if tree.meta.get(_DONE) == dict(parameters):
        return
    try:
        scopes = traverse_scope(tree)
    except OptimizeError:
        scopes = []  # two sources of one name: the engine will say so
    for scope in scopes:
        sources = {name: _columns_of(source, parameters) for name, source in scope.sources.items()}
        _annotate(scope.expression, sources, parameters)
    _annotate(tree, {}, parameters)
    tree.meta[_DONE] = dict(parameters)


def _annotate(tree: exp.Expr, sources: Mapping[str, Columns], parameters: Mapping[str, str]) -> None:
    for node in reversed(list(tree.walk())):
        if KIND not in node.meta:
            node.meta[KIND] = _column(node, sources) if isinstance(node, exp.Column) else _of(node, parameters)


def _column(column: exp.Column, sources: Mapping[str, Columns]) -> str | None:
    if column.table:
        return sources.get(column.table, {}).get(_name(column.this))
    found = [columns[_name(column.this)] for columns in sources.values() if _name(column.this) in columns]
    return found[0] if len(found) == 1 else None


def _name(identifier: Any) -> str:
    return str(identifier.name if identifier.args.get("quoted") else identifier.name.lower())


def _columns_of(source: Any, parameters: Mapping[str, str]) -> Columns:
    """The kinds of a source's columns, by name; empty where they are not known."""
    query = source.expression if isinstance(source, Scope) else source
    series = query.this if isinstance(query, exp.Table | exp.Lateral) else None
    alias = query.args.get("alias") or (query.parent.args.get("alias") if query.parent else None)
    names = [_name(column) for column in alias.columns] if isinstance(alias, exp.TableAlias) else []
    if isinstance(series, exp.ExplodingGenerateSeries):
        bounds = [series.args["start"], series.args["end"]]
        if any(bound.find(exp.Column) and KIND not in bound.meta for bound in bounds):
            return {}
        for bound in bounds:
            _annotate(bound, {}, parameters)
        return dict(zip(names or [alias.name] if alias else [], (_common(bounds), "bigint"), strict=False))
    if isinstance(query, exp.Values):
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in query.expressions]
        return dict(zip(names, (_output(list(column)) for column in zip(*rows, strict=False)), strict=False))
    outputs = _outputs(query) if isinstance(query, exp.Query) else []
    renamed = [*names, *(name for name, _ in outputs[len(names) :])]
    return dict(zip(renamed, (kind for _, kind in outputs), strict=False))


def _output(values: list[Any]) -> str | None:
    """The kind of an output column; there a quoted literal becomes a text."""
    texts = [isinstance(value, exp.Literal) and value.is_string for value in values]
    return "text" if all(texts) else None if any(texts) else _common(values)


def _outputs(query: Any) -> list[tuple[str, str | None]]:
    """(name, kind) of a query's columns; "" for one without a name."""
    if isinstance(query, exp.SetOperation):
        pairs = zip(_outputs(query.this), _outputs(query.expression), strict=False)
        return [(name, kind if kind == other else None) for (name, kind), (_, other) in pairs]
    if isinstance(query, exp.Subquery):
        return _outputs(query.this)
    named = [select.args.get("alias") or select.this for select in query.expressions]
    return [
        (_name(name) if isinstance(name, exp.Identifier) else "", _output([select.unalias()]))
        for name, select in zip(named, query.expressions, strict=True)
    ]


def _of(node: exp.Expr, parameters: Mapping[str, str]) -> str | None:
    name = type(node).__name__
    if name in _BY_CLASS:
        return _BY_CLASS[name]
    if name in _INNER:
        return get(node.this)
    rule = _RULES.get(name)
    if rule is not None:
        return rule(node)
    if isinstance(node, exp.Placeholder):
        return (
            of_type(exp.DataType.build(parameters[node.name], dialect="postgres")) if node.name in parameters else None
        )
    return _of_call(node) if isinstance(node, exp.Anonymous | exp.Dot) else None


def _of_call(node: exp.Expr) -> str | None:
    name = (node.expression if isinstance(node, exp.Dot) else node).name.lower()
    if name.startswith("sqlseed_beta"):
        return "double"
    return _SESSION_FUNCTIONS.get(name) or {"make_date": "date", "octet_length": "integer"}.get(name)


def _literal(node: exp.Expr) -> str | None:
    if node.args.get("is_string"):
        return None  # PostgreSQL decides by what stands beside it
    if not node.name.isdigit():
        return "numeric"
    return "integer" if int(node.name) < 1 << 31 else "bigint"


def _arithmetic(node: exp.Expr) -> str | None:
    left, right = get(node.this), get(node.expression)
    if left in _NUMBERS and right in _NUMBERS:
        return max(left, right, key=_NUMBERS.index)
    if isinstance(node, exp.Sub) and (left, right) == ("date", "date"):
        return "integer"
    if isinstance(node, exp.Sub) and left == right == "timestamp":
        return "interval"
    if left == "date" and right in _INTEGERS:
        return "date"
    if left in ("date", "timestamp") and right == "interval":
        return "timestamp"
    return None


def _common(values: Iterable[Any]) -> str | None:
    """The kind of several alternatives; a mixture of whole numbers and others counts as unknown."""
    kinds = {get(value) for value in values if not isinstance(value, exp.Null)}
    if kinds and kinds <= set(_INTEGERS):
        return max((kind for kind in kinds if kind), key=_NUMBERS.index)
    return kinds.pop() if len(kinds) == 1 else None


def _case(node: exp.Expr) -> str | None:
    branches = [branch.args["true"] for branch in node.args["ifs"]]
    return _common([*branches, node.args["default"]] if node.args.get("default") else branches)


def _rounded(node: exp.Expr) -> str | None:
    """round, trunc, floor, ceil: a whole number becomes a double precision, or numeric with a number of places."""
    inner = get(node.this)
    if node.args.get("decimals") is not None:
        return "numeric"
    return "double" if inner in _INTEGERS else inner


def _sum(node: exp.Expr) -> str | None:
    return {"integer": "bigint", "bigint": "numeric"}.get(get(node.this) or "", get(node.this))


_RULES: dict[str, Callable[[Any], str | None]] = {
    "Literal": _literal,
    "Cast": lambda node: of_type(node.to),
    **dict.fromkeys(["Add", "Sub", "Mul", "Div", "Mod"], _arithmetic),
    **dict.fromkeys(["BitwiseAnd", "BitwiseOr", "BitwiseXor"], _arithmetic),
    **dict.fromkeys(["BitwiseRightShift", "BitwiseNot"], lambda node: get(node.this)),
    **dict.fromkeys(["Coalesce", "Greatest", "Least"], lambda node: _common([node.this, *node.expressions])),
    "Nullif": lambda node: get(node.this),
    "Case": _case,
    **dict.fromkeys(["Round", "Trunc", "Floor", "Ceil"], _rounded),
    "Sum": _sum,
    "Collate": lambda _: "text",
}
