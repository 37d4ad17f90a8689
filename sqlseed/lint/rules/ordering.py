"""What depends on the order of rows has to name an order that leaves nothing open, and a text's order a collation."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.lint import kinds
from sqlseed.lint.building import Union
from sqlseed.lint.grammar import Node, constant, function, kind, words
from sqlseed.lint.rule import Problem, Rule, Subject
from sqlseed.lint.scope import Scope

_PLACES = ("row_number", "ntile", "lag", "lead", "nth_value", "first_value", "last_value")
_OF_A_ROW = ("nth_value", "first_value", "last_value", "min", "max")
"""The value is one of a row of the frame, so that ties do no harm where they agree in it."""
_LISTS = ("string_agg", "array_agg", "json_agg", "jsonb_agg", "json_object_agg", "jsonb_object_agg")
_ROWS_FRAME = 0x0004  # FRAMEOPTION_ROWS of PostgreSQL's parsenodes.h
_LAST = "end it with what tells the rows apart, as the key's number n"
_RANGES = ("<", "<=", ">", ">=")


def _total_order(subject: Subject) -> Iterator[Problem]:
    for scope in subject.reading.all():
        yield from _cut(scope.query, scope)
        for call in _calls(subject, scope):
            if call.over is not None:
                yield from _window(call, scope)
            elif function(call) in _LISTS and call.agg_order:
                given = [*scope.groups, *(key.node for key in call.agg_order)]
                tells, whole = scope.decided(given, of_rows=True)
                if not whole and not all(map(tells, call.args)):
                    yield Problem(f"{function(call)}() orders by what may be equal in several rows", _LAST, node=call)
    for union in subject.reading.unions:
        yield from _cut_union(union.query, union)


def _calls(subject: Subject, scope: Scope) -> Iterator[Node]:
    return (call for call, of in subject.reading.scoped if of is scope and kind(call) == "FuncCall")


def _cut(query: Node, scope: Scope) -> Iterator[Problem]:
    """LIMIT, OFFSET and DISTINCT ON take some rows of several: which ones has to be said."""
    distinct = [one for one in query.distinctClause or () if one is not None]
    what = "distinct on" if distinct else _limits(query)
    if what:
        keys = [scope.output(key.node) for key in query.sortClause or ()]
        tells, whole = scope.decided(keys)
        if whole or all(map(tells, scope.expressions.values())):
            return
        missing = "orders by what may be equal in several rows" if keys else "has no order by"
        yield Problem(
            f"{what} takes some of the rows, and {missing}", _LAST, node=query.sortClause[0] if keys else query
        )


def _limits(query: Node) -> str:
    """What cuts rows off; `offset 0` only keeps the planner from looking through, WITH TIES takes all equal rows."""
    if query.limitOffset is not None and constant(query.limitOffset) != 0:
        return "offset"
    if query.limitCount is None or (kind(query.limitCount) == "A_Const" and query.limitCount.isnull):
        return ""
    return "" if query.limitOption.name == "LIMIT_OPTION_WITH_TIES" else "limit"


def _cut_union(query: Node, union: Union) -> Iterator[Problem]:
    what = _limits(query)
    names = [words(key.node.fields)[-1] for key in query.sortClause or () if kind(key.node) == "ColumnRef"]
    if what and not union.close(names).whole and not {*names} >= union.columns.keys():
        yield Problem(f"{what} takes some of the rows, and their order leaves ties", _LAST, node=query)


def _window(call: Node, scope: Scope) -> Iterator[Problem]:
    name, over = function(call), scope.window(call.over)
    by_rows = bool(over.frameOptions & _ROWS_FRAME) and over.orderClause and not _whole_frame(over)
    if name not in (*_PLACES, *_LISTS) and not by_rows:
        return
    keys = [key.node for key in over.orderClause or ()]
    tells, whole = scope.decided([*(over.partitionClause or ()), *keys])
    if whole or (name in (*_OF_A_ROW, *_LISTS) and all(map(tells, call.args or ()))):
        return
    missing = "orders by what may be equal in several rows" if keys else "has no order by"
    yield Problem(f"{name}() over a window that {missing}", _LAST, node=call)


def _whole_frame(over: Node) -> bool:
    """Whether the frame is the whole partition: unbounded preceding to unbounded following."""
    return bool(over.frameOptions & 0x0020 and over.frameOptions & 0x0100)  # START_ and END_UNBOUNDED_*


# --- texts -----------------------------------------------------------------------------------------------


def _text_ordering(subject: Subject) -> Iterator[Problem]:
    hint = 'add collate "C": the order of the bytes, everywhere the same'
    for node, scope in subject.reading.scoped:
        for what, operands in _ordered(node, scope, subject):
            columns = [scope.kind(operand) for operand in operands]
            if any(column.collated for column in columns):
                continue
            if any(column.kind in kinds.TEXTS for column in columns):
                yield Problem(f"{what} of a text goes by the database's collation", hint, node=operands[0])


def _ordered(node: Node, scope: Scope, subject: Subject) -> Iterator[tuple[str, list[Node]]]:
    """What a node puts into an order, and the expressions that decide it."""
    if kind(node) == "SortBy" and _matters(node, subject):
        yield "order by", [scope.output(node.node) if _of_query(node, subject) else node.node]
    elif kind(node) == "FuncCall" and function(node) in ("min", "max") and node.args:
        yield f"{function(node)}()", list(node.args)
    elif kind(node) == "MinMaxExpr":
        yield "greatest() or least()", list(node.args)
    elif kind(node) == "A_Expr" and node.kind.name == "AEXPR_OP" and words(node.name)[-1] in _RANGES and node.lexpr:
        yield "a comparison", [node.lexpr, node.rexpr]
    elif kind(node) == "A_Expr" and "BETWEEN" in node.kind.name:
        yield "between", [node.lexpr, *node.rexpr]


def _of_query(key: Node, subject: Subject) -> bool:
    return kind(subject.statement.parent(key)) == "SelectStmt"


def _matters(key: Node, subject: Subject) -> bool:
    """Whether the order decides a value or a choice: that of the rows alone does not, a table has none."""
    above = subject.statement.parent(key)
    return above is None or kind(above) != "SelectStmt" or bool(above.distinctClause or _limits(above))


RULES = (
    Rule(
        name="total-order",
        level="error",
        title="a window, limit, offset or distinct on whose order leaves ties",
        why=(
            "Where two rows are equal in all that they are ordered by, the server takes them as they come: another"
            " plan, another number of workers or another engine gives other rows. An order is total if it contains"
            " a key of"
            " what it orders. Keys are known from contracts, from unique tests, from a seed's or VALUES' own rows, from"
            " a series, group by, distinct and row_number(), and along equalities of joins and WHERE; a model without"
            " declared keys has those of its statement. What is computed is a key only where it is plainly reversible"
            " (a cast to text, plus a constant, key()). Sums, counts, ranks, least and greatest do not depend on ties"
            " and are not looked at, and neither is a cut whose rows are equal in every column."
        ),
        instead="order by what matters, and then by the key's number: order by score desc, n.",
        check=_total_order,
    ),
    Rule(
        name="text-ordering",
        level="warning",
        title="an order, a least or a greatest of a text without a collation",
        why=(
            "Which of two texts comes first depends on the database's collation and on the version of its library:"
            " 'a' before 'B' in one, after it in another, and DuckDB goes by the bytes. The types of columns are"
            " those of"
            " contracts and seeds; where nothing tells a type, nothing is said. An order by of the model's own rows"
            " does not count, for a table has no order."
        ),
        instead='order by name collate "C"; min(name collate "C"); a collate "C" < b.',
        check=_text_ordering,
    ),
)
