"""`review.lock`: what somebody approved, and whether it is what would run.

The lock holds whatever decides which rows a build writes or removes: the statements with the rules of their tables,
the lookup tables by SHA-256, vars, dimensions, session functions, settings and versions. It is a text file with a line
for each line of SQL, so that version control shows what another approval would change.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlseed import artifacts, files, planner
from sqlseed.backends import sent
from sqlseed.errors import GuardError, ProjectError, SqlseedError
from sqlseed.model import Compiled, KeyKind, Value
from sqlseed.version import __version__
from sqlseed.workspace import Workspace

LOCK = "review.lock"
"""The lock's name; it lies in the project's root."""

FORMAT = 1
"""Raised when anything about the file changes, the words in it included."""

_ABOUT = "`sqlseed review --approve` writes this file, and `sqlseed build --approved` runs nothing else."
_LIMIT = 64 * 1024 * 1024  # bytes: some 500 models of 1,000 lines
_SHOWN = 20  # differences that a refusal names
_DIFF_LINES = 60  # of SQL that a refusal shows

_Json = dict[str, Any]
_Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Text:
    """Something with an SQL text: a model, or (without a path) a session function."""

    text: str
    path: str = ""

    @property
    def sha256(self) -> str:
        """Of the text."""
        return _digest(self.text)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is approved. `facts` are sections of plain values: project, sqlseed, target, var, setting, dimension."""

    facts: Mapping[str, Mapping[str, _Plain]]
    functions: Mapping[str, Text]
    seeds: Mapping[str, tuple[str, str]]  # name -> (path, SHA-256)
    models: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Lock:
    """An approval: by whom, when (ISO 8601, UTC), of what; `path` is where it was read."""

    by: str
    at: str
    contents: Contents
    path: str = LOCK

    @property
    def digest(self) -> str:
        """SHA-256 over all of it."""
        return _digest(json.dumps(_as_json(self), sort_keys=True))


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was approved. `kind` is new, changed or removed; `diff` is unified, where there is
    a text to compare."""

    part: str  # model, seed, function, var, setting, dimension, target, sqlseed, project
    name: str
    kind: str
    text: str  # a clause: "model marks (models/marks.sql) has changed"
    diff: str = ""

    @property
    def refuses(self) -> bool:
        """Whether a build must not run: what is gone from the project can do nothing, unless it was a setting."""
        return self.kind != "removed" or self.part == "setting"


# --- what there is now ---------------------------------------------------------------------------------------


def contents(workspace: Workspace, names: Iterable[str] | None = None) -> Contents:
    """What would be approved now under the workspace's vars and for its target: the whole project, or some models with
    what they read. The models have been checked."""
    project, target = workspace.project, workspace.target
    models = [workspace.compiled[name] for name in (workspace.compiled if names is None else names)]
    named = {name for model in models for name in model.functions}
    axes = set(project.dimensions)
    seeds = set(project.seeds)
    if names is not None:
        axes = {axis for model in models for axis in model.config.slice_by}
        seeds = {seed for model in models for seed in model.seeds} | {project.dimensions[axis].seed for axis in axes}
    return Contents(
        {
            "project": {"name": project.name, "seed": project.global_seed},
            "sqlseed": {"runtime": planner.RUNTIME_VERSION, "version": __version__},
            "target": {"schema": target.schema, "state_schema": target.state_schema, "type": target.type},
            "var": {name: _plain(value) for name, value in workspace.variables.items()},
            "setting": dict(sent.settings(target)),
            "dimension": {axis: _axis(workspace, axis) for axis in axes},
        },
        {name: Text(ddl) for name, ddl in sent.functions(target, sorted(named)).items()},
        {name: (project.seeds[name].path, project.seeds[name].checksum) for name in seeds},
        {model.name: Text(model_text(workspace, model), model.path) for model in models},
    )


def _axis(workspace: Workspace, name: str) -> str:
    dimension = workspace.project.dimensions[name]
    keys = ", ".join(value.key for value in workspace.values[name])
    return f"{dimension.seed}.{dimension.key}: {keys}"


def model_text(workspace: Workspace, model: Compiled) -> str:
    """Everything that decides what a model writes and removes: its table's rules, its DDL, its statement."""
    config = model.config
    for_each = " and ".join(config.slice_by)
    lines = [
        f"-- {config.materialized.value} {model.relation}, "
        + ("made anew as a whole" if config.whole else f"one slice for each {for_each}" if for_each else "one slice"),
    ]
    if config.key is not None:
        block = f", {config.key_block} numbers for each slice" if config.key_kind is KeyKind.INTEGER else ""
        lines.append(f"-- key: {config.key} ({config.key_kind.value}{block})")
    if config.owner is not None:
        lines += ["-- its own rows are those where", *(f"--   {line}" for line in config.owner.split("\n"))]
    if model.parameters:
        lines.append("-- parameters, bound for each slice:")
        lines += [f"--   {p.name} {p.type} ({p.kind.value} {'.'.join(p.of)})" for p in model.parameters]
    creation = sent.creation(workspace.target, model, workspace.compiled)
    if creation:
        lines += ["-- where the table is missing:", *(f"{statement};" for statement in creation)]
    return "\n".join([*lines, "-- each slice:", f"{sent.statement(workspace.target, model)};"])


