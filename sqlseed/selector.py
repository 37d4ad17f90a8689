"""Which nodes a selection names: dbt's grammar over names, folders, tags, configs, state and results.

    union        := intersection ((space | '|') intersection)*
    intersection := unit ((',' without spaces | '&') unit)*
    unit         := '^'* ['@'] [[N] '+'] ([method[.key]* ':'] value | '(' union ')') ['+' [N]]

`+` walks to ancestors or descendants, N steps at most, layer by layer over the whole set; `@x` is x, its descendants
and all ancestors of those; `^x` is every node but x. A text is first parsed, then evaluated, so that a mistake in the
grammar is reported before a name that matches nothing. A value with a space or one of `+,&|^()` in it cannot be
written as text; the mappings of a named selector take any value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlseed.errors import SelectionError, did_you_mean
from sqlseed.model import ResourceType
from sqlseed.selector_methods import DEEPEST, Context, Expression, Facts, Graph, Node, Place, make_term, scalar

__all__ = ["Definition", "Facts", "Graph", "Node", "select"]

Definition = str | Mapping[str, Any]
"""A named selector as YAML gives it: a text in the grammar above, or one of dbt's mappings."""

_NO_FACTS = Facts()
_NO_SELECTORS: Mapping[str, Definition] = MappingProxyType({})


def select(
    graph: Graph,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    *,
    facts: Facts = _NO_FACTS,
    selectors: Mapping[str, Definition] = _NO_SELECTORS,
    allow_empty: bool = False,
    indirect: str = "",
) -> frozenset[str]:
    """The names of the nodes that any of `select` names (all nodes when there is none) and none of `exclude` does.

    `indirect` says which tests come with a node they read, as dbt does: with `eager` all, with `cautious` those that
    read nothing else, with `buildable` those that read nothing but the selection, what that needs, and seeds; with
    `empty` or nothing only those that are named. What `exclude` names takes all its tests with it.

    Raises SelectionError when a text is malformed, when a name or pattern matches nothing, or when nothing is left;
    with `allow_empty` only the first.
    """
    included, excluded = ([_Parser(text).parse() for text in _texts(texts)] for texts in (select, exclude))
    named = {name: partial(_definition, raw, name) for name, raw in selectors.items()}
    context = Context(graph, facts, named, allow_empty, "" if indirect == "empty" else indirect)
    chosen = _with_tests(_union(included)(context), context) if included else frozenset(graph.nodes)
    left = chosen - _union(excluded)(replace(context, indirect="eager" if indirect else "", found={}))
    if not left and not allow_empty and (included or excluded):
        reason = "everything that is selected is also excluded" if chosen else "the selection is empty"
        raise SelectionError(f"nothing to do: {reason}", hint="give --allow-empty if that is as it should be")
    return left


def _texts(texts: Sequence[str]) -> Sequence[str]:
    return (texts,) if isinstance(texts, str) else texts


# --- sets of nodes --------------------------------------------------------------------------------------

_Join = Callable[[Sequence[Expression]], Expression]


def _union(parts: Sequence[Expression]) -> Expression:
    return lambda context: frozenset().union(*(part(context) for part in parts))


def _intersection(parts: Sequence[Expression]) -> Expression:
    return lambda context: frozenset.intersection(*(part(context) for part in parts))


def _difference(of: Expression, without: Expression) -> Expression:
    return lambda context: of(context) - without(context)


def _all_nodes(context: Context) -> frozenset[str]:
    return frozenset(context.graph.nodes)


def _walk(of: Expression, parents: float, children: float, childrens_parents: bool) -> Expression:
    """A set with its neighbours: steps to walk up and down, 0 for none and infinity for all."""

    def evaluate(context: Context) -> frozenset[str]:
        start, graph = of(context), context.graph
        found = _reach(start, graph.parents, parents) | _reach(start, graph.children, children)
        if childrens_parents:
            found |= _reach(_reach(start, graph.children, math.inf), graph.parents, math.inf)
        return _with_tests(found.intersection(graph.nodes), context)  # a parent may be disabled, and so no node

    return evaluate


def _with_tests(found: frozenset[str], context: Context) -> frozenset[str]:
    """Some nodes with the tests that `indirect` adds to them."""
    if not context.indirect:
        return found
    graph = context.graph
    near = {child for name in found for child in graph.children.get(name, ()) if graph.nodes[child].test_type}
    if context.indirect != "eager":
        there = set(found)
        if context.indirect == "buildable":
            there |= _reach(found, graph.parents, math.inf)
            there |= {name for name, node in graph.nodes.items() if node.resource_type is ResourceType.SEED}
        near = {name for name in near if graph.parents[name] <= there}
    return found | near


