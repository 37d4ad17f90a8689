"""Which statements would write to disk while they sort or hash: by the plans of a live PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlseed.backends import Session, open_backend, sent
from sqlseed.errors import ProjectError, SqlseedError
from sqlseed.lint.finding import Finding
from sqlseed.lint.rules.plans import SPILL
from sqlseed.model import Compiled, Plan, Step
from sqlseed.reconnecting import ask
from sqlseed.targeting import planner_for
from sqlseed.workspace import Workspace

_UNITS = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
_SIZE = re.compile(r"(\d+)\s*([kmg]?b)?", re.IGNORECASE)
_HEADER = 24  # bytes of a row beside its columns: relation_byte_size() of PostgreSQL's costsize.c
_MEMORY = """
    select pg_catalog.pg_size_bytes(pg_catalog.current_setting('work_mem')),
        coalesce(pg_catalog.current_setting('hash_mem_multiplier', true), '1')::float8
"""
_PATIENCE = "select pg_catalog.set_config('lock_timeout', '2s', true)"


class _Undone(Exception):
    """Ends a transaction without a trace."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """What one node of a plan may hold, in bytes."""

    sort: int
    hash: int


def size(text: str) -> int:
    """Bytes of a size such as 64MB; raises ProjectError.

    >>> size("64MB"), size("1kB")
    (67108864, 1024)
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise ProjectError(f"'{text}' is no size", hint="for example 64MB or 1GB")
    return int(found[1]) * _UNITS[(found[2] or "").lower()]


def findings(workspace: Workspace, names: Iterable[str], most: int) -> Iterator[Finding]:
    """A finding for each model of which a sort or hash would write more than `most` bytes; nothing is run or kept.

    Raises ConnectError if the target does not answer, and SqlseedError if it is no PostgreSQL.
    """
    if not sent.is_postgres(workspace.target):
        raise SqlseedError(f"target '{workspace.target.name}' is no PostgreSQL: plans come from one", hint="--target")
    backend = open_backend(workspace.target, workspace.project.root, writes=False)

    def work(session: Session) -> tuple[Session, Plan]:
        with session.transaction():
            return session, planner_for(workspace, session).plan(workspace.ancestors(frozenset(names)), {})

    try:
        session, plan = ask(backend, work)
        largest: dict[str, Step] = {}
        for step in plan.steps:
            other = largest.setdefault(step.slice.model, step)
            if (step.expected_rows or 0) > (other.expected_rows or 0):
                largest[step.slice.model] = step
        for name in sorted(names):
            yield from _of_model(session, workspace.compiled[name], largest[name], most)
    finally:
        backend.close()


def _of_model(session: Session, compiled: Compiled, step: Step, most: int) -> Iterator[Finding]:
    reason = compiled.config.lint.get(SPILL.name, "")
    try:
        plan, memory = _explained(session, compiled, step)
    except SqlseedError as error:
        message = f"not checked, for there is no plan: {error.message.splitlines()[0]}"
        yield Finding(SPILL.name, "note", message, compiled.path, None, compiled.name, hint="build what it reads first")
        return
    for node in _nodes(plan):
        what, held = _held(node), memory.sort if node["Node Type"] == "Sort" else memory.hash
        spilled = _bytes(node)
        if what and spilled > held and spilled > most:
            message = (
                f"{what} of slice {step.slice.key} would hold {spilled >> 20:,} MB, where memory takes {held >> 20:,}"
            )
            hint = (
                f"so much goes to disk: more than {most >> 20:,} MB; raise work_mem, or make the rows fewer or narrower"
            )
            yield Finding(
                SPILL.name, SPILL.level, message, compiled.path, None, compiled.name, hint=hint, allowed=reason
            )


def _explained(session: Session, compiled: Compiled, step: Step) -> tuple[Mapping[str, Any], _Memory]:
    types = {parameter.name: parameter.type for parameter in compiled.parameters}
    found: list[tuple[Mapping[str, Any], _Memory]] = []
    try:
        with session.transaction():
            session.prepare(compiled.functions)  # the only thing that is made, and it is undone
            session.query(_PATIENCE)
            session.run("set transaction read only")
            work, times = session.query(_MEMORY)[0]
            given = session.query(f"explain (format json) {compiled.sql.strip().rstrip(';')}", step.parameters, types)[
                0
            ][0]
            parsed = json.loads(given) if isinstance(given, str) else given
            found.append((parsed[0]["Plan"], _Memory(int(work), int(work * times))))
            raise _Undone
    except _Undone:
        return found[0]


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _held(node: Mapping[str, Any]) -> str:
    """What a node keeps all its rows for; "" for one that passes them on."""
    kind = node["Node Type"]
    if kind == "Aggregate" and node.get("Strategy") in ("Hashed", "Mixed"):
        return "a grouping by hash"
    return {"Sort": "a sort", "Hash": "a hash table"}.get(kind, "")


def _bytes(node: Mapping[str, Any]) -> int:
    """As PostgreSQL reckons it: rows by width, rounded up to eight bytes, and a header for each."""
    width = -(-int(node["Plan Width"]) // 8) * 8
    return int(node["Plan Rows"]) * (width + _HEADER)
