"""Run unit tests in an in-memory DuckDB: a model over the rows it is given, and what it makes of them compared."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from sqlseed import artifacts, planner, sqltext
from sqlseed.assertion import Fixture
from sqlseed.assertions.units import PreparedUnit, given_seed, model_inputs
from sqlseed.backends import Session, open_dry_run, slices
from sqlseed.errors import CompileError, Interrupted, SqlseedError, did_you_mean
from sqlseed.events import Status, Verdict
from sqlseed.model import Column, Compiled, Relation, Seed, quote
from sqlseed.runner import StopFlag
from sqlseed.version import __version__
from sqlseed.workspace import Workspace

SHOWN = 5  # rows of a difference that are shown
_COMPARED = 60  # rows that are looked at to find which belong together
_MARK = "@@"  # dbt's head for the column that says what a row of a difference is

Row = Mapping[str, Any]


def run(
    workspace: Workspace,
    units: Sequence[PreparedUnit],
    announce: Callable[[Verdict], None],
    stop: StopFlag,
    fail_fast: bool,
) -> dict[str, Verdict]:
    """Every unit test's verdict, by name; the target is not touched."""
    found: dict[str, Verdict] = {}
    if not units:
        return found
    backend = open_dry_run(workspace.target, workspace.project.root)
    try:
        session = backend.connect()
        session.bootstrap(workspace.project.name)
        bench = Bench(workspace, session)
        for one in units:
            why = "the run was stopped" if stop.signal is not None else ""
            if fail_fast and any(verdict.status in (Status.FAIL, Status.ERROR) for verdict in found.values()):
                why = why or "--fail-fast: another test failed"
            verdict = Verdict(one.test, Status.SKIPPED, message=why) if why else _verdict(bench, one, stop)
            found[one.test.name] = verdict
            announce(verdict)
    finally:
        backend.close()
    return found


def _verdict(bench: Bench, one: PreparedUnit, stop: StopFlag) -> Verdict:
    started, begin = time.time(), time.perf_counter()
    try:
        with stop.cancelling(bench.session):
            failures, message, sample = bench.examine(one)
        status = Status.FAIL if failures else Status.PASS
        verdict = Verdict(one.test, status, failures, message, sample)
    except Interrupted:
        return Verdict(one.test, Status.SKIPPED, message="the run was stopped")
    except SqlseedError as error:
        if error.path is None:
            error.path, error.line = one.test.path, one.test.line
        verdict = Verdict(one.test, Status.ERROR, message=str(error), error=error)
    except Exception as error:  # a bug of ours fails its test, not the others
        verdict = Verdict(one.test, Status.ERROR, message=f"internal error: {error!r}", error=error)
    seconds = time.perf_counter() - begin
    return replace(verdict, compiled_path=one.compiled_path, seconds=seconds, started_at=started)


