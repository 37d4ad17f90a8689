"""What the target says of itself before a build: its catalog, its rows, plans of statements. It is never written.

Each question is a short transaction that gives up on a lock soon, so that a review never stands in anybody's way.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlseed import foreign, guards, planner, preflight
from sqlseed.backends import Ours, Session, open_backend, pg_catalog, sent
from sqlseed.backends.pg_bulk import FOREIGN_KEY, INDEX, Aside, listed
from sqlseed.bulk import foreseen
from sqlseed.errors import ConnectError, ExecuteError, SqlseedError
from sqlseed.live import LiveTable
from sqlseed.model import Compiled, KeyKind, Plan, Relation, Step, StepState
from sqlseed.review import catalog, costs
from sqlseed.review.facts import ForeignKeyFacts, IndexFacts
from sqlseed.targeting import Selection, planner_for, run_context, seeds_to_load, selected_models
from sqlseed.workspace import Workspace

_COUNTED = 64 * 1024 * 1024  # bytes of a heap that is counted row by row; of a larger one the statistics tell
_LINE = 400  # characters of a plan's line that are shown
_PATIENCE = "select pg_catalog.set_config('lock_timeout', '2s', true), pg_catalog.set_config(:name, '20s', true)"


@dataclass(slots=True)
class Live:
    """The plan for the target, and what is known of the target; `problem` says why nothing is."""

    made: planner.Planner
    plan: Plan
    server: str = ""
    problem: str = ""
    role: str = ""
    superuser: bool = False
    tables: Mapping[Relation, LiveTable] = field(default_factory=dict)
    catalog: catalog.Catalog = field(default_factory=catalog.Catalog)
    rows: dict[Relation, int] = field(default_factory=dict)
    foreign: dict[Relation, int] = field(default_factory=dict)  # rows that sqlseed did not make
    uncounted: set[Relation] = field(default_factory=set)  # their rows are those of the statistics
    loads: frozenset[str] = frozenset()  # seeds that a build would load
    aside: list[Aside] = field(default_factory=list)  # what a build drops while it fills a table, and puts back
    left_aside: list[Aside] = field(default_factory=list)  # what an earlier one did not put back
    obstacles: list[str] = field(default_factory=list)  # why a build would be refused
    pace: costs.Pace = field(default_factory=costs.Pace)
    plans: dict[str, tuple[str, str]] = field(default_factory=dict)  # model -> (plan, what it is of or why none)

    @property
    def reached(self) -> bool:
        """Whether the target answered."""
        return not self.problem

    def is_aside(self, relation: Relation, one: IndexFacts | ForeignKeyFacts) -> bool:
        """Whether bulk mode drops something of a table and puts it back; what is still to be made has no name yet, and
        its columns stand for it."""
        if isinstance(one, IndexFacts) and (one.unique or one.primary):
            return False
        kind = FOREIGN_KEY if isinstance(one, ForeignKeyFacts) else INDEX
        name = one.name if one.live else ", ".join(one.columns)
        return any((found.table, found.kind, found.name) == (relation, kind, name) for found in self.aside)


def read(workspace: Workspace, selection: Selection) -> Live:
    """Asks the target; where it cannot be reached, the plan is for an empty one.

    Raises GuardError if the state there is another project's.
    """
    chosen = planner.restrict(workspace.values, selection.slices)
    backend = open_backend(workspace.target, workspace.project.root, writes=False)
    try:
        try:
            session = backend.connect()
            live = _described(session, workspace, selection, chosen)
        except ConnectError as error:
            return _unknown(workspace, selection, chosen, error)
        except ExecuteError as error:
            if error.connection_lost:
                return _unknown(workspace, selection, chosen, ConnectError(error.message))
            live = _unknown(workspace, selection, chosen, error)
            live.obstacles = _missing(session, workspace, live)
            return live
        _count(session, workspace, live)
        if sent.is_postgres(workspace.target):
            live.plans = dict(_plans(session, workspace, live))
            with contextlib.suppress(SqlseedError):  # without it the numbers are those of the constants
                live.pace = costs.measure(backend, session, workspace.target.threads)
        return live
    finally:
        backend.close()


def _described(
    session: Session, workspace: Workspace, selection: Selection, chosen: Mapping[str, frozenset[str]]
) -> Live:
    with _transaction(session, workspace, snapshot=True):
        made = planner_for(workspace, session)
        names = workspace.ancestors(selected_models(workspace, selection, session))
        live = Live(made, made.plan(names, chosen), session.server())
        live.tables = session.catalog([model.relation for model in workspace.compiled.values()])
        live.loads = frozenset(seeds_to_load(workspace, made, live.plan, session))
        _describe(session, workspace, live)
    # Out of the transaction, which is read-only itself: a database that is so is a reason to refuse.
    reasons = guards.reasons(workspace.target, session, session.database())
    live.obstacles = [*(error.message for error in reasons), *live.obstacles]
    return live


def _unknown(
    workspace: Workspace, selection: Selection, chosen: Mapping[str, frozenset[str]], error: SqlseedError
) -> Live:
    """The plan for an empty target, in the place of one that does not answer."""
    most = workspace.target.rows_per_chunk
    made = planner.Planner(
        workspace.project, workspace.compiled, workspace.variables, workspace.values, rows_per_chunk=most
    )
    made.ranges = planner.allocate(made, {}, {})
    plan = made.plan(workspace.ancestors(selected_models(workspace, selection)), chosen)
    live = Live(made, plan, problem=error.message, loads=frozenset(plan.seeds))
    if sent.is_postgres(workspace.target):
        nothing = cast(Session, _Nothing())
        live.aside = foreseen(nothing, plan, workspace.compiled, {}, workspace.target.bulk)
    return live


class _Nothing:
    """What bulk mode asks of a session, of a database without a table."""

    has_indexes = True

    def catalog(self, _: Iterable[Relation]) -> dict[Relation, LiveTable]:
        """No table."""
        return {}


@contextlib.contextmanager
def _transaction(session: Session, workspace: Workspace, *, snapshot: bool = False) -> Iterator[None]:
    """A transaction that waits for nobody, and writes nothing."""
    with session.transaction():
        if snapshot:
            session.snapshot()
        session.prepare(())
        if sent.is_postgres(workspace.target):
            session.query(_PATIENCE, {"name": "statement_timeout"}, {"name": "text"})
            if not snapshot:
                session.run("set transaction read only")
        yield


def _describe(session: Session, workspace: Workspace, live: Live) -> None:
    """Catalog, role, and what stands in the way of a build."""
    compiled = workspace.compiled
    names = {step.slice.model for step in live.plan.pending}
    live.obstacles = [str(error) for error in preflight.check(compiled, names, live.tables)]
    if not sent.is_postgres(workspace.target):
        return
    live.catalog = catalog.read(session, dict.fromkeys([workspace.target.schema, workspace.target.state_schema]))
    live.aside = foreseen(session, live.plan, compiled, live.made.checkpoints, workspace.target.bulk)
    live.left_aside = listed(session)
    context = run_context(workspace, live.made, "", refresh=False, checksums=False)
    taken = foreign.taken_keys(session, context, live.plan.pending, live.tables)
    live.obstacles += [error.message for error in taken]
    live.role, live.superuser, _ = session.query(pg_catalog.ROLE)[0]
    live.obstacles += _missing(session, workspace, live)


def _missing(session: Session, workspace: Workspace, live: Live) -> list[str]:
    """What the role may not do that the plan needs, if anything."""
    changes = any(step.state is StepState.CHANGED for step in live.plan.pending)
    names = sorted({step.slice.model for step in live.plan.pending})
    missing = session.missing_privileges([workspace.compiled[name].relation for name in names], changes=changes)
    return [f"the role lacks privileges: {' '.join(missing)}"] if missing else []


def _count(session: Session, workspace: Workspace, live: Live) -> None:
    """The rows of the plan's tables now, and how many of them sqlseed did not make."""
    ours = run_context(workspace, live.made, "", refresh=False, checksums=False).ours
    planned = {(step.slice.model, step.slice.key) for step in live.plan.steps}
    built: dict[str, int] = {}
    elsewhere: dict[str, int] = {}  # of slices under other vars, which a predicate of natural keys does not know
    for (model, key), done in live.made.checkpoints.items():
        built[model] = built.get(model, 0) + done.rows
        if (model, key) not in planned and _is_natural(workspace, model):
            elsewhere[model] = elsewhere.get(model, 0) + done.rows
    for name in dict.fromkeys(step.slice.model for step in live.plan.steps):
        relation = workspace.compiled[name].relation
        if relation not in live.tables or live.tables[relation].kind == "view":
            continue
        if live.catalog.sizes.get(relation, 0) <= _COUNTED:
            with contextlib.suppress(ExecuteError):  # the role may not read it, or somebody holds it
                _count_one(session, workspace, relation, ours, live)
                live.foreign[relation] -= min(live.foreign[relation], elsewhere.get(name, 0))
                continue
        said = live.catalog.rows.get(relation, -1)
        live.uncounted.add(relation)
        if said >= 0:
            live.rows[relation] = said
            more = said - built.get(name, 0)
            if relation in ours and more > max(1000, said // 50):  # the statistics are about right, and no more
                live.foreign[relation] = more


def _count_one(session: Session, workspace: Workspace, relation: Relation, ours: Ours, live: Live) -> None:
    mine = f"count(*) filter (where ({ours[relation]}) is not true)" if relation in ours else "0"
    with _transaction(session, workspace):
        live.rows[relation], foreign = session.query(f"select count(*), {mine} from {relation} as t")[0]
    live.foreign[relation] = foreign


def _is_natural(workspace: Workspace, model: str) -> bool:
    return model in workspace.compiled and workspace.compiled[model].config.key_kind is KeyKind.NATURAL


# --- plans of statements -------------------------------------------------------------------------------------


class _Undone(Exception):
    """Ends a transaction without a trace."""


def explained(steps: Iterable[Step]) -> Step:
    """The slice whose plan is shown: of those to be built the one with the most rows, as far as that is known."""
    some = list(steps)
    pending = [step for step in some if step.state is not StepState.UP_TO_DATE]
    return max(pending or some, key=lambda step: step.expected_rows or 0)


def _plans(session: Session, workspace: Workspace, live: Live) -> Iterator[tuple[str, tuple[str, str]]]:
    steps: dict[str, list[Step]] = {}
    for step in live.plan.steps:
        steps.setdefault(step.slice.model, []).append(step)
    context = run_context(workspace, live.made, "", refresh=False, checksums=False)
    for name, some in steps.items():
        compiled, step = workspace.compiled[name], explained(some)
        own = context.own(step)
        select = f"select * from (\n{compiled.sql}\n) as m"
        sql = select if compiled.config.whole else sent.statement(workspace.target, compiled)
        types = {p.name: p.type for p in compiled.parameters} | dict(own.types)
        values = {**step.parameters, **own.parameters}
        lines: list[str] = []
        try:
            with contextlib.suppress(_Undone), session.transaction():
                session.prepare(compiled.functions)  # the only thing that is made, and it is undone
                session.query(_PATIENCE, {"name": "statement_timeout"}, {"name": "text"})
                session.run("set transaction read only")
                lines = [row[0] for row in session.query(f"explain {sql}", values, types)]
                raise _Undone
        except SqlseedError as error:
            yield name, ("", f"no plan: {_why_not(error, compiled)}")
            continue
        yield (
            name,
            (
                "\n".join(map(_short, lines)),
                f"of slice {step.slice.key}, as the target's statistics are now; nothing ran",
            ),
        )


def _short(line: str) -> str:
    """A line of a plan: an expression may be as long as a model."""
    rest = len(line) - _LINE
    return line if rest <= 0 else f"{line[:_LINE]} ... {rest:,} more characters"


def _why_not(error: SqlseedError, compiled: Compiled) -> str:
    state = getattr(error, "sqlstate", None)
    if state in ("42P01", "3F000"):  # undefined table, undefined schema
        return f"{error.message.split(' [')[0]}; a build makes it first"
    return error.message.split("\n")[0] or f"{compiled.name} was refused"
