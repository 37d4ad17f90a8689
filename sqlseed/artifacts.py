"""Files under `target/`: compiled models, manifest.json, run_results.json, with dbt's field names where they fit.

A file is written beside its place and then renamed, so a reader finds the old one or the new one, never a half.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import stat
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlseed import files, library
from sqlseed.assertion import DataTest, DataTestKind
from sqlseed.errors import ProjectError
from sqlseed.events import Event, EventKind, StepResult, Verdict
from sqlseed.model import Compiled
from sqlseed.workspace import Workspace

_FLUSH_SECONDS = 1.0  # at most this often while slices finish: the file grows with every one

_Json = dict[str, Any]

_OF_A_HASH = (  # what a reader meets in every model that draws at random
    "the salt is a number for the value's name, # (xor) one for the slice: each value of each slice has its own",
    "(hash * k) >> 32 is uniform below k; hash < p * 4294967296, which is 2^32, is true with probability p",
)


def write_text(path: Path, text: str) -> None:
    """Replaces a file as a whole; one that says the same already, and is the user's alone, is left as it is."""
    data = text.encode()
    with contextlib.suppress(OSError):
        status = path.lstat()
        is_private = stat.S_ISREG(status.st_mode) and not status.st_mode & 0o077
        if is_private and status.st_size == len(data) and path.read_bytes() == data:
            return
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace(path, data)


def compiled_text(model: Compiled) -> str:
    """A compiled model as a file: the statement, and in its header what its parameters and functions are."""
    lines = [f"-- {model.path}: fills {model.relation}", "-- compiled by sqlseed; bind parameters per slice:"]
    lines += [f"--   :{p.name} {p.type} ({p.kind.value} {'.'.join(p.of)})" for p in model.parameters]
    if not model.parameters:
        lines[-1] = "-- compiled by sqlseed; no bind parameters"
    if model.functions:
        lines.append("-- functions of the session, in pg_temp:")
    for name in model.functions:
        lines.append(f"--   {name}: {library.purpose(name)}")
        lines += [f"--     {line}" for line in _OF_A_HASH if name == "sqlseed_hash"]
    return "\n".join([*lines, "", model.sql]) + "\n"


def write_compiled(workspace: Workspace, names: Sequence[str]) -> list[Path]:
    """One file per model under target/compiled/."""
    paths = []
    for name in names:
        model = workspace.compiled[name]
        path = workspace.target_path / "compiled" / model.path
        write_text(path, compiled_text(model))
        paths.append(path)
    return paths


def metadata(version: str, run_id: str | None = None) -> _Json:
    """The head of an artifact."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    facts: _Json = {"sqlseed_version": version, "generated_at": now.replace("+00:00", "Z")}
    return facts | ({"invocation_id": run_id} if run_id else {})


def manifest(workspace: Workspace, version: str) -> _Json:
    """Everything the project is made of, as plain data."""
    project = workspace.project
    nodes: dict[str, _Json] = {}
    for name, model in workspace.compiled.items():
        nodes[f"model.{project.name}.{name}"] = _model_node(workspace, model)
    for name, seed in project.seeds.items():
        nodes[f"seed.{project.name}.{name}"] = {
            "unique_id": f"seed.{project.name}.{name}",
            "name": name,
            "resource_type": "seed",
            "path": seed.path,
            "original_file_path": seed.path,
            "fqn": list(workspace.graph.nodes[name].fqn),
            "description": seed.description,
            "columns": {c.name: {"name": c.name, "data_type": c.type} for c in seed.columns},
            "checksum": {"name": "sha256", "checksum": seed.checksum},
            "checksums": {"body": seed.checksum},
            "rows": len(seed.rows),
        }
    ids = {node["name"]: unique_id for unique_id, node in nodes.items()}
    nodes |= {test_id(project.name, test): _test_node(project.name, test) for test in project.tests.values()}
    parents = {
        ids[name]: sorted(ids[p] for p in workspace.graph.parents[name])
        for name in workspace.graph.nodes
        if name in ids
    }
    children: dict[str, list[str]] = {unique_id: [] for unique_id in nodes}
    for child, above in parents.items():
        for parent in above:
            children[parent].append(child)
    return {
        "metadata": metadata(version) | {"project_name": project.name, "adapter_type": workspace.target.type},
        "nodes": nodes,
        "unit_tests": {test_id(project.name, t): _unit_node(project.name, t) for t in project.unit_tests.values()},
        "dimensions": {
            name: {"seed": d.seed, "key": d.key, "values": [value.key for value in workspace.values[name]]}
            for name, d in project.dimensions.items()
        },
        "parent_map": parents,
        "child_map": {name: sorted(below) for name, below in children.items()},
    }


def _test_node(project: str, test: DataTest) -> _Json:
    generic = {"name": test.test_name, "kwargs": dict(test.arguments)}
    return {
        "unique_id": test_id(project, test),
        "name": test.name,
        "resource_type": "test",
        "path": test.path,
        "original_file_path": test.path,
        "fqn": list(test.fqn),
        "description": test.description,
        "test_metadata": generic if test.test_name else None,
        "column_name": test.column,
        "attached_node": test.model,
        "checksums": test_checksums(test),
    }


def _unit_node(project: str, test: DataTest) -> _Json:
    node = {
        key: value for key, value in _test_node(project, test).items() if key not in ("test_metadata", "column_name")
    }
    return node | {"resource_type": "unit_test", "model": test.model, "tags": list(test.config.tags)}


def test_checksums(test: DataTest) -> dict[str, str]:
    """What `state:modified.body` and `.configs` compare; a singular test's settings are part of its body."""
    parts = {
        "body": test.raw_sql or repr(test.unit or (test.test_name, sorted(test.arguments.items()))),
        "configs": repr(test.config),
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in parts.items()}


