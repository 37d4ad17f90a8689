"""One examination, from the connection to the score. It reads in one snapshot and writes nothing."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sqlseed import edits
from sqlseed.backends import Session, open_backend
from sqlseed.checkup import realism, rules, settings
from sqlseed.checkup.ownership import labels
from sqlseed.checkup.rules import Kind, Rule
from sqlseed.checkup.scanning import Found, Scanner
from sqlseed.checkup.scoring import (
    BROKEN,
    EMPTY,
    NOBODY,
    POINTS,
    Cap,
    Check,
    Distribution,
    Finding,
    Health,
    Part,
    Section,
    SliceRows,
    TableRows,
    check,
)
from sqlseed.model import Compiled, KeyKind, Materialized, Slice, Step, StepState
from sqlseed.planner import Planner
from sqlseed.reconnecting import ask
from sqlseed.runner import RunContext
from sqlseed.targeting import planner_for, run_context
from sqlseed.workspace import Workspace


def examine(workspace: Workspace, *, today: dt.date | None = None, checksums: bool = False) -> Health:
    """The health of a target; raises SqlseedError where it cannot be asked.

    `today` is what the data's age is measured against. The rows of each slice are compared with what was recorded
    of their content; with `checksums` also with the checksum of a slice of which only `build --checksums` recorded any.
    """
    started = time.perf_counter()
    models = _target_models(workspace)
    found = settings.read(workspace, models)
    queries = realism.prepare(workspace)
    backend = open_backend(workspace.target, workspace.project.root, writes=False)

    def work(session: Session) -> Health:
        with session.transaction():
            session.snapshot()
            session.prepare(())
            made = planner_for(workspace, session)
            job = _Examination(workspace, session, models, found, made)
            live = session.catalog([model.relation for model in workspace.compiled.values()])
            distributions = [
                realism.measure(session, head, prepared, workspace.compiled, live) for head, prepared in queries
            ]
            tables, checks = job.run(checksums)
        checks += _distributions(distributions)
        checks += job.freshness(today or dt.date.today())
        ordered = tuple(sorted(checks, key=lambda one: list(POINTS).index(one.name)))
        return Health(
            project=workspace.project.name,
            target=workspace.target.name,
            server=session.server(),
            today=today or dt.date.today(),
            as_of=found.as_of,
            checks=ordered,
            caps=tuple(_caps(tables, ordered, job.nobody)),
            tables=tuple(tables),
            distributions=tuple(distributions),
            elapsed=time.perf_counter() - started,
        )

    try:
        return ask(backend, work)
    finally:
        backend.close()


def _target_models(workspace: Workspace) -> dict[str, Compiled]:
    """The models with a table in the target: a view holds no rows, what is intermediate is sqlseed's own business."""
    return {
        name: model for name, model in workspace.compiled.items() if model.config.materialized is Materialized.TABLE
    }


def _distributions(distributions: Sequence[Distribution]) -> list[Check]:
    parts = []
    for one in distributions:
        outside = [measure for measure in one.measures if not measure.fits]
        example = f"{outside[0].label}: {outside[0].actual}, target {outside[0].target}" if outside else ""
        note = one.problem or f"{len(outside)} of {len(one.measures)} outside their tolerance"
        parts.append(Part(one.title, one.outside, len(outside), note, example))
    return [check("distributions", parts)] if parts else []


def _caps(tables: Sequence[TableRows], checks: Sequence[Check], nobody: bool) -> list[Cap]:
    caps = []
    if nobody:
        caps.append(Cap(NOBODY, "nobody seeded this database: it holds no row that sqlseed made"))
    empty = [table.table for table in tables if table.is_empty]
    if empty:
        more = f" and {len(empty) - 3} more" if len(empty) > 3 else ""
        caps.append(Cap(EMPTY, f"without the rows that it should have: {', '.join(empty[:3])}{more}"))
    broken = [
        found
        for one in checks
        if one.section in (Section.INTEGRITY, Section.TENANCY)
        for found in one.findings
        if found.broken
    ]
    if broken:
        more = f" and {len(broken) - 1} more" if broken[1:] else ""
        caps.append(Cap(BROKEN, f"a broken rule: {broken[0].what}{more}"))
    return caps


