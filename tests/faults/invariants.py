"""What must hold after any fault, checked in the database and in the files, by nothing that the build itself says.

`Reference` is an undisturbed build; `problems` compares with it what a disturbed one left, `recovered` what the next
build makes of that.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlseed import api
from sqlseed.backends import open_backend
from sqlseed.targeting import planner_for, run_context
from tests.behaviour.clinics import Database, build
from tests.faults import harness

SECRET = "canary7f3a91"  # a password that the server does not ask for, and that must be seen nowhere
GONE_WITHIN = 10.0  # seconds until nothing of a killed build is left on the server
_TEMPORARY = "select count(*) from pg_class where relpersistence = 't' and relkind in ('r', 'i')"
_ADVISORY = (
    "select count(*) from pg_locks where locktype = 'advisory'"
    " and database = (select oid from pg_database where datname = current_database())"
)


def with_secret(database: Database) -> Database:
    """The same database, by a URL with a password in it."""
    return Database(database.engine, database.place.replace("postgres@", f"postgres:{SECRET}@"), database.threads)


@dataclass(frozen=True, slots=True)
class Reference:
    """Rows, and checksum and number of rows of each slice, of a build that nothing disturbed."""

    digest: str
    slices: Mapping[tuple[str, str], tuple[int, str]]
    foreign: str
    vars: Mapping[str, Any]


def undisturbed(database: Database, root: Path, variables: Mapping[str, Any] | None = None) -> Reference:
    """Builds into an emptied database, and empties it again."""
    harness.reset(database)
    foreign = foreign_rows(database)
    result = build(root, vars=variables)
    assert result.success, result.failures
    reference = Reference(database.digest(), _slices(root, variables), foreign, variables or {})
    harness.reset(database)
    return reference


def foreign_rows(database: Database) -> str:
    """The rows that were there before the first build."""
    return repr(database.query("select * from \"Clinic\" where id = 'own'"))


def _slices(root: Path, variables: Mapping[str, Any] | None) -> dict[tuple[str, str], tuple[int, str]]:
    """Rows and checksum of every slice as they stand in the target, whatever the checkpoints say."""
    workspace = api.load(root, vars=dict(variables or {}))
    backend = open_backend(workspace.target, workspace.project.root)
    try:
        session = backend.connect()
        made = planner_for(workspace, session)
        context = run_context(workspace, made, "", refresh=False, checksums=False)
        live = session.catalog([model.relation for model in workspace.compiled.values()])
        found = {}
        for step in made.plan(frozenset(workspace.compiled)).steps:
            model, own = workspace.compiled[step.slice.model], context.own(step)
            if model.relation not in live:
                continue
            with session.transaction():
                session.prepare(())
                sql = f"select count(*) from {model.relation} where {own.predicate}"
                rows = int(session.query(sql, own.parameters, own.types)[0][0])
                total = session.checksum(model.relation, model.contract.columns, own)
            found[step.slice.model, step.slice.key] = (rows, total)
        return found
    finally:
        backend.close()


def problems(database: Database, root: Path, reference: Reference, said: str = "") -> list[str]:
    """What does not hold now; empty where all is well. `said` is all that the disturbed build printed or raised."""
    harness.stop_sessions(database, GONE_WITHIN)  # and what is still being committed, is
    noted = {key: row[1] for key, row in _checkpoints(database).items()}
    found: list[str] = []
    for key, (rows, total) in _slices(root, reference.vars).items():
        if key not in noted and rows:
            found.append(f"I1: {key} has {rows} rows and no checkpoint")
        elif key in noted and (noted[key], (rows, total)) != (rows, reference.slices[key]):
            found.append(f"I1: {key} has {rows} rows, its checkpoint says {noted[key]}, or they are other rows")
    if foreign_rows(database) != reference.foreign:
        found.append("I2: rows of somebody else's have changed")
    if database.engine == "postgres":
        found += [f"I4: {text}" for text in _left_over(database)]
    found += _told(root, noted)
    saved = root / "target" / "run_results.json"
    texts = [said, saved.read_text() if saved.exists() else ""]
    if any(SECRET in text for text in texts):
        found.append("I6: the password is in what was printed or saved")
    if "Traceback" in said:
        found.append(f"I7: a traceback: {said[-400:]}")
    return found


def _checkpoints(database: Database) -> dict[tuple[str, str], tuple[Any, ...]]:
    exists = "select count(*) from information_schema.tables where table_schema = '_sqlseed'"
    if not database.query(f"{exists} and table_name = 'checkpoint'")[0][0]:
        return {}
    return database.state()


def _left_over(database: Database) -> Iterable[str]:
    """Locks and temporary tables; a server process takes a moment to remove its own after its client has gone."""
    for sql, name in ((_TEMPORARY, "temporary tables"), (_ADVISORY, "advisory locks")):
        until = time.monotonic() + GONE_WITHIN
        while count := database.query(sql)[0][0]:
            if time.monotonic() > until:
                yield f"{count} {name} are left"
                break
            time.sleep(0.05)


def _told(root: Path, noted: Mapping[tuple[str, str], int]) -> list[str]:
    """Where run_results.json, if there is one, says something that is not so."""
    saved = root / "target" / "run_results.json"
    if not saved.exists():
        return []
    wrong = []
    for entry in json.loads(saved.read_text())["results"]:
        if not entry["unique_id"].startswith("model."):
            continue
        key, status = (entry["unique_id"].rpartition(".")[2], entry["slice"]), entry["status"]
        if status in ("success", "no-op") and key not in noted:
            wrong.append(f"I5: {key} is called {status} and has no checkpoint")
        if status in ("error", "skipped") and key in noted and "outcome is unknown" not in (entry["message"] or ""):
            wrong.append(f"I5: {key} is called {status} and is complete")
    return wrong


def recovered(database: Database, root: Path, reference: Reference) -> tuple[list[str], float]:
    """Builds again, with nothing to disturb it: what is wrong then, and the seconds that it took."""
    begin = time.monotonic()
    result = build(root, vars=reference.vars)
    seconds = time.monotonic() - begin
    wrong = [] if result.success else [f"I3: the next build fails: {[f.message for f in result.failures]}"]
    if database.digest() != reference.digest:
        wrong.append("I3: the next build leaves other rows")
    if _slices(root, reference.vars) != reference.slices:
        wrong.append("I3: the next build leaves other slices")
    return wrong, seconds