def _model_node(workspace: Workspace, model: Compiled) -> _Json:
    config = dict(workspace.graph.nodes[model.name].config)
    return {
        "unique_id": f"model.{workspace.project.name}.{model.name}",
        "name": model.name,
        "resource_type": "model",
        "path": model.path,
        "original_file_path": model.path,
        "patch_path": model.patch_path,
        "fqn": list(model.fqn),
        "description": model.description,
        "relation_name": str(model.relation),
        "config": config,
        "tags": list(model.config.tags),
        "columns": {
            c.name: {"name": c.name, "data_type": c.type, "description": c.description} for c in model.contract.columns
        },
        "checksum": {"name": "sha256", "checksum": model.checksum},
        "checksums": part_checksums(workspace, model),
        "refs": [{"name": name} for name in model.refs],
        "depends_on": {"nodes": [f"model.{workspace.project.name}.{name}" for name in model.refs]},
        "parameters": {p.name: p.type for p in model.parameters},
        "compiled_path": f"target/compiled/{model.path}",
        "compiled_code": model.sql,
    }


def part_checksums(workspace: Workspace, model: Compiled) -> dict[str, str]:
    """What `state:modified.body`, `.configs`, `.contract` and `.macros` compare."""
    file = workspace.project.models[model.name]
    macros = {path: workspace.project.macros[path] for path in model.macros}
    parts = {
        "body": file.raw_sql,
        "configs": repr(model.config),
        "contract": repr(model.contract),
        "macros": json.dumps(macros, sort_keys=True),
    }
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in parts.items()}


def write_manifest(workspace: Workspace, version: str) -> Path:
    """target/manifest.json."""
    path = workspace.target_path / "manifest.json"
    write_text(path, json.dumps(manifest(workspace, version), default=str) + "\n")
    return path


def try_manifest(workspace: Workspace, version: str) -> str:
    """Writes target/manifest.json after a run; why it could not be written, or an empty text."""
    try:
        write_manifest(workspace, version)
    except OSError as error:
        return f"{workspace.target_path / 'manifest.json'} was not written: {error.strerror}"
    return ""


# --- what an earlier run left, for state: and result: ------------------------------------------------------


def read_state(workspace: Workspace, folder: Path) -> dict[str, frozenset[str]]:
    """For each node how it compares with the manifest in `folder`: new, unmodified, or modified and in what."""
    saved = _read_json(folder / "manifest.json", "state:")
    nodes = {n["name"]: n for n in [*saved.get("nodes", {}).values(), *saved.get("unit_tests", {}).values()]}
    tests = {**workspace.project.tests, **workspace.project.unit_tests}
    facts: dict[str, frozenset[str]] = {}
    for name in [*workspace.graph.nodes, *tests]:
        old = nodes.get(name)
        if old is None:
            facts[name] = frozenset({"new"})
            continue
        if name in workspace.compiled:
            parts = part_checksums(workspace, workspace.compiled[name])
        elif name in tests:
            parts = test_checksums(tests[name])
        else:
            parts = {"body": workspace.project.seeds[name].checksum}
        changed = {f"modified.{part}" for part, digest in parts.items() if old.get("checksums", {}).get(part) != digest}
        facts[name] = frozenset(changed | {"modified"}) if changed else frozenset({"unmodified"})
    return facts


def read_results(nodes: Collection[str], folder: Path) -> dict[str, frozenset[str]]:
    """For each of the nodes the statuses that its slices had in the run_results.json of `folder`."""
    saved = _read_json(folder / "run_results.json", "result:")
    facts: dict[str, set[str]] = {}
    for result in saved.get("results", []):
        parts = [*str(result.get("unique_id", "")).split("."), "", "", "", ""]  # resource type, project, name
        name = parts[3 if parts[0] == "unit_test" else 2]
        if name in nodes:
            facts.setdefault(name, set()).add(str(result.get("status")))
    return {name: frozenset(found) for name, found in facts.items()}


