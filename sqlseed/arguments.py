"""What the command line means, apart from any parser: dimensions as options, vars, names for targets."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlseed.errors import ProjectError, SelectionError, SqlseedError, did_you_mean, shown

if TYPE_CHECKING:
    from sqlseed.workspace import Workspace

_MANY = ("--select", "-s", "--exclude")  # options that take every value up to the next option, as dbt's do


def split(args: Sequence[str], takes_value: Mapping[str, bool]) -> tuple[list[str], dict[str, list[str]]]:
    """The arguments that the parser knows, and the values of the dimensions' options.

    `takes_value` names the parser's options. `--select a b` becomes `--select a --select b`; an option that is
    not among them must be a dimension with a value. Raises SelectionError for one without.

    >>> split(["--select", "a", "b", "--branch", "x,y"], {"--select": True})
    (['--select', 'a', '--select', 'b'], {'branch': ['x', 'y']})
    """
    kept: list[str] = []
    wanted: dict[str, list[str]] = {}
    rest = list(args)
    while rest:
        token = rest.pop(0)
        name, equals, value = token.partition("=")
        if token == "--":
            kept += [token, *rest]
            break
        if name in takes_value or not name.startswith("--"):
            kept.append(token)
            if name in _MANY and not equals:
                kept += _values(name, rest)
            elif takes_value.get(name) and not equals and rest:
                kept.append(rest.pop(0))
            continue
        if not equals:
            if not rest or rest[0].startswith("--"):
                near = did_you_mean(name, takes_value, show=0, alike=0.8)
                hint = near if near.startswith("did") else "a dimension of the project takes values: --branch a,b"
                raise SelectionError(f"no such option: {name}; {hint}")
            value = rest.pop(0)
        wanted.setdefault(name.removeprefix("--"), []).extend(value.split(","))
    return kept, wanted


def _values(name: str, rest: list[str]) -> list[str]:
    values = [rest.pop(0)] if rest else []
    while rest and not rest[0].startswith("-"):
        values += [name, rest.pop(0)]
    return values


def check_dimensions(wanted: Iterable[str], dimensions: Iterable[str], options: Sequence[str]) -> None:
    """Raises SelectionError for an option that is neither the parser's nor a dimension of the project."""
    known = [*options, *(f"--{dimension}" for dimension in dimensions)]
    for name in wanted:
        if f"--{name}" not in known[len(options) :]:
            hint = did_you_mean(f"--{name}", known, show=30)
            raise SelectionError(f"no such option or dimension: --{name}", hint=hint)


def parse_vars(texts: Sequence[str]) -> dict[str, Any]:
    """`years: 2` as YAML, `years=2` as one pair; later ones win. Raises ProjectError."""
    from sqlseed import yamlfile  # imported here, as below, so that --help reads no library it does not need

    values: dict[str, Any] = {}
    for text in texts:
        pair = re.match(r"([A-Za-z_]\w*)=(.*)\Z", text, re.DOTALL)
        if pair:
            values[pair[1]] = pair[2]  # a text; the declared var's type decides what it means
            continue
        found = yamlfile.load(text, "--vars")
        if not isinstance(found, dict):
            raise ProjectError(f"--vars takes 'name: value' or name=value, not {shown(text)}")
        values |= {str(key): value for key, value in found.items()}
    return values


def where(workspace: Workspace) -> str:
    """The target for people: a file's path from here, or database and host; never a secret."""
    target = workspace.target
    if target.type == "duckdb":
        path = Path(str(target.settings.get("path", "")))
        with contextlib.suppress(ValueError):
            path = path.relative_to(Path.cwd())
        return f"{path} ({target.name})"
    info = target.settings.get("conninfo", {})
    return f"{info.get('dbname', 'the database')} on {info.get('host', 'the local socket')} ({target.name})"


def complete(project_dir: str | None, incomplete: str) -> list[str]:
    """The names of models and seeds that a half-typed selector may mean; none where the project cannot be read."""
    from sqlseed import workspace

    try:
        project = workspace.load_only(project_dir)
    except SqlseedError:
        return []
    plus = "+" if incomplete.startswith("+") else ""
    names = sorted([*project.models, *project.seeds])
    return [f"{plus}{name}" for name in names if name.startswith(incomplete.removeprefix("+"))]
