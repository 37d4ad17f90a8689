"""The tiny project of tests/cli, as often as a test wants it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import sqlseed, tiny
from tests.cli.tiny import TINY
from tests.support import write_project

__all__ = ["fresh_tiny", "sqlseed", "tiny"]


@pytest.fixture
def fresh_tiny(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """`fresh_tiny()` writes the project anew in a folder of its own, and makes that the working directory."""
    numbers = itertools.count(1)

    def make() -> Path:
        folder = write_project(tmp_path / str(next(numbers)) / "tiny", TINY)
        monkeypatch.chdir(folder)
        return folder

    return make
