"""The built-in macros: what a template can call, besides its project's own.

Each method that has no underscore is a macro of that name. `label` names the purpose of a random value and
`n` is an SQL expression for the row's number, 0 to 2^32 - 1; a larger one must be folded first. Keep `n` to a
column or a sum of products: PostgreSQL then inlines the arithmetic, and a value costs about 80 ns.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlseed import library
from sqlseed.errors import CompileError, did_you_mean
from sqlseed.model import KeyKind, ParameterKind, Relation
from sqlseed.rendering import Rendering
from sqlseed.templates import Placeholder, literal

_HASH_RANGE = 1 << 32
_ATOM = re.compile(r"[\w.\x1f:\"]+\Z")  # a name, a parameter or a number


class Macros:
    """The built-in macros of one model that is being rendered."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering

    @classmethod
    def names(cls) -> list[str]:
        """Every built-in macro's name."""
        return [name for name in vars(cls) if not name.startswith("_") and name not in ("names", "context")]

    def context(self) -> dict[str, Callable[..., str]]:
        """The macros by name, as plain functions."""
        return {name: _checked(name, getattr(self, name)) for name in self.names()}

    # --- other tables ----------------------------------------------------------------------------------

    def ref(self, model: str) -> str:
        """The table of another model of the project, built first, slice by slice; or, as in dbt, of a seed."""
        if self._is_seed(model):
            return self.seed(model)
        self._check_model(model, "ref")
        relation = self._rendering.context.relation(model)
        self._rendering.refs.setdefault(model)
        self._rendering.relations[model] = relation
        return str(relation)

    def seed(self, name: str) -> str:
        """The lookup table of a seed."""
        return str(self._lookup(name, name))

    def slots(self, name: str) -> str:
        """The slot table of a weighted seed: one row per group and slot, more slots for heavier rows."""
        self._slot_count(name, "slots")
        return str(self._lookup(name, f"{name}__slots"))

    # --- keys ------------------------------------------------------------------------------------------

    def key(self, n: str) -> str:
        """This model's key of row number `n` in this slice."""
        return self._key(self._own("key_of('model', n)"), n)

    def key_of(self, model: str, n: str) -> str:
        """Another model's key of its row number `n`, by formula: no join, but the dependency is noted."""
        self._check_model(model, "key_of")
        self._rendering.refs.setdefault(model)
        return self._key(model, n)

    def chunk(self, n: str) -> str:
        """True for what belongs to the chunk that is written, by the number that `chunks` cuts by (boolean)."""
        rendering = self._rendering
        if rendering.config.chunks is None:
            raise CompileError(
                "chunk() is for a model with config(chunks=...)",
                hint="config(chunks={'parts': ..., 'begins': ...}) says where a slice may be cut",
            )
        first, last = (
            rendering.parameter(f"chunk_{end}", "bigint", ParameterKind.CHUNK, (end,)) for end in ("first", "last")
        )
        return f"{_operand(n)} between {first} and {last}"

    # --- random values ---------------------------------------------------------------------------------

    def hash(self, label: str, n: str, *, by: Sequence[str] | None = None, of: str | None = None) -> str:
        """A whole number, uniform over 0 to 2^32 - 1 (bigint)."""
        return self._call("sqlseed_hash", literal(n), self._salt(label, by, of))

    def random_int(
        self, label: str, n: str, low: Any, high: Any, *, by: Sequence[str] | None = None, of: str | None = None
    ) -> str:
        """A whole number, uniform from `low` to `high`, both included (bigint); they may be SQL expressions."""
        return self._between(low, high, self.hash(label, n, by=by, of=of))

    def random_float(
        self, label: str, n: str, low: Any, high: Any, *, by: Sequence[str] | None = None, of: str | None = None
    ) -> str:
        """A number, uniform from `low` up to but not including `high` (double precision)."""
        bottom, top = (f"({literal(value)})::double precision" for value in (low, high))
        drawn = self.hash(label, n, by=by, of=of)
        return f"({bottom} + ({top} - {bottom}) * ({drawn}::double precision / {_HASH_RANGE}::double precision))"

    def random_date(
        self, label: str, n: str, first: Any, last: Any, *, by: Sequence[str] | None = None, of: str | None = None
    ) -> str:
        """A day, uniform from `first` to `last`, both included (date)."""
        start, end = _operand(first), _operand(last)
        drawn = self.hash(label, n, by=by, of=of)
        return f"({start} + (({drawn} * ({end} - {start} + 1)) >> 32)::int)"

    def random_timestamp(
        self, label: str, n: str, first: Any, last: Any, *, by: Sequence[str] | None = None, of: str | None = None
    ) -> str:
        """A moment, uniform from `first` up to `last`, in whole seconds, at most 68 years apart (timestamp)."""
        start, end = _operand(first), _operand(last)
        drawn = self.hash(label, n, by=by, of=of)
        width = f"extract(epoch from ({end} - {start}))::bigint"
        return f"({start} + interval '1 second' * (({drawn} * {width}) >> 32)::int)"

    def chance(self, label: str, n: str, p: Any, *, by: Sequence[str] | None = None, of: str | None = None) -> str:
        """True with probability `p`: a number from 0 to 1, or an SQL expression of one (boolean)."""
        drawn = self.hash(label, n, by=by, of=of)
        if isinstance(p, int | float | Decimal):
            return f"({drawn} < {library.share(p)})"
        return f"({drawn} < ({literal(p)}) * {_HASH_RANGE})"

    def choice(
        self,
        label: str,
        n: str,
        options: Mapping[Any, Any] | Sequence[Sequence[Any]],
        *,
        by: Sequence[str] | None = None,
        of: str | None = None,
    ) -> str:
        """One of a few weighted values, written as {'a': 3, 'b': 1}; for long lists use a seed and `pick`."""
        pairs = list(options.items()) if isinstance(options, Mapping) else [tuple(option) for option in options]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            raise CompileError("choice() takes {value: weight, ...} or [[value, weight], ...]")
        ends = library.thresholds([weight for _, weight in pairs])
        drawn = self.hash(label, n, by=by, of=of)
        cases = [f"    when {drawn} < {end} then {_value(v)}" for (v, _), end in zip(pairs, ends, strict=True)][:-1]
        last = _value(pairs[-1][0])
        return "\n".join(["case", *cases, f"    else {last}", "end"]) if cases else last

    def pick(self, label: str, n: str, seed: str, *, by: Sequence[str] | None = None, of: str | None = None) -> str:
        """A slot number for joining `slots(seed)`: equi-join on the seed's group columns and `slot` (integer)."""
        count = self._slot_count(seed, "pick")
        return f"(({self.hash(label, n, by=by, of=of)} * {count}) >> 32)::int"

    def normal(
        self, label: str, n: str, mean: Any, sd: Any, *, by: Sequence[str] | None = None, of: str | None = None
    ) -> str:
        """A bell-shaped number: the sum of four uniforms, never further than 3.46 `sd` off (double precision)."""
        drawn = self._call("sqlseed_bell", literal(n), self._salt(label, by, of))
        scale = f"({literal(sd)})::double precision / {library.BELL_SD}::double precision"
        return f"(({literal(mean)})::double precision + {scale} * ({drawn} - {library.BELL_MEAN})::double precision)"

    def beta(
        self, label: str, n: str, a: float, b: float, *, by: Sequence[str] | None = None, of: str | None = None
    ) -> str:
        """A beta-distributed number from 0 to 1 out of a table of 42 quantiles (double precision)."""
        return self._call(library.beta_name(a, b), self.hash(label, n, by=by, of=of))

    def permute(self, label: str, n: str, size: int, *, by: Sequence[str] | None = None, of: str | None = None) -> str:
        """Another number below `size` for each `n` below `size`: unique without retrying (bigint)."""
        if isinstance(size, bool) or not isinstance(size, int):
            raise CompileError(f"permute() needs its size while compiling, as a whole number, not {literal(size)}")
        self._rendering.use_function("sqlseed_permute_round")
        return library.permute(f"({literal(n)})", size, self._salt(label, by, of))

    def text_hash(self, text: str) -> str:
        """A stable whole number from 0 to 2^32 - 1 for a text, the same for ever (bigint)."""
        return self._call("sqlseed_text_hash", literal(text))

    # --- how ---------------------------------------------------------------------------------------------

    def _call(self, function: str, *arguments: str) -> str:
        self._rendering.use_function(function)
        return f"pg_temp.{function}({', '.join(arguments)})"

    def _between(self, low: Any, high: Any, drawn: str) -> str:
        if isinstance(low, int) and isinstance(high, int):
            if not 1 <= high - low + 1 <= 1 << 31:
                raise CompileError(f"random_int() from {low} to {high}: at least 1 and at most 2^31 numbers")
            return f"({low} + (({drawn} * {high - low + 1}) >> 32))"
        bottom, top = _operand(low), _operand(high)
        return f"({bottom} + (({drawn} * ({top} - {bottom} + 1)) >> 32))"

    def _own(self, instead: str) -> str:
        """The model that is rendered; a data test has no keys and no random values of its own."""
        name = self._rendering.file.name
        if name not in self._rendering.context.project.models:
            raise CompileError("only a model has keys and random values of its own", hint=f"{instead} gives a model's")
        return name

    def _salt(self, label: Any, by: Sequence[str] | None, of: str | None) -> str:
        if not isinstance(label, str):
            raise CompileError("the first argument is the label, a text that names the purpose")
        rendering, context = self._rendering, self._rendering.context
        if of is not None:
            self._check_model(of, "of=")
        model = self._own("of='model'") if of is None else of
        constant = library.salt(context.project.global_seed, model, label)
        own = rendering.config.slice_by
        dimensions = context.config(model).slice_by if by is None else ((by,) if isinstance(by, str) else tuple(by))
        self._check_dimensions(dimensions, own, f"salt of '{label}'")
        if not dimensions:
            return str(constant)
        name = "salt_" + "_".join(dimensions)
        return f"({constant} # {rendering.parameter(name, 'bigint', ParameterKind.SALT, tuple(dimensions))})"

    def _key(self, model: str, n: str) -> str:
        rendering, context = self._rendering, self._rendering.context
        config = context.config(model)
        if config.key_kind is KeyKind.NATURAL:
            raise CompileError(
                f"model '{model}' has no numbered key",
                hint="its columns need a contract: name, data_type and a primary key in YAML"
                if config.whole
                else "write the key itself, or join its table on a natural key",
            )
        self._check_dimensions(config.slice_by, rendering.config.slice_by, f"the key of '{model}'")
        kind, of = ParameterKind.KEY, (model,)
        if config.key_kind is KeyKind.INTEGER:
            return f"({rendering.parameter(f'{model}_base', 'bigint', kind, of)} + {literal(n)})"
        prefix = rendering.parameter(f"{model}_key", "text", kind, of)
        text = self._call("sqlseed_key", prefix, literal(n))
        columns = {column.name: column.type for column in context.project.models[model].contract.columns}
        return f"{text}::uuid" if columns.get(config.key or "") == "uuid" else text

    def _check_dimensions(self, wanted: Iterable[str], own: Sequence[str], what: str) -> None:
        missing = [dimension for dimension in wanted if dimension not in own]
        if missing:
            raise CompileError(
                f"{what} needs the dimension {' and '.join(missing)}, by which this model is not sliced",
                hint=f"slice_by here is {list(own)}; leave the dimension out of `by`, or slice this model by it too",
            )

    def _is_seed(self, name: Any) -> bool:
        return isinstance(name, str) and name in self._rendering.context.project.seeds

    def _check_model(self, name: Any, what: str) -> None:
        rendering = self._rendering
        models = rendering.context.project.models
        if isinstance(name, Placeholder) or not isinstance(name, str):
            raise CompileError(
                f"{what}() needs a model's name, known while compiling",
                hint=f"write the name itself: {what}('students')",
            )
        if name not in models:
            seeds = rendering.context.project.seeds
            hint = f"'{name}' is a seed, and has no keys" if name in seeds else did_you_mean(name, models)
            raise CompileError(f"{what}('{name}') names no model", hint=hint)
        if name == rendering.file.name and what in ("ref", "key_of"):
            hint = "for this model's own keys write key(n)" if what == "key_of" else "a model cannot read itself"
            raise CompileError(f"{what}('{name}') names the model itself", hint=hint)
        if not rendering.context.config(name).enabled:
            raise CompileError(f"{what}('{name}') names a disabled model", hint="enable it in its config()")

    def _lookup(self, name: Any, table: str) -> Relation:
        rendering = self._rendering
        self._check_seed(name)
        relation = Relation(rendering.context.target.state_schema, table)
        rendering.seeds.setdefault(name)
        rendering.relations[table] = relation
        return relation

    def _check_seed(self, name: Any) -> None:
        seeds = self._rendering.context.project.seeds
        if not isinstance(name, str) or name not in seeds:
            models = self._rendering.context.project.models
            hint = f"'{name}' is a model: write ref('{name}')" if name in models else did_you_mean(str(name), seeds)
            raise CompileError(f"seed('{name}') names no seed", hint=hint)

    def _slot_count(self, name: Any, what: str) -> int:
        self._check_seed(name)
        slots = self._rendering.context.project.seeds[name].slots
        if slots is None:
            raise CompileError(
                f"{what}: seed '{name}' has no slots",
                hint="add config: {slots: {by: [...], weight: ..., count: 1024}} to the seed's YAML",
            )
        self._rendering.seeds.setdefault(name)
        return slots.count


def _checked(name: str, macro: Callable[..., str]) -> Callable[..., str]:
    """The macro with a plain message for wrong arguments."""

    def call(*arguments: Any, **keywords: Any) -> str:
        try:
            return macro(*arguments, **keywords)
        except TypeError:
            wanted = inspect.signature(macro)
            try:
                wanted.bind(*arguments, **keywords)
            except TypeError as wrong:
                error = wrong
            raise CompileError(f"{name}(): {error}", hint=f"{name}({', '.join(wanted.parameters)})") from None

    return call


def _operand(value: Any) -> str:
    """A bound of a range: SQL expressions in brackets, so that they can stand beside any operator."""
    text = literal(value)
    return f"({text})" if isinstance(value, str) and not _ATOM.match(text) else text


def _value(value: Any) -> str:
    """A literal option of `choice`: texts are quoted, everything else is printed as a literal."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return literal(value)
