"""Everything that a review says of the plan for one target: the target is read, the dry run made, both put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlseed import approval, planner, preflight, sqltext
from sqlseed.assertion import DataTest, DataTestKind
from sqlseed.assertions import selecting
from sqlseed.assertions.compiling import Prepared
from sqlseed.assertions.units import PreparedUnit
from sqlseed.backends import sent, slices
from sqlseed.backends.pg_bulk import INDEX
from sqlseed.errors import SqlseedError
from sqlseed.events import Event, OnEvent
from sqlseed.lint.finding import Finding
from sqlseed.model import Compiled, KeyKind, Materialized, Plan, Relation, Step, StepState
from sqlseed.review import attention, catalog, estimating, guarantees, locks, reading, rehearsal
from sqlseed.review.facts import (
    Change,
    ColumnFacts,
    Estimate,
    ForeignKeyFacts,
    IndexFacts,
    LockFacts,
    ModelFacts,
    Review,
    SeedFacts,
    SliceFacts,
    TestFacts,
)
from sqlseed.review.lineage import column_lineage
from sqlseed.review.psql import grant_statements, meaning, setting_reasons
from sqlseed.runner import StopFlag
from sqlseed.targeting import EVERYTHING, Selection
from sqlseed.version import __version__
from sqlseed.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Gathered:
    """A review, with the plan that it is of."""

    review: Review
    made: planner.Planner
    plan: Plan


def _ignore(_: Event) -> None:
    return None


def gather(
    workspace: Workspace,
    selection: Selection = EVERYTHING,
    *,
    where: str = "",
    dry_run: bool = True,
    on_event: OnEvent = _ignore,
    stop: StopFlag | None = None,
) -> Gathered:
    """The review of what a build of the selection, with all that it needs, would do to the target.

    `where` names the target for people. Without `dry_run` rows are those that the plan expects, and no rows are shown.
    Reads the target and writes nothing; one that cannot be reached is taken for an empty one. The models have been
    checked. Raises GuardError if the target's state is another project's.
    """
    live = reading.read(workspace, selection)
    job = _Gathering(workspace, live)
    if dry_run:
        job.dry = rehearsal.rehearse(workspace, selection, job.measured_keys(), on_event, stop or StopFlag())
    return Gathered(job.review(where), live.made, live.plan)


@dataclass
class _Gathering:
    workspace: Workspace
    live: reading.Live
    dry: rehearsal.Rehearsal | None = None
    steps: dict[str, list[Step]] = field(init=False)
    foreign_keys: tuple[ForeignKeyFacts, ...] = field(init=False)
    differences: Mapping[tuple[str, str], approval.Difference] = field(init=False)
    lock: approval.Lock | None = field(init=False, default=None)
    troubles: list[str] = field(default_factory=list)  # lint or lock that could not be read

    def __post_init__(self) -> None:
        self.steps = {}
        for step in self.live.plan.steps:
            self.steps.setdefault(step.slice.model, []).append(step)
        self.creates = set(
            preflight.missing_tables(self.compiled, {s.slice.model for s in self.live.plan.pending}, self.live.tables)
        )
        self.foreign_keys = self._foreign_keys()
        self.differences = self._differences()

    @property
    def compiled(self) -> Mapping[str, Compiled]:
        return self.workspace.compiled

    @property
    def is_postgres(self) -> bool:
        return sent.is_postgres(self.workspace.target)

    # --- the whole

    def review(self, where: str) -> Review:
        workspace, target = self.workspace, self.workspace.target
        findings, tests = self._lint(), self._tests()
        lineage = column_lineage(workspace, self.steps)
        models = tuple(self._model(name, lineage[name], findings, tests) for name in self.steps)
        seeds = tuple(self._seed(name) for name in self.live.plan.seeds)
        total = sum((_counted(model) for model in models), Estimate())
        total = sum((seed.estimate for seed in seeds), total)
        functions = sent.functions(target, sorted({f for name in self.steps for f in self.compiled[name].functions}))
        settings = sent.settings(target)
        made = Review(
            project=workspace.project.name,
            target=target.name,
            engine="postgres" if self.is_postgres else "duckdb",
            server=self.live.server,
            where=where,
            version=__version__,
            generated_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            variables=dict(workspace.variables),
            state_schema=target.state_schema,
            threads=target.threads,
            models=models,
            seeds=seeds,
            functions=functions,
            settings=settings,
            total=total,
            wall_seconds=estimating.wall(total.seconds, target.threads, self.live.pace),
            grants=self._grants(),
            approval={"by": self.lock.by, "at": self.lock.at, "sha256": self.lock.digest} if self.lock else {},
            change=self._rest_changed(),
            reasons=setting_reasons(settings, functions),
            slowness=self.live.pace.slowness if self.live.pace.measured else None,
            sessions=self.live.pace.sessions if self.live.pace.measured else None,
            notes=tuple(estimating.notes(self.live, self.dry, self.is_postgres)),
        )
        made = replace(made, guarantees=guarantees.of(made))
        return replace(made, attention=tuple(attention.of(made, self.live, self.dry, self.troubles)))

    def _model(
        self,
        name: str,
        lineage: Mapping[str, tuple[tuple[str, str], ...]],
        findings: Mapping[str, Sequence[Finding]],
        tests: Mapping[str, Sequence[DataTest]],
    ) -> ModelFacts:
        workspace, target, compiled = self.workspace, self.workspace.target, self.compiled[name]
        config, relation = compiled.config, compiled.relation
        states = {step.state for step in self.steps[name]}
        creates = name in self.creates
        sample = self.dry.samples.get(name) if self.dry else None
        plan, note = self.live.plans.get(name, ("", self._no_plan()))
        return ModelFacts(
            name=name,
            path=compiled.path,
            description=compiled.description,
            relation=relation,
            materialized=config.materialized.value,
            key_kind=config.key_kind.value,
            key=config.key,
            owner=self._owner(compiled),
            slice_by=config.slice_by,
            tags=config.tags,
            refs=compiled.refs,
            seeds=compiled.seeds,
            functions=compiled.functions,
            source=workspace.project.models[name].raw_sql,
            compiled=compiled.sql,
            statement=self._statement(compiled),
            parameters={p.name: p.type for p in compiled.parameters},
            meanings={p.name: meaning(p, self.live.made) for p in compiled.parameters},
            estimate=self._estimate(compiled),
            creates=creates,
            ddl=tuple(sent.creation(target, compiled, self.compiled)) if creates else (),
            slices=tuple(self._slice(step) for step in self.steps[name]),
            columns=self._columns(compiled, lineage, tests.get(name, ())),
            indexes=self.indexes(compiled),
            foreign_keys=tuple(key for key in self.foreign_keys if key.table == relation),
            referenced_by=tuple(key for key in self.foreign_keys if key.to == relation),
            triggers=tuple(t for t in self.live.catalog.triggers.get(relation, ()) if not t.internal),
            locks=self._locks(compiled, states) if self.is_postgres else (),
            explain=plan,
            explain_note=note,
            sample_columns=sample.columns if sample else (),
            sample=sample.rows if sample else (),
            tests=tuple(_test_facts(test) for test in tests.get(name, ())),
            findings=tuple(findings.get(name, ())),
            live_rows=self.live.rows.get(relation),
            change=self._change("model", name),
            aside=tuple(one.name for one in self._aside(compiled)),
            dry_seconds=self.dry.seconds.get(name) if self.dry else None,
        )

    def _seed(self, name: str) -> SeedFacts:
        seed = self.workspace.project.seeds[name]
        tables = slices.seed_tables(self.workspace.target.state_schema, seed)
        loads = name in self.live.loads
        return SeedFacts(
            name=name,
            path=seed.path,
            description=seed.description,
            rows=len(seed.rows),
            columns=tuple(column.name for column in seed.columns),
            checksum=seed.checksum,
            read_by=tuple(model for model in self.steps if name in self.compiled[model].seeds),
            estimate=self._estimator().seed(tables, loads=loads) if self.is_postgres else Estimate(),
            change=self._change("seed", name),
        )

    # --- parts of a model

    def _owner(self, compiled: Compiled) -> str:
        """The predicate for the rows that sqlseed makes in its table."""
        if compiled.config.whole or compiled.config.materialized is Materialized.INTERMEDIATE:
            return "true"
        ranges = [r for (model, _), r in self.live.made.ranges.items() if model == compiled.name]
        natural = compiled.config.key is None or compiled.config.key_kind is KeyKind.NATURAL
        values = [step.parameters for step in self.steps[compiled.name]] if natural else []
        return slices.own_of_model(self.workspace.project.name, compiled, ranges, values)

    def _statement(self, compiled: Compiled) -> str:
        text = sent.statement(self.workspace.target, compiled)
        if not self.is_postgres:
            return text
        types = {p.name: p.type for p in compiled.parameters} | {"_slice": "text"}
        return sqltext.numbered(text, types)[0]

    def _slice(self, step: Step) -> SliceFacts:
        known = self.dry.rows.get(step.slice) if self.dry else None
        rows = known if known is not None else step.expected_rows
        return SliceFacts(step.slice.key, dict(step.slice.point), step.state.value, rows, dict(step.parameters))

    def _columns(
        self, compiled: Compiled, lineage: Mapping[str, tuple[tuple[str, str], ...]], tests: Sequence[DataTest]
    ) -> tuple[ColumnFacts, ...]:
        named: dict[str, list[str]] = {}
        for test in tests:
            if test.column is not None and test.model == compiled.name:
                named.setdefault(test.column, []).append(test.name)
        if compiled.config.whole:
            return tuple(ColumnFacts(name, "", True, "", sources) for name, sources in lineage.items())
        return tuple(
            ColumnFacts(
                c.name, c.type, c.nullable, c.description, lineage.get(c.name, ()), tuple(named.get(c.name, ()))
            )
            for c in compiled.contract.columns
        )

    def _locks(self, compiled: Compiled, states: set[StepState]) -> tuple[LockFacts, ...]:
        removable = {
            model.relation
            for model in self.compiled.values()
            if model.config.materialized is not Materialized.INTERMEDIATE and not model.config.whole
        }
        around = locks.Surroundings(
            self.compiled,
            self.workspace.target.state_schema,
            self.foreign_keys,
            frozenset(removable),
            frozenset(key for key in self.foreign_keys if self.live.is_aside(key.table, key)),
            frozenset(one.table for one in self.live.aside if one.kind == INDEX),
        )
        creates = compiled.name in self.creates
        new, changed = StepState.NEW in states, StepState.CHANGED in states
        return tuple(locks.of_model(compiled, around, creates=creates, new=new, changed=changed))

    def _no_plan(self) -> str:
        if not self.is_postgres:
            return "no plan: DuckDB's target is a file of its own, and nobody waits for it"
        return "no plan: the target was not reached"

    # --- catalogs

    def indexes(self, compiled: Compiled) -> tuple[IndexFacts, ...]:
        """Those of the target's table; where there is none, those that it would be made with."""
        if not self.is_postgres or compiled.config.whole:
            return ()
        if compiled.relation in self.live.tables:
            return self.live.catalog.indexes.get(compiled.relation, ())
        return catalog.contract_indexes(compiled)

    def _foreign_keys(self) -> tuple[ForeignKeyFacts, ...]:
        if not self.is_postgres:
            return ()
        found = list(self.live.catalog.foreign_keys)
        for model in self.compiled.values():
            if model.relation not in self.live.tables and not model.config.whole:
                found += catalog.contract_foreign_keys(model, self.compiled)
        return tuple(found)

    def measured_keys(self) -> dict[Relation, list[tuple[str, ...]]]:
        """The column lists that the dry run measures: of indexes, and of foreign keys."""
        wanted: dict[Relation, list[tuple[str, ...]]] = {}
        for name in self.steps:
            compiled = self.compiled[name]
            keys = [index.columns for index in self.indexes(compiled)]
            keys += [key.columns for key in self.foreign_keys if key.table == compiled.relation]
            wanted[compiled.relation] = list(dict.fromkeys(keys))
        return wanted

    # --- numbers

    def _estimator(self) -> estimating.Estimator:
        return estimating.Estimator(self.dry, self.live.pace)

    def _estimate(self, compiled: Compiled) -> Estimate:
        """Of the slices that a build would write."""
        pending = [step for step in self.steps[compiled.name] if step.state is not StepState.UP_TO_DATE]
        if not self.is_postgres:
            return self._estimator().in_duckdb(compiled.name, pending)
        keys = [key for key in self.foreign_keys if key.table == compiled.relation]
        slices_ = len(self.steps[compiled.name])
        indexes = self.indexes(compiled)
        return self._estimator().model(compiled, pending, slices_, indexes, keys, self._aside(compiled))

    def _aside(self, compiled: Compiled) -> list[IndexFacts | ForeignKeyFacts]:
        """What bulk mode drops of a model's table, and puts back at the end of the build."""
        keys = [key for key in self.foreign_keys if key.table == compiled.relation]
        some: list[IndexFacts | ForeignKeyFacts] = [*self.indexes(compiled), *keys]
        return [one for one in some if self.live.is_aside(compiled.relation, one)]

    # --- tests, lint, approval, privileges

    def _tests(self) -> dict[str, list[DataTest]]:
        """The data tests and unit tests that read each model."""
        found: dict[str, list[DataTest]] = {}
        for one in selecting.prepare_all(self.workspace).values():
            for name in _read_by(one):
                found.setdefault(name, []).append(one.test)
        return found

    def _lint(self) -> dict[str, list[Finding]]:
        from sqlseed.lint import linting  # the grammar is an extra

        found: dict[str, list[Finding]] = {}
        try:
            for one in linting.lint(self.workspace, self.steps):
                found.setdefault(one.model, []).append(one)
        except SqlseedError as error:
            self.troubles.append(f"lint was not run: {error.message}")
        return found

    def _differences(self) -> dict[tuple[str, str], approval.Difference]:
        path = self.workspace.project.root / approval.LOCK
        if not path.exists():
            return {}
        try:
            self.lock = approval.read(path)
        except SqlseedError as error:
            self.troubles.append(f"the approval cannot be read: {error.message}")
            return {}
        return {(one.part, one.name): one for one in approval.differences(self.workspace, self.lock)}

    def _change(self, part: str, name: str) -> Change | None:
        if self.lock is None:
            return None
        found = self.differences.get((part, name))
        return Change(found.kind, found.diff) if found else Change("same")

    def _rest_changed(self) -> Change | None:
        """What differs of settings, functions, vars and versions; a removed model or seed counts here too."""
        if self.lock is None:
            return None
        rest = [
            one
            for (part, name), one in self.differences.items()
            if part not in ("model", "seed") or name not in {**self.compiled, **self.workspace.project.seeds}
        ]
        text = "\n\n".join(f"{one.text}\n{one.diff}".rstrip() for one in rest)
        return Change("changed", text) if rest else Change("same")

    def _grants(self) -> tuple[str, ...]:
        if not self.is_postgres:
            return ()
        user = self.workspace.target.settings.get("conninfo", {}).get("user")
        role = user if isinstance(user, str) and user else self.live.role or "sqlseed"
        return grant_statements(self.workspace, role, self.steps, self.creates)


def _counted(model: ModelFacts) -> Estimate:
    """What a model adds to the sum: rows on the way to a table, and those of a view, are no rows of the target's."""
    return model.estimate if model.materialized == Materialized.TABLE.value else replace(model.estimate, rows=0)


def _read_by(one: Prepared | PreparedUnit) -> Sequence[str]:
    return (one.compiled.name,) if isinstance(one, PreparedUnit) else one.refs


def _test_facts(test: DataTest) -> TestFacts:
    kind = "unit" if test.kind is DataTestKind.UNIT else test.kind.value
    return TestFacts(test.name, kind, test.path, test.description, test.config.severity.value)
