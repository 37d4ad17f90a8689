"""Verdicts of data tests as people and machines read them: text, JUnit XML, GitHub annotations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from sqlseed import artifacts
from sqlseed.assertions.testing import Verdicts
from sqlseed.errors import ProjectError
from sqlseed.events import Status, Verdict
from sqlseed.report import columns, duration, number, plural, safe

_SHOWN = 50  # verdicts written out in full; all are in target/run_results.json
_WIDEST = 60  # characters of a value
_WORDS = {
    Status.PASS: "passed",
    Status.WARN: "warned",
    Status.FAIL: "failed",
    Status.ERROR: "could not be run",
    Status.SKIPPED: "skipped",
}
_BAD = (Status.WARN, Status.FAIL, Status.ERROR)


def text(result: Verdicts, where: str, target_path: Path) -> str:
    """What is wrong, with the first rows of it, and the sum."""
    told = "\n\n".join(_blocks(result.verdicts, target_path))
    end = f"{counts(result.verdicts)}, in {where}; {duration(result.elapsed)}"
    return f"{told}\n\n{end}" if told else end


def of_build(verdicts: Sequence[Verdict], target_path: Path) -> str:
    """The same of the tests within a build."""
    return "\n\n".join([*_blocks(verdicts, target_path), counts(verdicts)])


def counts(verdicts: Sequence[Verdict]) -> str:
    """How many tests ended how: `3 passed, 1 failed of 4 tests`."""
    ended = {status: sum(verdict.status is status for verdict in verdicts) for status in _WORDS}
    found = [f"{number(count)} {_WORDS[status]}" for status, count in ended.items() if count]
    return f"{', '.join(found)} of {plural(len(verdicts), 'test')}" if found else "no tests to run"


def _blocks(verdicts: Sequence[Verdict], target_path: Path) -> list[str]:
    bad = _bad(verdicts)
    blocks = [_block(verdict, target_path) for verdict in bad[:_SHOWN]]
    if bad[_SHOWN:]:
        blocks.append(f"... and {len(bad) - _SHOWN} more; all are in {_near(target_path / 'run_results.json')}")
    return blocks


def _bad(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for status in _BAD for verdict in verdicts if verdict.status is status]


def _block(verdict: Verdict, target_path: Path) -> str:
    test = verdict.test
    place = f"{test.path}:{test.line}" if test.line else test.path
    if verdict.status is Status.ERROR:
        return f"ERROR {test.name}: {safe(verdict.message)}".replace("\n", "\n  ")
    lines = [f"{verdict.status.value.upper()} {test.name}: {verdict.message} ({place})"]
    if test.description:
        lines.append(f"  {safe(test.description)}")
    lines += [line for line in _sample(verdict.sample).split("\n") if line]
    lines.append(f"  sql: {_near(target_path / 'compiled' / verdict.compiled_path)}")
    if verdict.kept:
        lines.append(f"  kept: select * from {verdict.kept}")
    return "\n".join(lines)


def _sample(rows: Iterable[Mapping[str, Any]]) -> str:
    found = list(rows)
    if not found:
        return ""
    names = list(dict.fromkeys(name for row in found for name in row))
    table = [names, *([_cell(row.get(name)) for name in names] for row in found)]
    made = columns(table)
    if max(len(line) for line in made.split("\n")) <= 160:
        return made
    return "\n".join("  " + ", ".join(f"{name}: {_cell(value)}" for name, value in row.items()) for row in found)


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    cell = safe(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).replace("\n", "\\n")
    return cell if len(cell) <= _WIDEST else f"{cell[: _WIDEST - 3]}..."


def _near(path: Path) -> Path:
    """A path as it is best typed from here."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


# --- machines ---------------------------------------------------------------------------------------------


def write_junit(result: Verdicts, path: Path) -> None:
    """JUnit's XML: a test case for each test; a warning passes, and says so in its output."""
    bad = {Status.FAIL: "failure", Status.ERROR: "error", Status.SKIPPED: "skipped"}
    suite = ElementTree.Element(
        "testsuite",
        name="sqlseed test",
        tests=str(len(result.verdicts)),
        failures=str(result.count(Status.FAIL)),
        errors=str(result.count(Status.ERROR)),
        skipped=str(result.count(Status.SKIPPED)),
        time=f"{result.elapsed:.3f}",
    )
    for verdict in result.verdicts:
        test = verdict.test
        case = ElementTree.SubElement(
            suite, "testcase", classname=_class(verdict), name=test.name, file=test.path, time=f"{verdict.seconds:.3f}"
        )
        if test.line:
            case.set("line", str(test.line))
        told = safe("\n".join(filter(None, [verdict.message, _sample(verdict.sample)])))
        if verdict.status in bad:
            element = ElementTree.SubElement(case, bad[verdict.status], message=safe(verdict.message.split("\n")[0]))
            element.text = told
        elif told:
            ElementTree.SubElement(case, "system-out").text = f"{verdict.status.value}: {told}"
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    try:
        artifacts.write_text(path, ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n")
    except OSError as error:
        raise ProjectError(f"cannot be written: {error.strerror}", path=str(path)) from None


def _class(verdict: Verdict) -> str:
    if verdict.test.model:
        return verdict.test.model
    return verdict.test.path.rpartition("/")[0].replace("/", ".")


def github_notes(result: Verdicts) -> str:
    """GitHub's workflow commands: a line for each test that failed or warned, at its line of the project."""
    return "\n".join(_annotation(verdict) for verdict in _bad(result.verdicts))


def _annotation(verdict: Verdict) -> str:
    test = verdict.test
    kind = "warning" if verdict.status is Status.WARN else "error"
    message = "\n".join(filter(None, [verdict.message, _sample(verdict.sample)]))
    return annotation(kind, test.path, test.line, test.name, message)


def annotation(kind: str, path: str, line: int | None, title: str, message: str) -> str:
    """One workflow command of GitHub's: `kind` is error, warning or notice."""
    place = f",line={line}" if line else ""
    return f"::{kind} file={_property(path)}{place},title={_property(title)}::{_data(safe(message))}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
