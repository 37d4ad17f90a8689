"""From a parse tree to scopes: each query with its sources, CTEs and subqueries first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlseed.lint import kinds
from sqlseed.lint.grammar import Node, children, constant, function, kind, words
from sqlseed.lint.questions import bare, conjuncts, source_name
from sqlseed.lint.rows import Closure, Column, Listed, Rows, Series, Unknown
from sqlseed.lint.scope import Join, Scope


@dataclass
class Union(Rows):
    """UNION, EXCEPT, INTERSECT; the columns are named by the first part."""

    query: Node
    parts: Sequence[Rows]

    @cached_property
    def columns(self) -> Mapping[str, Column]:  # type: ignore[override]
        """A column's kind is known where all parts agree."""
        names = list(self.parts[0].columns)
        found = dict(self.parts[0].columns)
        for part in self.parts[1:]:
            for name, other in zip(names, part.columns.values(), strict=False):
                mine = found[name]
                same = mine.kind == other.kind
                found[name] = Column(
                    mine.kind if same else "", mine.collated and other.collated, mine.key if same else ""
                )
        return found

    @property
    def bounded(self) -> bool:  # type: ignore[override]
        """Whether every part is."""
        return all(part.bounded for part in self.parts)

    def _close(self, given: frozenset[str]) -> Closure:
        """Without ALL, every column together; with it, a constant that tells the parts apart and a key in each."""
        whole = not self.query.all and given >= self.columns.keys()
        whole = whole or (self._apart(given) and all(self._within(part, given) for part in self.parts))
        return Closure(frozenset(self.columns) if whole else given, whole)

    def _within(self, part: Rows, given: frozenset[str]) -> bool:
        own = zip(self.columns, part.columns, strict=False)
        return part.close(name for mine, name in own if mine in given).whole

    def _apart(self, given: frozenset[str]) -> bool:
        if self.query.op.name in ("SETOP_EXCEPT", "SETOP_INTERSECT"):
            return True
        for place, name in enumerate(self.columns):
            if name in given and all(isinstance(part, Scope) for part in self.parts):
                values = [constant(bare(part.targets[place])) for part in self.parts if isinstance(part, Scope)]
                if None not in values and len(set(values)) == len(values):
                    return True
        return False


@dataclass
class Renamed(Rows):
    """A source whose alias names its columns anew."""

    rows: Rows
    names: Sequence[str]

    @cached_property
    def columns(self) -> Mapping[str, Column]:  # type: ignore[override]
        """Under the new names."""
        own = list(self.rows.columns.items())
        named = dict(zip(self.names, (column for _, column in own), strict=False))
        missing = dict.fromkeys(self.names[len(own) :], kinds.UNKNOWN)
        return named | missing | dict(own[len(self.names) :])

    @property
    def bounded(self) -> bool:  # type: ignore[override]
        """As the rows."""
        return self.rows.bounded

    def _close(self, given: frozenset[str]) -> Closure:
        """By the old names."""
        old = dict(zip(self.columns, self.rows.columns, strict=False))
        new = {value: key for key, value in old.items()}
        inner = self.rows.close(old[name] for name in given if name in old)
        return Closure(given | {new[name] for name in inner.columns if name in new}, inner.whole)


# --- building --------------------------------------------------------------------------------------------


