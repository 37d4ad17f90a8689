"""`sqlseed health`."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from sqlseed import arguments, report
from sqlseed.cli.options import common, open_workspace, output_as
from sqlseed.report import ExitCode

_EXIT_CODES = """\b
Exit codes: 0 examined, whatever the score; 1 the score is below --min-score,
or the target refused a query; 2 wrong usage, configuration or project; 3 the
target belongs to another project; 4 could not connect."""


@click.command(epilog=_EXIT_CODES)
@common
@click.option("--min-score", type=click.IntRange(0, 100), metavar="N", help="Exit with 1 below this score.")
@click.option(
    "--checksums", is_flag=True, help="Slices of earlier versions: compare with what `build --checksums` recorded."
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day to measure the data's age on. [default: today]",
)
@output_as("text", "json", "html")
def health(output: str, min_score: int | None, checksums: bool, today: dt.datetime | None, **options: Any) -> None:
    """Say whether the target is fit to demo and test with: one page, and a score out of 100.

    Reads only: a role that may SELECT is enough. `sqlseed health --output html > health.html` is a page to pass on.
    """
    from sqlseed import api
    from sqlseed.healthreport import data, page, text

    workspace = open_workspace(options)
    found = api.health(workspace, today=today.date() if today else None, checksums=checksums)
    where = arguments.where(workspace)
    if output == "json":
        click.echo(report.to_json(data.of(found)))
    elif output == "html":
        click.echo(page.page(found, where), nl=False)
    else:
        click.echo(text.shown(found, where))
    if min_score is not None and found.score < min_score:
        click.echo(f"the score is below {min_score}", err=True)
        raise click.exceptions.Exit(ExitCode.FAILED)
