"""PostgreSQL's own parser: the only module that imports pglast, which is an extra (`sqlseed[lint]`).

A node is pglast's, and of one kind for each of PostgreSQL's node types: `SelectStmt`, `FuncCall`, `ColumnRef`. What
a node holds is in attributes named as in PostgreSQL's parsenodes.h.
"""

from __future__ import annotations

import importlib.util
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlseed import sqltext
from sqlseed.errors import SqlseedError
from sqlseed.model import Compiled

Node = Any
"""One of pglast's nodes."""

_LEAVES = frozenset(["String", "Integer", "Float", "Boolean", "BitString", "A_Star"])


class SyntaxProblem(Exception):
    """PostgreSQL's parser refuses the statement: what it says, and the place (0-based, in characters), if any."""

    def __init__(self, message: str, position: int | None) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Place(NamedTuple):
    """Where something stands in a model's file; the column is None where a macro printed it. Both count from 1."""

    line: int
    column: int | None


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("pglast") is not None


def require() -> None:
    """Raises SqlseedError where the extra is not installed."""
    if not available():
        raise SqlseedError("lint needs PostgreSQL's grammar", hint="pip install 'sqlseed[lint]'")


class Statement:
    """A model's statement, parsed. Every position is in characters of `Compiled.sql`.

    Raises SyntaxProblem if PostgreSQL's parser refuses it.
    """

    def __init__(self, compiled: Compiled, source: str = "") -> None:
        from pglast import parser

        self.compiled = compiled
        self.sql = compiled.sql
        self._source = source.splitlines()
        self.text, self.parameter_names = _numbered(compiled)
        try:
            self.roots: tuple[Node, ...] = tuple(raw.stmt for raw in parser.parse_sql(self.text))
        except parser.ParseError as error:
            message, place = (*error.args, None)[:2]
            raise SyntaxProblem(str(message), place if isinstance(place, int) else None) from None
        self.nodes: list[Node] = []
        self._parents: dict[int, Node] = {}
        for root in self.roots:
            self._collect(root)

    def _collect(self, root: Node) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            self.nodes.append(node)
            inner = children(node)
            for child in inner:
                self._parents[id(child)] = node
            stack += reversed(inner)

    @property
    def root(self) -> Node:
        """The first statement; there is one, unless the rule `writes` has found others."""
        return self.roots[0] if self.roots else None

    def all(self, *kinds: str) -> Iterator[Node]:
        """The nodes of some kinds, outer ones first, in the order of the text as far as the grammar keeps it."""
        return (node for node in self.nodes if type(node).__name__ in kinds)

    def parent(self, node: Node) -> Node | None:
        """The node that holds it."""
        return self._parents.get(id(node))

    def ancestors(self, node: Node) -> Iterator[Node]:
        """What holds it, what holds that, up to the statement."""
        above = self.parent(node)
        while above is not None:
            yield above
            above = self.parent(above)

    def position(self, node: Node) -> int | None:
        """Where a node stands: its leftmost place, or that of the nearest node above it that has one."""
        for one in (node, *self.ancestors(node)):
            places = [place for inner in walk(one) if (place := _location(inner)) is not None]
            if places:
                return min(places)
        return None

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(i + 1 for i, letter in enumerate(self.sql) if letter == "\n")]

    def line(self, position: int) -> int:
        """The line of `Compiled.sql`, from 1."""
        return bisect_right(self._starts, position)

    def text_at(self, position: int) -> str:
        """The line of `Compiled.sql` in which a position lies."""
        return self.sql.split("\n")[self.line(position) - 1]

    def place(self, position: int) -> Place:
        """Line and column of the model's file."""
        number = self.line(position)
        line = self.compiled.source_line(number)
        return Place(line, self._column(line, self.text_at(position), position - self._starts[number - 1]))

    def _column(self, line: int, compiled: str, offset: int) -> int | None:
        """The column in the file: what stands before the place is the same there, or what stands after it."""
        if not 0 < line <= len(self._source):
            return None
        written = self._source[line - 1]
        if written.startswith(compiled[:offset]):
            return offset + 1
        rest = compiled[offset:].rstrip()
        return written.rstrip().rfind(rest) + 1 if rest and written.rstrip().endswith(rest) else None