def _plain(value: Value) -> _Plain:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# --- comparing -----------------------------------------------------------------------------------------------


def compare(approved: Contents, now: Contents) -> list[Difference]:
    """What is not as it was approved: versions first, models last."""
    found: list[Difference] = []
    for part, values in now.facts.items():
        found += _facts(part, approved.facts.get(part, {}), values)
    found += _texts("function", approved.functions, now.functions)
    for name in sorted({*approved.seeds, *now.seeds}):
        old, new = approved.seeds.get(name), now.seeds.get(name)
        if old is None or new is None or old[1] != new[1]:
            found.append(_of("seed", name, old and old[0], new and new[0]))
    found += _texts("model", approved.models, now.models)
    return found


def _facts(part: str, old: Mapping[str, _Plain], new: Mapping[str, _Plain]) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        if name not in new:
            yield Difference(part, name, "removed", f"{part} {name} is gone, approved {_shown(old[name])}")
        elif name not in old:
            yield Difference(part, name, "new", f"{part} {name} = {_shown(new[name])} is new")
        elif old[name] != new[name] or type(old[name]) is not type(new[name]):
            text = f"{part} {name} = {_shown(new[name])}, approved {_shown(old[name])}"
            yield Difference(part, name, "changed", text)


def _shown(value: _Plain) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | None) else str(value)


def _texts(part: str, old: Mapping[str, Text], new: Mapping[str, Text]) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before is None or after is None or before.text != after.text:
            diff = unified(name, before.text if before else "", after.text if after else "")
            paths = [text.path if text else None for text in (before, after)]
            yield _of(part, name, paths[0], paths[1], diff)


def _of(part: str, name: str, old: str | None, new: str | None, diff: str = "") -> Difference:
    """A difference of something with a path; `old` and `new` are None where it is missing."""
    where = f" ({new or old})" if new or old else ""
    kind = "new" if old is None else "removed" if new is None else "changed"
    words = {"new": "is new: nobody approved it", "changed": "has changed", "removed": "is gone from the project"}
    return Difference(part, name, kind, f"{part} {name}{where} {words[kind]}", diff)


def unified(name: str, old: str, new: str) -> str:
    """The unified diff of two texts, without a line feed at its end; empty where they are the same."""
    before, after = (text.split("\n") if text else [] for text in (old, new))
    return "\n".join(difflib.unified_diff(before, after, f"{name}, approved", f"{name}, now", lineterm=""))


# --- guarding a build ----------------------------------------------------------------------------------------


def differences(workspace: Workspace, lock: Lock, names: Iterable[str] | None = None) -> list[Difference]:
    """How the project differs from an approval; with `names` only what concerns these models, and what is gone."""
    compiled, project = workspace.compiled, workspace.project
    found = compare(lock.contents, contents(workspace, names))
    called = sent.functions(workspace.target, [name for model in compiled.values() for name in model.functions])
    left = {"model": compiled, "seed": project.seeds, "dimension": project.dimensions, "function": called}
    return [one for one in found if one.kind != "removed" or one.name not in left.get(one.part, ())]


def require(workspace: Workspace, names: Iterable[str]) -> list[str]:
    """Raises GuardError unless the models of `names`, and all that they read, are as review.lock has them.

    Returns notes: what was approved, and is gone from the project since.
    """
    lock = read(workspace.project.root / LOCK)
    found = differences(workspace, lock, names)
    refused = [one for one in found if one.refuses]
    if refused:
        raise GuardError(
            f"this is not what {lock.by} approved at {lock.at}\n{_told(refused)}",
            path=LOCK,
            hint=f"`sqlseed review --against {LOCK}` shows all that changed, `sqlseed review --approve --by NAME`"
            " approves it",
        )
    return [f"{one.text}; it was approved" for one in found]


