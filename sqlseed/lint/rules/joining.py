"""How tables are brought together: on what, and whether PostgreSQL can do it by a hash."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.lint import kinds
from sqlseed.lint.grammar import Node, constant, kind, words
from sqlseed.lint.questions import source_name
from sqlseed.lint.rows import Column
from sqlseed.lint.rule import Problem, Rule, Subject
from sqlseed.lint.scope import Join, Scope

_FAMILIES = {
    **dict.fromkeys(kinds.INTEGERS, "integers"),
    **dict.fromkeys(("real", "double precision"), "floats"),
    **dict.fromkeys(("text", "varchar"), "texts"),
}
"""Types that PostgreSQL compares as they are: the operator families integer_ops, float_ops and text_ops."""


def _cartesian(subject: Subject) -> Iterator[Problem]:
    for scope in subject.reading.all():
        large = [source for source in scope.sources if not scope.is_bounded(source)]
        groups = _connected(scope)
        apart = [source for source in large if not any({large[0], source} <= group for group in groups)]
        for source in apart:
            yield Problem(
                f"nothing joins {source} to {large[0]}: every row of the one beside every row of the other",
                "join them on what they share",
                node=_item(scope, source),
            )


def _connected(scope: Scope) -> list[set[str]]:
    """The sources in groups: those that a condition names together, or that are laid side by side for one row."""
    groups: list[set[str]] = [{source} for source in scope.sources]
    links = [scope.touched(condition) for condition in _all_conditions(scope)]
    links += [join.left | join.right for join in scope.joins if join.node.usingClause or join.node.isNatural]
    links += [frozenset(scope.sources) for source in scope.laterals if not scope.sources[source].bounded]
    for link in links:
        joined = [group for group in groups if group & link]
        if len(joined) > 1:
            groups = [group for group in groups if not group & link] + [set().union(*joined)]
    return groups


def _all_conditions(scope: Scope) -> list[Node]:
    return [*(one for join in scope.joins for one in join.conditions), *scope.conditions]


def _item(scope: Scope, source: str) -> Node:
    """The item of FROM that has this name."""
    stack = list(scope.query.fromClause or ())
    while stack:
        item = stack.pop()
        if kind(item) == "JoinExpr":
            stack += [item.larg, item.rarg]
        elif source == source_name(item):
            return item
    return scope.query


# --- joins that cannot be hashed -------------------------------------------------------------------------


def _unhashable(subject: Subject) -> Iterator[Problem]:
    for scope in subject.reading.all():
        for join in scope.joins:
            problem = _of_join(scope, join)
            if problem:
                yield problem


def _of_join(scope: Scope, join: Join) -> Problem | None:
    if join.node.usingClause or join.node.isNatural or join.right & scope.laterals:
        return None
    if all(map(scope.is_bounded, join.right)) or all(map(scope.is_bounded, join.left)):
        return None
    given = [*join.conditions, *(scope.conditions if join.inner else ())]
    linking = [one for one in given if scope.touched(one) & join.left and scope.touched(one) & join.right]
    if not linking or any(_hashable(scope, one, join) for one in linking):
        return None
    names = " and ".join(sorted(join.right))
    message = f"PostgreSQL can join {names} by a nested loop only: {_reason(linking[0])}"
    hint = "an equality with one side's columns left of = and the other's right of it; compute them in a CTE before"
    return Problem(message, hint, node=linking[0])


def _hashable(scope: Scope, condition: Node, join: Join) -> bool:
    """An equality of something of the one side with something of the other: what it is computed by does not matter."""
    if not _is_equality(condition):
        return False
    left, right = scope.touched(condition.lexpr), scope.touched(condition.rexpr)
    if not left or not right or left & right:
        return False
    sides = (join.left, join.right)
    return any(left <= this and right <= that for this, that in (sides, sides[::-1]))


def _is_equality(node: Node) -> bool:
    return kind(node) == "A_Expr" and node.kind.name == "AEXPR_OP" and words(node.name)[-1] == "="


def _reason(condition: Node) -> str:
    if kind(condition) == "BoolExpr":
        return "its condition is an OR or a NOT"
    if _is_equality(condition):
        return "one side of = reads columns of both tables"
    if kind(condition) == "A_Expr":
        return f"its condition is {words(condition.name)[-1].lower()} and no equality"
    return "its condition is no equality"


# --- keys of another type --------------------------------------------------------------------------------


def _casts(subject: Subject) -> Iterator[Problem]:
    for node, scope in subject.reading.scoped:
        if kind(node) != "A_Expr" or not (_is_equality(node) or node.kind.name == "AEXPR_IN"):
            continue
        others = node.rexpr if isinstance(node.rexpr, tuple) else (node.rexpr,)
        for other in others:
            if node.lexpr is None:
                continue
            problem = _of_pair(scope, node, node.lexpr, other) or _of_pair(scope, node, other, node.lexpr)
            if problem:
                yield problem
                break


def _of_pair(scope: Scope, node: Node, key: Node, other: Node) -> Problem | None:
    """What is wrong with comparing a key with something: the key is turned into another type, for every row."""
    bare = key
    while kind(bare) == "TypeCast":
        bare = bare.arg
    column = scope.kind(bare)
    if kind(bare) != "ColumnRef" or not column.key or not column.kind:
        return None
    name = ".".join(words(bare.fields))
    hint = "give both columns one type, in the contracts; or cast the other side to the key's type"
    compared = scope.kind(key).kind
    if bare is not key and not _same(column.kind, compared):
        return Problem(
            f"the key {name} is cast from {column.kind} to {compared}: no index of it serves", hint, node=node
        )
    against = scope.kind(other)
    if bare is key and _turns(column, against, other):
        message = f"the key {name} is {column.kind}, and is compared with {against.kind}: {name} is cast for every row"
        return Problem(message, hint, node=node)
    return None


def _same(one: str, other: str) -> bool:
    return _FAMILIES.get(one, one) == _FAMILIES.get(other, other)


def _turns(key: Column, other: Column, node: Node) -> bool:
    """Whether PostgreSQL would turn the key into the other's type: that of the more general one."""
    if not other.kind or _same(key.kind, other.kind) or (isinstance(constant(node), str) and not other.kind):
        return False
    if key.kind in kinds.NUMBERS and other.kind in kinds.NUMBERS:
        return kinds.NUMBERS.index(other.kind) > kinds.NUMBERS.index(key.kind)
    return True


