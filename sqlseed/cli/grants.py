"""`sqlseed grants`."""

from __future__ import annotations

from typing import Any

import click

from sqlseed import report
from sqlseed.cli.options import SliceCommand, common, open_workspace, output_as, selecting, selection_of
from sqlseed.errors import ProfileError

_EXIT_CODES = """\b
Exit codes: 0 printed; 2 wrong usage, configuration or project, or a target that
knows no roles. No database is touched."""


@click.command(cls=SliceCommand, epilog=_EXIT_CODES)
@common
@selecting
@click.option("--role", default="sqlseed", show_default=True, metavar="NAME", help="The role that builds.")
@click.option("--changes", is_flag=True, help="Also what changing and removing rows needs: update and delete.")
@click.option("--create-tables", is_flag=True, help="The tables are missing, and the role makes them.")
@output_as("text", "json")
@click.pass_context
def grants(ctx: click.Context, /, output: str, role: str, changes: bool, create_tables: bool, **options: Any) -> None:
    """Print the least privileges that a role needs to fill the selected models' tables, as SQL for their owner.

    Create the role first: create role sqlseed login. Touches no database; `sqlseed debug` checks what a role has.
    """
    from sqlseed import targeting
    from sqlseed.review.psql.grants import grant_statements

    workspace = open_workspace(options)
    if workspace.target.type != "postgres":
        hint = "--target names another output of profiles.yml"
        raise ProfileError(
            f"target '{workspace.target.name}' is {workspace.target.type}, which has no roles", hint=hint
        )
    names = targeting.selected_models(workspace, selection_of(ctx, workspace, options))
    beside = ("select", "update", "delete") if changes else ("select",)
    statements = grant_statements(workspace, role, names, names if create_tables else (), beside)
    click.echo(report.to_json(list(statements)) if output == "json" else "\n".join(statements))
