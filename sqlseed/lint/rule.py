"""What a rule is: a name, a level, words, and a function that finds problems in one model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlseed.lint.catalogue import Reading
from sqlseed.lint.grammar import Node, Statement
from sqlseed.model import Compiled

LEVELS = ("error", "warning", "note")
"""From the worst on. A run fails for an error that is not opted out of, with --strict for a warning too."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a rule objects to, at a node of the statement, at a position of its text, or in a file."""

    message: str
    hint: str = ""
    node: Node = None
    position: int | None = None  # a character of Compiled.sql; wins over the node
    path: str | None = None  # of another file than the model's, as the YAML of a contract
    line: int | None = None  # of that file


@dataclass(eq=False)
class Subject:
    """A model as a rule sees it, among the others of its project."""

    compiled: Compiled
    reading: Reading
    models: Mapping[str, Compiled]

    @property
    def statement(self) -> Statement:
        """Its statement, parsed."""
        return self.reading.statement


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: `title` says in one line what it finds, `why` what may happen, `instead` what to write."""

    name: str  # kebab-case
    level: str  # one of LEVELS
    title: str
    why: str
    instead: str
    check: Callable[[Subject], Iterator[Problem]] | None = None  # None: found elsewhere than in a statement
