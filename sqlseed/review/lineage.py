"""The lineage of every column of a project: models and seeds as one picture."""

from __future__ import annotations

from collections.abc import Iterable

from sqlseed import dialect
from sqlseed.workspace import Workspace

Lineage = dict[str, dict[str, tuple[tuple[str, str], ...]]]
"""model -> column -> its sources: (model or seed, column), in the order of the model's text."""


def column_lineage(workspace: Workspace, names: Iterable[str] | None = None) -> Lineage:
    """The sources of each column of some models, or of all; their statements must have been checked."""
    compiled, seeds = workspace.compiled, workspace.project.seeds
    keys = {name: model.config.key for name, model in compiled.items() if model.config.key}
    columns = {name: frozenset(column.name for column in model.contract.columns) for name, model in compiled.items()}
    read = {seed for model in compiled.values() for seed in model.seeds}
    columns |= {name: frozenset(column.name for column in seeds[name].columns) for name in read}
    dimensions = {name: dimension.seed for name, dimension in workspace.project.dimensions.items()}
    wanted = compiled if names is None else names
    return {name: dialect.column_sources(compiled[name], keys, columns, dimensions) for name in wanted}