def parse(compiled: Compiled, source: str = "") -> Statement:
    """A model's statement; `source` is the text of its file, for columns. Raises SyntaxProblem, or SqlseedError
    where the extra is not installed."""
    require()
    return Statement(compiled, source)


def _numbered(compiled: Compiled) -> tuple[str, dict[int, str]]:
    """The text with `$1` for `:name`, padded to the same length, so that every position stays what it was; and what
    the numbers stand for."""
    numbers: dict[str, int] = {}
    pieces: list[str] = []
    end = 0
    for use in sqltext.parameter_uses(compiled.sql):
        number = numbers.setdefault(use.name, len(numbers) + 1)
        pieces += [compiled.sql[end : use.start], f"${number}".ljust(use.end - use.start)]
        end = use.end
    return "".join([*pieces, compiled.sql[end:]]), {number: name for name, number in numbers.items()}


# --- nodes -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _child_fields(node_class: Hashable) -> tuple[str, ...]:
    """The attributes that hold nodes, in the order in which PostgreSQL declares them."""
    fields: Mapping[str, Any] = getattr(node_class, "__slots__", {})
    return tuple(name for name, info in fields.items() if info.c_type.endswith("*") and info.c_type != "char*")


def children(node: Node) -> list[Node]:
    """The nodes that a node holds directly; names and constants' values (`String`, `Integer`) are left out."""
    found: list[Node] = []
    for name in _child_fields(node.__class__):
        _add(getattr(node, name), found)
    return found


def _add(value: Any, found: list[Node]) -> None:
    if isinstance(value, tuple | list):
        for one in value:
            _add(one, found)
    elif value is not None and hasattr(value, "__slots__") and type(value).__name__ not in _LEAVES:
        found.append(value)


def walk(node: Node) -> Iterator[Node]:
    """A node and all that it holds, outer ones first."""
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack += reversed(children(one))


def kind(node: Node) -> str:
    """The name of a node's type: `SelectStmt`; an empty text for None."""
    return "" if node is None else type(node).__name__


def words(names: Any) -> tuple[str, ...]:
    """The parts of a name, as in `FuncCall.funcname`, `ColumnRef.fields`, `TypeName.names`; `*` for a star."""
    return tuple("*" if type(part).__name__ == "A_Star" else str(part.sval) for part in names or ())


def function(node: Node) -> str:
    """The name of the function that a FuncCall calls, without schema, as the parser folds it."""
    return words(node.funcname)[-1]


def type_name(node: Node) -> str:
    """The name of a TypeName without schema and modifier: `int4`, `text`, `timestamptz`; `text[]` for an array."""
    return words(node.names)[-1] + ("[]" if node.arrayBounds else "")


def constant(node: Node) -> str | int | float | bool | None:
    """The value of an A_Const; a number with a fraction stays text. None for NULL and for other nodes."""
    if kind(node) != "A_Const" or node.isnull:
        return None
    value = node.val
    names = {"String": "sval", "Integer": "ival", "Float": "fval", "Boolean": "boolval", "BitString": "bsval"}
    found: str | int | bool = getattr(value, names[kind(value)])
    return found


def column_ref(source: str, column: str) -> Node:
    """A ColumnRef made anew."""
    from pglast import ast

    return ast.ColumnRef(fields=(ast.String(source), ast.String(column)))


def operation_like(node: Node, left: Node, right: Node) -> Node:
    """An A_Expr with the operator and the place of another one."""
    from pglast import ast

    return ast.A_Expr(kind=node.kind, name=node.name, lexpr=left, rexpr=right, location=node.location)


def _location(node: Node) -> int | None:
    place = getattr(node, "location", None)
    return place if isinstance(place, int) and place >= 0 else None
