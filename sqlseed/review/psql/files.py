"""The folder of scripts as a whole: which files there are, in which order they run, and how they are written."""

from __future__ import annotations

from pathlib import Path

from sqlseed import artifacts, library, preflight
from sqlseed.backends import sent
from sqlseed.model import Plan, Step, quote
from sqlseed.planner import Planner
from sqlseed.review.psql import grants, models, preamble, tables, undo
from sqlseed.review.psql.text import MARK
from sqlseed.workspace import Workspace

_FIRST_MODEL = 10  # what comes before has the numbers below
_RUN_SH = f"""\
#!/bin/sh
{MARK.replace("--", "#")}: runs run.sql with psql.
# Usage: sh run.sh [psql's options] [database or URL]
set -eu
exec psql -X -v ON_ERROR_STOP=1 -f "$(dirname "$0")/run.sql" "$@"
"""


def scripts(workspace: Workspace, made: Planner, plan: Plan) -> dict[str, str]:
    """The text of each script by its path in the folder. The same project and plan give the same bytes."""
    steps: dict[str, list[Step]] = {}
    for step in plan.steps:
        steps.setdefault(step.slice.model, []).append(step)
    names = list(steps)
    functions = library.with_needs(sorted({f for name in names for f in workspace.compiled[name].functions}))
    found = {
        "000_preamble.sql": preamble.preamble(workspace.target, functions),
        "001_state.sql": tables.state(workspace, made),
        "002_tables.sql": tables.tables(workspace, made, names),
        "003_seeds.sql": tables.seed_frames(workspace, plan.seeds),
    }
    order = list(found)
    for name in plan.seeds:
        found[f"seeds/{name}.sql"] = tables.seed_data(workspace, workspace.project.seeds[name])
    for number, (name, own) in enumerate(steps.items(), _FIRST_MODEL):
        script = script_name(number - _FIRST_MODEL, name)
        compiled = workspace.compiled[name]
        found[script] = models.model(workspace, made, compiled, own)
        found[f"slices/{script}"] = models.slices(made, compiled, own, script)
        order.append(f"slices/{script}")
    found["999_undo.sql"] = undo.undo(workspace, made)
    found["grants.sql"] = grants.grants(workspace, preflight.missing_tables(workspace.compiled, names, {}), names)
    found["run.sql"] = _run(workspace, order)
    found["run.sh"] = _RUN_SH
    return found


def script_name(place: int, model: str) -> str:
    """The script of the model that runs in this place, counted from 0.

    >>> script_name(0, "students")
    '010_students.sql'
    """
    return f"{_FIRST_MODEL + place:03d}_{model}.sql"


def _run(workspace: Workspace, order: list[str]) -> str:
    project = workspace.project.name
    lines = [
        f"{MARK}: fills the target with project {project}; psql -v ON_ERROR_STOP=1 -f run.sql",
        "--",
        "-- Each slice is a transaction. After an interruption run it again: what is complete is left alone.",
        "",
        preamble.PSQL_SETTINGS,
        "",
        *(f"\\ir {script}" for script in order),
        "",
        "select format('done: %s slices and lookup tables written, %s rows', count(*), coalesce(sum(rows), 0))",
        f"    as _said from {quote(workspace.target.state_schema)}.checkpoint where run_id = :'_run' \\gset",
        "\\echo :_said",
    ]
    return "\n".join(lines) + "\n"


def write_scripts(workspace: Workspace, made: Planner, plan: Plan, folder: Path) -> list[Path]:
    """Writes the scripts into a folder and removes those of an earlier time; nobody else's file is touched.

    `made` and `plan` are for the target as it is, or for one that is empty. The scripts run the whole plan, and find
    out by themselves what is complete. A target that is not PostgreSQL has none: the list is empty.
    """
    found = scripts(workspace, made, plan) if sent.is_postgres(workspace.target) else {}
    paths = [folder / name for name in found]
    for name, text in found.items():
        artifacts.write_text(folder / name, text)
    if found:
        (folder / "run.sh").chmod(0o755)
    for place in (folder, folder / "slices", folder / "seeds"):
        for old in place.glob("*.sql"):
            if old not in paths and _is_ours(old):
                old.unlink()
    return paths


def _is_ours(path: Path) -> bool:
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline().startswith(MARK)
