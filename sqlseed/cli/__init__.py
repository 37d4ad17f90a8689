"""The command line: parse, call one function of `api`, report, exit code. The only package that imports click."""

from __future__ import annotations

import csv
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sqlseed import arguments, report
from sqlseed.cli import runreport
from sqlseed.cli.grants import grants
from sqlseed.cli.health import health
from sqlseed.cli.lint import lint, warn
from sqlseed.cli.options import (
    EXIT_CODES,
    SLICES,
    SliceCommand,
    common,
    complete_nodes,
    confirming,
    indirect_selection,
    open_workspace,
    output_as,
    selecting,
    selection_of,
    slices_of,
)
from sqlseed.cli.privacy import audit_privacy
from sqlseed.cli.review import review
from sqlseed.cli.testing import test
from sqlseed.errors import GuardError, Interrupted, SelectionError, SqlseedError, did_you_mean, raise_all
from sqlseed.events import Status
from sqlseed.report import ExitCode
from sqlseed.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EXIT_CODES)
@click.version_option(__version__, prog_name="sqlseed")
def cli() -> None:
    """Fill a database with seed data: SQL models, compiled once, run slice by slice.

    A project is a folder of SQL models. `sqlseed init` writes a small one, `sqlseed build` fills the target that
    profiles.yml names, `sqlseed build --dry-run` says what it would get, without touching it.
    """


@cli.command()
@click.argument("folder", metavar="[DIR]", default="sqlseed_project")
def init(folder: str) -> None:
    """Write a new project to DIR: small enough to read in five minutes, and it builds as it is."""
    from sqlseed import api

    for path in api.init(folder):
        click.echo(path)
    click.echo(f"\nnext: cd {folder} && sqlseed build", err=True)


