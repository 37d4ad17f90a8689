"""Messages kept in files, so that a person reads them and sees in a diff when they change."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import REWRITE

FOLDER = Path(__file__).parent / "messages"


def compare(name: str, text: str) -> None:
    """`text` must be the file's; with SQLSEED_REWRITE_SNAPSHOTS set the file is written instead."""
    path = FOLDER / f"{name.replace(' ', '_')}.txt"
    if REWRITE:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text("utf-8")
