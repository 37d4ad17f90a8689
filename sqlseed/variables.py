"""The vars of a project: what is declared, what a preset and the command line make of it."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from typing import Any

from sqlseed.errors import ProjectError, did_you_mean, shown
from sqlseed.model import Project, Value

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_UNFIT = re.compile("[\x00\ud800-\udfff]")


def check_declared(settings: Mapping[str, Any], path: str) -> None:
    """Raises ProjectError for declared vars and presets that are none; `path` is what messages call the file."""
    declared = settings.get("vars", {})
    for name, value in declared.items():
        if not _NAME.match(name):
            raise ProjectError(f"var '{name}': a name has letters, digits and underscores", path=path)
        if isinstance(value, dict | list):
            raise ProjectError(f"var '{name}' must be a text, number, boolean or date", path=path)
        _check_value(value, name, path)
    for preset, values in settings.get("presets", {}).items():
        if not isinstance(values, dict):
            raise ProjectError(f"preset '{preset}' must be a table of vars", path=path)
        for name in values:
            if name not in declared:
                raise ProjectError(
                    f"preset '{preset}' sets an undeclared var '{name}'", path=path, hint=did_you_mean(name, declared)
                )
    default = settings.get("default_preset")
    if default is not None and default not in settings.get("presets", {}):
        raise ProjectError(
            f"default_preset '{default}' is no preset",
            path=path,
            hint=did_you_mean(str(default), settings.get("presets", {})),
        )


def resolve_vars(project: Project, preset: str | None, overrides: Mapping[str, Any]) -> dict[str, Value]:
    """The vars' values: declared defaults, then the preset's, then `--vars`; the default's type decides.

    Raises ProjectError for an unknown preset or var, or a value of another type.
    """
    values = dict(project.vars)
    chosen = preset or project.default_preset
    if chosen is not None:
        if chosen not in project.presets:
            raise ProjectError(f"no preset is called '{chosen}'", hint=did_you_mean(chosen, project.presets))
        values |= _typed(project, project.presets[chosen])
    return values | _typed(project, overrides)


def _typed(project: Project, given: Mapping[str, Any]) -> dict[str, Value]:
    typed: dict[str, Value] = {}
    for name, value in given.items():
        if name not in project.vars:
            raise ProjectError(f"var '{name}' is not declared", hint=did_you_mean(name, project.vars))
        typed[name] = _convert(value, project.vars[name], name)
    return typed


def _convert(value: Any, default: Value, name: str) -> Value:
    """`value` as the type of the var's default; texts are read as numbers and dates where the type wants one."""
    kind = type(default)
    _check_value(value, name)
    try:
        if isinstance(value, kind) and isinstance(value, bool) == (kind is bool):
            return value
        if kind is dt.date and isinstance(value, str):
            return dt.date.fromisoformat(value)
        if kind is dt.datetime and isinstance(value, str | dt.date):
            return dt.datetime.fromisoformat(str(value))
        if kind is float and isinstance(value, int | str) and not isinstance(value, bool):
            return _check_value(float(value), name)
        if kind is int and isinstance(value, str):
            return int(value)
        if kind is bool and isinstance(value, str) and value in ("true", "false"):
            return value == "true"
        if kind is str and isinstance(value, int | float | dt.date) and not isinstance(value, bool):
            return str(value)
    except ValueError:
        pass
    words = {bool: "true or false", int: "a whole number", float: "a number", dt.date: "a date (YYYY-MM-DD)"}
    wanted = words.get(kind, "a text" if kind is str else "a timestamp")
    raise ProjectError(f"var '{name}' must be {wanted}, not {shown(value)}")


def _check_value(value: Value, name: str, path: str | None = None) -> Value:
    """`value`; raises ProjectError for one that no database stores."""
    if isinstance(value, str) and _UNFIT.search(value):
        raise ProjectError(f"var '{name}' holds a NUL byte or half a character, which no database stores", path=path)
    if isinstance(value, float) and not math.isfinite(value):
        raise ProjectError(f"var '{name}' must be a number that is finite, not {value}", path=path)
    return value
