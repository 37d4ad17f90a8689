"""A tiny project, and the command line run in this process."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import cli
from tests.cli.tiny import TINY, steady
from tests.support import CliResult, write_project

SNAPSHOTS = Path(__file__).parent / "snapshots"
REWRITE = "SQLSEED_REWRITE_SNAPSHOTS" in os.environ
Run = Callable[..., CliResult]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The tiny project as the working directory."""
    folder = write_project(tmp_path / "tiny", TINY)
    for name in [name for name in os.environ if name.startswith(("PG", "SQLSEED_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def sqlseed(tiny: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """`sqlseed("build", "-q")` runs a command in the tiny project, within this process."""

    def run(*arguments: str) -> CliResult:
        capsys.readouterr()
        try:
            code = cli.run([str(argument) for argument in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return CliResult(code, captured.out, captured.err)

    return run


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[[str, str], None]:
    """`snapshot("name", text)` compares with tests/cli/snapshots/name.txt, which a person has read.

    Times and rates are replaced by `N`. With SQLSEED_REWRITE_SNAPSHOTS set the file is written: read the difference.
    """

    def check(name: str, text: str) -> None:
        plain = steady(text.replace(str(tmp_path), "TMP"))
        path = SNAPSHOTS / f"{name}.txt"
        if REWRITE:
            path.parent.mkdir(exist_ok=True)
            path.write_text(plain, encoding="utf-8")
        assert plain == path.read_text("utf-8")

    return check
