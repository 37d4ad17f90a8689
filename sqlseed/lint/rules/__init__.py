"""The rules. Each module holds the rules of one kind."""

from __future__ import annotations

from sqlseed.lint.rule import Rule
from sqlseed.lint.rules import (
    columns,
    engines,
    joining,
    keys,
    literals,
    numbers,
    ordering,
    plans,
    reading,
    standing,
    volatility,
)

RULES: tuple[Rule, ...] = (
    *standing.RULES,
    *reading.RULES,
    *volatility.RULES,
    *columns.RULES,
    *ordering.RULES,
    *joining.RULES,
    *numbers.RULES,
    *literals.RULES,
    *keys.RULES,
    *engines.RULES,
    *plans.RULES,
)
"""Every rule, in the order in which they are listed."""