def _reach(start: frozenset[str], edges: Mapping[str, frozenset[str]], depth: float) -> frozenset[str]:
    """`start` and what `depth` steps along the edges lead to, one layer of the whole set at a time."""
    seen, layer = set(start), set(start)
    while layer and depth > 0:
        layer = {name for near in layer for name in edges.get(near, ())} - seen
        seen |= layer
        depth -= 1
    return frozenset(seen)


# --- parsing a text ------------------------------------------------------------------------------------

_IDLE_SPACE = re.compile(r" ?([|&]) ?|([(^]) | (\))")
_BEFORE_GROUP = re.compile(r"(@)?(?:([0-9]*)\+)?\(")
_AFTER_GROUP = re.compile(r"\)(?:\+([0-9]*))?")
_TOKEN = re.compile(r"(@)?(?:([0-9]*)\+)?(?:([\w.-]*):)?([^\s,&|^()]*?)(?:\+([0-9]*))?(?=[\s,&|^()]|$)")


class _Parser:
    """One text of the grammar; `selector` is the name whose definition the text is."""

    def __init__(self, text: str, selector: str | None = None) -> None:
        self._text = _IDLE_SPACE.sub(r"\1\2\3", " ".join(text.split()))  # a space now always means "or"
        self._selector = selector
        self._at = 0
        self._level = 0

    def parse(self) -> Expression:
        """The whole text as an expression."""
        if not self._text:
            raise Place("''", 1, self._selector).error("the selector is empty")
        expression = self._union()
        if self._at < len(self._text):
            raise self._unexpected()
        return expression

    def _error(self, at: int, message: str, hint: str | None = None) -> SelectionError:
        return Place(self._text, at, self._selector).error(message, hint)

    def _union(self) -> Expression:
        return self._list(" |", self._intersection, _union)

    def _intersection(self) -> Expression:
        return self._list(",&", self._unit, _intersection)

    def _list(self, separators: str, part: Callable[[], Expression], join: _Join) -> Expression:
        parts = [part()]
        while self._at < len(self._text) and self._text[self._at] in separators:
            self._at += 1
            parts.append(part())
        return join(parts) if len(parts) > 1 else parts[0]

    def _unit(self) -> Expression:
        negated = False
        while self._text.startswith("^", self._at):
            negated = not negated
            self._at += 1
        before = _BEFORE_GROUP.match(self._text, self._at)
        inner = self._group(before) if before else self._token()
        return _difference(_all_nodes, inner) if negated else inner

    def _group(self, before: re.Match[str]) -> Expression:
        self._level += 1
        if self._level > DEEPEST:
            raise self._error(self._at, "too many brackets within each other")
        self._at = before.end()
        inner = self._union()
        after = _AFTER_GROUP.match(self._text, self._at)
        if after is None and self._at == len(self._text):
            raise self._error(before.end() - 1, "'(' without ')'")
        if after is None:
            raise self._unexpected()
        self._level -= 1
        self._at = after.end()
        return self._with_neighbours(inner, before[1], before[2], after[1], after.start() + 1)

    def _token(self) -> Expression:
        start, token = self._at, _TOKEN.match(self._text, self._at)
        if token is None or not token[0]:
            raise self._missing()
        self._at = token.end()
        method, value, at = token[3], token[4], token.start(4)
        if method == "":
            raise self._error(at - 1, "a method is missing before ':'")
        if not value:
            what = "name" if method is None else "value"
            raise self._error(at, f"a {what} is missing after '{self._text[start:at]}'")
        if method is None and value.startswith("@"):
            raise self._error(at, "'@' stands once, before all else")
        if "+" in value:
            hint = "'+' stands first or last, with its number of steps outside: '2+a', 'a+1'; a space means or: 'a b'"
            raise self._error(at + value.index("+"), "unexpected '+'", hint)
        place = Place(self._text, at if method is None else token.start(3), self._selector)
        term = make_term(method or _default_method(value), value, place, "" if method is None else f"{method}:")
        return self._with_neighbours(term, token[1], token[2], token[5], token.end(4))

    def _with_neighbours(
        self, of: Expression, both: str | None, up: str | None, down: str | None, plus_at: int
    ) -> Expression:
        if both and down is not None:
            hint = "'@' takes all descendants already"
            raise self._error(plus_at, "'@' and a '+' at the end exclude each other", hint)
        return _walk(of, _depth(up), _depth(down), bool(both))

    def _missing(self) -> SelectionError:
        here = self._text[self._at : self._at + 1]
        where = "at the end" if not here else "after ','" if here == " " else f"before '{here}'"
        mixed = self._text[self._at - 1 : self._at + 1] in (", ", " ,")
        hint = "',' takes no spaces: 'a,b' is what is in both, 'a b' what is in either" if mixed else None
        return self._error(self._at, f"a selector is missing {where}", hint)

    def _unexpected(self) -> SelectionError:
        here = self._text[self._at]
        if here == ")":
            return self._error(self._at, "')' without '('")
        hint = "'^' stands before a selector: 'a & ^b' is a without b" if here == "^" else None
        return self._error(self._at, f"a space or an operator is missing before '{here}'", hint)