def _read_json(path: Path, method: str) -> _Json:
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        hint = "an earlier `sqlseed build` or `compile` wrote it to target/; keep a copy and name its folder"
        raise ProjectError(f"no {path.name} in {path.parent} to compare with for {method}", hint=hint) from None
    except (OSError, ValueError) as error:
        raise ProjectError(f"cannot be read as JSON: {error}", path=str(path)) from None
    if not isinstance(data, dict):
        raise ProjectError("is not an artifact of sqlseed", path=str(path))
    return data


# --- run_results.json ------------------------------------------------------------------------------------


class RunResults:
    """Collects a run's events into target/run_results.json, flushed as it goes."""

    def __init__(self, workspace: Workspace, version: str, run_id: str, arguments: Mapping[str, Any]) -> None:
        self.path = workspace.target_path / "run_results.json"
        self._workspace = workspace
        self._head = metadata(version, run_id)
        self._arguments = dict(arguments)
        self._results: list[str] = []  # as they are written: the file grows with every one, and is written often
        self._started = time.monotonic()
        self._flushed = 0.0
        self.problem = ""  # why the file could not be written, if it could not

    def on_event(self, event: Event) -> None:
        """Notes a finished slice or test."""
        if event.kind is EventKind.TEST_FINISHED and event.verdict is not None:
            self._results.append(_line(self._verdict(event.verdict)))
            if time.monotonic() - self._flushed > _FLUSH_SECONDS:
                self.flush()
        if event.kind is EventKind.SLICE_FINISHED and event.result is not None:
            self._results.append(_line(self._entry(event.result)))
            if time.monotonic() - self._flushed > _FLUSH_SECONDS:
                self.flush()

    def add(self, results: Sequence[StepResult]) -> None:
        """Notes slices that no event announced: those that were up to date."""
        self._results += [_line(self._entry(result)) for result in results]

    def _entry(self, result: StepResult) -> _Json:
        model = self._workspace.compiled[result.slice.model]
        return {
            "unique_id": f"model.{self._workspace.project.name}.{result.slice.model}",
            "slice": result.slice.key,
            "point": dict(result.slice.point),
            "status": result.status.value,
            "timing": _timing(result.started_at, result.seconds),
            "thread_id": f"Thread-{result.worker}" if result.worker else None,
            "execution_time": round(result.seconds, 6),
            "adapter_response": {"rows_affected": result.rows},
            "message": result.message or None,
            "failures": None,
            "attempts": result.attempts,
            "relation_name": str(model.relation),
        } | ({"profile": asdict(result.profile)} if result.profile is not None else {})

    def _verdict(self, verdict: Verdict) -> _Json:
        return {
            "unique_id": test_id(self._workspace.project.name, verdict.test),
            "status": verdict.status.value,
            "timing": _timing(verdict.started_at, verdict.seconds),
            "thread_id": f"Thread-{verdict.worker}" if verdict.worker else None,
            "execution_time": round(verdict.seconds, 6),
            "adapter_response": {},
            "message": verdict.message or None,
            "failures": verdict.failures,
            "sample": list(verdict.sample),
            "compiled_path": f"target/compiled/{verdict.compiled_path}" if verdict.compiled_path else None,
            "relation_name": verdict.kept or None,
        }

    def flush(self) -> None:
        """Writes the file as it stands; a disk that refuses it stops no run."""
        self._flushed = time.monotonic()
        parts = {
            "metadata": _line(self._head),
            "results": "[\n" + ",\n".join(self._results) + "\n]",
            "elapsed_time": _line(round(time.monotonic() - self._started, 3)),
            "args": _line(self._arguments),
        }
        text = ",\n".join(f'"{name}": {part}' for name, part in parts.items())
        try:
            write_text(self.path, f"{{\n{text}\n}}\n")
            self.problem = ""
        except OSError as error:
            self.problem = f"{self.path} was not written: {error.strerror}"


def test_id(project: str, test: DataTest) -> str:
    """dbt's id of a test: a generic one's ends with ten digits of a hash."""
    if test.kind is DataTestKind.SINGULAR:
        return f"test.{project}.{test.name}"
    if test.kind is DataTestKind.UNIT:
        return f"unit_test.{project}.{test.model}.{test.name}"
    digest = hashlib.md5(f"{test.model}.{test.name}".encode(), usedforsecurity=False).hexdigest()
    return f"test.{project}.{test.name}.{digest[:10]}"


def _line(value: object) -> str:
    return json.dumps(value, default=str)


def _timing(started_at: float, seconds: float) -> list[_Json]:
    if not started_at:
        return []
    started = dt.datetime.fromtimestamp(started_at, dt.UTC)
    ended = started + dt.timedelta(seconds=seconds)
    return [{"name": "execute", "started_at": _stamp(started), "completed_at": _stamp(ended)}]


def _stamp(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