@dataclass
class Bench:
    """The database in which all unit tests of a run are run, one after the other."""

    workspace: Workspace
    session: Session
    written: Relation = field(init=False)  # rows as a test writes them
    _empty: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.written = Relation(self.session.state_schema, "_unit_written")

    def examine(self, one: PreparedUnit) -> tuple[int, str, tuple[Row, ...]]:
        """How many rows differ, how, and some of them."""
        state = self.session.state_schema
        actual, expected = Relation(state, "_unit_actual"), Relation(state, "_unit_expected")
        self._write_compiled(one)
        self._give(one)
        self._make(one, actual)
        live = self.session.catalog([actual])[actual].columns
        names = self._write(one.unit.expect, tuple(live), one, "the model") or tuple(live)
        columns = ", ".join(quote(name) for name in names)
        self._drop(expected)
        self.session.run(f"create table {expected} as select {columns} from {actual} limit 0")
        self._insert(expected, one.unit.expect, one)
        return self._compare(expected, actual, {name: live[name].type for name in names})

    # --- what is given

    def _give(self, one: PreparedUnit) -> None:
        """Fills all that the model reads. Tables are made first: to make one may empty those above it."""
        given = {fixture.input: fixture for fixture in one.unit.given}
        models = [self.workspace.compiled[name] for name in model_inputs(self.workspace, one.compiled)]
        for model in models:
            self._make_empty(model)
        for name in one.compiled.seeds:
            seed = self.workspace.project.seeds[name]
            self._load(self._instead(seed, given[name], one) if name in given else seed)
        for model in models:
            live = self.session.catalog([model.relation])[model.relation].columns
            self._write(given[model.name], tuple(live), one, f"'{model.name}'")
            self._insert(model.relation, given[model.name], one)

    def _load(self, seed: Seed) -> None:
        """Loads a seed, unless just these rows of it are there."""
        slices.load_seed(self.session, seed, planner.seed_name(seed), "unit tests", __version__)

    def _instead(self, seed: Seed, fixture: Fixture, one: PreparedUnit) -> Seed:
        columns = self._write(fixture, tuple(column.name for column in seed.columns), one, f"'{seed.name}'")
        names = ", ".join(quote(column) for column in columns)
        rows = self.session.query(f"select {names} from {self.written}") if columns else []
        try:
            return given_seed(seed, columns, rows)
        except ValueError as error:
            raise self._at(one, fixture, f"a value {error}", None) from None

    def _make_empty(self, model: Compiled) -> None:
        """A model's table without rows: of its contract, or else of what its SELECT gives."""
        if not model.config.whole:
            self.session.load(model.relation, model.contract.columns, ())
            return
        if model.name in self._empty:
            self.session.run(f"delete from {model.relation}")
            return
        self._empty.add(model.name)
        for name in model.seeds:
            self._load(self.workspace.project.seeds[name])
        for name in model_inputs(self.workspace, model):
            self._make_empty(self.workspace.compiled[name])
        self.session.prepare(model.functions)
        types = {parameter.name: parameter.type for parameter in model.parameters}
        values = {name: self.workspace.variables.get(name.removeprefix("var_")) for name in types}
        self._create_as(model.relation, model, values, types, limit=" limit 0")

    def _create_as(
        self, relation: Relation, model: Compiled, values: Mapping[str, Any], types: Mapping[str, str], limit: str = ""
    ) -> None:
        self._drop(relation)
        plain = replace(model, sql=sqltext.with_literals(model.sql, values, types), parameters=())
        self.session.run(f"create table {relation} as\nselect * from (\n{self.session.model_sql(plain)}\n) as m{limit}")

    def _write(self, fixture: Fixture, known: Sequence[str], one: PreparedUnit, whose: str) -> tuple[str, ...]:
        """Puts rows as they are written into a table of their own; the names of their columns."""
        columns = fixture.columns
        self._drop(self.written)
        if fixture.sql:
            try:
                select = self.session.select_sql(fixture.sql.strip().rstrip(";"), {})
                self.session.run(f"create table {self.written} as\nselect * from (\n{select}\n) as w")
            except SqlseedError as error:
                raise self._at(one, fixture, error.message, error.hint) from None
            columns = tuple(self.session.catalog([self.written])[self.written].columns)
        elif columns:
            texts = [Column(name, "text") for name in columns]
            self.session.load(self.written, texts, fixture.rows)
        for name in columns:
            if name not in known:
                raise self._at(one, fixture, f"{whose} has no column '{name}'", did_you_mean(name, known, show=20))
        return columns

    def _insert(self, relation: Relation, fixture: Fixture, one: PreparedUnit) -> None:
        """Moves what is written into a table, as values of its types."""
        live = self.session.catalog([relation, self.written])
        if self.written not in live:
            return
        types, names = live[relation].columns, list(live[self.written].columns)
        cells = ", ".join(f"cast({quote(name)} as {types[name].type})" for name in names)
        columns = ", ".join(quote(name) for name in names)
        try:
            self.session.run(f"insert into {relation} ({columns}) select {cells} from {self.written}")
        except SqlseedError as error:
            raise self._at(one, fixture, error.message, error.hint) from None

    def _drop(self, relation: Relation) -> None:
        self.session.run(f"drop table if exists {relation}")

    def _at(self, one: PreparedUnit, fixture: Fixture, message: str, hint: str | None) -> CompileError:
        whose = f"the rows of '{fixture.input}'" if fixture.input else "the rows that are expected"
        message = f"unit test '{one.test.name}', {whose}: {message}"
        return CompileError(message, path=one.test.path, line=fixture.line, hint=hint)

    # --- what the model makes of it

    def _make(self, one: PreparedUnit, actual: Relation) -> None:
        """The model's rows, in the types of its contract if it has one."""
        self.session.prepare(one.compiled.functions)
        model = replace(one.compiled, name=one.test.name)  # its vars may give it another text than the model has
        types = {parameter.name: parameter.type for parameter in model.parameters}
        if model.config.whole:
            self._create_as(actual, model, one.parameters, types)
            return
        written = slices.written_columns(model)
        columns = [column for column in model.contract.columns if column.name in written]
        self.session.load(actual, columns, ())
        names = ", ".join(quote(name) for name in written)
        sql = f"insert into {actual} ({names})\nselect {names} from (\n{self.session.model_sql(model)}\n) as m"
        self.session.run(sql, one.parameters, types)

    def _write_compiled(self, one: PreparedUnit) -> None:
        types = {parameter.name: parameter.type for parameter in one.compiled.parameters}
        lines = [f"-- {one.test.name} ({one.test.path}:{one.test.line}): {one.compiled.name} over the rows it is given"]
        lines += [f"--   :{name} {type_} is {one.parameters[name]!r}" for name, type_ in types.items()]
        path = self.workspace.target_path / "compiled" / one.compiled_path
        artifacts.write_text(path, "\n".join([*lines, one.compiled.sql, ""]))

    # --- the two compared

    def _compare(
        self, expected: Relation, actual: Relation, types: Mapping[str, str]
    ) -> tuple[int, str, tuple[Row, ...]]:
        missing, few = self._rest(expected, actual, types)
        unexpected, many = self._rest(actual, expected, types)
        if not few and not many:
            return 0, "", ()
        pairs = _paired(missing, unexpected)
        alone = [missing[i] for i in range(len(missing)) if i not in {a for a, _ in pairs}]
        more = [unexpected[i] for i in range(len(unexpected)) if i not in {b for _, b in pairs}]
        differ = [name for name in types if any(missing[a][name] != unexpected[b][name] for a, b in pairs)]
        parts = []
        if pairs:
            parts.append(f"{_rows(len(pairs))} differ{'s' * (len(pairs) == 1)} in {', '.join(differ)}")
        for count, word in ((few - len(pairs), "missing"), (many - len(pairs), "not expected")):
            if count:
                parts.append(f"{_rows(count)} {'is' if count == 1 else 'are'} {word}")
        sample: list[Row] = []
        for a, b in pairs[:SHOWN]:
            sample += [{_MARK: "expected"} | missing[a], {_MARK: "actual"} | unexpected[b]]
        sample += [{_MARK: "missing"} | row for row in alone[:SHOWN]]
        sample += [{_MARK: "not expected"} | row for row in more[:SHOWN]]
        return few + many - len(pairs), "; ".join(parts), tuple(sample)

    def _rest(self, of: Relation, without: Relation, types: Mapping[str, str]) -> tuple[list[dict[str, Any]], int]:
        """Some of the rows that stand more often in one table than in the other, and how many there are."""
        cells = ", ".join(
            f"json({quote(name)})::text as {quote(name)}" if type_ == "json" else quote(name)
            for name, type_ in types.items()
        )
        rest = f"(select {cells} from {of} except all select {cells} from {without}) as w"
        count = int(self.session.query(f"select count(*) from {rest}")[0][0])
        found = (
            self.session.query(f"select {self.session.row_json} from {rest} order by all limit {_COMPARED}")
            if count
            else []
        )
        return [json.loads(row[0]) for row in found], count


def _rows(count: int) -> str:
    return f"{count:,} row{'s' * (count != 1)}"


def _paired(missing: Sequence[Row], unexpected: Sequence[Row]) -> list[tuple[int, int]]:
    """Which of the rows that are missing are meant by which of the others: those most alike, where anything is."""
    alike: dict[tuple[int, int], int] = {}
    for a, b in product(range(len(missing)), range(len(unexpected))):
        alike[a, b] = sum(value == unexpected[b][name] for name, value in missing[a].items())
    only = len(missing) == len(unexpected) == 1 or (bool(missing) and len(missing[0]) == 1)
    pairs: list[tuple[int, int]] = []
    for a, b in sorted(alike, key=lambda pair: (-alike[pair], pair)):
        if (alike[a, b] or only) and all(a != x and b != y for x, y in pairs):
            pairs.append((a, b))
    return sorted(pairs)
