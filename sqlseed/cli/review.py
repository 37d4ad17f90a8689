"""`sqlseed review`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sqlseed import arguments, report
from sqlseed.cli.options import SliceCommand, common, open_workspace, output_as, selecting, selection_of

if TYPE_CHECKING:
    from sqlseed.api import Difference, Lock
    from sqlseed.review.facts import Review
    from sqlseed.workspace import Workspace

_EXIT_CODES = """\b
Exit codes: 0 done, also where something changed since the approval; 2 wrong
usage, configuration or project; 3 review.lock is missing or was edited by
hand, or the target belongs to another project."""


@click.command(cls=SliceCommand, epilog=_EXIT_CODES)
@common
@selecting
@click.option("--approve", is_flag=True, help="Write review.lock: what the whole project would run is approved.")
@click.option("--by", metavar="NAME", help="With --approve: who approves.")
@click.option(
    "--against",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Show only what changed since this review.lock.",
)
@click.option("--no-dry-run", is_flag=True, help="Count no rows, and show none: the plan's own numbers will do.")
@click.option("-q", "--quiet", is_flag=True, help="No progress of the dry run, only the result.")
@output_as("text", "json", "markdown")
@click.pass_context
def review(ctx: click.Context, /, output: str, **options: Any) -> None:
    """Write target/review/ for whoever must approve a build, approve it, or show what changed since.

    The target is read, and never written. A dry run in an in-memory DuckDB counts and measures the rows;
    target/review/sql/ is the build as scripts for psql. `--approve --by NAME` writes review.lock, to be committed; a
    build with --approved then runs nothing else.
    """
    by = options["by"]
    if options["approve"] != (by is not None):
        raise click.UsageError("--approve and --by NAME go together", ctx)
    if options["approve"] and (options["against"] or _names_a_part(ctx, options)):
        raise click.UsageError("--approve is for the whole project: leave the selection and --against out", ctx)
    if output == "markdown" and options["approve"]:
        raise click.UsageError("--approve prints text or json", ctx)
    workspace = open_workspace(options)
    if options["approve"]:
        _approve(workspace, by, output)
        return
    _review(ctx, workspace, output, options)


def _names_a_part(ctx: click.Context, options: dict[str, Any]) -> bool:
    return bool(options["select"] or options["exclude"] or ctx.meta.get("slices"))


def _approve(workspace: Workspace, by: str, output: str) -> None:
    from sqlseed import api
    from sqlseed.approval import LOCK

    lock = api.approve(workspace, by=by)
    kept = lock.contents
    if output == "json":
        facts = {"by": lock.by, "at": lock.at, "sha256": lock.digest, "path": LOCK}
        click.echo(report.to_json(facts | {"statements": len(kept.models), "seeds": len(kept.seeds)}))
        return
    what = f"{report.plural(len(kept.models), 'statement')}, {report.plural(len(kept.seeds), 'seed')}"
    click.echo(f"{report.safe(lock.by)} approved {what} for {arguments.where(workspace)}: {LOCK}, to be committed")


def _review(ctx: click.Context, workspace: Workspace, output: str, options: dict[str, Any]) -> None:
    from sqlseed import api, display, process
    from sqlseed.review import bundle, markdown
    from sqlseed.reviewpage import page

    selection = selection_of(ctx, workspace, options)
    if options["against"] is not None:
        if _names_a_part(ctx, options):
            raise click.UsageError("--against compares the whole project: leave the selection out", ctx)
        lock, found = api.changes(workspace, options["against"])
        click.echo(markdown.of_changes(lock, found) if output == "markdown" else _told(lock, found, output))
        return
    where, dry_run = arguments.where(workspace), not options["no_dry_run"]
    with process.stoppable() as stop, display.display(sys.stderr, "text", options["quiet"]) as on_event:
        made = api.review(workspace, selection, where=where, dry_run=dry_run, on_event=on_event, stop=stop)
    shown = bundle.write_text(bundle.folder(workspace) / bundle.PAGE, page.page(made.review))
    paths = (shown, *made.paths)
    if output == "json":
        click.echo(report.to_json([str(path) for path in paths]))
    elif output == "markdown":
        click.echo(markdown.of_review(made.review), nl=False)
    else:
        click.echo(_summary(made.review, paths))


def _summary(review: Review, paths: Sequence[Path]) -> str:
    """What there is to read, what a build would do, and what to look at, a line each."""
    from sqlseed.review.markdown import size

    total = review.total
    about = "" if total.exact else "about "
    pending = sum(one.state != "up to date" for model in review.models for one in model.slices)
    takes = report.duration(review.wall_seconds)
    if review.engine == "postgres":
        takes = f"{size(total.heap_bytes)} of heap, {size(total.index_bytes)} of indexes, {takes}"
    lines = [
        f"{paths[0]} is where to begin; {report.plural(len(paths), 'file')} in its folder",
        f"a build would write {about}{report.plural(total.rows, 'row')} in {report.plural(pending, 'slice')}: {takes}",
        *(f"{one.level}: {one.text}" for one in review.attention),
    ]
    if review.engine == "postgres":
        lines.append("psql -v ON_ERROR_STOP=1 -f run.sql, in its folder sql, runs the build without sqlseed")
    return report.safe("\n".join(lines))


def _told(lock: Lock, found: list[Difference], output: str) -> str:
    """What changed since an approval, with the diffs in full."""
    if output == "json":
        changes = [
            {"part": one.part, "name": one.name, "kind": one.kind, "text": one.text, "diff": one.diff} for one in found
        ]
        return report.to_json({"by": lock.by, "at": lock.at, "changes": changes})
    head = f"{report.plural(len(found), 'difference')} since {lock.by} approved at {lock.at}"
    return report.safe("\n\n".join([head, *(f"{one.text}\n{one.diff}".rstrip() for one in found)]))
