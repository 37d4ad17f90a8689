"""What the Jinja expressions of models' settings give at points of their dimensions: rows expected, parts to cut by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlseed.errors import CompileError, did_you_mean
from sqlseed.model import Compiled, Point, Value

Attributes = Callable[[str, str], Mapping[str, Value]]
"""The attributes of a dimension's value, by the dimension and the key."""


def var_reader(variables: Mapping[str, Value]) -> Any:
    """The function `var` of an expression."""

    def var(name: str) -> Value:
        if name not in variables:
            raise CompileError(f"var '{name}' is not declared", hint=did_you_mean(name, variables))
        return variables[name]

    return var


@dataclass(slots=True)
class Numbers:
    """The whole numbers that expressions give; each is asked once for the points that it does not tell apart."""

    attributes: Attributes
    variables: Mapping[str, Value]
    _known: dict[tuple[str, Point, tuple[tuple[str, int], ...]], int] = field(default_factory=dict)

    def at(self, compiled: Compiled, setting: str, text: str, points: Sequence[Point], **names: int) -> list[int]:
        """What a model's `setting` says at some points, rounded, 0 for less; `names` are to be had in it too.

        Raises CompileError for what is no number.
        """
        from sqlseed import templates  # Jinja takes 30 ms to import, and a plan with nothing to do needs none

        used = templates.names_in(text)
        given = tuple((name, value) for name, value in names.items() if name in used)
        asked = [(text, tuple(part for part in point if part[0] in used), given) for point in points]
        fresh = {key: point for key, point in zip(asked, points, strict=True) if key not in self._known}
        contexts = [self._context(point) | names for point in fresh.values()]
        try:
            values = templates.evaluate_each(text, contexts, compiled.path)
        except CompileError as error:
            raise CompileError(f"config {setting}: {error.message}", path=compiled.path, hint=error.hint) from None
        for key, value in zip(fresh, values, strict=True):
            if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
                raise CompileError(f"config {setting}: '{text}' is {value!r}, not a number", path=compiled.path)
            self._known[key] = max(0, round(value))
        return [self._known[key] for key in asked]

    def _context(self, point: Point) -> dict[str, Any]:
        context: dict[str, Any] = {name: SimpleNamespace(**self.attributes(name, key)) for name, key in point}
        return context | {"var": var_reader(self.variables)}
