"""The command line: parse, call one function of `api`, report, exit code. The only module that imports click."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sqlseed import __version__, report
from sqlseed.errors import GuardError, Interrupted, ProjectError, SelectionError, SqlseedError, did_you_mean
from sqlseed.report import ExitCode

if TYPE_CHECKING:
    from sqlseed.api import Selection
    from sqlseed.runner import StopFlag
    from sqlseed.workspace import Workspace

_EXIT_CODES = """\b
Exit codes: 0 done, also when there was nothing to do; 1 a slice failed (the
rest is kept, running again resumes); 2 wrong usage, configuration or project
(database untouched); 3 refused by a guard; 4 could not connect, or the target
is somebody else's (worth retrying); 70 a bug in sqlseed; a signal ends the
process by that signal (130 for Ctrl-C)."""
_SLICES = """Every dimension of the project is an option too: --branch dps-main,dps-north --year 2024-2025."""
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class SliceCommand(click.Command):
    """A command whose `--select a b` takes several values, and that takes the project's dimensions as options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sets the dimensions' options aside in `ctx.meta`, and repeats --select for each of its values."""
        known = {name: option for option in self.params for name in (*option.opts, *option.secondary_opts)}
        kept: list[str] = []
        wanted: dict[str, list[str]] = {}
        rest = list(args)
        while rest:
            token = rest.pop(0)
            name, equals, value = token.partition("=")
            if token == "--":
                kept += [token, *rest]
                break
            if name in known or name in ("--help", "-h") or not name.startswith("--"):
                kept.append(token)
                if name in ("--select", "-s", "--exclude") and not equals:
                    kept += self._values(name, rest)
                elif name in known and not equals and not getattr(known[name], "is_flag", False) and rest:
                    kept.append(rest.pop(0))
                continue
            if not equals:
                if not rest or rest[0].startswith("--"):
                    hint = did_you_mean(name, known, show=30)
                    raise click.UsageError(f"no such option, or a dimension without a value: {name} ({hint})", ctx)
                value = rest.pop(0)
            wanted.setdefault(name.removeprefix("--"), []).extend(value.split(","))
        ctx.meta["slices"] = wanted
        ctx.meta["options"] = [name for name in known if name.startswith("--")]
        return super().parse_args(ctx, kept)

    @staticmethod
    def _values(name: str, rest: list[str]) -> list[str]:
        values = [rest.pop(0)] if rest else []
        while rest and not rest[0].startswith("-"):
            values += [name, rest.pop(0)]
        return values


def _complete_nodes(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    try:
        from sqlseed import workspace

        found = workspace.load(ctx.params.get("project_dir"), env={})
        names = [*found.project.models, *found.project.seeds]
    except SqlseedError:
        return []
    plus = "+" if incomplete.startswith("+") else ""
    return [f"{plus}{name}" for name in sorted(names) if name.startswith(incomplete.lstrip("+"))]


def _common(command: Any) -> Any:
    options = [
        click.option(
            "--project-dir",
            type=click.Path(file_okay=False),
            help="Folder of the project. [default: the nearest from here upwards]",
        ),
        click.option(
            "--profiles-dir",
            type=click.Path(file_okay=False),
            help="Folder of profiles.yml. [default: the project, then ~/.sqlseed]",
        ),
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


def _selecting(command: Any) -> Any:
    options = [
        click.option(
            "-s",
            "--select",
            multiple=True,
            metavar="NODES",
            shell_complete=_complete_nodes,
            help="Nodes to work on, in dbt's grammar: students+ tag:people.",
        ),
        click.option(
            "--exclude", multiple=True, metavar="NODES", shell_complete=_complete_nodes, help="Nodes to leave out."
        ),
        click.option(
            "--state",
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder with an earlier manifest.json and run_results.json, for state: and result:.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _output(*choices: str) -> Any:
    return click.option(
        "--output", type=click.Choice(choices), default=choices[0], show_default=True, help="Form of the result."
    )


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=_EXIT_CODES)
@click.version_option(__version__, prog_name="sqlseed")
def cli() -> None:
    """Fill a database with seed data: SQL models, compiled once, run slice by slice.

    A project is a folder of SQL models. `sqlseed init` writes a small one, `sqlseed build` fills the target that
    profiles.yml names, `sqlseed build --dry-run` says what it would get, without touching it.
    """


def _workspace(options: dict[str, Any]) -> Workspace:
    from sqlseed import workspace

    return workspace.load(
        options["project_dir"],
        profiles_dir=options["profiles_dir"],
        target=options["target"],
        threads=options["threads"],
        vars=_parse_vars(options["vars_"]),
        preset=options["preset"],
    )


def _parse_vars(texts: Sequence[str]) -> dict[str, Any]:
    """`years: 2` as YAML, `years=2` as one pair; later ones win."""
    from sqlseed import yamlfile

    values: dict[str, Any] = {}
    for text in texts:
        pair = re.match(r"([A-Za-z_]\w*)=(.*)\Z", text, re.DOTALL)
        if pair:
            try:
                values[pair[1]] = yamlfile.load(pair[2], "--vars") if pair[2].strip() else ""
            except ProjectError:
                values[pair[1]] = pair[2]
            continue
        found = yamlfile.load(text, "--vars")
        if not isinstance(found, dict):
            raise ProjectError(f"--vars takes 'name: value' or name=value, not '{text}'")
        values |= {str(key): value for key, value in found.items()}
    return values


def _selection(ctx: click.Context, workspace: Workspace, options: dict[str, Any]) -> Selection:
    from sqlseed.api import Selection

    return Selection(options["select"], options["exclude"], _slices(ctx, workspace), options["state"])


def _slices(ctx: click.Context, workspace: Workspace) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = ctx.meta.get("slices", {})
    for name in wanted:
        if name not in workspace.project.dimensions:
            known = [*ctx.meta["options"], *(f"--{d}" for d in workspace.project.dimensions)]
            raise SelectionError(
                f"no such option or dimension: --{name}", hint=did_you_mean(f"--{name}", known, show=30)
            )
    return wanted


def _where(workspace: Workspace) -> str:
    target = workspace.target
    if target.type == "duckdb":
        path = Path(str(target.settings.get("path", "")))
        with contextlib.suppress(ValueError):
            path = path.relative_to(Path.cwd())
        return f"{path} ({target.name})"
    info = target.settings.get("conninfo", {})
    return f"{info.get('dbname', 'the database')} on {info.get('host', 'the local socket')} ({target.name})"


# --- commands ---------------------------------------------------------------------------------------------


@cli.command()
@click.argument("folder", metavar="[DIR]", default="sqlseed_project")
def init(folder: str) -> None:
    """Write a new project to DIR: small enough to read in five minutes, and it builds as it is."""
    from sqlseed import api

    for path in api.init(folder):
        click.echo(path)
    click.echo(f"\nnext: cd {folder} && sqlseed build", err=True)


@cli.command()
@_common
@_output("text", "json")
def debug(output: str, **options: Any) -> None:
    """Check project, profile, connection, privileges and versions."""
    from sqlseed import diagnose

    options["vars"] = _parse_vars(options.pop("vars_"))
    checks = diagnose.run(options.pop("project_dir"), **options)
    if output == "json":
        click.echo(report.to_json([{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks]))
    else:
        for check in checks:
            detail = report.safe(check.detail).replace("\n", "\n" + " " * 18)
            click.echo(f"{'ok    ' if check.ok else 'FAILED'}  {check.name:<10}{detail}")
    failed = [check for check in checks if not check.ok]
    if failed:
        connect = failed[0].name == "connection"
        raise SystemExit(ExitCode.CONNECT if connect else ExitCode.USAGE)


@cli.command(cls=SliceCommand)
@_common
@_selecting
@click.option("--resource-type", type=click.Choice(["model", "seed"]), help="Only nodes of this kind.")
@_output("text", "json")
@click.pass_context
def ls(ctx: click.Context, output: str, resource_type: str | None, **options: Any) -> None:
    """List nodes, one name a line, parents first. Touches no database."""
    from sqlseed import api

    workspace = _workspace(options)
    nodes = api.ls(workspace, _selection(ctx, workspace, options))
    nodes = [node for node in nodes if resource_type in (None, node.resource_type.value)]
    if output == "json":
        facts = [
            {
                "name": node.name,
                "resource_type": node.resource_type.value,
                "path": node.path,
                "fqn": list(node.fqn),
                "tags": list(node.tags),
                "table": node.table,
                "config": dict(node.config),
                "depends_on": sorted(workspace.graph.parents[node.name]),
            }
            for node in nodes
        ]
        click.echo(report.to_json(facts))
        return
    for node in nodes:
        click.echo(node.name)


@cli.command(name="compile", cls=SliceCommand)
@click.argument("model", required=False, shell_complete=_complete_nodes)
@_common
@_selecting
@_output("text", "json")
@click.pass_context
def compile_(ctx: click.Context, model: str | None, output: str, **options: Any) -> None:
    """Render and check models: one file each under target/compiled/. With MODEL, print its SQL instead."""
    from sqlseed import api, artifacts

    workspace = _workspace(options)
    if model is not None:
        if model not in workspace.compiled:
            raise SelectionError(f"no model is called '{model}'", hint=did_you_mean(model, workspace.compiled))
        compiled = workspace.checked([model])[model]
        click.echo(artifacts.compiled_text(compiled), nl=False)
        return
    models = api.compile(workspace, _selection(ctx, workspace, options))
    if output == "json":
        facts = [
            {
                "name": m.name,
                "path": m.path,
                "relation": str(m.relation),
                "sql": m.sql,
                "parameters": {p.name: p.type for p in m.parameters},
                "refs": list(m.refs),
                "seeds": list(m.seeds),
            }
            for m in models
        ]
        click.echo(report.to_json(facts))
    else:
        click.echo(f"compiled {len(models)} models to {workspace.target_path / 'compiled'}", err=True)


@cli.command(cls=SliceCommand)
@_common
@_selecting
@_output("text", "json")
@click.pass_context
def plan(ctx: click.Context, output: str, **options: Any) -> None:
    """Say what `build` would do: slices new, changed, up to date, and the rows expected. Writes nothing."""
    from sqlseed import api

    workspace = _workspace(options)
    result = api.plan(workspace, _selection(ctx, workspace, options))
    if output == "json":
        steps = [
            {
                "model": s.slice.model,
                "slice": s.slice.key,
                "point": dict(s.slice.point),
                "state": s.state.value,
                "rows_expected": s.expected_rows,
                "fingerprint": s.fingerprint,
                "depends_on": [f"{d.model}/{d.key}" for d in s.depends_on],
            }
            for s in result.plan.steps
        ]
        facts = {
            "target": result.target,
            "server": result.server,
            "creates": list(result.creates),
            "seeds_to_load": list(result.seeds_to_load),
            "orphans": [str(o) for o in result.orphans],
            "slices": steps,
        }
        click.echo(report.to_json(facts))
        return
    click.echo(report.plan_text(result.plan, result.creates, result.seeds_to_load, result.orphans, _where(workspace)))


@cli.command(cls=SliceCommand, epilog=f"{_SLICES}\n\n{_EXIT_CODES}")
@_common
@_selecting
@click.option("--full-refresh", is_flag=True, help="Write the selected slices again, up to date or not.")
@click.option("--dry-run", is_flag=True, help="Compute everything in an in-memory DuckDB; the target is not touched.")
@click.option("--fail-fast", is_flag=True, help="Start no more slices after the first failure.")
@click.option(
    "--checksums", is_flag=True, help="Print each table's checksum: equal rows give equal ones on every engine."
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Progress on stderr."
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, only the result.")
@_output("text", "json")
@click.pass_context
def build(ctx: click.Context, output: str, log_format: str, quiet: bool, **options: Any) -> None:
    """Load the seeds and run the models: every slice that is not up to date, each in its own transaction.

    A run that was stopped or failed is resumed by running it again.
    """
    from sqlseed import api

    workspace = _workspace(options)
    selection = _selection(ctx, workspace, options)
    flags = {name: options[name] for name in ("full_refresh", "dry_run", "fail_fast", "checksums")}
    arguments = {"which": "build", "select": list(selection.select), "exclude": list(selection.exclude), **flags}
    with _stoppable() as stop, report.display(sys.stderr, log_format, quiet) as on_event:
        result = api.build(workspace, selection, **flags, on_event=on_event, stop=stop, arguments=arguments)
    where = _where(workspace)
    if output == "json":
        click.echo(report.to_json(_build_facts(result)))
    elif not result.plan.pending and not flags["checksums"]:
        rows = sum(table.rows for table in result.tables if not table.intermediate)
        click.echo(
            f"nothing to do: {len(result.plan.steps)} slices, {report.number(rows)} rows are up to date in {where}"
        )
    else:
        show_sums = flags["checksums"] or result.dry_run
        click.echo(report.build_text(result.tables, result.elapsed, where, checksums=show_sums, dry_run=result.dry_run))
    if not result.success:
        _explain_failure(result)


def _build_facts(result: Any) -> dict[str, Any]:
    return {
        "run_id": result.run_id,
        "target": result.target,
        "server": result.server,
        "dry_run": result.dry_run,
        "success": result.success,
        "elapsed": round(result.elapsed, 3),
        "tables": [
            {
                "model": t.model,
                "relation": str(t.relation),
                "rows": t.rows,
                "checksum": t.checksum,
                "intermediate": t.intermediate,
                "seconds": round(t.seconds, 3),
                "slices": {status.value: count for status, count in t.slices.items()},
            }
            for t in result.tables
        ],
        "failures": [{"slice": str(f.slice), "message": f.message} for f in result.failures],
    }


def _explain_failure(result: Any) -> None:
    for failure in result.failures[:10]:
        click.echo(f"\nerror in {failure.slice}: {report.safe(failure.message)}", err=True)
    if len(result.failures) > 10:
        click.echo(f"\n... and {len(result.failures) - 10} more; all are in target/run_results.json", err=True)
    skipped = sum(r.status.value == "skipped" for r in result.results)
    done = sum(r.status.value in ("success", "no-op") for r in result.results)
    click.echo(
        f"\n{len(result.failures)} failed, {skipped} skipped, {done} complete and kept; running the same command again resumes",
        err=True,
    )
    raise SystemExit(report.exit_code([failure.error for failure in result.failures]) or ExitCode.FAILED)


@cli.command(cls=SliceCommand, epilog=_SLICES)
@_common
@_selecting
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@_output("text", "json")
@click.pass_context
def clean(ctx: click.Context, output: str, yes: bool, **options: Any) -> None:
    """Remove the rows that sqlseed made, per selection and per slice, and nothing else. Tables stay."""
    from sqlseed import api

    workspace = _workspace(options)
    selection = _selection(ctx, workspace, options)
    if not yes:
        _ask(f"Remove the selected rows that sqlseed made from {_where(workspace)}?")
    with _stoppable() as stop:
        result = api.clean(workspace, selection, stop=stop)
    if output == "json":
        click.echo(
            report.to_json({"rows": dict(result.rows), "slices": result.slices, "state_removed": result.state_removed})
        )
        return
    if not result.slices:
        click.echo(f"nothing to remove: none of the selected slices is in {_where(workspace)}")
        return
    click.echo(
        report.columns(
            [["model", "rows removed"], *([m, report.number(r)] for m, r in result.rows.items())], right=(1,)
        )
    )
    gone = "; lookup tables and state are gone too" if result.state_removed else ""
    click.echo(f"\nremoved {report.number(sum(result.rows.values()))} rows in {result.slices} slices{gone}")


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise GuardError("clean asks before it removes anything, and nobody is here to answer", hint="add --yes")
    if not click.confirm(question, default=False, err=True):
        raise GuardError("nothing was removed")


@cli.command(cls=SliceCommand, epilog=_SLICES)
@click.argument("model", shell_complete=_complete_nodes)
@_common
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="How many rows.")
@_output("text", "json", "csv")
@click.pass_context
def show(ctx: click.Context, model: str, limit: int, output: str, **options: Any) -> None:
    """Print the first rows of MODEL at one slice, computed in an in-memory DuckDB and not stored."""
    from sqlseed import api

    workspace = _workspace(options)
    preview = api.show(workspace, model, slices_wanted=_slices(ctx, workspace), limit=limit)
    if output == "json":
        click.echo(report.to_json([dict(zip(preview.columns, row, strict=True)) for row in preview.rows]))
    elif output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([preview.columns, *preview.rows])
    else:
        click.echo(f"{preview.slice}: the first {len(preview.rows)} rows", err=True)
        click.echo(report.table_text(preview.columns, preview.rows))


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a SHELL: eval "$(sqlseed completion bash)"."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(found(cli, {}, "sqlseed", "_SQLSEED_COMPLETE").source())


# --- signals and errors -------------------------------------------------------------------------------------


@contextlib.contextmanager
def _stoppable() -> Iterator[StopFlag]:
    """The first signal asks the run to stop, the second ends the process at once."""
    from sqlseed.runner import StopFlag

    flag = StopFlag()

    def handle(number: int, _: Any) -> None:
        if flag.signal is not None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        flag.set(number)

    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code."""
    raise SystemExit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; every error becomes a message and an exit code, in this one place."""
    try:
        cli.main(args=list(arguments) if arguments is not None else None, prog_name="sqlseed", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _die_by(signal.SIGINT)
    except click.ClickException as error:
        error.show()
        return ExitCode.USAGE
    except Interrupted as error:
        click.echo(f"{error.message}", err=True)
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
    """Ends the process by the signal itself, so that shells and make see it."""
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _bug(error: Exception) -> int:
    handle, name = tempfile.mkstemp(prefix="sqlseed-bug-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    message = report.safe(f"{type(error).__name__}: {error}")[:300]
    click.echo(f"error: a bug in sqlseed: {message}\n  the traceback is in {name}; please report it", err=True)
    return ExitCode.BUG
