"""What lint says of a place in a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What lint says of a place in a model. `level` is error, warning or note; an opt-out carries its reason."""

    rule: str
    level: str
    message: str
    path: str
    line: int | None
    model: str
    source: str = ""  # the offending line
    hint: str = ""
    column: int | None = None  # 1-based, where known
    allowed: str = ""  # the reason of the opt-out, if there is one

    @property
    def sentence(self) -> str:
        """The message with its hint, in one line."""
        return f"{self.message}; {self.hint}" if self.hint else self.message
