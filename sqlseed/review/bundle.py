"""The folder target/review/: what there is to read and to run by hand before a build is approved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlseed import artifacts
from sqlseed.events import OnEvent
from sqlseed.review import document
from sqlseed.review.facts import Review
from sqlseed.review.gathering import Gathered, gather
from sqlseed.review.psql import write_scripts
from sqlseed.runner import StopFlag
from sqlseed.targeting import Selection
from sqlseed.workspace import Workspace

PAGE = "index.html"
"""The page of the bundle, for whoever reads it first."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The facts of a review, and the files that were written of them: review.json, and the scripts for psql."""

    review: Review
    paths: tuple[Path, ...]


def make(
    workspace: Workspace, selection: Selection, where: str, dry_run: bool, on_event: OnEvent, stop: StopFlag
) -> Bundle:
    """Gathers the facts and writes the files; raises what `gather` raises, and every error of the models in one go."""
    workspace.checked()
    gathered = gather(workspace, selection, where=where, dry_run=dry_run, on_event=on_event, stop=stop)
    return Bundle(gathered.review, tuple(write(workspace, gathered)))


def folder(workspace: Workspace) -> Path:
    """Where the bundle lies."""
    return workspace.target_path / "review"


def write(workspace: Workspace, gathered: Gathered) -> list[Path]:
    """Writes review.json and, for a PostgreSQL target, the scripts in sql/; the files.

    Each file is replaced as a whole; scripts of an earlier time that have no place any more are removed.
    """
    place = folder(workspace)
    paths = write_scripts(workspace, gathered.made, gathered.plan, place / "sql")
    return [write_text(place / "review.json", document.text(gathered.review)), *map(_handed_on, paths)]


def write_text(path: Path, text: str) -> Path:
    """Writes one file of the bundle."""
    artifacts.write_text(path, text)
    return _handed_on(path)


def _handed_on(path: Path) -> Path:
    """A temporary file's mode is the owner's alone, and the folder is to be handed on."""
    path.chmod(path.stat().st_mode | 0o044)
    return path
