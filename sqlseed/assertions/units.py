"""Prepare unit tests: the model under the test's vars and at its slice, and the rows that it is given, checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlseed import celltypes, compiler, planner, variables
from sqlseed.assertion import DataTest, Fixture, UnitTest
from sqlseed.backends import slices
from sqlseed.errors import CompileError, SelectionError, SqlseedError, did_you_mean, raise_all
from sqlseed.model import Column, Compiled, DimensionValue, Project, Seed, Slice, Value
from sqlseed.seeds import apportion
from sqlseed.workspace import Workspace


@dataclass(frozen=True, slots=True)
class PreparedUnit:
    """A unit test that can be run."""

    test: DataTest
    unit: UnitTest
    compiled: Compiled
    parameters: Mapping[str, Value]

    @property
    def parents(self) -> frozenset[str]:
        """The model; what the model reads does not take the test along."""
        return frozenset({self.compiled.name})

    @property
    def compiled_path(self) -> str:
        """Where the model's SQL is written, below target/compiled/."""
        return f"tests/{self.compiled.name}/{self.test.short_name}.sql"


def prepare_all(workspace: Workspace) -> dict[str, PreparedUnit]:
    """Every enabled unit test of an enabled model; raises all errors in one go."""
    made: dict[str, PreparedUnit] = {}
    errors: list[SqlseedError] = []
    values: dict[str, tuple[DimensionValue, ...]] = {}
    for name, test in workspace.project.unit_tests.items():
        if not test.config.enabled or test.model not in workspace.compiled or test.unit is None:
            continue
        values = values or all_values(workspace.project, workspace.variables)
        try:
            made[name] = _Preparing(workspace, test, test.unit).made(values)
        except SqlseedError as error:
            errors.append(error)
    raise_all(errors)
    return made


def all_values(project: Project, variables: Mapping[str, Value]) -> dict[str, tuple[DimensionValue, ...]]:
    """The values of every dimension, those too that the run's vars leave out: a test is of its slice in any run."""
    dimensions = {name: replace(dimension, filter=None) for name, dimension in project.dimensions.items()}
    return planner.dimension_values(replace(project, dimensions=dimensions), variables)


class _Preparing:
    """One unit test while it is prepared."""

    def __init__(self, workspace: Workspace, test: DataTest, unit: UnitTest) -> None:
        self.workspace, self.test, self.unit = workspace, test, unit

    def error(self, message: str, line: int | None = None, hint: str | None = None) -> CompileError:
        message = f"unit test '{self.test.name}': {message}"
        return CompileError(message, path=self.test.path, line=line or self.test.line, hint=hint)

    def made(self, values: Mapping[str, tuple[DimensionValue, ...]]) -> PreparedUnit:
        """The test; raises SqlseedError for what does not fit the project."""
        try:
            variables = self._variables()
            models = self._compiled(variables)
            model = models[self.test.model or ""]
            parameters = self._parameters(model, models, variables, values)
        except SelectionError as error:
            raise self.error(error.message, hint=error.hint) from None
        self._check_inputs(model)
        columns = slices.written_columns(model)
        if columns:
            kept = [column for column in model.contract.columns if column.name in columns]
            self._check(self.unit.expect, kept, "the model")
        return PreparedUnit(self.test, self.unit, model, parameters)

    def _variables(self) -> dict[str, Value]:
        given = self.unit.variables
        try:
            typed = variables.resolve_vars(self.workspace.project, None, given)
        except SqlseedError as error:
            raise self.error(error.message, hint=error.hint) from None
        return dict(self.workspace.variables) | {name: typed[name] for name in given}

    def _compiled(self, variables: Mapping[str, Value]) -> Mapping[str, Compiled]:
        """The model under the test's vars, and those whose keys it forms."""
        if not self.unit.variables:
            return self.workspace.compiled
        project, target, name = self.workspace.project, self.workspace.target, self.test.model or ""
        alone = compiler.compile_project(project, target, variables, only=frozenset({name}))
        if name not in alone:
            raise self.error("the model is disabled under these vars")
        return compiler.compile_project(project, target, variables, only=frozenset({name, *alone[name].refs}))

    def _parameters(
        self,
        model: Compiled,
        models: Mapping[str, Compiled],
        variables: Mapping[str, Value],
        values: Mapping[str, tuple[DimensionValue, ...]],
    ) -> dict[str, Value]:
        wanted, needed = self.unit.dimensions, model.config.slice_by
        planner.restrict(values, {name: [key] for name, key in wanted.items()})
        for name in wanted:
            if name not in needed:
                raise self.error(f"the model is not sliced by {name}", hint=did_you_mean(name, needed))
        missing = [name for name in needed if name not in wanted]
        if missing:
            example = ", ".join(f"{name}: {values[name][0].key}" for name in needed if values[name])
            hint = f"overrides: {{dimensions: {{{example}}}}}"
            raise self.error(f"the model is sliced by {', '.join(needed)}: the test needs a slice", hint=hint)
        made = planner.Planner(self.workspace.project, models, variables, values)
        if planner.integer_models(models):
            made.ranges = planner.allocate(made, {}, {})
        return made.parameters(Slice(model.name, tuple((name, wanted[name]) for name in needed)))

    def _check_inputs(self, model: Compiled) -> None:
        reads = [*model_inputs(self.workspace, model), *model.seeds]
        given = {fixture.input: fixture for fixture in self.unit.given}
        for name, fixture in given.items():
            if name not in reads:
                raise self.error(f"'{model.name}' does not read '{name}'", fixture.line, did_you_mean(name, reads))
            columns = self._columns_of(name)
            if columns:
                self._check(fixture, columns, f"'{name}'")
        missing = [name for name in model_inputs(self.workspace, model) if name not in given]
        if missing:
            hint = f"- {{input: ref('{missing[0]}'), rows: []}} gives none"
            raise self.error(f"the rows of {', '.join(missing)} are not given", hint=hint)

    def _columns_of(self, name: str) -> tuple[Column, ...]:
        if name in self.workspace.project.seeds:
            return self.workspace.project.seeds[name].columns
        return self.workspace.compiled[name].contract.columns

    def _check(self, fixture: Fixture, columns: Iterable[Column], whose: str) -> None:
        """The names of columns, and the cells of types whose texts are known."""
        types = {column.name: column.type for column in columns}
        for name in fixture.columns:
            if name not in types:
                raise self.error(f"{whose} has no column '{name}'", fixture.line, did_you_mean(name, types, show=20))
        readers = [_reader(types[name]) for name in fixture.columns]
        for row, line in zip(fixture.rows, fixture.lines, strict=True):
            for name, cell, kind in zip(fixture.columns, row, readers, strict=True):
                try:
                    read_cell(kind, cell)
                except ValueError as error:
                    raise self.error(f"column '{name}' of {whose}: '{cell}' {error}", line or fixture.line) from None