def _told(found: list[Difference]) -> str:
    lines: list[str] = []
    room = _DIFF_LINES
    for one in found[:_SHOWN]:
        lines.append(f"  {one.text}")
        diff = one.diff.split("\n") if one.diff and one.kind == "changed" else []
        lines += [f"      {line}" for line in diff[:room]]
        if len(diff) > room:
            lines.append(f"      ... {len(diff) - room} more lines of the diff")
        room = max(0, room - len(diff))
    if len(found) > _SHOWN:
        lines.append(f"  ... and {len(found) - _SHOWN} more")
    return "\n".join(lines)


def status(workspace: Workspace, names: Iterable[str] | None = None) -> tuple[bool, str]:
    """Whether an approval holds for some models, or for all; and a sentence about it. Raises nothing of its own."""
    try:
        lock = read(workspace.project.root / LOCK)
        refused = [one for one in differences(workspace, lock, names) if one.refuses]
    except SqlseedError as error:
        return False, str(error)
    if not refused:
        return True, f"approved by {lock.by} at {lock.at}"
    more = f" and {len(refused) - 3} more" if len(refused) > 3 else ""
    return False, f"not what {lock.by} approved at {lock.at}: {'; '.join(one.text for one in refused[:3])}{more}"


# --- the file ------------------------------------------------------------------------------------------------


def approve(workspace: Workspace, by: str) -> Lock:
    """Writes review.lock for the whole project under its vars, in place of an older one; the models have been checked.

    Raises ProjectError for a name that is empty or has a control character in it.
    """
    if not by.strip() or not by.isprintable():
        raise ProjectError("an approval needs a name, in one line", hint="sqlseed review --approve --by NAME")
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    lock = Lock(by.strip(), at, contents(workspace))
    path = workspace.project.root / LOCK
    artifacts.write_text(path, dumped(lock))
    path.chmod(0o644)  # a temporary file's mode is the owner's alone
    return lock


def dumped(lock: Lock) -> str:
    """A lock as the text of its file."""
    data = _as_json(lock) | {"sha256": lock.digest}
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _as_json(lock: Lock) -> _Json:
    kept = lock.contents
    return {
        "about": _ABOUT,
        "format": FORMAT,
        "approved": {"by": lock.by, "at": lock.at},
        "facts": {part: dict(values) for part, values in kept.facts.items()},
        "functions": {name: _entry(text) for name, text in kept.functions.items()},
        "seeds": {name: {"path": path, "sha256": digest} for name, (path, digest) in kept.seeds.items()},
        "models": {name: _entry(text) for name, text in kept.models.items()},
    }


def _entry(text: Text) -> _Json:
    return {"path": text.path, "sha256": text.sha256, "sql": text.text.split("\n")}


def read(path: Path) -> Lock:
    """The lock in a file; raises GuardError where there is none, or where it is not as sqlseed wrote it."""
    if not path.exists():
        raise GuardError(
            f"there is no {path.name}: nobody approved what would run",
            hint="`sqlseed review` writes what there is to read, `sqlseed review --approve --by NAME` approves it",
        )
    try:
        text = files.read_path(path, path.name, _LIMIT)
        lock = _parsed(json.loads(text), path.name)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _refused(path.name, "is no lock that sqlseed wrote") from None
    except SqlseedError as error:
        raise GuardError(error.message, path=path.name, hint=error.hint) from None
    if dumped(lock) != text:
        raise _refused(path.name, "was edited by hand: it is not as sqlseed wrote it")
    return lock


def _parsed(data: _Json, name: str) -> Lock:
    if data["format"] != FORMAT:
        message = f"has format {data['format']}, and this is sqlseed {__version__}, which reads {FORMAT}"
        raise GuardError(message, path=name, hint="use the sqlseed that wrote it, or approve anew")
    texts: dict[str, dict[str, Text]] = {"functions": {}, "models": {}}
    for part, found in texts.items():
        for key, entry in data[part].items():
            text = Text("\n".join(entry["sql"]), entry["path"])
            if text.sha256 != entry["sha256"]:
                raise _refused(name, f"was edited by hand: text and SHA-256 of {part[:-1]} {key} do not agree")
            found[key] = text
    seeds = {key: (entry["path"], entry["sha256"]) for key, entry in data["seeds"].items()}
    kept = Contents(data["facts"], texts["functions"], seeds, texts["models"])
    return Lock(data["approved"]["by"], data["approved"]["at"], kept, name)


def _refused(name: str, message: str) -> GuardError:
    return GuardError(
        message, path=name, hint="take it from version control again, or `sqlseed review --approve --by NAME`"
    )
