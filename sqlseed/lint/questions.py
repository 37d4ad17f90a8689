"""Small questions to a parse tree, which need no scope."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.lint.grammar import Node, children, constant, function, kind, operation_like, walk, words

_AGGREGATES = frozenset(
    """
    count sum avg min max string_agg array_agg bool_and bool_or every bit_and bit_or bit_xor json_agg jsonb_agg
    json_object_agg jsonb_object_agg stddev variance percentile_cont percentile_disc mode
    """.split()  # noqa: SIM905
)


def source_name(item: Node) -> str:
    """The name by which a query calls an item of FROM."""
    alias = getattr(item, "alias", None)
    return str(alias.aliasname if alias else getattr(item, "relname", ""))


def conjuncts(node: Node | None) -> Iterator[Node]:
    """The parts of a condition that are joined by AND."""
    if node is None:
        return
    if kind(node) == "BoolExpr" and node.boolop.name == "AND_EXPR":
        for part in node.args:
            yield from conjuncts(part)
    elif _is_row_equality(node):
        yield from _pairs(node)
    else:
        yield node


def _is_row_equality(node: Node) -> bool:
    return (
        kind(node) == "A_Expr"
        and node.kind.name == "AEXPR_OP"
        and words(node.name) == ("=",)
        and kind(node.lexpr) == kind(node.rexpr) == "RowExpr"
    )


def _pairs(node: Node) -> Iterator[Node]:
    """`(a, b) = (c, d)` as PostgreSQL takes it apart."""
    for left, right in zip(node.lexpr.args, node.rexpr.args, strict=False):
        yield operation_like(node, left, right)


def has_aggregate(node: Node) -> bool:
    stack = [node]
    while stack:
        one = stack.pop()
        if kind(one) == "FuncCall" and one.over is None and function(one) in _AGGREGATES:
            return True
        if kind(one) != "SubLink":
            stack += children(one)
    return False


def depends_on_more(node: Node) -> bool:
    """Whether the value depends on more than the row: on a window, or on another query."""
    return any(kind(one) == "SubLink" or (kind(one) == "FuncCall" and one.over is not None) for one in walk(node))


def bare(node: Node) -> Node:
    while kind(node) in ("TypeCast", "CollateClause"):
        node = node.arg
    return node


def is_one(node: Node | None) -> bool:
    return constant(node) == 1


def shape(node: Node) -> str:
    """An expression as a text without its place: equal for equal expressions."""
    if isinstance(node, tuple | list):
        return "(" + ",".join(map(shape, node)) + ")"
    if not hasattr(node, "__slots__"):
        return str(node)
    parts = [
        f"{name}={shape(value)}"
        for name in getattr(type(node), "__slots__", {})
        if not name.endswith("location") and (value := getattr(node, name)) not in (None, ())
    ]
    return f"{kind(node)}[{' '.join(parts)}]"