class Builder:
    """Makes scopes of a statement's queries, and remembers them by their nodes."""

    def __init__(self, find: Callable[[Node], Rows], parameter: Callable[[Node], Column]) -> None:
        self._find = find
        self._parameter = parameter
        self.scopes: dict[int, Scope] = {}  # by the id of the SelectStmt
        self.set_operations: list[Union] = []

    def build(self, query: Node, outer: Scope | None = None, ctes: Mapping[str, Rows] | None = None) -> Rows:
        """The rows of a SELECT, of VALUES or of a set operation."""
        known = dict(ctes or {})
        for cte in query.withClause.ctes if query.withClause else ():
            known[cte.ctename] = self._cte(cte, outer, known, recursive=bool(query.withClause.recursive))
        if query.larg is not None:
            rows = Union(query, [self.build(part, outer, known) for part in (query.larg, query.rarg)])
            self.set_operations.append(rows)
            return rows
        if query.valuesLists:
            return _values(query, lambda node: outer.resolve(node) if outer else kinds.UNKNOWN)
        return self._select(query, outer, known)

    def _cte(self, cte: Node, outer: Scope | None, known: Mapping[str, Rows], *, recursive: bool) -> Rows:
        query = cte.ctequery
        if kind(query) != "SelectStmt":
            return Unknown()
        if recursive and query.larg is not None:
            first = self.build(query.larg, outer, known)
            rows: Rows = Series(first.columns, None, bounded=False)
            self.build(query.rarg, outer, {**known, cte.ctename: rows})
        else:
            rows = self.build(query, outer, known)
        return Renamed(rows, words(cte.aliascolnames)) if cte.aliascolnames else rows

    def _select(self, query: Node, outer: Scope | None, ctes: Mapping[str, Rows]) -> Scope:
        sources: dict[str, Rows] = {}
        joins: list[Join] = []
        laterals: set[str] = set()
        around = Scope(query, outer, sources, [], frozenset(), self._parameter)  # grows, for LATERAL
        for item in query.fromClause or ():
            self._from(item, around, ctes, joins, laterals)
        scope = Scope(query, outer, sources, joins, frozenset(laterals), self._parameter)
        self.scopes[id(query)] = scope
        for part in (query.targetList, query.whereClause, query.havingClause, query.sortClause, query.fromClause):
            for link in _sublinks(part):
                self.build(link.subselect, scope, ctes)
        return scope

    def _from(
        self, item: Node, around: Scope, ctes: Mapping[str, Rows], joins: list[Join], laterals: set[str]
    ) -> frozenset[str]:
        """Adds the sources of one item of FROM; their names."""
        if kind(item) == "JoinExpr":
            left = self._from(item.larg, around, ctes, joins, laterals)
            right = self._from(item.rarg, around, ctes, joins, laterals)
            joins.append(Join(item, left, right, tuple(conjuncts(item.quals))))
            return left | right
        if kind(item) == "RangeTableSample":
            return self._from(item.relation, around, ctes, joins, laterals)
        alias = source_name(item)
        if kind(item) == "RangeVar":
            is_cte = not item.schemaname and item.relname in ctes
            rows = ctes[item.relname] if is_cte else self._find(item)
        elif kind(item) == "RangeSubselect":
            rows = self.build(item.subquery, around if item.lateral else around.outer, ctes)
            laterals |= {alias} if item.lateral else set()
        elif kind(item) == "RangeFunction":
            rows = _function_rows(item, around)
            alias = alias or next(iter(rows.columns), "")
            laterals.add(alias)
        else:
            rows = Unknown()
        alias_node = getattr(item, "alias", None)
        names = words(alias_node.colnames) if alias_node and alias_node.colnames else ()
        if names and kind(item) != "RangeFunction":
            rows = Renamed(rows, names)
        around.sources[alias] = rows
        return frozenset([alias])


def _function_rows(item: Node, around: Scope) -> Rows:
    calls = [part[0] for part in item.functions]
    name = function(calls[0]) if kind(calls[0]) == "FuncCall" else kind(calls[0])
    alias = item.alias.aliasname if item.alias else name
    names = list(words(item.alias.colnames)) if item.alias and item.alias.colnames else [alias]
    if item.ordinality and len(names) < len(calls) + 1:
        names.append("ordinality")
    series = name == "generate_series" and len(calls) == 1
    bounds = [around.kind(argument).kind for argument in calls[0].args or ()] if series else []
    kind_ = "bigint" if "bigint" in bounds else bounds[0] if bounds and bounds[0] in kinds.NUMBERS else ""
    columns = {one: Column(kind_ if place == 0 else "") for place, one in enumerate(names)}
    if item.ordinality:
        columns[names[-1]] = Column("bigint")
    key = frozenset([names[-1]]) if item.ordinality else frozenset(names[:1]) if series else None
    return Series(columns, key)


def _values(query: Node, resolve: Callable[[Node], Column]) -> Listed:
    places = range(len(query.valuesLists[0]))
    columns = {}
    for place in places:
        found = {kinds.of(row[place], resolve).kind for row in query.valuesLists}
        column = found.pop() if len(found) == 1 else ""
        texts = all(isinstance(constant(row[place]), str) for row in query.valuesLists)
        columns[f"column{place + 1}"] = Column(column or ("text" if texts else ""))
    rows = [tuple(constant(bare(cell)) for cell in row) for row in query.valuesLists]
    return Listed(columns, rows)


def _sublinks(part: Node) -> Iterator[Node]:
    """The queries within expressions, not those within other queries."""
    stack = list(part) if isinstance(part, tuple | list) else [part]
    while stack:
        node = stack.pop()
        if node is None or kind(node) == "RangeSubselect":
            continue
        if kind(node) == "SubLink":
            yield node
            stack.append(node.testexpr)
        else:
            stack += children(node)
