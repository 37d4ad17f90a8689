"""What a project says of its health: `[health]` in sqlseed.toml, or `[tool.sqlseed.health]` in pyproject.toml."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlseed.errors import ProjectError, did_you_mean
from sqlseed.model import Compiled, Project
from sqlseed.workspace import Workspace

KEYS = ("tenant", "tenant_dimension", "as_of", "max_age_days")
DEFAULT_AGE = 180  # days: half a year, after which a demo's "today" is visibly not today


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, settled: `tenant` is a column, `tenants` the values that it may have, `as_of` the data's today."""

    tenant: str | None = None
    tenants: tuple[str, ...] = ()
    as_of: dt.date | None = None
    max_age_days: int = DEFAULT_AGE


def read(workspace: Workspace, models: dict[str, Compiled]) -> Settings:
    """The settings of a project for its `models`; raises ProjectError for an unknown or unfit one."""
    project = workspace.project
    given = project.health
    for key in given:
        if key not in KEYS:
            raise ProjectError(f"health: unknown setting '{key}'", hint=did_you_mean(key, KEYS))
    age = given.get("max_age_days", DEFAULT_AGE)
    if isinstance(age, bool) or not isinstance(age, int) or age < 0:
        raise ProjectError(f"health: max_age_days must be a whole number of days, not {age!r}")
    tenant = given.get("tenant")
    if tenant is None:
        if "tenant_dimension" in given:
            raise ProjectError("health: tenant_dimension without tenant", hint='tenant = "branch_id", the column')
        return Settings(as_of=_as_of(workspace, given.get("as_of")), max_age_days=age)
    known = {column.name for model in models.values() for column in model.contract.columns}
    if tenant not in known:
        raise ProjectError(f"health: no model has a column '{tenant}'", hint=did_you_mean(str(tenant), known))
    return Settings(
        str(tenant), _tenants(project, given.get("tenant_dimension")), _as_of(workspace, given.get("as_of")), age
    )


def _tenants(project: Project, name: Any) -> tuple[str, ...]:
    """Every key in the dimension's seed: a tenant that this build leaves out is not an unknown one."""
    if not project.dimensions:
        raise ProjectError("health: tenant needs a dimension, whose keys are the tenants")
    name = next(iter(project.dimensions)) if name is None else name
    if name not in project.dimensions:
        raise ProjectError(
            f"health: tenant_dimension '{name}' is no dimension", hint=did_you_mean(str(name), project.dimensions)
        )
    dimension = project.dimensions[name]
    return tuple(str(record[dimension.key]) for record in project.seeds[dimension.seed].records())


def _as_of(workspace: Workspace, name: Any) -> dt.date | None:
    """The data's today: the var that the setting names, or the var `as_of` if there is one with a date."""
    variables = workspace.variables
    value = variables.get("as_of" if name is None else name)
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if name is None:
        return None
    raise ProjectError(f"health: as_of names no var with a date: '{name}'", hint=did_you_mean(str(name), variables))
