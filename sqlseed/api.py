"""The commands as functions with typed results. They print nothing and read nothing but their arguments."""

from __future__ import annotations

import datetime as dt
import importlib
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlseed import artifacts, planner, runner, selector
from sqlseed.errors import ProjectError
from sqlseed.events import Event, OnEvent
from sqlseed.model import Compiled
from sqlseed.targeting import EVERYTHING, Selection, selected
from sqlseed.version import __version__
from sqlseed.workspace import Workspace, load

if TYPE_CHECKING:  # a command imports what it needs, and no more: all of it takes 60 ms
    from sqlseed.approval import Difference, Lock
    from sqlseed.assertions.testing import Verdicts
    from sqlseed.built import BuildResult, TableSummary
    from sqlseed.checkup.scoring import Health
    from sqlseed.cleaning import CleanPreview, CleanResult
    from sqlseed.diagnose import Check
    from sqlseed.lint.finding import Finding
    from sqlseed.planning import PlanResult
    from sqlseed.previewing import Preview
    from sqlseed.privacy.auditing import Audit
    from sqlseed.review.bundle import Bundle

__all__ = [
    "BuildResult",
    "Check",
    "CleanPreview",
    "CleanResult",
    "Difference",
    "Health",
    "Lock",
    "PlanResult",
    "Preview",
    "Selection",
    "TableSummary",
    "approve",
    "audit_privacy",
    "build",
    "changes",
    "clean",
    "clean_preview",
    "compile",
    "debug",
    "health",
    "init",
    "lineage",
    "lint",
    "load",
    "ls",
    "plan",
    "review",
    "show",
    "test",
]

_RESULTS_OF = ("approval", "built", "checkup.scoring", "cleaning", "diagnose", "planning", "previewing")


def __getattr__(name: str) -> Any:
    for module in _RESULTS_OF if name in __all__ else ():
        if hasattr(found := importlib.import_module(f"sqlseed.{module}"), name):
            return getattr(found, name)
    raise AttributeError(f"module 'sqlseed.api' has no attribute '{name}'")


def _workspace(project: Workspace | str | Path | None) -> Workspace:
    return project if isinstance(project, Workspace) else load(project)


def _ignore(_: Event) -> None:
    return None


def ls(project: Workspace | str | Path | None = None, selection: Selection = EVERYTHING) -> list[selector.Node]:
    """The nodes that a selection picks, parents before children. Touches no database."""
    workspace = _workspace(project)
    ranks = {name: i for i, name in enumerate(planner.order(workspace.compiled))}
    ordered = sorted(selected(workspace, selection), key=lambda name: (ranks.get(name, -1), name))
    return [workspace.graph.nodes[name] for name in ordered]


def test_graph(project: Workspace | str | Path | None = None) -> selector.Graph:
    """The models, seeds and tests of a project with what selection can ask of them."""
    from sqlseed.assertions import selecting

    workspace = _workspace(project)
    return selecting.graph_with_tests(workspace, selecting.prepare_all(workspace))


def ls_tests(
    project: Workspace | str | Path | None = None, selection: Selection = EVERYTHING, indirect: str = "eager"
) -> list[selector.Node]:
    """The data tests and unit tests that a selection picks. Touches no database."""
    from sqlseed.assertions import selecting

    workspace = _workspace(project)
    prepared = selecting.prepare_all(workspace)
    nodes = selecting.graph_with_tests(workspace, prepared).nodes
    return [nodes[one.test.name] for one in selecting.selected(workspace, prepared, selection, indirect)]


def compile(  # noqa: A001  (the command's name)
    project: Workspace | str | Path | None = None, selection: Selection = EVERYTHING, *, write: bool = True
) -> list[Compiled]:
    """Render and check the selected models; with `write` also target/compiled/ and target/manifest.json."""
    workspace = _workspace(project)
    names = sorted(workspace.models_of(selected(workspace, selection)))
    compiled = workspace.checked(names)
    if write:
        artifacts.write_compiled(workspace, names)
        artifacts.write_manifest(workspace, __version__)
    return [compiled[name] for name in names]


def plan(
    project: Workspace | str | Path | None = None, selection: Selection = EVERYTHING, *, edited: bool = False
) -> PlanResult:
    """What `build` would do to the target, and why it would refuse, if it would; writes nothing.

    With `edited` it reads the slices that are up to date, too, and says whose rows somebody edited since.
    """
    from sqlseed import planning

    return planning.plan(_workspace(project), selection, edited=edited)


