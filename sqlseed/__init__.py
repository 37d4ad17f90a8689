"""sqlseed: dbt for seed data. The public functions are those of `sqlseed.api`, imported when first used."""

from __future__ import annotations

from typing import Any

from sqlseed.version import __version__

__all__ = [
    "Selection",
    "__version__",
    "approve",
    "build",
    "changes",
    "clean",
    "compile",
    "debug",
    "health",
    "init",
    "lineage",
    "load",
    "ls",
    "plan",
    "show",
    "test",
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from sqlseed import api

        return getattr(api, name)
    raise AttributeError(f"module 'sqlseed' has no attribute '{name}'")
