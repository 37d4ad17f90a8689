"""From compiled models to the slices of a run: order, points, parameters, fingerprints. Pure: no database, no clock."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from itertools import product
from types import SimpleNamespace

from sqlseed import chunks, library
from sqlseed.cutting import cut
from sqlseed.errors import CompileError, ProjectError, SelectionError, did_you_mean, shown
from sqlseed.model import (
    Checkpoint,
    Compiled,
    DimensionValue,
    KeyKind,
    KeyRange,
    Parameter,
    ParameterKind,
    Plan,
    Point,
    Project,
    Seed,
    Slice,
    Step,
    StepState,
    Value,
)
from sqlseed.numbers import Numbers, var_reader

RUNTIME_VERSION = 2
"""Part of every fingerprint: raised when the same statement would give other rows than before."""

Values = Mapping[str, tuple[DimensionValue, ...]]
Checkpoints = Mapping[tuple[str, str], Checkpoint]
Ranges = Mapping[tuple[str, str], KeyRange]


def order(compiled: Mapping[str, Compiled]) -> tuple[str, ...]:
    """The models' names, parents first, else in order of name; raises CompileError with the cycle, if there is one."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for name in sorted(compiled):
        graph.add(name, *sorted(parent for parent in compiled[name].refs if parent in compiled))
    try:
        return tuple(graph.static_order())
    except CycleError as error:
        cycle: list[str] = list(reversed(error.args[1]))
        path = " -> ".join(f"{name} ({compiled[name].path})" for name in cycle)
        raise CompileError(
            f"the models refer to each other in a circle: {path}",
            hint="one of them must do without ref() or key_of() of the other",
        ) from None


def dimension_values(project: Project, variables: Mapping[str, Value]) -> dict[str, tuple[DimensionValue, ...]]:
    """The values of every dimension, in the order of their seed, filtered by the vars.

    Raises ProjectError for a missing key column, an empty or doubled key.
    """
    return {name: tuple(_values_of(project, name, variables)) for name in project.dimensions}


def _values_of(project: Project, name: str, variables: Mapping[str, Value]) -> Iterable[DimensionValue]:
    dimension = project.dimensions[name]
    seed = project.seeds[dimension.seed]
    columns = [column.name for column in seed.columns]
    if dimension.key not in columns:
        hint = did_you_mean(dimension.key, columns)
        raise ProjectError(f"dimension '{name}': seed has no column '{dimension.key}'", path=seed.path, hint=hint)
    if not seed.rows:
        raise ProjectError(f"dimension '{name}' has no values: the seed has no rows", path=seed.path)
    seen: set[str] = set()
    for record in seed.records():
        key = "" if record[dimension.key] is None else str(record[dimension.key])
        if not key or "/" in key or key in seen:
            problem = "twice" if key in seen else "as a key, which is empty or holds a slash"
            raise ProjectError(f"dimension '{name}': '{key}' stands {problem}", path=seed.path)
        seen.add(key)
        if _passes(project, name, record, variables):
            yield DimensionValue(name, key, record)


def _passes(project: Project, name: str, record: Mapping[str, Value], variables: Mapping[str, Value]) -> bool:
    text = project.dimensions[name].filter
    if text is None:
        return True
    context = {name: SimpleNamespace(**record), "var": var_reader(variables)}
    from sqlseed import templates  # Jinja takes 30 ms to import, and listing needs none

    return bool(templates.evaluate(text, context, f"dimension '{name}' (filter)"))