def model_inputs(workspace: Workspace, model: Compiled) -> list[str]:
    """The models whose rows a model reads; not those whose keys it only forms."""
    return [name for name in model.relations if name in workspace.compiled]


def _reader(type_: str) -> celltypes.CellType | None:
    try:
        return celltypes.declared(type_)
    except ValueError:
        return None  # the database will say what it makes of it


def read_cell(kind: celltypes.CellType | None, cell: str | None) -> Value:
    """A cell as a value of a type; raises ValueError for an unfit one."""
    if kind is None or cell is None:
        return cell
    if kind.name.startswith("timestamp") and len(cell) == len("2026-01-01"):
        cell += " 00:00:00"
    return kind.read(cell)


def _read(kind: celltypes.CellType | None, value: Any) -> Value:
    found: Value = read_cell(kind, value) if isinstance(value, str) else value
    return found


def given_seed(seed: Seed, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Seed:
    """A seed with other rows, dealt to its slots as its own are; columns that are not given are null.

    Raises ValueError for a cell that does not fit its column.
    """
    at = {name: i for i, name in enumerate(columns)}
    cells = [(at.get(column.name), _reader(column.type)) for column in seed.columns]
    names = [column.name for column in seed.columns]
    made = tuple(tuple(None if i is None else _read(kind, row[i]) for i, kind in cells) for row in rows)
    digest = hashlib.sha256(repr((names, made)).encode()).hexdigest()
    return replace(seed, rows=made, shares=_shares(seed, names, made), checksum=f"given {digest}")


def _shares(seed: Seed, names: list[str], rows: tuple[tuple[Any, ...], ...]) -> tuple[tuple[int, int], ...]:
    if seed.slots is None:
        return ()
    weight, groups = seed.slots.weight, dict[tuple[Any, ...], list[int]]()
    for i, row in enumerate(rows):
        groups.setdefault(tuple(row[names.index(name)] for name in seed.slots.by), []).append(i)
    shares = [(0, 0)] * len(rows)
    for members in groups.values():
        weights = [1 if weight is None else Fraction(rows[i][names.index(weight)] or 0) for i in members]
        first = 0
        for i, size in zip(members, apportion(weights, seed.slots.count) if any(weights) else (), strict=False):
            shares[i] = (first, size)
            first += size
    return tuple(shares)
