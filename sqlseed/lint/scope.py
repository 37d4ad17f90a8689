"""A query's sources, and what follows from what: which expressions tell its rows apart, and which rows are few.

The reasoning is that of functional dependencies. The values of some columns decide others: a key decides its row, an
equality of WHERE or of a join carries a value over, a constant decides a column alone. A list of expressions is a
total order where what it decides are all the sources of the query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from sqlseed.lint import kinds
from sqlseed.lint.grammar import Node, column_ref, constant, function, kind, type_name, walk, words
from sqlseed.lint.questions import conjuncts, depends_on_more, has_aggregate, is_one, shape
from sqlseed.lint.rows import Closure, Column, Rows

Name = tuple[str, str]
"""A column of a scope: (source, column)."""
_WIDER = ("smallint", "integer", "bigint", "numeric", "text", "varchar")


class Fact(NamedTuple):
    """The values of `given` decide that of `then`; a None among the given is a column that nobody knows."""

    given: frozenset[Name | None]
    then: Name


class Join(NamedTuple):
    """One JoinExpr: its sources on both sides, and the conditions of its ON (or USING, as pairs of names)."""

    node: Node
    left: frozenset[str]
    right: frozenset[str]
    conditions: tuple[Node, ...]

    @property
    def inner(self) -> bool:
        """Whether WHERE may be read as part of it."""
        return bool(self.node.jointype.name == "JOIN_INNER")


Find = Callable[[Node, "Scope | None"], Rows]
"""The rows of a RangeVar that is no CTE."""


@dataclass(eq=False)
class Scope(Rows):
    """One SELECT with a FROM list of its own."""

    query: Node
    outer: Scope | None
    sources: dict[str, Rows]
    joins: list[Join]
    laterals: frozenset[str]
    resolve_parameter: Callable[[Node], Column]
    facts: list[Fact] = field(default_factory=list)
    _used: dict[int, tuple[Node, frozenset[Name | None]]] = field(default_factory=dict)
    _shapes: dict[int, tuple[Node, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for join in self.joins:
            nullable = _nullable(join)
            for condition in join.conditions:
                self.facts += self._facts_of(condition, nullable)
            for name in words(join.node.usingClause):
                self._using(join, name, nullable)
        for condition in self.conditions:
            self.facts += self._facts_of(condition, None)

    # --- names

    @cached_property
    def conditions(self) -> tuple[Node, ...]:
        """The parts of WHERE."""
        return tuple(conjuncts(self.query.whereClause))

    def column(self, ref: Node) -> Name | None:
        """The column of this scope for which a ColumnRef stands; None for one of an outer query, or unknown."""
        parts = words(ref.fields)
        if parts[1:]:
            return (parts[-2], parts[-1]) if parts[-2] in self.sources else None
        found = [source for source, rows in self.sources.items() if parts[0] in rows.columns]
        if not found and parts[0] in self.sources and len(self.sources[parts[0]].columns) == 1:
            return parts[0], next(iter(self.sources[parts[0]].columns))
        return (found[0], parts[0]) if found else None

    def resolve(self, ref: Node) -> Column:
        """What is known of a column or a parameter."""
        if kind(ref) == "ParamRef":
            return self.resolve_parameter(ref)
        name = self.column(ref)
        if name is not None:
            return self.sources[name[0]].columns.get(name[1], kinds.UNKNOWN)
        return self.outer.resolve(ref) if self.outer else kinds.UNKNOWN

    def kind(self, node: Node) -> Column:
        """What is known of an expression's type."""
        return kinds.of(node, self.resolve)

    def used(self, node: Node) -> frozenset[Name | None]:
        """The columns of this scope that an expression reads; None stands for one that may be of it."""
        if id(node) not in self._used:
            self._used[id(node)] = (node, self._uses(node))  # with the node, so that its id is not given again
        return self._used[id(node)][1]

    def _uses(self, node: Node) -> frozenset[Name | None]:
        found: set[Name | None] = set()
        for inner in walk(node):
            if kind(inner) == "SubLink":
                found.add(None)  # a query of its own: what it reads is not looked into
            if kind(inner) == "ColumnRef":
                name = self.column(inner)
                if name is not None:
                    found.add(name)
                elif not self._is_outer(inner):
                    found.add(None)
        return frozenset(found)

    def _shape(self, node: Node) -> str:
        if id(node) not in self._shapes:
            self._shapes[id(node)] = (node, shape(node))
        return self._shapes[id(node)][1]

    def _is_outer(self, ref: Node) -> bool:
        scope = self.outer
        while scope is not None:
            if scope.column(ref) is not None:
                return True
            scope = scope.outer
        return False

    def touched(self, node: Node) -> frozenset[str]:
        """The sources that an expression reads."""
        return frozenset(name[0] for name in self.used(node) if name)

    # --- what follows from what

    def _facts_of(self, condition: Node, only: frozenset[str] | None) -> Iterator[Fact]:
        """An equality decides a column on either side; in an outer join only those of the side that may be missing."""
        if kind(condition) != "A_Expr" or condition.kind.name != "AEXPR_OP" or words(condition.name) != ("=",):
            return
        for this, that in ((condition.lexpr, condition.rexpr), (condition.rexpr, condition.lexpr)):
            for then in self.reversible(this):
                if only is None or then[0] in only:
                    yield Fact(self.used(that), then)

    def _using(self, join: Join, name: str, nullable: frozenset[str] | None) -> None:
        sides = [
            [(source, name) for source in side if name in self.sources[source].columns]
            for side in (join.left, join.right)
        ]
        for given, then in ((sides[0], sides[1]), (sides[1], sides[0])):
            self.facts += [
                Fact(frozenset([one]), other)
                for one in given
                for other in then
                if nullable is None or other[0] in nullable
            ]

    def reversible(self, node: Node) -> list[Name]:
        """The columns whose values an expression's value gives away: a column, or what only writes it differently."""
        if kind(node) == "ColumnRef":
            name = self.column(node)
            return [name] if name else []
        if kind(node) == "CollateClause":
            return self.reversible(node.arg)
        if kind(node) == "TypeCast":
            wanted, has = kinds.named(type_name(node.typeName)), self.kind(node.arg).kind
            same = wanted == has or (wanted in _WIDER and has in kinds.INTEGERS)
            return self.reversible(node.arg) if same or (wanted == "text" and has in ("date", "uuid")) else []
        if kind(node) == "A_Expr" and words(node.name)[-1] in ("+", "-") and node.kind.name == "AEXPR_OP":
            open_ = [side for side in (node.lexpr, node.rexpr) if side is not None and self.used(side)]
            return self.reversible(open_[0]) if len(open_) == 1 else []
        if kind(node) == "FuncCall" and function(node) == "sqlseed_key":
            return self.reversible(node.args[1]) if not self.used(node.args[0]) else []
        return []

    def follow(self, names: Iterable[Name]) -> tuple[frozenset[Name], frozenset[str]]:
        """The columns and the sources that some columns decide."""
        known: set[Name] = set(names)
        whole: set[str] = set()
        before = (-1, -1)
        while before != (len(known), len(whole)):
            before = (len(known), len(whole))
            known |= {fact.then for fact in self.facts if fact.given <= known}
            for source, rows in self.sources.items():
                if source not in whole:
                    closure = rows.close(column for owner, column in known if owner == source)
                    known |= {(source, column) for column in closure.columns}
                    if closure.whole:
                        whole.add(source)
        return frozenset(known), frozenset(whole)

    @cached_property
    def grouped(self) -> bool:
        """Whether the rows are groups."""
        return bool(self.query.groupClause) or bool(self.query.havingClause) or any(map(has_aggregate, self.targets))

    @property
    def targets(self) -> list[Node]:
        """The expressions of the columns that are given."""
        return [target.val for target in self.query.targetList or ()]

    @cached_property
    def groups(self) -> list[Node]:
        """The expressions of GROUP BY; a number or, if no source has it, an output's name stands for its expression."""
        given = self.query.groupClause or ()
        return [node if kind(node) == "ColumnRef" and self.column(node) else self.output(node) for node in given]

    def output(self, node: Node) -> Node:
        """What ORDER BY means: a number or the name of an output column is its expression."""
        place = constant(node)
        if isinstance(place, int) and not isinstance(place, bool) and 0 < place <= len(self.targets):
            return self.targets[place - 1]
        if kind(node) == "ColumnRef" and not words(node.fields)[1:] and words(node.fields)[0] in self.expressions:
            return self.expressions[words(node.fields)[0]]
        return node

    def decided(self, nodes: Iterable[Node], *, of_rows: bool = False) -> tuple[Callable[[Node], bool], bool]:
        """What expressions decide: a test of another expression, and whether one row at most has their values.

        Of the query's rows, which may be groups; `of_rows` asks for those that are grouped.
        """
        given = list(nodes)
        shapes = {self._shape(node) for node in given}
        known, whole_sources = self.follow(name for node in given for name in self.reversible(node))
        every = whole_sources >= self.sources.keys()
        every = every or any(self._numbers(node, shapes, known) for node in given)

        def tells(node: Node) -> bool:
            return every or self._shape(node) in shapes or (self.used(node) <= known and not depends_on_more(node))

        if self.grouped and not of_rows:
            whole = all(map(tells, self.groups))
            return (lambda node: whole or tells(node)), whole
        return tells, every

    def _numbers(self, node: Node, shapes: set[str], known: frozenset[Name]) -> bool:
        """row_number() tells the rows of its partition apart."""
        if kind(node) != "FuncCall" or node.over is None or function(node) != "row_number":
            return False
        parts = self.window(node.over).partitionClause or ()
        return all(self._shape(part) in shapes or self.used(part) <= known for part in parts)

    def window(self, over: Node) -> Node:
        """A window, by its name if it has one."""
        named = {one.name: one for one in self.query.windowClause or ()}
        found = named.get(over.name or over.refname, over)
        return found if not over.orderClause else over

    # --- as the rows of a subquery

    @cached_property
    def expressions(self) -> dict[str, Node]:
        """The output columns by name."""
        found: dict[str, Node] = {}
        for target in self.query.targetList or ():
            name = target.name or (words(target.val.fields)[-1] if kind(target.val) == "ColumnRef" else "")
            if kind(target.val) == "ColumnRef" and name == "*":
                found |= self._star(words(target.val.fields))
            elif name:
                found[name] = target.val
        return found

    def _star(self, parts: Sequence[str]) -> dict[str, Node]:
        wanted = [parts[-2]] if parts[1:] else list(self.sources)
        return {
            column: column_ref(source, column)
            for source in wanted
            if source in self.sources
            for column in self.sources[source].columns
        }

    @cached_property
    def columns(self) -> Mapping[str, Column]:  # type: ignore[override]
        """The output columns; a quoted literal is a text there."""
        found = {}
        for name, node in self.expressions.items():
            column = self.kind(node)
            is_text = kind(node) == "A_Const" and isinstance(constant(node), str) and not column.kind
            found[name] = Column("text") if is_text else column
        return found

    def _close(self, given: frozenset[str]) -> Closure:
        """What output columns decide."""
        tells, whole = self.decided(self.expressions[name] for name in sorted(given) if name in self.expressions)
        distinct = self.query.distinctClause
        if distinct and not whole:
            parts = [self.output(one) for one in distinct if one is not None] or list(self.expressions.values())
            whole = all(map(tells, parts))
        if whole or is_one(self.query.limitCount):
            return Closure(frozenset(self.expressions), True)
        return Closure(given | {name for name, node in self.expressions.items() if tells(node)}, False)

    @cached_property
    def bounded(self) -> bool:  # type: ignore[override]
        """Whether every source is bounded, or one row of it at most is meant."""
        if (self.grouped and not self.query.groupClause) or constant(self.query.limitCount) is not None:
            return True
        return all(self.is_bounded(source) for source in self.sources)

    def is_bounded(self, source: str) -> bool:
        """Whether a source is, or the conditions leave a row of it to each row of bounded ones."""
        return self.sources[source].bounded or source in self._few

    @cached_property
    def _few(self) -> frozenset[str]:
        few = [source for source, rows in self.sources.items() if rows.bounded]
        return self.follow((source, column) for source in few for column in self.sources[source].columns)[1]


def _nullable(join: Join) -> frozenset[str] | None:
    """The sources whose rows an outer join may miss; None for an inner join, and none of them for a full one."""
    sides = {"JOIN_INNER": None, "JOIN_LEFT": join.right, "JOIN_RIGHT": join.left}
    return sides.get(join.node.jointype.name, frozenset())
