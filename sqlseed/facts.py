"""Results as plain data, for `--output json`: the shapes that scripts may rely on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlseed.events import Status, Verdict
from sqlseed.model import Compiled
from sqlseed.selector import Graph, Node

_Json = dict[str, Any]

if TYPE_CHECKING:
    from sqlseed.api import BuildResult, CleanResult, PlanResult
    from sqlseed.assertions.testing import Verdicts
    from sqlseed.backends.pg_bulk import Aside


def nodes(found: Iterable[Node], graph: Graph) -> list[_Json]:
    """What `ls` lists."""
    return [
        {
            "name": node.name,
            "resource_type": node.resource_type.value,
            "path": node.path,
            "fqn": list(node.fqn),
            "tags": list(node.tags),
            "table": node.table,
            "config": dict(node.config),
            "depends_on": sorted(graph.parents[node.name]),
        }
        for node in found
    ]


def models(compiled: Iterable[Compiled]) -> list[_Json]:
    """What `compile` compiled."""
    return [
        {
            "name": model.name,
            "path": model.path,
            "relation": str(model.relation),
            "sql": model.sql,
            "parameters": {p.name: p.type for p in model.parameters},
            "refs": list(model.refs),
            "seeds": list(model.seeds),
        }
        for model in compiled
    ]


def _aside(one: Aside) -> _Json:
    return {"table": str(one.table), "kind": one.kind, "name": one.name, "definition": one.definition}


def plan(result: PlanResult) -> _Json:
    """What `build` would do."""
    return {
        "target": result.target,
        "server": result.server,
        "creates": list(result.creates),
        "seeds_to_load": list(result.seeds_to_load),
        "orphans": [str(orphan) for orphan in result.orphans],
        "set_aside": [_aside(one) for one in result.aside],
        "left_aside": [_aside(one) for one in result.left_aside],
        "approval": {"holds": result.approval[0], "message": result.approval[1]} if result.approval else None,
        "edited": None if result.edited is None else [str(edit) for edit in result.edited],
        "refusals": [str(refusal) for refusal in result.refusals],
        "slices": [
            {
                "model": step.slice.model,
                "slice": step.slice.key,
                "point": dict(step.slice.point),
                "state": step.state.value,
                "rows_expected": step.expected_rows,
                "fingerprint": step.fingerprint,
                "depends_on": [f"{parent.model}/{parent.key}" for parent in step.depends_on],
            }
            for step in result.plan.steps
        ],
    }


def build(result: BuildResult) -> _Json:
    """How a build ended."""
    from sqlseed import profiling  # it takes the runner with it, which only a build needs

    profiled = profiling.by_model(result.results)
    return {
        "run_id": result.run_id,
        "target": result.target,
        "server": result.server,
        "dry_run": result.dry_run,
        "success": result.success,
        "elapsed": round(result.elapsed, 3),
        "tables": [
            {
                "model": table.model,
                "relation": str(table.relation),
                "rows": table.rows,
                "checksum": table.checksum,
                "intermediate": table.intermediate,
                "seconds": round(table.seconds, 3),
                "slices": {status.value: count for status, count in table.slices.items()},
            }
            for table in result.tables
        ],
        "failures": [{"slice": str(failure.slice), "message": failure.message} for failure in result.failures],
        "tests": [_verdict(verdict) for verdict in result.verdicts],
    } | ({"profile": [asdict(one) for one in profiled]} if profiled else {})


def removed(result: CleanResult) -> _Json:
    """What `clean` removed."""
    return {
        "rows": dict(result.rows),
        "slices": result.slices,
        "state_removed": result.state_removed,
        "kept": [str(edit) for edit in result.kept],
    }


def verdicts(result: Verdicts) -> _Json:
    """How a run of data tests ended."""
    return {
        "run_id": result.run_id,
        "target": result.target,
        "server": result.server,
        "success": result.success,
        "elapsed": round(result.elapsed, 3),
        "counts": {status.value: result.count(status) for status in Status if result.count(status)},
        "tests": [_verdict(verdict) for verdict in result.verdicts],
    }


def _verdict(verdict: Verdict) -> _Json:
    return {
        "name": verdict.test.name,
        "test_type": verdict.test.kind.value,
        "test_name": verdict.test.test_name,
        "model": verdict.test.model,
        "column": verdict.test.column,
        "path": verdict.test.path,
        "line": verdict.test.line,
        "severity": verdict.test.config.severity.value,
        "status": verdict.status.value,
        "failures": verdict.failures,
        "message": verdict.message,
        "sample": [dict(row) for row in verdict.sample],
        "compiled_path": verdict.compiled_path,
        "kept": verdict.kept or None,
        "seconds": round(verdict.seconds, 3),
    }
