"""The project's own measurements: `health/*.sql`, each a query for rows of label, actual value, target, tolerance."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlseed import files
from sqlseed.assertion import DataTest, DataTestConfig, DataTestKind
from sqlseed.assertions.compiling import Prepared, Preparer
from sqlseed.backends import Session
from sqlseed.checkup.scoring import Distribution, Measure
from sqlseed.errors import CompileError, ExecuteError, SqlseedError, raise_all
from sqlseed.live import LiveTable
from sqlseed.model import Compiled, Relation
from sqlseed.preflight import family
from sqlseed.workspace import Workspace

FOLDER = "health"
_COLUMNS = 4
_ALIKE = ({"integer", "numeric", "float"}, {"date", "timestamp", "timestamptz"})  # types that compare with each other
_SHAPE = "a row is: label text, actual number, target number, tolerance number"


def prepare(workspace: Workspace) -> list[tuple[Distribution, Prepared]]:
    """The project's queries, rendered, each with its head; in order of path. Raises the errors of all in one go.

    Lookup tables stand in the SQL: targets come from the project as it is, whatever the database holds.
    """
    root = workspace.project.root
    preparer = Preparer(workspace, frozenset(workspace.project.seeds))
    found: list[tuple[Distribution, Prepared]] = []
    errors: list[SqlseedError] = []
    for path in _paths(root):
        try:
            text = files.read_text(root, path)
            prepared = preparer.one(_as_test(workspace.project.name, path, text))
            if prepared is not None:
                _check(prepared, path)
                found.append((_head(path, text), prepared))
        except SqlseedError as error:
            errors.append(error)
    raise_all(errors)
    return found


def _paths(root: Path) -> list[str]:
    paths = (path.relative_to(root) for path in (root / FOLDER).rglob("*.sql"))
    return sorted(path.as_posix() for path in paths if not any(part.startswith(".") for part in path.parts))


def _as_test(project: str, path: str, text: str) -> DataTest:
    """A query in the form in which data tests are rendered: it sees the same names."""
    name = path.removeprefix(f"{FOLDER}/").removesuffix(".sql")
    fqn = (project, *name.split("/"))
    return DataTest(name, name, DataTestKind.SINGULAR, path, None, fqn, DataTestConfig(), raw_sql=text)


def _check(prepared: Prepared, path: str) -> None:
    if prepared.functions:
        hint = "measure with plain SQL: a role that may only SELECT can create no function"
        raise CompileError(f"calls the session function {prepared.functions[0]}", path=path, hint=hint)


def _head(path: str, text: str) -> Distribution:
    """Title and note: the comment that the file begins with, its first line and the rest."""
    lines: list[str] = []
    for line in text.strip().split("\n"):
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    name = path.removeprefix(f"{FOLDER}/").removesuffix(".sql")
    title = (lines[0] if lines else "").rstrip(".") or name.replace("_", " ").replace("/", ": ")
    return Distribution(name, title, " ".join(lines[1:]), path)


def measure(
    session: Session,
    head: Distribution,
    prepared: Prepared,
    models: Mapping[str, Compiled],
    live: Mapping[Relation, LiveTable],
) -> Distribution:
    """The query's rows; raises an error with its path for a query that is wrong.

    A table that is missing, or has other columns than the contract says, is no mistake of the query's: nothing is
    measured then.
    """
    missing = [str(relation) for relation in prepared.relations.values() if relation not in live]
    if missing:
        return _with(head, (), f"the target has no table {', '.join(missing)}")
    unfit = _unfit(prepared, models, live)
    if unfit:
        return _with(head, (), unfit)
    try:
        rows = session.query(session.select_sql(prepared.sql, prepared.types), prepared.parameters, prepared.types)
    except (CompileError, ExecuteError) as error:
        error.path = error.path or head.path
        raise
    measures = tuple(_measure(head.path, row) for row in rows)
    return _with(head, measures, "" if measures else "there is nothing to measure")


def _unfit(prepared: Prepared, models: Mapping[str, Compiled], live: Mapping[Relation, LiveTable]) -> str:
    """What the query names and a table does not have as its contract says; an empty text where all is well."""
    for model in (models[name] for name in prepared.refs):
        for column in model.contract.columns:
            found = live[model.relation].columns.get(column.name)
            if not re.search(rf"\b{re.escape(column.name)}\b", prepared.sql):
                continue
            if found is None:
                return f"{model.relation.name} has no column {column.name}"
            types = {family(column.type), family(found.type)}
            if len(types) > 1 and not any(types <= alike for alike in _ALIKE):
                return f"{model.relation.name}.{column.name} is {found.type}, and not {column.type}"
    return ""


def _with(head: Distribution, measures: tuple[Measure, ...], problem: str) -> Distribution:
    return Distribution(head.name, head.title, head.note, head.path, measures, problem)


def _measure(path: str, row: Sequence[Any]) -> Measure:
    if len(row) != _COLUMNS:
        raise CompileError(f"gives {len(row)} columns", path=path, hint=_SHAPE)
    return Measure(str(row[0]), *(_number(path, value) for value in row[1:]))


def _number(path: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise CompileError(f"gives {value!r} where a number should be", path=path, hint=_SHAPE)
    return float(value) if math.isfinite(value) else None
