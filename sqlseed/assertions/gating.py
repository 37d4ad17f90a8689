"""Tests within a build. A data test runs when all slices of what it reads are done, and what depends on that waits; a
unit test runs before the slices of its model."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlseed.assertion import Severity
from sqlseed.assertions import selecting, unitrun
from sqlseed.assertions.compiling import Prepared
from sqlseed.assertions.counting import Work, works
from sqlseed.assertions.running import Examiner, Holder
from sqlseed.assertions.testing import DataTests, rows_built
from sqlseed.assertions.units import PreparedUnit
from sqlseed.backends import Backend, Session
from sqlseed.events import Event, EventKind, OnEvent, Status, Verdict
from sqlseed.model import Plan, Slice
from sqlseed.runner import StopFlag
from sqlseed.schedule import Gate
from sqlseed.targeting import Selection, models_among, selected, selected_models
from sqlseed.workspace import Workspace


def gates(
    workspace: Workspace, plan: Plan, ready: Sequence[Prepared], examiner: Examiner, rows: Mapping[str, int]
) -> list[Gate]:
    """The gates of a plan for some tests. As in dbt a test holds up a model that is below all that the test reads; one
    that only warns holds up nothing."""
    slices = _slices_by_model(plan)
    above = {name: workspace.ancestors(frozenset({name})) - {name} for name in slices}
    made = []
    for number, work in enumerate(works(ready, rows), 1):
        read = {name for one in work.tests for name in one.refs}
        errors = any(one.test.config.severity is Severity.ERROR for one in work.tests)
        held = {name for name in slices if read and read <= above[name]} if errors else set()
        first = [name for name in held if not held.intersection(above[name])]  # the others wait for these
        made.append(
            Gate(
                Slice("data tests", (("tests", str(number)),)),
                after=tuple(slice_ for name in sorted(read) for slice_ in slices.get(name, ())),
                before=tuple(slice_ for name in sorted(first) for slice_ in slices[name]),
                examine=partial(_examine, examiner, work),
                skipped=partial(_skipped, work.tests),
            )
        )
    return made


def _examine(examiner: Examiner, work: Work, backend: Backend, session: Session) -> tuple[Session, list[Verdict]]:
    holder = Holder(backend, session, [])
    found = examiner.verdicts(holder, work)
    return holder.session, found


def unit_gates(workspace: Workspace, plan: Plan, units: Sequence[PreparedUnit]) -> list[Gate]:
    """A gate for each model with unit tests: its slices wait for them, and do not begin if one fails."""
    slices = _slices_by_model(plan)
    by_model: dict[str, list[PreparedUnit]] = {}
    for one in units:
        by_model.setdefault(one.compiled.name, []).append(one)
    return [
        Gate(
            Slice("unit tests", (("model", name),)),
            after=(),
            before=tuple(slices.get(name, ())),
            examine=partial(_examine_units, workspace, tests),
            skipped=partial(_skipped, tests),
        )
        for name, tests in by_model.items()
    ]


def _slices_by_model(plan: Plan) -> dict[str, list[Slice]]:
    slices: dict[str, list[Slice]] = {}
    for step in plan.pending:
        slices.setdefault(step.slice.model, []).append(step.slice)
    return slices


def _examine_units(
    workspace: Workspace, units: Sequence[PreparedUnit], _: Backend, session: Session
) -> tuple[Session, list[Verdict]]:
    """The session is the target's and stays unused. A model's unit tests are over before a stop could matter."""
    found = unitrun.run(workspace, units, lambda _: None, StopFlag(), fail_fast=False)
    return session, list(found.values())


def _skipped(tests: Sequence[Prepared | PreparedUnit], why: str) -> list[Verdict]:
    return [Verdict(one.test, Status.SKIPPED, message=why) for one in tests]


@dataclass
class BuildTests(DataTests):
    """The tests of a build: those that its selection takes along."""

    indirect: str = "buildable"
    gates: list[Gate] = field(default_factory=list)
    _units: list[PreparedUnit] = field(default_factory=list)
    _chosen: list[Prepared] = field(default_factory=list)
    _found: dict[str, Verdict] = field(default_factory=dict)
    _missing: list[Verdict] = field(default_factory=list)

    def select(self, selection: Selection, session: Session | None, tests: bool) -> frozenset[str]:
        """The models that a selection picks; its tests are kept in mind, unless it is to be without `tests`."""
        workspace = self.workspace
        prepared = selecting.prepare_all(workspace) if tests else {}
        if not prepared:
            return selected_models(workspace, selection, session)
        graph = selecting.graph_with_tests(workspace, prepared)
        names = selected(workspace, selection, session, graph, self.indirect)
        picked = [one for name, one in prepared.items() if name in names]
        self._units = [one for one in picked if isinstance(one, PreparedUnit)]
        self._chosen = [one for one in picked if not isinstance(one, PreparedUnit)]
        return models_among(workspace, names)

    def get_ready_for(self, session: Session, plan: Plan) -> None:
        """Makes the gates of a plan whose tables are there."""
        pending = {step.slice.model for step in plan.pending}
        coming = frozenset(self.workspace.compiled[name].relation for name in pending)
        chosen, missing = self.get_ready(session, self._chosen, coming)
        self._chosen, self._missing = chosen, list(missing.values())
        ready = [one for one in chosen if one.test.name not in missing]
        rows = rows_built(session)
        for step in plan.pending:
            rows[step.slice.model] = rows.get(step.slice.model, 0) + (step.expected_rows or 0)
        self.gates = unit_gates(self.workspace, plan, self._units)
        self.gates += gates(self.workspace, plan, ready, self.examiner, rows)

    def tell_missing(self, on_event: OnEvent) -> None:
        """The verdicts of the tests whose tables are not there."""
        for verdict in self._missing:
            on_event(Event(EventKind.TEST_FINISHED, time.time(), name=verdict.test.name, verdict=verdict))

    def note(self, event: Event) -> None:
        """Keeps a verdict."""
        if event.verdict is not None:
            self._found[event.verdict.test.name] = event.verdict

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Of all tests, in the project's order."""
        names = [one.test.name for one in self._units] + [one.test.name for one in self._chosen]
        return tuple(self._found[name] for name in names if name in self._found)
