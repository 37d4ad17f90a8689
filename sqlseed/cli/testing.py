"""`sqlseed test`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from sqlseed import arguments, report
from sqlseed.cli.options import (
    SliceCommand,
    common,
    confirming,
    indirect_selection,
    open_workspace,
    output_as,
    selecting,
    selection_of,
)
from sqlseed.errors import ConnectError, SelectionError
from sqlseed.report import ExitCode

_EXIT_CODES = """\b
Exit codes: 0 every test passed or only warned; 1 a test failed or could not
be run; 2 wrong usage, configuration or project; 4 could not connect."""


@click.command(cls=SliceCommand, epilog=_EXIT_CODES)
@common
@selecting
@indirect_selection("eager")
@confirming
@click.option("--store-failures", is_flag=True, help="Keep the failing rows in tables of schema _sqlseed_failures.")
@click.option("--fail-fast", is_flag=True, help="Start no more tests after the first failure.")
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write JUnit XML.")
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Progress on stderr."
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, only the result.")
@output_as("text", "json")
@click.pass_context
def test(ctx: click.Context, /, output: str, log_format: str, quiet: bool, **options: Any) -> None:
    """Run the data tests: queries for rows that are wrong, in whole tables. Writes nothing to the target.

    Unit tests, which give a model rows and expect others, run first, in memory: --select test_type:unit.

    A selection of models takes their tests: `sqlseed test --select students`.
    """
    from sqlseed import api, display, facts, process, testreport
    from sqlseed.assertions import testing

    workspace = open_workspace(options)
    if ctx.meta.get("slices"):
        raise SelectionError(f"tests look at whole tables: --{min(ctx.meta['slices'])} has no meaning here")
    selection = selection_of(ctx, workspace, options)
    flags = {name: options[name] for name in ("indirect", "store_failures", "fail_fast", "confirm_database")}
    record = {"which": "test", "select": list(selection.select), "exclude": list(selection.exclude), **flags}
    with process.stoppable() as stop, display.display(sys.stderr, log_format, quiet) as on_event:
        result = api.test(workspace, selection, **flags, on_event=on_event, stop=stop, arguments=record)
    if options["junit"] is not None:
        testreport.write_junit(result, options["junit"])
    if os.environ.get("GITHUB_ACTIONS") == "true" and (notes := testreport.github_notes(result)):
        click.echo(notes, err=True)
    if output == "json":
        click.echo(report.to_json(facts.verdicts(result)))
    else:
        where = result.server if result.server == testing.IN_MEMORY else arguments.where(workspace)
        click.echo(testreport.text(result, where, workspace.target_path))
    if not result.success:
        gone = any(isinstance(verdict.error, ConnectError) for verdict in result.verdicts)
        raise click.exceptions.Exit(ExitCode.CONNECT if gone else ExitCode.FAILED)