@dataclass
class _Examination:
    """The parts that ask the database."""

    workspace: Workspace
    session: Session
    models: Mapping[str, Compiled]
    settings: settings.Settings
    made: Planner
    steps: tuple[Step, ...] = field(init=False)
    context: RunContext = field(init=False)
    nobody: bool = False
    _step_of: dict[Slice, Step] = field(init=False)

    def __post_init__(self) -> None:
        self.steps = self.made.plan(frozenset(self.workspace.compiled)).steps
        self._step_of = {step.slice: step for step in self.steps}
        self.context = run_context(self.workspace, self.made, "", refresh=False, checksums=False)

    def run(self, checksums: bool) -> tuple[list[TableRows], list[Check]]:
        """The tables, and the checks of completeness, integrity, tenancy and provenance."""
        by_model: dict[str, list[Step]] = {name: [] for name in self.models}
        for step in self.steps:
            by_model.get(step.slice.model, []).append(step)
        live = self.session.catalog([model.relation for model in self.models.values()])
        owners = {}
        for name, model in self.models.items():
            there = live[model.relation].columns if model.relation in live else ()
            owners[name] = labels(self.context, model, by_model[name]).for_columns(model.contract, there)
        scanner = Scanner(self.session, self.models, live, owners, self.settings)
        wanted = rules.of_project(self.models, self.workspace.project.tests.values(), self.settings)
        unfit = {rule for rule in wanted if not scanner.is_there(rule.model) or scanner.missing_columns(rule)}
        wrong = {rule: scanner.key(rule) for rule in wanted if rule.kind is Kind.KEY and rule not in unfit}
        tables: list[TableRows] = []
        for name in self.models:
            some = [rule for rule in wanted if rule.model == name and rule not in unfit | wrong.keys()]
            found = scanner.scan(name, some) if scanner.is_there(name) else Found({}, {})
            wrong |= found.wrong
            tables.append(self._table(name, owners[name].sort(found.rows), by_model[name], scanner.is_there(name)))
        self.nobody = not any(key[0] in self.models for key in self.made.checkpoints) and not any(
            table.rows - table.foreign
            for table in tables
            if self.models[table.model].config.key_kind is not KeyKind.NATURAL
        )
        checks = self._rules(scanner, wanted, wrong, {table.model: table for table in tables})
        return tables, [*self._completeness(tables), *checks, *self._provenance(scanner, tables, checksums)]

    def _table(
        self, name: str, found: tuple[dict[Slice, int], int, int], steps: Sequence[Step], is_there: bool
    ) -> TableRows:
        rows, orphaned, foreign = found
        counted = []
        for step in steps:
            done = self.made.checkpoints.get((name, step.slice.key))
            expected = done.rows if done else step.expected_rows
            counted.append(SliceRows(step.slice, expected, rows[step.slice], done is not None))
        return TableRows(name, self.models[name].relation.name, tuple(counted), orphaned, foreign, is_there)

    # --- completeness

    def _completeness(self, tables: Sequence[TableRows]) -> list[Check]:
        parts = []
        for table in tables:
            short = [found for found in table.slices if found.missing]
            missing = sum(max(0, (found.expected or 0) - found.rows) for found in table.slices)
            note = f"{len(short)} of {len(table.slices)} slices short" if table.exists else "no such table"
            example = ""
            if short:
                expected = "some" if short[0].expected is None else f"{short[0].expected:,}"
                example = f"{short[0].slice.key}: {short[0].rows:,} of {expected} rows"
            parts.append(Part(table.table, table.missing, missing, note, example))
        return [check("rows", parts)] if parts else []

    # --- integrity and tenancy

    def _rules(
        self, scanner: Scanner, wanted: Sequence[Rule], wrong: Mapping[Rule, int], tables: Mapping[str, TableRows]
    ) -> list[Check]:
        parts: dict[Kind, list[Part]] = {}
        for rule in wanted:
            parts.setdefault(rule.kind, []).append(self._judged(scanner, rule, wrong.get(rule), tables[rule.model]))
        return [check(kind.value, found) for kind, found in parts.items()]

    def _judged(self, scanner: Scanner, rule: Rule, wrong: int | None, table: TableRows) -> Part:
        """A broken rule loses its whole share, and so does one that proves nothing for want of rows."""
        if not table.exists:
            return Part(table.table, Fraction(1), 0, "no such table")
        told = rule.told(self.models)
        if wrong is None:
            return Part(told, Fraction(1), 0, f"no column {', '.join(scanner.missing_columns(rule))}", "", True)
        if wrong:
            return Part(told, Fraction(1), wrong, _WRONG[rule.kind], scanner.example(rule), True)
        if table.is_empty:
            return Part(table.table, Fraction(1), 0, "the table is empty, so its rules prove nothing")
        return Part(told)

    # --- freshness

    def freshness(self, today: dt.date) -> list[Check]:
        """The age of the data's today, and the slices that the project would make otherwise now."""
        checks = []
        as_of = self.settings.as_of
        if as_of is not None:
            age = (today - as_of).days
            old = age > self.settings.max_age_days or age < 0
            note = f"{as_of} is {age} days ago" if age >= 0 else f"{as_of} is {-age} days ahead"
            note += f", more than {self.settings.max_age_days}" if age > self.settings.max_age_days else ""
            checks.append(check("as of", [Part("as_of", Fraction(old), 0, note)]))
        parts = []
        words = {StepState.NEW: "not built", StepState.CHANGED: "built by an earlier state of the project"}
        for name in dict.fromkeys(step.slice.model for step in self.steps):
            states = [step.state for step in self.steps if step.slice.model == name]
            stale = [state for state in states if state is not StepState.UP_TO_DATE]
            told = [
                f"{states.count(state)} of {len(states)} slices {word}"
                for state, word in words.items()
                if state in states
            ]
            parts.append(Part(name, Fraction(len(stale), len(states)), 0, ", ".join(told)))
        return [*checks, check("unchanged", parts)] if parts else checks

    # --- provenance

    def _provenance(self, scanner: Scanner, tables: Sequence[TableRows], checksums: bool) -> list[Check]:
        if not tables:
            return []
        total = sum(table.rows for table in tables)
        own = [self._foreign(scanner, table, total) for table in tables if table.foreign]
        if not total:
            own = [Finding("all tables", 0, Fraction(POINTS["own"][1]), "hold no row")]
        kept = [self._kept(table, checksums) for table in tables]
        return [Check("own", POINTS["own"][1], len(tables), tuple(own)), check("kept", kept)]

    def _foreign(self, scanner: Scanner, table: TableRows, total: int) -> Finding:
        """Rows of somebody else lose points by their share of all rows."""
        lost = Fraction(POINTS["own"][1] * table.foreign, total)
        return Finding(table.table, table.foreign, lost, "rows that sqlseed did not make", scanner.foreign(table.model))

    def _kept(self, table: TableRows, checksums: bool) -> Part:
        """The slices of a table that are not as their build left them."""
        odd = [found for found in table.slices if not found.built or found.rows != found.expected]
        whole = [self._step_of[found.slice] for found in table.slices if found not in odd]
        edited = self._edited(table, whole, checksums)
        if not odd and not edited:
            return Part(table.table)
        example = f"{edited[0].slice.key}: edited" if edited else ""
        if odd:
            first = odd[0]
            example = f"{first.slice.key}: {first.rows:,} rows, "
            example += f"built with {first.expected:,}" if first.built else "not built"
        note = f"{len(odd) + len(edited)} of {len(table.slices)} slices have other rows than were built"
        wrong = sum(abs(found.rows - (found.expected or 0)) for found in odd if found.built)
        return Part(table.table, Fraction(len(odd) + len(edited), len(table.slices)), wrong, note, example)

    def _edited(self, table: TableRows, steps: Sequence[Step], checksums: bool) -> list[edits.Edit]:
        """The slices with as many rows as were written, and others."""
        if not table.exists:
            return []
        live = self.session.catalog([self.models[table.model].relation])
        points = self.made.checkpoints
        return edits.among(self.session, self.context, steps, points, live, checksums=checksums)


_WRONG = {
    Kind.KEY: "stand more than once",
    Kind.REFERENCE: "lead to no row",
    Kind.REQUIRED: "are null",
    Kind.FILLED: "have no tenant",
    Kind.KNOWN: "have a tenant that the project does not know",
    Kind.KEPT: "belong to another tenant than the row that they refer to",
}
