"""Options that several commands share, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sqlseed import arguments
from sqlseed.errors import SelectionError

if TYPE_CHECKING:
    from sqlseed.api import Selection
    from sqlseed.workspace import Workspace

_FOLDER = click.Path(file_okay=False)
_Command = TypeVar("_Command", bound=Callable[..., Any])

EXIT_CODES = """\b
Exit codes: 0 done, also when there was nothing to do; 1 a slice or a data test
failed (the rest is kept, running again resumes); 2 wrong usage, configuration
or project (database untouched); 3 refused by a guard; 4 could not connect, or
the target is somebody else's (worth retrying); 70 a bug in sqlseed; a signal
ends the process by that signal (130 for Ctrl-C)."""
SLICES = """Every dimension of the project is an option too: --branch dps-main,dps-north --year 2024-2025."""


class SliceCommand(click.Command):
    """A command whose `--select a b` takes several values, and that takes the project's dimensions as options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sets the dimensions' options aside in `ctx.meta`, and repeats --select for each of its values."""
        takes_value = {
            name: not getattr(option, "is_flag", False) for option in self.params for name in option.opts
        } | {"--help": False, "-h": False}
        try:
            kept, ctx.meta["slices"] = arguments.split(args, takes_value)
        except SelectionError as error:
            raise click.UsageError(error.message, ctx) from None
        ctx.meta["options"] = [name for name in takes_value if name.startswith("--")]
        return super().parse_args(ctx, kept)


def complete_nodes(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    return arguments.complete(ctx.params.get("project_dir"), incomplete)


def common(command: _Command) -> _Command:
    options = [
        click.option("--project-dir", type=_FOLDER, help="The project. [default: the nearest from here upwards]"),
        click.option("--profiles-dir", type=_FOLDER, help="Of profiles.yml. [default: the project, then ~/.sqlseed]"),
        click.option("-t", "--target", metavar="NAME", help="Output of profiles.yml to use. [default: its `target`]"),
        click.option(
            "--threads", type=click.IntRange(1, 64), metavar="N", help="Connections (PostgreSQL) or threads (DuckDB)."
        ),
        click.option(
            "--vars",
            "vars_",
            multiple=True,
            metavar="YAML",
            help="Values of vars: 'years: 2' or years=2; may be repeated.",
        ),
        click.option("--preset", metavar="NAME", help="A named set of vars, such as minimal, demo or load."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def selecting(command: _Command) -> _Command:
    options = [
        click.option(
            "-s",
            "--select",
            multiple=True,
            metavar="NODES",
            shell_complete=complete_nodes,
            help="Nodes to work on, in dbt's grammar: students+ tag:people.",
        ),
        click.option(
            "--exclude", multiple=True, metavar="NODES", shell_complete=complete_nodes, help="Nodes to leave out."
        ),
        click.option("--allow-empty", is_flag=True, help="A selection that holds nothing is no error."),
        click.option(
            "--state",
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder with an earlier manifest.json and run_results.json, for state: and result:.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def indirect_selection(default: str) -> Callable[[_Command], _Command]:
    """dbt's option of that name."""
    return click.option(
        "--indirect-selection",
        "indirect",
        type=click.Choice(["eager", "cautious", "buildable", "empty"]),
        default=default,
        show_default=True,
        help="Which tests come with a model that they read.",
    )


def confirming(command: _Command) -> _Command:
    """What goes over the guards of a target, and cannot be pasted from anywhere."""
    option = click.option(
        "--confirm-database",
        metavar="NAME",
        help="Write a database that looks like production, or like another one than before: its name, typed.",
    )
    return option(command)


def output_as(*choices: str) -> Callable[[_Command], _Command]:
    return click.option(
        "--output", type=click.Choice(choices), default=choices[0], show_default=True, help="Form of the result."
    )


def open_workspace(options: dict[str, Any]) -> Workspace:
    from sqlseed import workspace

    named = {name: options[name] for name in ("profiles_dir", "target", "threads", "preset")}
    return workspace.load(options["project_dir"], **named, vars=arguments.parse_vars(options["vars_"]))


def selection_of(ctx: click.Context, workspace: Workspace, options: dict[str, Any]) -> Selection:
    from sqlseed.api import Selection

    return Selection(
        select=options["select"],
        exclude=options["exclude"],
        slices=slices_of(ctx, workspace),
        allow_empty=options["allow_empty"],
        state=options["state"],
    )


def slices_of(ctx: click.Context, workspace: Workspace) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = ctx.meta.get("slices", {})
    arguments.check_dimensions(wanted, workspace.project.dimensions, ctx.meta["options"])
    return wanted