@cli.command()
@common
@output_as("text", "json")
def debug(output: str, **options: Any) -> None:
    """Check project, profile, connection, privileges and versions."""
    from sqlseed import diagnose

    options["vars"] = arguments.parse_vars(options.pop("vars_"))
    checks = diagnose.run(options.pop("project_dir"), **options)
    if output == "json":
        click.echo(report.to_json([{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks]))
    else:
        click.echo(report.checks_text(checks))
    failed = [check for check in checks if not check.ok]
    if failed:
        connect = failed[0].name == "connection"
        raise click.exceptions.Exit(ExitCode.CONNECT if connect else ExitCode.USAGE)


_KINDS = click.Choice(["model", "seed", "test", "unit_test"])


@cli.command(cls=SliceCommand)
@common
@selecting
@click.option("--resource-type", type=_KINDS, help="Only nodes of this kind.")
@output_as("text", "json")
@click.pass_context
@click.option("--columns", is_flag=True, help="The models' columns instead, each with the columns it comes from.")
def ls(ctx: click.Context, /, output: str, resource_type: str | None, columns: bool, **options: Any) -> None:
    """List nodes, one name a line, parents first. Touches no database."""
    from sqlseed import api, facts

    workspace = open_workspace(options)
    selection = selection_of(ctx, workspace, options)
    if columns:
        found = api.lineage(workspace, selection)
        click.echo(report.to_json(found) if output == "json" else report.lineage_text(found))
        return
    tests = resource_type in ("test", "unit_test")
    graph = api.test_graph(workspace) if tests else workspace.graph
    nodes = api.ls_tests(workspace, selection) if tests else api.ls(workspace, selection)
    nodes = [node for node in nodes if resource_type in (None, node.resource_type.value)]
    if output == "json":
        click.echo(report.to_json(facts.nodes(nodes, graph)))
        return
    for node in nodes:
        click.echo(node.name)


@cli.command(name="compile", cls=SliceCommand)
@click.argument("model", required=False, shell_complete=complete_nodes)
@common
@selecting
@output_as("text", "json")
@click.pass_context
def compile_(ctx: click.Context, /, model: str | None, output: str, **options: Any) -> None:
    """Render and check models: one file each under target/compiled/. With MODEL, print its SQL instead."""
    from sqlseed import api, artifacts, facts

    workspace = open_workspace(options)
    if model is not None:
        if model not in workspace.compiled:
            raise SelectionError(f"no model is called '{model}'", hint=did_you_mean(model, workspace.compiled))
        compiled = workspace.checked([model])[model]
        click.echo(artifacts.compiled_text(compiled), nl=False)
        return
    models = api.compile(workspace, selection_of(ctx, workspace, options))
    if output == "json":
        click.echo(report.to_json(facts.models(models)))
    else:
        click.echo(f"compiled {report.plural(len(models), 'model')} to {workspace.target_path / 'compiled'}", err=True)
        warn(workspace, [model.name for model in models])


@cli.command(cls=SliceCommand)
@common
@selecting
@click.option("--edited", is_flag=True, help="Read the slices that are up to date, too: whose rows somebody edited?")
@output_as("text", "json")
@click.pass_context
def plan(ctx: click.Context, /, output: str, edited: bool, **options: Any) -> None:
    """Say what `build` would do: slices new, changed, up to date, and the rows expected. Writes nothing.

    Exits with 3 where the build would be refused, and says why.
    """
    from sqlseed import api, facts
    from sqlseed.bulk import told

    workspace = open_workspace(options)
    result = api.plan(workspace, selection_of(ctx, workspace, options), edited=edited)
    if output == "json":
        click.echo(report.to_json(facts.plan(result)))
        raise_all(list(result.refusals))
        return
    click.echo(
        report.plan_text(result.plan, result.creates, result.seeds_to_load, result.orphans, arguments.where(workspace))
    )
    if result.left_aside:
        click.echo(f"an earlier build left {told(result.left_aside)} aside; `sqlseed build` puts them back")
    if result.aside:
        click.echo(f"bulk mode: {told(result.aside)} set aside while rows come in")
    if result.edited is not None:
        click.echo(f"edited since: {', '.join(map(str, result.edited)) or 'no slice'}")
    if result.approval is not None:
        click.echo(f"the target requires approval: {report.safe(result.approval[1])}")
    raise_all(list(result.refusals))


@cli.command(cls=SliceCommand, epilog=f"{SLICES}\n\n{EXIT_CODES}")
@common
@selecting
@click.option("--full-refresh", is_flag=True, help="Write the selected slices again, up to date or not.")
@click.option("--dry-run", is_flag=True, help="Compute everything in an in-memory DuckDB; the target is not touched.")
@click.option("--fail-fast", is_flag=True, help="Start no more slices after the first failure.")
@click.option("--no-tests", is_flag=True, help="Run no tests.")
@click.option("--approved", is_flag=True, help="Run nothing that differs from review.lock; see `sqlseed review`.")
@click.option(
    "--edited",
    type=click.Choice(["keep", "replace"]),
    help="Changed slices whose rows somebody edited since: keep or replace them. [default: refuse]",
)
@click.option(
    "--backup",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="First dump the target's tables to FILE with pg_dump (PostgreSQL).",
)
@runreport.report_option
@click.option("--profile", is_flag=True, help="Print the slowest models and slices, and what they waited for.")
@indirect_selection("buildable")
@confirming
@click.option(
    "--checksums", is_flag=True, help="Print each table's checksum: equal rows give equal ones on every engine."
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Progress on stderr."
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, only the result.")
@output_as("text", "json")
@click.pass_context
def build(ctx: click.Context, /, output: str, log_format: str, quiet: bool, **options: Any) -> None:
    """Load the seeds and run the models: every slice that is not up to date, each in its own transaction.

    The unit tests of a model run before its slices and its data tests when they are done; what depends on it waits for
    them. A run that was stopped or failed is resumed by running it again.
    """
    from sqlseed import api, display, facts, process, profilereport, testreport

    runreport.check(options["report"])
    workspace = open_workspace(options)
    selection = selection_of(ctx, workspace, options)
    taken = ("full_refresh", "dry_run", "fail_fast", "checksums", "indirect", "approved", "edited", "confirm_database")
    flags = {name: options[name] for name in taken}
    flags["tests"] = not options["no_tests"]
    record = {"which": "build", "select": list(selection.select), "exclude": list(selection.exclude), **flags}
    flags |= {"backup": options["backup"], "profile": options["profile"]}
    with process.stoppable() as stop, display.display(sys.stderr, log_format, quiet) as on_event:
        result = api.build(workspace, selection, **flags, on_event=on_event, stop=stop, arguments=record)
    where = arguments.where(workspace)
    if output == "json":
        click.echo(report.to_json(facts.build(result)))
    else:
        click.echo(report.build_text(result, where, checksums=flags["checksums"]))
        if result.verdicts:
            click.echo(f"\n{testreport.of_build(result.verdicts, workspace.target_path)}")
        if flags["profile"]:
            click.echo(f"\n{profilereport.text(result)}")
    runreport.write(options["report"], result, workspace)
    if not result.success:
        if result.failures or any(r.status is Status.SKIPPED for r in result.results):
            click.echo(report.failure_text(result.failures, result.results, ctx.find_root().obj), err=True)
        errors = [failure.error for failure in result.failures]
        raise click.exceptions.Exit(report.exit_code(errors) or ExitCode.FAILED)


@cli.command(cls=SliceCommand, epilog=f"{SLICES}\n\n{EXIT_CODES}")
@common
@selecting
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--edited",
    type=click.Choice(["keep", "remove"]),
    help="Slices whose rows somebody edited since: keep or remove them. [default: refuse]",
)
@confirming
@output_as("text", "json")
@click.pass_context
def clean(ctx: click.Context, /, output: str, yes: bool, **options: Any) -> None:
    """Remove the rows that sqlseed made, per selection and per slice, and nothing else. Tables stay."""
    from sqlseed import api, facts, process

    workspace = open_workspace(options)
    selection = selection_of(ctx, workspace, options)
    if not yes and not sys.stdin.isatty():
        raise GuardError("clean asks before it removes anything, and nobody is here to answer", hint="add --yes")
    where = arguments.where(workspace)
    flags = {name: options[name] for name in ("edited", "confirm_database")}
    if not yes:
        preview = api.clean_preview(workspace, selection, **flags)
        if preview.slices:
            click.echo(report.preview_text(preview), err=True)
            if not click.confirm(f"Remove these rows, which sqlseed made, from {where}?", default=False, err=True):
                raise GuardError("nothing was removed")
    with process.stoppable() as stop:
        result = api.clean(workspace, selection, stop=stop, **flags)
    if output == "json":
        click.echo(report.to_json(facts.removed(result)))
        return
    if result.kept:
        click.echo(f"left as they are, with what they are made from: {', '.join(map(str, result.kept))}", err=True)
    if not result.slices:
        click.echo(f"nothing to remove: none of the selected slices is in {where}")
        return
    click.echo(report.removed_text(result))


@cli.command(cls=SliceCommand, epilog=SLICES)
@click.argument("model", shell_complete=complete_nodes)
@common
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many rows.")
@output_as("text", "json", "csv")
@click.pass_context
def show(ctx: click.Context, /, model: str, limit: int, output: str, **options: Any) -> None:
    """Print the first rows of MODEL at one slice, computed in an in-memory DuckDB and not stored."""
    from sqlseed import api

    workspace = open_workspace(options)
    preview = api.show(workspace, model, slices_wanted=slices_of(ctx, workspace), limit=limit)
    if output == "json":
        click.echo(report.to_json([dict(zip(preview.columns, row, strict=True)) for row in preview.rows]))
    elif output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([preview.columns, *preview.rows])
    else:
        click.echo(f"{preview.slice}: the first {report.plural(len(preview.rows), 'row')}", err=True)
        click.echo(report.table_text(preview.columns, preview.rows))


cli.add_command(test)
cli.add_command(health)
cli.add_command(lint)
cli.add_command(review)
cli.add_command(audit_privacy)
cli.add_command(grants)


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a SHELL: eval "$(sqlseed completion bash)"."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(found(cli, {}, "sqlseed", "_SQLSEED_COMPLETE").source())


def main(argv: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code."""
    raise SystemExit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Runs a command; every error becomes a message and an exit code, in this one place."""
    try:
        if "_SQLSEED_COMPLETE" in os.environ:
            cli.main(prog_name="sqlseed", standalone_mode=False)
        words = list(sys.argv[1:] if argv is None else argv)
        with cli.make_context("sqlseed", [*words], obj=shlex.join(["sqlseed", *words])) as context:
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _die_by(signal.SIGINT)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return ExitCode.USAGE
    except click.ClickException as error:
        _show_usage(error)
        return ExitCode.USAGE
    except Interrupted as error:
        click.echo(error.message, err=True)
        _die_by(error.signal_number)
    except SqlseedError as error:
        report.print_error(error, sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone; what it did not read, it did not want.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _bug(error)
    return ExitCode.DONE


def _die_by(number: int) -> None:
    from sqlseed import process

    process.die_by(number)


def _show_usage(error: click.ClickException) -> None:
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True)
    click.echo(f"error: {report.safe(error.format_message())}", err=True)


def _bug(error: Exception) -> int:
    from sqlseed import process

    name = process.write_traceback(error)
    message = report.safe(f"{type(error).__name__}: {error}")[:300]
    click.echo(f"error: a bug in sqlseed: {message}\n  the traceback is in {name}; please report it", err=True)
    return ExitCode.BUG
