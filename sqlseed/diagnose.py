"""The checks behind `sqlseed debug`: project, profile, connection, privileges, versions."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlseed import approval, guards, preflight
from sqlseed.backends import Session, open_backend
from sqlseed.errors import SqlseedError
from sqlseed.version import __version__
from sqlseed.workspace import Workspace, load


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `debug`."""

    name: str
    ok: bool
    detail: str


def run(project: Workspace | str | Path | None = None, **options: Any) -> list[Check]:
    """One check after the other until one fails that the rest needs."""
    checks = [Check("sqlseed", True, f"{__version__} on Python {platform.python_version()}, {platform.system()}")]
    try:
        workspace = project if isinstance(project, Workspace) else load(project, **options)
    except SqlseedError as error:
        return [*checks, Check("project", False, str(error))]
    found = workspace.project
    checks.append(
        Check("project", True, f"{found.name} in {found.root}: {len(found.models)} models, {len(found.seeds)} seeds")
    )
    checks.append(_compiles(workspace))
    target = workspace.target
    notes = "".join(f"; {note}" for note in target.notes)
    checks.append(Check("profile", True, f"target {target.name} ({target.type}), schema {target.schema}{notes}"))
    if target.require_approval and checks[2].ok:
        checks.append(Check("approval", *approval.status(workspace)))
    backend = open_backend(target, found.root, writes=False)
    try:
        session = backend.connect()
        live = session.database()
        remarks = live.remarks if live is not None else ()
        checks.append(Check("connection", True, "\n".join([session.server(), *remarks])))
        if checks[2].ok:
            checks += _target_checks(workspace, session)
        refused = guards.reasons(target, session, live)
        checks.append(Check("guards", not refused, "\n".join(map(str, refused)) or "may be written"))
    except SqlseedError as error:
        checks.append(Check("connection", False, str(error)))
    finally:
        backend.close()
    return checks


def _compiles(workspace: Workspace) -> Check:
    try:
        return Check("models", True, f"{len(workspace.checked())} compile")
    except SqlseedError as error:
        return Check("models", False, str(error))


def _target_checks(workspace: Workspace, session: Session) -> list[Check]:
    compiled = workspace.compiled
    live = session.catalog([model.relation for model in compiled.values()])
    errors = preflight.check(compiled, compiled, live)
    there = sum(model.relation in live for model in compiled.values())
    detail = f"{there} of {len(compiled)} are there, the rest will be created" if there < len(compiled) else "all there"
    lines = [str(error) for error in errors] or [detail]
    checks = [Check("tables", not errors, "\n".join([*lines, *preflight.cautions(compiled, compiled, live)]))]
    missing = session.missing_privileges([model.relation for model in compiled.values()])
    checks.append(Check("privileges", not missing, "\n".join(missing) or "enough for a build"))
    done = session.checkpoints()
    slices = sum(not model.startswith("seed:") for model, _ in done)
    rows = sum(checkpoint.rows for (model, _), checkpoint in done.items() if not model.startswith("seed:"))
    checks.append(Check("state", True, f"{slices} slices built, {rows:,} rows, in schema {session.state_schema}"))
    return checks