def restrict(values: Values, wanted: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """The keys chosen by `--branch a,b` and the like; raises SelectionError for an unknown dimension or key."""
    chosen: dict[str, frozenset[str]] = {}
    for name, keys in wanted.items():
        if name not in values:
            raise SelectionError(f"no dimension is called '{name}'", hint=did_you_mean(name, values))
        known = [value.key for value in values[name]]
        for key in keys:
            if key not in known:
                raise SelectionError(
                    f"{name} {shown(key)} is not one of this build's", hint=did_you_mean(key, known, show=20)
                )
        chosen[name] = frozenset(keys)
    return chosen


_Parents = tuple[list[Slice], str, tuple[tuple[str, str, str], ...]]  # slices, one hash over them, what is read of each


@dataclass(slots=True)
class Planner:
    """All that a plan is made from. `seeds` are looked up only for models that read them."""

    project: Project
    compiled: Mapping[str, Compiled]
    variables: Mapping[str, Value]
    values: Values
    checkpoints: Checkpoints = field(default_factory=dict)
    ranges: Ranges = field(default_factory=dict)
    rows_per_chunk: int = 0  # as `Target.rows_per_chunk`
    _known: dict[tuple[str, str], Mapping[str, Value]] = field(default_factory=dict)
    _combined: dict[tuple[str, Point], _Parents] = field(default_factory=dict)
    _groups: dict[tuple[str, tuple[str, ...]], dict[Point, list[Slice]]] = field(default_factory=dict)
    _shared: dict[tuple[str, str], tuple[tuple[str, ...], tuple[int, ...]]] = field(default_factory=dict)
    _numbers: Numbers = field(init=False)
    _cuts: dict[str, tuple[Checkpoints, list[Slice]]] = field(default_factory=dict)  # by the checkpoints they follow
    _seeds: dict[str, list[list[str]]] = field(default_factory=dict)
    _deciding: dict[str, list[tuple[Parameter, tuple[int, ...]]]] = field(default_factory=dict)
    _bound: dict[tuple[ParameterKind, tuple[str, ...], Point], Value] = field(default_factory=dict)
    _whole: set[str] = field(default_factory=set)  # models of whose slices the plan leaves none out

    def __post_init__(self) -> None:
        self._numbers = Numbers(self._attributes, self.variables)

    def whole_slices(self, model: str) -> list[Slice]:
        """Every slice of a model, in the order of its dimensions' values."""
        dimensions = self.compiled[model].config.slice_by
        keys = [[(name, value.key) for value in self.values[name]] for name in dimensions]
        return [Slice(model, point) for point in product(*keys)]

    def slices(self, model: str) -> list[Slice]:
        """The same, the large ones cut into chunks: as they stand in the target, and where nothing stands, by rows."""
        compiled = self.compiled[model]
        if compiled.config.chunks is None:
            return self.whole_slices(model)
        by, found = self._cuts.get(model, (None, []))
        if by is not self.checkpoints:
            found = cut(compiled, self.whole_slices(model), self.checkpoints, self._numbers, self.rows_per_chunk)
            self._cuts[model] = self.checkpoints, found
        return found

    def plan(
        self,
        selected: frozenset[str],
        chosen: Mapping[str, frozenset[str]] | None = None,
        *,
        full_refresh: bool = False,
    ) -> Plan:
        """The steps for the selected models at the chosen points.

        A parent that is not selected counts as what its checkpoint says; raises SelectionError if it has none.
        """
        chosen = chosen or {}
        self._combined.clear()  # it holds what an earlier selection made of the parents
        self._whole.clear()
        self._bound.clear()  # the ranges of integer keys may be others now
        steps: dict[Slice, Step] = {}
        for model in order(self.compiled):
            if model not in selected:
                continue
            every = self.slices(model)
            wanted = [one for one in every if all(key in chosen.get(name, (key,)) for name, key in one.point)]
            steps |= self._steps(self.compiled[model], wanted, steps, full_refresh)
            if len(wanted) == len(every):
                self._whole.add(model)
        self._check_parents(steps)
        self._check_prefixes(steps)
        seeds = {seed: None for slice_ in steps for seed in self.compiled[slice_.model].seeds}
        return Plan(tuple(steps.values()), tuple(seeds))

    def _steps(
        self, compiled: Compiled, wanted: Sequence[Slice], steps: Mapping[Slice, Step], full_refresh: bool
    ) -> dict[Slice, Step]:
        """The steps of one model's slices; `steps` are those of its parents."""
        made = [self._step(compiled, slice_, steps, full_refresh) for slice_ in wanted]
        if compiled.config.rows is not None:
            pending = [i for i, step in enumerate(made) if step.state is not StepState.UP_TO_DATE]
            points = [wanted[i].point for i in pending]
            expected = self._numbers.at(compiled, "rows", compiled.config.rows, points)
            chunks_of = Counter(slice_.point for slice_ in wanted)
            for i, count in zip(pending, expected, strict=True):
                made[i] = replace(made[i], expected_rows=round(count / chunks_of[wanted[i].point]))
        return dict(zip(wanted, made, strict=True))

    def _step(self, compiled: Compiled, slice_: Slice, steps: Mapping[Slice, Step], full_refresh: bool) -> Step:
        """A slice's step; the rows expected are those of its checkpoint."""
        parents: list[Slice] = []
        inherited: list[str] = []
        reads = [(f"seed:{name}", "all", self.project.seeds[name].checksum) for name in compiled.seeds]
        for parent in compiled.refs:
            slices, fingerprint, read = self._parent(parent, slice_, steps)
            parents += slices if parent in self._whole else [one for one in slices if one in steps]
            inherited.append(fingerprint)
            reads += read
        parameters = self.parameters(slice_)
        fingerprint = self._fingerprint(compiled, parameters, inherited)
        done = self.checkpoints.get((slice_.model, slice_.key))
        if done is None:
            state = StepState.NEW
        else:
            same = done.fingerprint == fingerprint and not full_refresh
            state = StepState.UP_TO_DATE if same else StepState.CHANGED
        rows = done.rows if done else None
        return Step(slice_, state, fingerprint, parameters, rows, tuple(parents), tuple(reads))

    def _parent(self, parent: str, slice_: Slice, steps: Mapping[Slice, Step]) -> _Parents:
        """The parent's slices that agree with `slice_` on the dimensions they share, and one hash over them all."""
        shared, places = self._shared_dimensions(parent, slice_)
        point = tuple([slice_.point[i] for i in places])
        if (parent, point) not in self._combined:
            slices = self._grouped(parent, shared).get(point, [])
            prints = [self._effective(other, steps) for other in slices]
            combined = prints[0] if len(prints) == 1 else hashlib.sha256("\n".join(prints).encode()).hexdigest()
            read = tuple((one.model, one.key, print_) for one, print_ in zip(slices, prints, strict=True))
            self._combined[parent, point] = (slices, combined, read)
        return self._combined[parent, point]

    def _shared_dimensions(self, parent: str, slice_: Slice) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The dimensions that a slice's model shares with a parent, and where they stand in the slice's point."""
        if (parent, slice_.model) not in self._shared:
            names = [name for name, _ in slice_.point]
            shared = tuple(name for name in self.compiled[parent].config.slice_by if name in names)
            self._shared[parent, slice_.model] = shared, tuple(names.index(name) for name in sorted(shared))
        return self._shared[parent, slice_.model]

    def _grouped(self, parent: str, shared: tuple[str, ...]) -> dict[Point, list[Slice]]:
        if (parent, shared) not in self._groups:
            groups: dict[Point, list[Slice]] = {}
            names = self.compiled[parent].config.slice_by
            places = [names.index(name) for name in sorted(shared)]
            for slice_ in self.slices(parent):
                groups.setdefault(tuple([slice_.point[i] for i in places]), []).append(slice_)
            self._groups[parent, shared] = groups
        return self._groups[parent, shared]

    def _effective(self, slice_: Slice, steps: Mapping[Slice, Step]) -> str:
        if slice_ in steps:
            return steps[slice_].fingerprint
        done = self.checkpoints.get((slice_.model, slice_.key))
        return done.fingerprint if done else "missing"

    def _fingerprint(self, compiled: Compiled, parameters: Mapping[str, Value], inherited: list[str]) -> str:
        facts = [
            RUNTIME_VERSION,
            compiled.checksum,
            sorted((name, _canonical(value)) for name, value in parameters.items()),
            self._read_seeds(compiled),
            inherited,
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]

    def _read_seeds(self, compiled: Compiled) -> list[list[str]]:
        if compiled.name not in self._seeds:
            names = sorted(compiled.seeds)
            self._seeds[compiled.name] = [[name, self.project.seeds[name].checksum] for name in names]
        return self._seeds[compiled.name]

    def parameters(self, slice_: Slice) -> dict[str, Value]:
        """The bound values of a slice, by parameter name."""
        found: dict[str, Value] = {}
        for parameter, places in self._places(slice_):
            if parameter.kind is ParameterKind.CHUNK:
                first, last = chunks.numbers(slice_)
                found[parameter.name] = first if parameter.of == ("first",) else last
                continue
            key = (parameter.kind, parameter.of, tuple([slice_.point[i] for i in places]))  # faster than a generator
            if key not in self._bound:
                self._bound[key] = self._value(parameter, dict(slice_.point))
            found[parameter.name] = self._bound[key]
        return found

    def _places(self, slice_: Slice) -> list[tuple[Parameter, tuple[int, ...]]]:
        """A model's parameters, each with the places in a point of the dimensions that decide its value."""
        if slice_.model not in self._deciding:
            names = [name for name, _ in slice_.point]
            self._deciding[slice_.model] = [
                (parameter, tuple(names.index(name) for name in self._dimensions(parameter)))
                for parameter in self.compiled[slice_.model].parameters
            ]
        return self._deciding[slice_.model]

    def _dimensions(self, parameter: Parameter) -> tuple[str, ...]:
        if parameter.kind in (ParameterKind.VAR, ParameterKind.CHUNK):
            return ()
        if parameter.kind is ParameterKind.KEY:
            return self.compiled[parameter.of[0]].config.slice_by
        return parameter.of if parameter.kind is ParameterKind.SALT else parameter.of[:1]

    def _value(self, parameter: Parameter, point: Mapping[str, str]) -> Value:
        of = parameter.of
        if parameter.kind is ParameterKind.VAR:
            return self.variables[of[0]]
        if parameter.kind is ParameterKind.SALT:
            return library.salt("slice", *(f"{name}={point[name]}" for name in of))
        if parameter.kind is ParameterKind.DIMENSION:
            return self._attributes(of[0], point[of[0]])[of[1]]
        return self.key_parameter(of[0], point)

    def key_parameter(self, model: str, point: Mapping[str, str]) -> Value:
        """What the keys of a model's slice start from: their prefix, or the integer that row number 0 has."""
        config = self.compiled[model].config
        keys = [point[name] for name in config.slice_by]
        if config.key_kind is KeyKind.INTEGER:
            return self.ranges[model, "/".join(keys) or "all"].first
        return library.key_prefix(self.project.name, model, keys)

    def _attributes(self, dimension: str, key: str) -> Mapping[str, Value]:
        if (dimension, key) not in self._known:
            for value in self.values[dimension]:
                self._known[dimension, value.key] = value.attributes
        return self._known[dimension, key]

    def _check_parents(self, steps: Mapping[Slice, Step]) -> None:
        """A pending slice needs its parents' rows: selected, or complete in the target."""
        missing: dict[str, set[str]] = {}
        for slice_, step in steps.items():
            if step.state is StepState.UP_TO_DATE:
                continue
            for parent in self.compiled[slice_.model].refs:
                if parent in self._whole:
                    continue
                for other in self._parent(parent, slice_, steps)[0]:
                    if other not in steps and (other.model, other.key) not in self.checkpoints:
                        missing.setdefault(slice_.model, set()).add(parent)
        if missing:
            children = list(missing)
            parents = sorted({name for names in missing.values() for name in names})
            raise SelectionError(
                f"{', '.join(children[:6])}{', ...' if children[6:] else ''} need{'' if children[1:] else 's'}"
                f" {', '.join(parents)}, which the selection leaves out and the target does not have",
                hint=f"`--select +{children[0]}` builds what it needs too",
            )

    def _check_prefixes(self, steps: Iterable[Slice]) -> None:
        """Keys of two slices must not start alike: 66 bits of SHA-256 decide, so this never happens twice."""
        seen: dict[str, Slice] = {}
        for slice_ in steps:
            if self.compiled[slice_.model].config.key_kind is KeyKind.UUID:
                prefix = library.key_prefix(self.project.name, slice_.model, [key for _, key in slice_.point])
                if seen.setdefault(prefix, slice_.whole) != slice_.whole:
                    raise CompileError(f"the keys of {slice_} and {seen[prefix]} collide", hint="rename one of them")


def integer_models(compiled: Mapping[str, Compiled]) -> list[str]:
    """The models whose keys are integers from recorded ranges, in order of name."""
    return [name for name, model in sorted(compiled.items()) if model.config.key_kind is KeyKind.INTEGER]


def allocate(planner: Planner, recorded: Ranges, highest: Mapping[str, int]) -> dict[tuple[str, str], KeyRange]:
    """The ranges that are not recorded yet: after the recorded ones, and after the table's highest key.

    `highest` is by model. Every slice of a model gets one, selected or not, so that a selection decides no key.
    """
    fresh: dict[tuple[str, str], KeyRange] = {}
    for model in integer_models(planner.compiled):
        block = planner.compiled[model].config.key_block
        ends = [key_range.last + 1 for (owner, _), key_range in recorded.items() if owner == model]
        start = max([*ends, highest[model] + 1 if highest.get(model) else 0])
        for slice_ in planner.whole_slices(model):
            if (model, slice_.key) not in recorded:
                fresh[model, slice_.key] = KeyRange(start, start + block - 1)
                start += block
    return fresh


def _canonical(value: Value) -> str:
    return value.isoformat() if isinstance(value, dt.date) else f"{type(value).__name__}:{value}"


def seed_name(seed: Seed) -> str:
    """The name under which a seed's checkpoint is kept, apart from every model's."""
    return f"seed:{seed.name}"
