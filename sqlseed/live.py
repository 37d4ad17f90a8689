"""Tables as the target's catalog has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """A column as the target's catalog has it. `filled` says that the target fills it when it is left out."""

    name: str
    type: str
    nullable: bool
    filled: bool
    generated: bool = False  # no value may be given


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table as the target's catalog has it; `kind` is `table`, `view` or whatever else it is."""

    columns: Mapping[str, LiveColumn]
    kind: str = "table"
    filtered: bool = False  # whether row-level security holds for the role