RULES = (
    Rule(
        name="cartesian-product",
        level="error",
        title="two tables without a condition between them",
        why=(
            "Every row of the one is put beside every row of the other: ten thousand pupils and ten thousand parents"
            " are a hundred million pairs. Bounded is what the project's own text bounds, and it may be crossed:"
            " VALUES, a"
            " series, a seed of up to 1,000 rows, a query with a limit or with aggregates and no group by, a query over"
            " such, and a table of which a key is fixed by constants or by columns of bounded sources. Everything else,"
            " a table above all, is as large as the data. A condition that names both, of whatever kind, joins them."
        ),
        instead="join ... on the columns that both share.",
        check=_cartesian,
    ),
    Rule(
        name="function-in-join",
        level="warning",
        title="a join condition that forbids a hash join",
        why=(
            "PostgreSQL joins by a hash or a merge only on an equality that has columns of the one side alone to its"
            " left and of the other side alone to its right; functions around them do no harm. An OR, an"
            " inequality, or a"
            " function over columns of both sides leaves the nested loop: each row against each. One such equality in"
            " the condition is enough, and a bounded side (see cartesian-product) makes it harmless."
        ),
        instead="left.key = f(right.key), what is left in further conditions; a CTE that computes the shared value.",
        check=_unhashable,
    ),
    Rule(
        name="key-cast",
        level="warning",
        title="a key that is compared as another type",
        why=(
            "Where the types of the two sides differ, PostgreSQL turns the more special one into the other for every"
            " row, and no index of that column serves; numbers beyond 2^53 and texts with trailing blanks may be"
            " taken for"
            " equal. smallint, integer and bigint are compared as they are, as are text and varchar. Types are those of"
            " contracts and seeds; keys are the columns of primary, unique and foreign keys."
        ),
        instead="One type for both columns, in the contracts; or the cast on the side that is no key.",
        check=_casts,
    ),
)
