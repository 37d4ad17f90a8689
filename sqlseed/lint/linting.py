"""Running the rules over models, and applying the models' opt-outs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlseed.errors import ProjectError, did_you_mean
from sqlseed.lint import grammar
from sqlseed.lint.catalogue import Catalogue
from sqlseed.lint.finding import Finding
from sqlseed.lint.rule import Problem, Rule, Subject
from sqlseed.lint.rules import RULES, standing
from sqlseed.model import Compiled
from sqlseed.workspace import Workspace

_BY_NAME = {rule.name: rule for rule in RULES}


def rule_named(name: str) -> Rule:
    """A rule by its name; raises ProjectError with a suggestion."""
    if name not in _BY_NAME:
        raise ProjectError(f"no rule is called '{name}'", hint=did_you_mean(name, _BY_NAME, show=40))
    return _BY_NAME[name]


def lint(workspace: Workspace, names: Iterable[str] | None = None) -> list[Finding]:
    """What the rules find in some models, or in all; those that are opted out of carry the reason in `allowed`.

    They are in the order of paths and lines. Raises SqlseedError where the extra `lint` is not installed.
    """
    grammar.require()
    wanted = sorted(workspace.compiled if names is None else names)

    def find() -> list[Finding]:
        catalogue = Catalogue(workspace)
        return in_order(finding for name in wanted for finding in _of_model(catalogue, name))

    return workspace.remembered("lint", find, *wanted)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order of paths and lines."""
    return sorted(findings, key=lambda one: (one.path, one.line or 0, one.column or 0, one.rule))


def by_model(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by the name of the model, each model's in their order."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.model, []).append(finding)
    return found


def _of_model(catalogue: Catalogue, name: str) -> Iterator[Finding]:
    compiled = catalogue.models[name]
    reasons = {rule: reason for rule, reason in compiled.config.lint.items() if reason}
    try:
        subject = Subject(compiled, catalogue.reading(name), catalogue.models)
    except grammar.SyntaxProblem as error:
        yield _syntax_finding(compiled, error)
        return
    broken: set[str] = set()
    for rule in RULES:
        problems = rule.check(subject) if rule.check else iter(())
        for finding in dict.fromkeys(_finding(subject, rule, problem) for problem in problems):
            broken.add(rule.name)
            yield replace(finding, allowed=reasons.get(rule.name, ""))
    yield from _opt_outs(compiled, catalogue.source(name), broken)


def _finding(subject: Subject, rule: Rule, problem: Problem) -> Finding:
    statement, compiled = subject.statement, subject.compiled
    position = problem.position
    if position is None and problem.node is not None:
        position = statement.position(problem.node)
    place = statement.place(position) if position is not None else None
    return Finding(
        rule=rule.name,
        level=rule.level,
        message=problem.message,
        path=problem.path or compiled.path,
        line=place.line if place else problem.line,
        model=compiled.name,
        source=statement.text_at(position).strip() if position is not None else "",
        hint=problem.hint,
        column=place.column if place else None,
    )


def _syntax_finding(compiled: Compiled, error: grammar.SyntaxProblem) -> Finding:
    end = len(compiled.sql.rstrip())  # the parser gives no place where it misses something after the last word
    line = compiled.sql.count("\n", 0, end if error.position is None else error.position) + 1
    return Finding(
        rule=standing.SYNTAX.name,
        level=standing.SYNTAX.level,
        message=error.message,
        path=compiled.path,
        line=compiled.source_line(line),
        model=compiled.name,
        source=compiled.sql.split("\n")[line - 1].strip(),
        hint=f"`sqlseed compile {compiled.name}` prints what the template renders to",
    )


# --- opt-outs --------------------------------------------------------------------------------------------


def _opt_outs(compiled: Compiled, source: str, broken: set[str]) -> Iterator[Finding]:
    """What is wrong with a model's opt-outs; `broken` are the rules that found something in it."""
    possible = {rule.name: rule for rule in RULES if rule not in standing.RULES}
    for name, reason in compiled.config.lint.items():
        if name not in possible:
            hint = did_you_mean(name, possible, show=40)
            yield _about(standing.OPT_OUT, compiled, source, name, f"no rule to opt out of is called '{name}'", hint)
        elif not reason:
            hint = f"config(lint={{'{name}': 'why it does not matter here'}})"
            message = f"the opt-out of '{name}' has no reason, and so no effect"
            yield _about(standing.OPT_OUT, compiled, source, name, message, hint)
        elif name not in broken and possible[name].check is not None:
            message = f"the opt-out of '{name}' is not needed: the rule finds nothing here"
            yield _about(standing.UNUSED, compiled, source, name, message, "take it out of config(lint=...)")


def _about(rule: Rule, compiled: Compiled, source: str, name: str, message: str, hint: str) -> Finding:
    """A finding about an opt-out, at the line of the model's file that names it, or in its YAML."""
    lines = source.splitlines()
    at = next((number for number, line in enumerate(lines, 1) if name in line), None)
    path = compiled.path if at is not None else compiled.patch_path or compiled.path
    text = lines[at - 1].strip() if at is not None else ""
    return Finding(rule.name, rule.level, message, path, at, compiled.name, text, hint)
