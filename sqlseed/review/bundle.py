"""The folder target/review/: what there is to read and to run by hand before a build is approved."""

from __future__ import annotations

from pathlib import Path

from sqlseed import planner
from sqlseed.backends import open_backend
from sqlseed.errors import ConnectError
from sqlseed.model import Plan
from sqlseed.review.psql import write_scripts
from sqlseed.targeting import EVERYTHING, Selection, planner_for, selected_models
from sqlseed.workspace import Workspace


def write(workspace: Workspace, selection: Selection = EVERYTHING) -> list[Path]:
    """Writes target/review/sql/ for the selected models with what they need; the files, none for DuckDB.

    The models have been checked. Each file is replaced as a whole; scripts of an earlier time that have no place any
    more are removed. The target is read where it can be reached, and never written.
    """
    made, plan = _planned(workspace, selection)
    paths = write_scripts(workspace, made, plan, workspace.target_path / "review" / "sql")
    for path in paths:  # a temporary file's mode is the owner's alone, and the folder is to be handed on
        path.chmod(path.stat().st_mode | 0o044)
    return paths


def _planned(workspace: Workspace, selection: Selection) -> tuple[planner.Planner, Plan]:
    """The plan for the target as it is; for an empty one where it cannot be reached."""
    chosen = planner.restrict(workspace.values, selection.slices)
    names = workspace.ancestors(selected_models(workspace, selection))
    backend = open_backend(workspace.target, workspace.project.root, writes=False)
    try:
        made = planner_for(workspace, backend.connect())
    except ConnectError:
        made = planner.Planner(workspace.project, workspace.compiled, workspace.variables, workspace.values)
        made.ranges = planner.allocate(made, {}, {})
    finally:
        backend.close()
    return made, made.plan(names, chosen)
