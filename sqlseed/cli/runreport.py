"""`sqlseed build --report`: the run as an HTML file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sqlseed import arguments
from sqlseed.report import ExitCode

if TYPE_CHECKING:
    from sqlseed.api import BuildResult
    from sqlseed.workspace import Workspace

report_option = click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the run to FILE as one HTML page: what each connection did when, idle time, the critical path.",
)


def check(path: Path | None) -> None:
    """Refuses a file that cannot be written, before the build and not after it."""
    if path is None:
        return
    folder = path.parent
    if not folder.is_dir():
        raise click.BadParameter(f"there is no folder {str(folder)!r}", param_hint="'--report'")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise click.BadParameter(f"{str(path)!r} cannot be written", param_hint="'--report'")


def write(path: Path | None, result: BuildResult, workspace: Workspace) -> None:
    """Writes the page; a disk that refuses it ends the command with exit code 1, for the build itself is done."""
    if path is None:
        return
    from sqlseed import artifacts
    from sqlseed.runreport import page

    paths = {name: model.path for name, model in workspace.compiled.items()}
    made = page.page(result, workspace.project.name, arguments.where(workspace), paths)
    try:
        artifacts.write_text(path, made)
    except OSError as error:
        click.echo(f"error: {path} was not written: {error.strerror}", err=True)
        raise click.exceptions.Exit(ExitCode.FAILED) from None
