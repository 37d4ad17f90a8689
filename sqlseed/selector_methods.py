"""What one term of a selector asks of a node: the methods, from `fqn` to `checkpoint`, and what to suggest instead.

`selector` puts terms together; here is what `method.key:value` means.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from sqlseed.errors import SelectionError, did_you_mean
from sqlseed.events import Status
from sqlseed.model import ResourceType


@dataclass(frozen=True, slots=True)
class Node:
    """A model, a seed or a data test, with all that a selector can ask of it. Names are unique over all."""

    name: str
    resource_type: ResourceType
    fqn: tuple[str, ...]  # project, folders, name
    path: str  # relative to the project's root, with forward slashes
    patch_path: str | None  # the YAML file that describes it
    tags: tuple[str, ...]
    config: Mapping[str, Any]
    table: str  # the target table's name
    test_type: str = ""  # generic, singular or unit, for a test
    test_name: str = ""  # of a generic test: unique, not_null, ...; of a unit test its name


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes by name and the direct parents of each; `children` is the same turned round."""

    nodes: Mapping[str, Node]
    parents: Mapping[str, frozenset[str]]
    children: Mapping[str, frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        children: dict[str, set[str]] = {}
        for name, parents in self.parents.items():
            for parent in parents:
                children.setdefault(parent, set()).add(name)
        object.__setattr__(self, "children", {name: frozenset(found) for name, found in children.items()})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known from outside the project, by node name; None where it was not looked up.

    `state`: `new`, or `modified` and its parts, or `unmodified` (a node that is not listed is new; `old` is any other).
    `result`: how it ended in an earlier run. `checkpoint`: any of `missing`, `stale`, `complete` over its slices.
    """

    state: Mapping[str, frozenset[str]] | None = None
    result: Mapping[str, frozenset[str]] | None = None
    checkpoint: Mapping[str, frozenset[str]] | None = None


# --- terms ---------------------------------------------------------------------------------------------

_METHODS = (
    *("fqn", "tag", "path", "file", "config", "resource_type", "source", "table", "selector"),
    *("test_name", "test_type"),
)
_FACTS: Mapping[str, tuple[str, str]] = {
    "state": ("'state:' needs an earlier state to compare with", "give --state DIR"),
    "result": ("'result:' needs the results of an earlier run", "give --state DIR with a run_results.json in it"),
    "checkpoint": ("'checkpoint:' needs the target's checkpoints", "use it in a command that reads the target"),
}
"""The methods that need facts, and what to say without them."""

_WORDS: Mapping[str, frozenset[str]] = {
    "resource_type": frozenset(ResourceType),
    "state": frozenset({"new", "old", "unmodified", "modified"})
    | {f"modified.{part}" for part in ("body", "configs", "contract", "macros")},
    "result": frozenset(Status) | {"pass", "warn", "fail"},
    "checkpoint": frozenset({"missing", "stale", "complete"}),
    "test_type": frozenset({"generic", "schema", "singular", "data", "unit"}),
}
"""The values of the methods that know theirs: to match no node is an answer then, not a typing mistake."""

_TEST_TYPES = {
    "generic": frozenset({"generic", "schema", "data"}),
    "singular": frozenset({"singular", "data"}),
    "unit": frozenset({"unit"}),
}
DEEPEST = 50  # levels of brackets, mappings or selectors within each other: no one writes so many
_SHOWN = 72  # characters of a text around the caret; an error's `source` holds 160, with both lines


@dataclass(slots=True)
class Context:
    """What an expression is evaluated against; `active` are the named selectors being evaluated, outermost first."""

    graph: Graph
    facts: Facts
    selectors: Mapping[str, Callable[[], Expression]]  # each parses its definition
    allow_empty: bool
    indirect: str = ""  # which tests come with the nodes they read: eager, cautious, buildable; none if empty
    active: tuple[str, ...] = ()
    found: dict[str, frozenset[str]] = field(default_factory=dict)


Expression = Callable[[Context], frozenset[str]]
"""A selector that is parsed: asked for its nodes' names, it answers or raises SelectionError."""


@dataclass(frozen=True, slots=True)
class Place:
    """A character of a text, or the text as a whole, and the named selector that it is the definition of."""

    text: str
    at: int | None
    selector: str | None

    def error(self, message: str, hint: str | None = None) -> SelectionError:
        """A SelectionError that shows the text, with a caret under the place."""
        source = self.text
        if self.at is not None:
            first = max(0, self.at - _SHOWN // 2)
            shown = self.text[first : first + _SHOWN]
            caret = " " * (self.at - first) + "^"  # below the text, which is printed with an indent of four
            source = f"{'...' + shown[3:] if first else shown}\n    {caret}"
        if self.selector is not None:
            message = f"selector '{self.selector}': {message}"
        return SelectionError(message, source=source, hint=hint)


@dataclass(frozen=True, slots=True)
class _Term:
    """`method.key:value`; `prefix` is the method as it was typed, empty for a default method."""

    method: str
    keys: tuple[str, ...]
    value: str
    place: Place
    prefix: str


def make_term(method: str, value: str, place: Place, prefix: str) -> Expression:
    """The nodes for which `method` has `value`; checks the method."""
    name, *keys = method.split(".")
    if name not in (*_METHODS, *_FACTS):
        known = (*_METHODS, *_FACTS)
        raise place.error(f"'{name}' is not a selection method", did_you_mean(name, known, show=len(known)))
    if name == "config" and not all(keys or [""]):
        raise place.error("'config' needs a key", "as in 'config.materialized:table'")
    if name != "config" and keys:
        raise place.error(f"method '{name}' takes no '.{'.'.join(keys)}'", f"write '{name}:{value}'")
    term = _Term(name, tuple(keys), value, place, prefix)
    evaluate = _named if name == "selector" else _by_words if name in _WORDS else _by_match
    return lambda context: evaluate(term, context)


def _named(term: _Term, context: Context) -> frozenset[str]:
    """What the named selectors mean; a name may be a pattern."""
    names = [name for name in context.selectors if name == term.value or fnmatchcase(name, term.value)]
    if not names:
        hint = _suggestion(term.value, context.selectors, term.prefix)
        raise term.place.error(f"no selector is named '{term.value}'", hint)
    for name in names:
        if name in context.active:
            chain = " -> ".join([*context.active[context.active.index(name) :], name])
            raise SelectionError(f"selector '{name}' refers to itself: {chain}")
        if len(context.active) >= DEEPEST:
            raise term.place.error("too many selectors within each other")
        if name not in context.found:
            inner = replace(context, active=(*context.active, name))
            context.found[name] = context.selectors[name]()(inner)
    return frozenset().union(*(context.found[name] for name in names))


def _by_words(term: _Term, context: Context) -> frozenset[str]:
    """The nodes of which a fact holds; the value must be one that the method knows."""
    nodes = context.graph.nodes
    facts: Mapping[str, frozenset[str]] | None
    if term.method == "resource_type":
        facts = {node.name: frozenset({node.resource_type}) for node in nodes.values()}
    elif term.method == "test_type":
        facts = {node.name: _TEST_TYPES.get(node.test_type, frozenset()) for node in nodes.values()}
    else:
        facts = getattr(context.facts, term.method)
    if facts is None:
        raise term.place.error(*_FACTS[term.method])
    if term.method == "state":
        facts = {name: _state_words(facts.get(name, frozenset({"new"}))) for name in nodes}
    known = _WORDS[term.method].union(*facts.values())
    if term.value not in known:
        hint = _suggestion(term.value, known, term.prefix)
        raise term.place.error(f"'{term.value}' is not a value of '{term.method}'", hint)
    return frozenset(name for name in nodes if term.value in facts.get(name, ()))


def _state_words(words: frozenset[str]) -> frozenset[str]:
    """The words with those they imply. As in dbt, a new node is modified in every respect but its macros."""
    if "new" in words:
        return words | (_WORDS["state"] - {"old", "unmodified", "modified.macros"})
    changed = any(word.startswith("modified") for word in words)
    return words | {"old", "modified" if changed else "unmodified"}


def _by_match(term: _Term, context: Context) -> frozenset[str]:
    nodes, matches = context.graph.nodes.values(), _MATCHES[term.method]
    found = frozenset(node.name for node in nodes if matches(node, term))
    if not found and not context.allow_empty:
        tests = any(node.test_type for node in nodes)
        message = f"no {'model, seed or test' if tests else 'model or seed'} matches '{term.prefix}{term.value}'"
        hint = _nearest(term, context.graph) if tests or term.method != "test_name" else "`sqlseed test` selects tests"
        raise term.place.error(message, hint)
    return found


_WILD = re.compile(r"[*?\[\]]")


def _match_fqn(node: Node, term: _Term) -> bool:
    """The name, or the beginning of the dotted fqn with or without the project; `*` crosses dots."""
    if node.name == term.value:
        return True
    wanted = term.value.split(".")
    if len(wanted) == 1 and _WILD.search(term.value):
        # Not against the project's name: 's*' would take everything in a project named 'school'.
        return fnmatchcase(node.name, term.value) or fnmatchcase(".".join(node.fqn[1:]), term.value)
    return any(_is_prefix(wanted, ".".join(fqn).split(".")) for fqn in (node.fqn, node.fqn[1:]))


def _is_prefix(wanted: Sequence[str], parts: Sequence[str]) -> bool:
    if len(wanted) > len(parts):
        return False
    for index, part in enumerate(wanted):
        if _WILD.search(part):
            return fnmatchcase(".".join(parts[index:]), ".".join(wanted[index:]))
        if part != parts[index]:
            return False
    return True


def _match_path(node: Node, term: _Term) -> bool:
    """A glob from the project's root that names the file, a folder above it, or the YAML file that describes it."""
    pattern: list[str] = []
    for index, segment in enumerate(term.value.replace("\\", "/").split("/")):
        if segment != "." and (segment or index == 0) and not (segment == "**" and pattern[-1:] == ["**"]):
            pattern.append(segment)
    parts = node.path.split("/")
    if any(_glob(pattern, parts[:end]) for end in range(len(parts) + 1)):
        return True
    return node.patch_path is not None and _glob(pattern, node.patch_path.split("/"))


def _glob(pattern: Sequence[str], parts: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return _glob(pattern[1:], parts) or (bool(parts) and _glob(pattern, parts[1:]))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _glob(pattern[1:], parts[1:])


def _file_names(node: Node) -> tuple[str, str]:
    name = node.path.rpartition("/")[2]
    return name, name.rpartition(".")[0] or name


def scalar(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _config_values(node: Node, keys: Sequence[str]) -> list[str]:
    """The config under the keys as texts: one for a scalar, the items of a list, the keys of a mapping."""
    found: object = node.config
    for key in keys:
        if not isinstance(found, Mapping) or key not in found:
            return []
        found = found[key]
    if isinstance(found, Mapping | list | tuple | set | frozenset):
        return [scalar(item) for item in found]
    return [] if found is None else [scalar(found)]


def _match_config(node: Node, term: _Term) -> bool:
    wanted = term.value.lower() if term.value.lower() in ("true", "false") else term.value
    return any(value == term.value or fnmatchcase(value, wanted) for value in _config_values(node, term.keys))


_MATCHES: Mapping[str, Callable[[Node, _Term], bool]] = {
    "fqn": _match_fqn,
    "source": lambda node, term: node.resource_type is ResourceType.SEED and _match_fqn(node, term),
    "tag": lambda node, term: any(fnmatchcase(tag, term.value) for tag in node.tags),
    "path": _match_path,
    "file": lambda node, term: any(fnmatchcase(name, term.value) for name in _file_names(node)),
    "config": _match_config,
    "table": lambda node, term: bool(node.table) and fnmatchcase(node.table, term.value),
    "test_name": lambda node, term: bool(node.test_name) and fnmatchcase(node.test_name, term.value),
}


_VALUES: Mapping[str, Callable[[Node, _Term], Iterable[str]]] = {
    "fqn": lambda node, _: (node.name,),
    "source": lambda node, _: (node.name,) if node.resource_type is ResourceType.SEED else (),
    "tag": lambda node, _: node.tags,
    "path": lambda node, _: (node.path, node.path.rpartition("/")[0], node.patch_path or node.path),
    "file": lambda node, _: _file_names(node),
    "config": lambda node, term: _config_values(node, term.keys),
    "table": lambda node, _: (node.table,),
    "test_name": lambda node, _: (node.test_name,),
}
"""What a method could have matched, for suggestions."""


def _nearest(term: _Term, graph: Graph) -> str:
    """A hint for a term that matches nothing."""
    nodes = graph.nodes.values()
    known = {value for node in nodes for value in _VALUES[term.method](node, term)}
    if term.method == "config" and not known:
        return "no node has such a config; " + _suggestion(term.keys[0], {key for node in nodes for key in node.config})
    if term.method != "fqn":
        return _suggestion(term.value, known, term.prefix)
    elsewhere = {f"tag:{tag}" for node in nodes for tag in node.tags}
    elsewhere |= {f"table:{node.table}" for node in nodes if node.table}
    for text in sorted(elsewhere):
        same = term.value.lower() == text.partition(":")[2].lower()
        if same and term.value.lower() not in map(str.lower, known):
            return f"did you mean '{text}'?"
    folders = {".".join(node.fqn[first:last]) for node in nodes for first in (0, 1) for last in range(2, len(node.fqn))}
    return _suggestion(term.value, known, term.prefix, folders)


def _suggestion(value: str, known: Iterable[str], prefix: str = "", also: Iterable[str] = ()) -> str:
    """`did_you_mean` that does not mind case; `also` are texts worth a suggestion but not a place in the list."""
    folded = {text.lower(): text for text in (*also, *sorted(known)) if text}
    near = difflib.get_close_matches(value.lower(), folded, n=1)
    return f"did you mean '{prefix}{folded[near[0]]}'?" if near else did_you_mean(value, known)
