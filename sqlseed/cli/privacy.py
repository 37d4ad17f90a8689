"""`sqlseed audit-privacy`."""

from __future__ import annotations

from typing import Any

import click

from sqlseed import arguments, report
from sqlseed.cli.options import common, open_workspace, output_as
from sqlseed.report import ExitCode

_EXIT_CODES = """\b
Exit codes: 0 nothing found; 1 something found, or the target refused a query;
2 wrong usage, configuration or project; 4 could not connect."""


@click.command("audit-privacy", epilog=_EXIT_CODES)
@common
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Read this table; may be repeated.")
@click.option("--all-tables", is_flag=True, help="Read every table of the target's schema, also those of others.")
@click.option("--undialable", is_flag=True, help="Telephone numbers that may be somebody's are findings too.")
@click.option("--no-samples", is_flag=True, help="Show no values.")
@output_as("text", "json")
def audit_privacy(
    output: str, tables: tuple[str, ...], all_tables: bool, undialable: bool, no_samples: bool, **options: Any
) -> None:
    """Look for what could belong to a living person: e-mail addresses that receive, valid identifiers, public IPs.

    Reads every text of the project's tables once, inside the database, and counts telephone numbers by class. A role
    that may SELECT is enough.
    """
    from sqlseed import api, auditreport

    workspace = open_workspace(options)
    found = api.audit_privacy(workspace, tables, all_tables=all_tables)
    if output == "json":
        click.echo(report.to_json(auditreport.data(found, samples=not no_samples, undialable=undialable)))
    else:
        where = arguments.where(workspace)
        click.echo(auditreport.shown(found, where, samples=not no_samples, undialable=undialable))
    if found.violations(undialable=undialable):
        raise click.exceptions.Exit(ExitCode.FAILED)
