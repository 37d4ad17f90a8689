"""What lint knows of the tables that models read: contracts, tests, seeds, and the statements that fill them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from sqlseed.assertion import DataTest
from sqlseed.lint import grammar, kinds
from sqlseed.lint.building import Builder, Union
from sqlseed.lint.grammar import Node, Statement, kind
from sqlseed.lint.rows import Column, Listed, Rows, Series, Sliced, Table, Unknown
from sqlseed.lint.scope import Scope
from sqlseed.model import Compiled, ParameterKind, Seed
from sqlseed.workspace import Workspace


class Reading:
    """A model's statement with the scopes of all its queries."""

    def __init__(self, statement: Statement, find: Callable[[Node], Rows]) -> None:
        self.statement = statement
        types = {parameter.name: kinds.named(parameter.type) for parameter in statement.compiled.parameters}
        names = statement.parameter_names
        builder = Builder(find, lambda ref: Column(types.get(names.get(ref.number, ""), "")))
        self.rows = builder.build(statement.root) if kind(statement.root) == "SelectStmt" else Unknown()
        self.scopes: Mapping[int, Scope] = builder.scopes
        self.unions: list[Union] = builder.set_operations

    def all(self) -> Iterator[Scope]:
        """The scopes, outer ones first."""
        for query in self.statement.all("SelectStmt"):
            if id(query) in self.scopes:
                yield self.scopes[id(query)]

    def scope_of(self, node: Node) -> Scope | None:
        """The scope in which an expression stands."""
        for above in (node, *self.statement.ancestors(node)):
            if id(above) in self.scopes:
                return self.scopes[id(above)]
        return None

    @cached_property
    def scoped(self) -> list[tuple[Node, Scope]]:
        """Every node of an expression with its scope."""
        return [(node, scope) for node in self.statement.nodes if (scope := self.scope_of(node)) is not None]


class Catalogue:
    """The project's statements and tables, each read when it is first asked for."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.models: Mapping[str, Compiled] = workspace.compiled
        self._statements: dict[str, Statement] = {}
        self._readings: dict[str, Reading] = {}
        self._tables: dict[str, Rows] = {}

    def statement(self, name: str) -> Statement:
        """A model's statement; raises SyntaxProblem."""
        if name not in self._statements:
            self._statements[name] = grammar.parse(self.models[name], self.source(name))
        return self._statements[name]

    def source(self, name: str) -> str:
        """The text of a model's file."""
        return self.workspace.project.models[name].raw_sql

    def reading(self, name: str) -> Reading:
        """A model's statement with its scopes; raises SyntaxProblem where PostgreSQL's parser refuses it."""
        if name not in self._readings:
            nodes = {(relation.schema, relation.name): node for node, relation in self.models[name].relations.items()}
            find = lambda item: self.table(nodes.get((item.schemaname, item.relname), ""))  # noqa: E731
            self._readings[name] = Reading(self.statement(name), find)
        return self._readings[name]

    def table(self, node: str) -> Rows:
        """The rows of what ref(), seed() or slots() named."""
        if node not in self._tables:
            self._tables[node] = Unknown()
            seeds = self.workspace.project.seeds
            if node in self.models:
                self._tables[node] = self._model(self.models[node])
            elif node in seeds:
                self._tables[node] = _seed(seeds[node])
            elif node.removesuffix("__slots") in seeds:
                self._tables[node] = _slots(seeds[node.removesuffix("__slots")])
        return self._tables[node]

    def _model(self, compiled: Compiled) -> Rows:
        contract = compiled.contract
        never_null = {column.name for column in contract.columns if not column.nullable}
        unique = [index.columns for index in contract.indexes if index.unique and never_null >= {*index.columns}]
        refers = {name for key in contract.foreign_keys for name in key.columns}
        keys = {*contract.primary_key, *refers, *(name for columns in unique for name in columns)}
        columns = {
            column.name: Column(kinds.named(column.type), key=compiled.relation.name if column.name in keys else "")
            for column in contract.columns
        }
        try:
            inner = self._all_slices(compiled, self.reading(compiled.name))
        except grammar.SyntaxProblem:
            inner = None  # which is said where that model is looked at
        told = [found for test in self._tests.get(compiled.name, ()) if (found := _told_apart(test))]
        every = [*([contract.primary_key] if contract.primary_key else []), *unique, *told]
        return Table(columns or (inner.columns if inner else {}), [frozenset(key) for key in every], inner)

    @cached_property
    def _tests(self) -> dict[str, list[DataTest]]:
        found: dict[str, list[DataTest]] = {}
        for test in self.workspace.project.tests.values():
            if test.model and test.config.enabled and not test.config.where:
                found.setdefault(test.model, []).append(test)
        return found

    def _all_slices(self, compiled: Compiled, reading: Reading) -> Rows:
        slices = [self._naming(compiled, reading, dimension) for dimension in compiled.config.slice_by]
        return Sliced(reading.rows, slices)

    def _naming(self, compiled: Compiled, reading: Reading, dimension: str) -> frozenset[str]:
        """The columns that hold an attribute of the slice's value which no other value has, or a key made of it."""
        apart = {
            parameter.name
            for parameter in compiled.parameters
            if parameter.kind is ParameterKind.DIMENSION
            and parameter.of[0] == dimension
            and self._is_unique(dimension, parameter.of[1])
        }
        rows = reading.rows
        while isinstance(rows, Union):
            return frozenset()
        if not isinstance(rows, Scope):
            return frozenset()
        names = reading.statement.parameter_names
        return frozenset(
            column
            for column, node in rows.expressions.items()
            if kind(node) == "ParamRef" and names.get(node.number) in apart
        )

    def _is_unique(self, dimension: str, attribute: str) -> bool:
        values = [value.attributes.get(attribute) for value in self.workspace.values.get(dimension, ())]
        return len(set(values)) == len(values)


def _told_apart(test: DataTest) -> tuple[str, ...]:
    """The columns that a test holds to be unique."""
    if test.test_name == "unique" and test.column:
        return (test.column,)
    if test.test_name and test.test_name.startswith("unique_combination"):
        columns = test.arguments.get("combination_of_columns") or test.arguments.get("columns") or ()
        return tuple(columns) if isinstance(columns, list | tuple) else ()
    return ()


def _seed(seed: Seed) -> Listed:
    columns = {column.name: Column(kinds.named(column.type)) for column in seed.columns}
    return Listed(columns, seed.rows)


def _slots(seed: Seed) -> Rows:
    """A seed with its slots: a group's slots are numbered, and each stands once."""
    columns = {column.name: Column(kinds.named(column.type)) for column in seed.columns} | {"slot": Column("integer")}
    by = seed.slots.by if seed.slots else ()
    few = sum(number for _, number in seed.shares) <= 1_000
    return Series(columns, frozenset([*by, "slot"]), bounded=few)
