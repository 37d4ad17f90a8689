"""`review.json`: a review for machines. Its keys are the fields of `facts`; docs/review.md says what each means."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlseed.model import Relation
from sqlseed.review.facts import Review

FORMAT = 1
"""Raised when a key is renamed, removed, or means something else; new keys leave it as it is."""


def of(review: Review) -> dict[str, Any]:
    """The review as plain values."""
    return {"format": FORMAT, **_plain(review)}


def text(review: Review) -> str:
    """The text of review.json."""
    return json.dumps(of(review), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Relation):
        return {"schema": value.schema, "name": value.name}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return _scalar(value)


def _scalar(value: Any) -> Any:
    """Dates as ISO texts; a number that JSON has no word for, as what it is called."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value.isoformat() if isinstance(value, dt.date | dt.datetime | dt.time) else str(value)
