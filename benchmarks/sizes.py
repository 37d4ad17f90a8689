"""How a preset becomes so many times as large: by the vars of the project that say how much there is of everything."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.measuring import BenchmarkError
from sqlseed.model import Project, Value
from sqlseed.variables import resolve_vars

MOST_SCALE = 25  # the school's var `scale` goes no further: a section's number has so much room in its key


def variables(project: Project, preset: str, size: int) -> Mapping[str, Value]:
    """The vars that make `size` times the preset: more sections in each grade, and more branches where that ends.

    Raises BenchmarkError where the project cannot be made so large.
    """
    if size == 1:
        return {}
    values = resolve_vars(project, preset, {})
    scale, branches = values.get("scale"), values.get("branches")
    if not isinstance(scale, int) or not isinstance(branches, int):
        raise BenchmarkError(f"size {size}: the project has no vars `scale` and `branches` to grow by")
    most = len(project.seeds["branches"].rows)
    for factor in range(min(size, MOST_SCALE // scale), 0, -1):
        if size % factor == 0 and branches * (size // factor) <= most:
            grown: dict[str, Value] = {"scale": scale * factor}
            return grown if factor == size else grown | {"branches": branches * (size // factor)}
    raise BenchmarkError(
        f"size {size}: preset {preset} has {branches} of {most} branches and scale {scale} of {MOST_SCALE};"
        f" it cannot become {size} times as large"
    )
