"""`sqlseed lint`."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sqlseed import report
from sqlseed.cli.options import SliceCommand, common, open_workspace, output_as, selecting, selection_of
from sqlseed.report import ExitCode
from sqlseed.version import __version__

if TYPE_CHECKING:
    from sqlseed.lint.finding import Finding
    from sqlseed.lint.rule import Rule
    from sqlseed.workspace import Workspace

_EXIT_CODES = """\b
Exit codes: 0 no error; 1 a finding of level error (with --strict also a
warning) that no model opts out of; 2 wrong usage, configuration or project."""
_MAX_SPILL = "64MB"
_NOTICES = {"error": "error", "warning": "warning", "note": "notice"}


@click.command(cls=SliceCommand, epilog=_EXIT_CODES)
@common
@selecting
@click.option("--strict", is_flag=True, help="Exit with 1 for a warning too.")
@click.option("--rules", is_flag=True, help="List the rules, and look at no project.")
@click.option("--explain", metavar="RULE", help="Say what a rule finds, why, and what to write instead.")
@click.option("--plans", is_flag=True, help="Ask the target, a PostgreSQL, for plans, and check the rule spill too.")
@click.option("--max-spill", metavar="SIZE", help="With --plans: what a sort or hash may spill.  [default: 64MB]")
@output_as("text", "json", "sarif", "github")
@click.pass_context
def lint(  # one option each
    ctx: click.Context,
    /,
    output: str,
    strict: bool,
    rules: bool,
    explain: str | None,
    plans: bool,
    max_spill: str | None,
    **options: Any,
) -> None:
    """Read the models with PostgreSQL's own parser, and say what a careful reviewer would object to.

    Needs the extra: pip install 'sqlseed[lint]'. A model opts out of a rule with a reason:
    config(lint={'select-star': 'why it does not matter here'}). Touches no database,
    but for --plans, which runs nothing there.
    """
    from sqlseed import api
    from sqlseed.lint import linting
    from sqlseed.lint.rules import RULES

    if explain is not None:
        click.echo(explained(linting.rule_named(explain)))
        return
    if rules:
        click.echo(_listed(RULES))
        return
    if max_spill and not plans:
        raise click.UsageError("--max-spill goes with --plans")
    workspace = open_workspace(options)
    asked = (max_spill or _MAX_SPILL) if plans else None
    findings = api.lint(workspace, selection_of(ctx, workspace, options), max_spill=asked)
    if not plans and output == "text":
        click.echo("spill was not checked: --plans asks a target for plans", err=True)
    click.echo(_shown(findings, output))
    bad = ("error", "warning") if strict else ("error",)
    if any(finding.level in bad and not finding.allowed for finding in findings):
        raise click.exceptions.Exit(ExitCode.FAILED)


def warn(workspace: Workspace, names: Sequence[str]) -> None:
    """Says on stderr what the rules object to in some models; says nothing where the extra is not installed."""
    from sqlseed.lint import grammar, linting

    if grammar.available():
        for finding in linting.lint(workspace, names):
            if not finding.allowed:
                click.echo(_line(finding), err=True)


def _listed(rules: Sequence[Rule]) -> str:
    return report.columns([["rule", "level", "finds"], *([rule.name, rule.level, rule.title] for rule in rules)])


def explained(rule: Rule) -> str:
    """A rule in full: what it finds, why that matters, what to write instead."""
    why = textwrap.fill(rule.why, 88)
    instead = textwrap.fill(f"Instead: {rule.instead}", 88)
    return f"{rule.name} ({rule.level}): {rule.title}\n\n{why}\n\n{instead}"


def _shown(findings: Sequence[Finding], output: str) -> str:
    from sqlseed import testreport
    from sqlseed.lint.sarif import sarif

    if output == "json":
        return report.to_json([dataclasses.asdict(finding) for finding in findings])
    if output == "sarif":
        return report.to_json(sarif(findings, __version__))
    open_ = [finding for finding in findings if not finding.allowed]
    if output == "github":
        notes = [testreport.annotation(_NOTICES[f.level], f.path, f.line, f.rule, f.sentence) for f in open_]
        return "\n".join(notes)
    counts = {level: sum(finding.level == level for finding in open_) for level in _NOTICES}
    words = ", ".join(report.plural(count, level) for level, count in counts.items() if count)
    summary = f"{words} in {report.plural(len({f.model for f in open_}), 'model')}" if open_ else "no findings"
    allowed = len(findings) - len(open_)
    if allowed:
        summary += f"; {report.plural(allowed, 'finding')} opted out of, each with a reason"
    return "\n".join([*map(_line, open_), summary])


def _line(finding: Finding) -> str:
    place = ":".join(str(part) for part in (finding.path, finding.line, finding.column) if part)
    text = f"{place}: {finding.level} {finding.rule}: {finding.message}"
    if finding.source:
        text += f"\n    {finding.source[:160]}"
    if finding.hint:
        text += f"\n  hint: {finding.hint}"
    return report.safe(text)
