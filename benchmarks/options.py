"""What is to be measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlseed.model import Value


@dataclass(frozen=True, slots=True)
class Wanted:
    """A preset of a project at one size, in one target."""

    target: str
    preset: str
    size: int
    variables: Mapping[str, Value]
    threads: int | None = None  # those of the profile

    @property
    def arguments(self) -> list[str]:
        """The same on the command line."""
        words = ["--target", self.target, "--preset", self.preset]
        if self.variables:
            words.append(f"--vars={json.dumps(self.variables)}")  # JSON is YAML
        return [*words, "--threads", str(self.threads)] if self.threads else words
