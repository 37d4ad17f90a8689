"""Which data tests a selection picks: dbt's grammar over models, seeds and tests, with its indirect selection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlseed import selector, targeting
from sqlseed.assertion import DataTest, DataTestKind
from sqlseed.assertions import units
from sqlseed.assertions.compiling import Prepared, Preparer
from sqlseed.assertions.units import PreparedUnit
from sqlseed.model import ResourceType
from sqlseed.targeting import Selection
from sqlseed.workspace import Workspace

INDIRECT = ("eager", "cautious", "buildable", "empty")
"""dbt's ways to take tests along with the models that they read."""


def prepare_all(workspace: Workspace) -> dict[str, Prepared | PreparedUnit]:
    """Every enabled test of the project, the unit tests first; raises the errors of all."""
    return workspace.remembered("tests", lambda: {**units.prepare_all(workspace), **Preparer(workspace).all()})


def graph_with_tests(workspace: Workspace, prepared: Mapping[str, Prepared | PreparedUnit]) -> selector.Graph:
    """The models, seeds and tests; a test's parents are what it reads."""
    nodes, parents = dict(workspace.graph.nodes), dict(workspace.graph.parents)
    for name, one in prepared.items():
        nodes[name] = _node(one.test)
        parents[name] = one.parents
    return selector.Graph(nodes, parents)


def _node(test: DataTest) -> selector.Node:
    singular = test.kind is DataTestKind.SINGULAR
    return selector.Node(
        test.name,
        ResourceType.UNIT_TEST if test.kind is DataTestKind.UNIT else ResourceType.TEST,
        test.fqn,
        test.path,
        None,
        test.config.tags,
        settings(test),
        "",
        test.kind.value,
        "" if singular else test.test_name or "",
    )


def settings(test: DataTest) -> dict[str, Any]:
    """A test's settings as plain data."""
    config = test.config
    return {
        "enabled": config.enabled,
        "severity": config.severity.value,
        "warn_if": config.warn_if,
        "error_if": config.error_if,
        "fail_calc": config.fail_calc,
        "where": config.where,
        "limit": config.limit,
        "store_failures": config.store_failures,
        "tags": list(config.tags),
        "meta": dict(config.meta),
    }


def selected(
    workspace: Workspace,
    prepared: Mapping[str, Prepared | PreparedUnit],
    selection: Selection,
    indirect: str = "eager",
) -> list[Prepared | PreparedUnit]:
    """The tests that a selection picks, in the project's order; raises SelectionError."""
    graph = graph_with_tests(workspace, prepared)
    names = targeting.selected(workspace, selection, None, graph, indirect)
    return [one for name, one in prepared.items() if name in names]