def build(
    project: Workspace | str | Path | None = None,
    selection: Selection = EVERYTHING,
    *,
    full_refresh: bool = False,
    dry_run: bool = False,
    fail_fast: bool = False,
    checksums: bool = False,
    tests: bool = True,
    indirect: str = "buildable",
    approved: bool = False,
    edited: str | None = None,
    backup: Path | None = None,
    profile: bool = False,
    confirm_database: str | None = None,
    on_event: OnEvent = _ignore,
    stop: runner.StopFlag | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> BuildResult:
    """Load the seeds and run the models of a selection; slices that are up to date are left alone.

    With `tests` each data test runs when all slices of what it reads are done, and what depends on a model waits for
    its tests; `indirect` says which tests the selection takes along.

    With `approved`, and always where the target requires approval, GuardError is raised before the target is opened
    unless the selected models, and what they read, are as review.lock has them; a dry run needs that only when asked.

    `edited` says what becomes of changed slices whose rows somebody edited since: `keep`, `replace`, or a GuardError.

    With `profile` the sessions are watched: each slice's result says what it waited for, and what it wrote and read.

    `backup` is a file that pg_dump writes the target's tables to before anything is changed.

    GuardError is raised where the target is no development database, or another one than at the first build; its own
    name in `confirm_database` goes over that.

    `dry_run` computes the selection, and what it needs, in an in-memory DuckDB instead of the target, checksums
    included. A failed slice is a result, not an exception; what cannot begin raises SqlseedError, and a stop
    that was asked for through `stop` raises Interrupted after everything is rolled back and written down.
    """
    from sqlseed.backends import open_backend, open_dry_run
    from sqlseed.building import Build

    workspace = _workspace(project)
    workspace.checked()
    open_ = open_dry_run if dry_run else open_backend
    backend = open_(workspace.target, workspace.project.root)
    try:
        job = Build(workspace, backend, on_event, stop or runner.StopFlag(), dry_run, full_refresh, fail_fast)
        job.checksums = checksums or dry_run
        job.tests, job.indirect, job.approved = tests, indirect, approved
        job.edited, job.backup, job.confirm_database = edited, backup, confirm_database
        job.profile = profile
        return job.run(selection, arguments or {})
    finally:
        backend.close()


def lineage(
    project: Workspace | str | Path | None = None, selection: Selection = EVERYTHING
) -> dict[str, dict[str, tuple[tuple[str, str], ...]]]:
    """For each selected model and column the (model or seed, column) pairs that decide its values. No database."""
    from sqlseed.review.lineage import column_lineage  # it needs the parser, which takes 80 ms to import

    workspace = _workspace(project)
    names = workspace.models_of(selected(workspace, selection))
    workspace.checked(sorted(names))
    return column_lineage(workspace, [name for name in planner.order(workspace.compiled) if name in names])


def lint(
    project: Workspace | str | Path | None = None, selection: Selection = EVERYTHING, *, max_spill: str | None = None
) -> list[Finding]:
    """What the rules of lint find in the selected models, in the order of paths and lines; opt-outs included.

    Touches no database, unless `max_spill` (a size such as 64MB) asks the target for plans: the rule `spill`.
    Raises SqlseedError where the extra `lint` is not installed, ConnectError where plans are asked for in vain.
    """
    from sqlseed.lint import linting, spill  # the grammar is an extra, and takes its time to import

    names = (workspace := _workspace(project)).models_of(selected(workspace, selection))
    found = linting.lint(workspace, names)
    if max_spill is None:
        return found
    return linting.in_order([*found, *spill.findings(workspace, names, spill.size(max_spill))])


def review(
    project: Workspace | str | Path | None = None,
    selection: Selection = EVERYTHING,
    *,
    where: str = "",
    dry_run: bool = True,
    on_event: OnEvent = _ignore,
    stop: runner.StopFlag | None = None,
) -> Bundle:
    """Write target/review/: what a build would do to the target, which is only read, for whoever must approve it.

    `where` names the target for people. Without `dry_run` rows are those that the plan expects."""
    from sqlseed.review import bundle  # it needs the parser, which takes 80 ms to import

    return bundle.make(_workspace(project), selection, where, dry_run, on_event, stop or runner.StopFlag())


def approve(project: Workspace | str | Path | None = None, *, by: str) -> Lock:
    """Writes review.lock: what the whole project would send to the target under its vars, approved in a name.

    Raises ProjectError for a name that is empty or has a line feed in it.
    """
    from sqlseed import approval

    workspace = _workspace(project)
    workspace.checked()
    return approval.approve(workspace, by)


def changes(
    project: Workspace | str | Path | None = None, against: str | Path | None = None
) -> tuple[Lock, list[Difference]]:
    """An approval, review.lock unless told otherwise, and how the project differs from it. Touches no database.

    Raises GuardError where there is no lock, or it is not as sqlseed wrote it."""
    from sqlseed import approval

    workspace = _workspace(project)
    workspace.checked()
    lock = approval.read(Path(against) if against is not None else workspace.project.root / approval.LOCK)
    return lock, approval.differences(workspace, lock)


def clean(
    project: Workspace | str | Path | None = None,
    selection: Selection = EVERYTHING,
    *,
    on_event: OnEvent = _ignore,
    stop: runner.StopFlag | None = None,
    confirm_database: str | None = None,
    edited: str | None = None,
) -> CleanResult:
    """Remove the rows that sqlseed made, children before parents; nobody else's. Tables stay, lookup tables and
    the state schema go when nothing is left. Raises GuardError where other rows depend on them, and where the target
    must not be written, as `build` does; also where rows were edited since, unless `edited` is "keep" (they stay, with
    what they are made from) or "remove"."""
    from sqlseed import cleaning

    return cleaning.clean(
        _workspace(project),
        selection,
        on_event=on_event,
        stop=stop,
        confirm_database=confirm_database,
        edited=edited,
    )


def clean_preview(
    project: Workspace | str | Path | None = None,
    selection: Selection = EVERYTHING,
    *,
    confirm_database: str | None = None,
    edited: str | None = None,
) -> CleanPreview:
    """What `clean` would remove, raising what it would raise before the first row goes; nothing is written."""
    from sqlseed import cleaning

    return cleaning.preview(_workspace(project), selection, confirm_database=confirm_database, edited=edited)


def test(
    project: Workspace | str | Path | None = None,
    selection: Selection = EVERYTHING,
    *,
    indirect: str = "eager",
    store_failures: bool = False,
    fail_fast: bool = False,
    confirm_database: str | None = None,
    on_event: OnEvent = _ignore,
    stop: runner.StopFlag | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Verdicts:
    """Run the tests that a selection picks; nothing is written but, with `store_failures`, the failing rows.

    Unit tests are run first, in an in-memory DuckDB; where no other tests are selected, the target is not opened.

    `indirect` says which tests come with a model that they read: eager, cautious, buildable or empty, as in dbt. A
    test that fails is a result, not an exception.
    """
    from sqlseed.assertions.testing import DataTests
    from sqlseed.backends import open_backend

    workspace = _workspace(project)
    tests_ = workspace.project.tests.values()
    writes = store_failures or any(one.config.store_failures for one in tests_)
    backend = open_backend(workspace.target, workspace.project.root, writes=writes)
    try:
        job = DataTests(workspace, backend, on_event, stop or runner.StopFlag(), indirect, store_failures, fail_fast)
        job.confirm_database = confirm_database
        return job.run(selection, arguments or {})
    finally:
        backend.close()


def show(
    project: Workspace | str | Path | None = None,
    model: str = "",
    *,
    slices_wanted: Mapping[str, Sequence[str]] | None = None,
    limit: int = 10,
    on_event: OnEvent = _ignore,
) -> Preview:
    """The first rows of a model at one slice, the first one unless told otherwise; computed in an in-memory DuckDB."""
    from sqlseed import previewing

    return previewing.preview(_workspace(project), model, slices_wanted or {}, limit, on_event)


def health(
    project: Workspace | str | Path | None = None, *, today: dt.date | None = None, checksums: bool = False
) -> Health:
    """Whether the target is fit to demo and test with: checks, points and a score out of 100. Only reads.

    `today` is the day on which the data's age is measured. With `checksums` a slice of an earlier version, which
    recorded nothing else of its content, is compared with the checksum that `build(checksums=True)` recorded.
    """
    from sqlseed.checkup import examining

    return examining.examine(_workspace(project), today=today, checksums=checksums)


def audit_privacy(
    project: Workspace | str | Path | None = None, tables: Sequence[str] = (), *, all_tables: bool = False
) -> Audit:
    """What in the target could belong to a living person, by column and kind, with samples. Only reads.

    Reads the tables of the project, those named, or with `all_tables` every table of the target's schema.
    Raises SelectionError for a table that is not there, and SqlseedError where the target cannot be asked.
    """
    from sqlseed.privacy import auditing

    return auditing.audit(_workspace(project), tables, all_tables=all_tables)


def debug(project: Workspace | str | Path | None = None, **options: Any) -> list[Check]:
    """Checks project, profile, connection, privileges and versions, one after the other; raises nothing of its own."""
    from sqlseed import diagnose

    return diagnose.run(project, **options)


def init(folder: str | Path) -> list[Path]:
    """Writes a small project that builds as it is; raises ProjectError if the folder holds anything already."""
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ProjectError(f"{root} is not empty", hint="name a new folder: sqlseed init my_project")
    source = Path(__file__).parent / "starter"
    written = []
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            place = root / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
            written.append(place)
    return written