def _depth(steps: str | None) -> float:
    """The steps of `2+`: none without a plus, all without a number."""
    if steps is None:
        return 0
    digits = steps.lstrip("0")
    return math.inf if not steps or len(digits) > 9 else int(digits or "0")


def _default_method(value: str) -> str:
    if "/" in value or "\\" in value:
        return "path"
    return "file" if value.lower().endswith((".sql", ".csv")) else "fqn"


# --- parsing a definition in YAML ----------------------------------------------------------------------

_KEYS = ("method", "value", "parents", "parents_depth", "children", "children_depth", "childrens_parents", "exclude")
_JOINS: Mapping[str, _Join] = {"union": _union, "intersection": _intersection}


def _definition(raw: object, name: str, level: int = 0) -> Expression:
    """The definition of selector `name`, or a part of it that is `level` mappings deep."""
    if isinstance(raw, str):
        return _Parser(raw, name).parse()
    place = Place(str(raw), None, name)
    if level > DEEPEST:
        raise place.error("too many levels within each other")
    if not isinstance(raw, Mapping) or not raw:
        raise place.error("a definition is a text or a mapping")
    if len(raw) == 1 and not set(raw) <= set(_KEYS[:-1]):
        ((key, value),) = raw.items()
        return _single(key, value, place, level)
    for key in raw:
        if key in _JOINS:
            raise place.error(f"'{key}' stands alone", "put the rest into its list")
        if key not in _KEYS:
            raise place.error(f"unknown key '{key}'", did_you_mean(str(key), _KEYS))
    for key in ("method", "value"):
        if key not in raw:
            raise place.error(f"'{key}' is missing")
    walk = _dict_walk(_dict_term(raw["method"], raw["value"], place), raw, place)
    return _difference(walk, _combination(_union, raw["exclude"], place, level)) if "exclude" in raw else walk


def _single(key: object, value: object, place: Place, level: int) -> Expression:
    """A mapping of one key: `union` or `intersection` with a list, or a method with its value."""
    if isinstance(key, str) and key in _JOINS:
        return _combination(_JOINS[key], value, place, level)
    if key == "exclude":
        raise place.error("'exclude' needs something to take from", "put it into the list of a union")
    return _dict_term(key, value, place)


def _combination(join: _Join, raw: object, place: Place, level: int) -> Expression:
    """The items of a list joined, without what its one `exclude` item names."""
    if not isinstance(raw, list):
        raise place.error("expected a list")
    name = place.selector or ""
    without = [item["exclude"] for item in raw if isinstance(item, Mapping) and [*item] == ["exclude"]]
    parts = [item for item in raw if not (isinstance(item, Mapping) and [*item] == ["exclude"])]
    if len(without) > 1:
        raise place.error("two 'exclude' in one list", "put what they name into one")
    if not parts:
        raise place.error("the list names nothing")
    joined = join([_definition(item, name, level + 1) for item in parts])
    return _difference(joined, _combination(_union, without[0], place, level + 1)) if without else joined


def _dict_term(method: object, value: object, place: Place) -> Expression:
    if not isinstance(method, str) or not isinstance(value, str | int | float) or value == "":
        raise place.error("a method is a text, and its value a text, a number or a boolean")
    return make_term(method, scalar(value), place, f"{method}:")


def _dict_walk(of: Expression, raw: Mapping[str, Any], place: Place) -> Expression:
    steps: dict[str, float] = {}
    for key in ("parents", "children", "childrens_parents"):
        wanted, depth = raw.get(key, False), raw.get(f"{key}_depth")
        if not isinstance(wanted, bool):
            raise place.error(f"'{key}' is true or false")
        if depth is not None and not wanted:
            raise place.error(f"'{key}_depth' needs '{key}: true'")
        if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 0):
            raise place.error(f"'{key}_depth' is a number of steps")
        steps[key] = (math.inf if depth is None else depth) if wanted else 0
    if steps["childrens_parents"] and raw.get("children"):
        raise place.error("'childrens_parents' and 'children' exclude each other")
    return _walk(of, steps["parents"], steps["children"], bool(steps["childrens_parents"]))
