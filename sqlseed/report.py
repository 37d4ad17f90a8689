"""Results as people read them: errors, tables, summaries, exit codes."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import IO, TYPE_CHECKING, Any

from sqlseed.errors import SqlseedError
from sqlseed.events import Status, StepResult
from sqlseed.model import Plan, StepState

if TYPE_CHECKING:
    from sqlseed.built import BuildResult
    from sqlseed.cleaning import CleanPreview, CleanResult

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ExitCode(IntEnum):
    """How a command ends; a signal ends the process by that signal instead."""

    DONE = 0  # also when there was nothing to do
    FAILED = 1  # a slice failed; the rest is kept, running again resumes
    USAGE = 2  # wrong usage, configuration or project; the database is untouched
    REFUSED = 3  # refused by a guard
    CONNECT = 4  # could not connect, or somebody else holds the target; worth retrying
    BUG = 70  # a bug in sqlseed


def exit_code(errors: Iterable[BaseException | None]) -> ExitCode:
    """The exit code of a command in which these errors happened: bug, refusal, connection, usage, failure, done."""
    codes = [getattr(error, "exit_code", ExitCode.BUG) for error in errors if error is not None]
    for code in (ExitCode.BUG, ExitCode.REFUSED, ExitCode.CONNECT, ExitCode.USAGE, ExitCode.FAILED):
        if code in codes:
            return code
    return ExitCode.DONE


def safe(text: str) -> str:
    """`text` with control characters spelled out, bidirectional ones too, so that no data can drive the terminal.

    >>> safe("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def number(value: int | float) -> str:
    """A count for people: 7,221,291."""
    return f"{value:,.0f}"


def duration(seconds: float) -> str:
    """A time span for people: 0.4 s, 12 s, 3 min 20 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def print_error(error: SqlseedError, stream: IO[str]) -> None:
    """An error's whole message."""
    stream.write(f"error: {safe(str(error))}\n")


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Rows of texts as aligned columns; those in `right` are aligned to the right."""
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


# --- results ----------------------------------------------------------------------------------------------


def plan_text(plan: Plan, creates: Sequence[str], seeds: Sequence[str], orphans: Sequence[Any], where: str) -> str:
    """What a build would do, one line a model."""
    rows = [["model", "new", "changed", "up to date", "rows expected"]]
    models = list(dict.fromkeys(step.slice.model for step in plan.steps))
    for name in models:
        steps = [step for step in plan.steps if step.slice.model == name]
        counts = [sum(step.state is state for step in steps) for state in StepState]
        known = [step.expected_rows for step in steps if step.expected_rows is not None]
        rows.append([name, *(str(count) if count else "-" for count in counts), number(sum(known)) if known else "?"])
    pending = plan.pending
    lines = [columns(rows, right=(1, 2, 3, 4)), ""]
    if creates:
        lines.append(f"creates tables: {', '.join(creates)}")
    if seeds:
        lines.append(f"loads lookup tables: {', '.join(seeds)}")
    if orphans:
        first = f"{plural(len(orphans), 'slice')} in the target"
        lines.append(f"note: {first} that nothing in the project makes under these vars, such as {orphans[0]}")
    if pending:
        expected = sum(step.expected_rows or 0 for step in pending)
        some = f"{len(pending)} of {plural(len(plan.steps), 'slice')} to build"
        lines.append(f"{some}, about {plural(expected, 'row')}, in {where}")
    else:
        lines.append(f"nothing to do: {plural(len(plan.steps), 'slice')} up to date in {where}")
    return "\n".join(lines)


def build_text(result: BuildResult, where: str, *, checksums: bool) -> str:
    """The summary of a build: one line a target table, then the sum; intermediate tables show up when they failed."""
    tables, elapsed = result.tables, result.elapsed
    total = sum(table.rows for table in tables if not table.intermediate)
    if not result.plan.pending and not checksums:
        done = f"{plural(len(result.plan.steps), 'slice')}, {plural(total, 'row')}"
        return f"nothing to do: {done}, up to date in {where}"
    checksums = checksums or result.dry_run
    rows = [["table", "rows", "slices", "time"] + (["checksum"] if checksums else [])]
    for table in tables:
        troubled = any(status not in (Status.SUCCESS, Status.NO_OP) for status in table.slices)
        if table.intermediate and not troubled:
            continue
        parts = [f"{number(count)} {_WORDS[status]}" for status, count in table.slices.items()]
        seconds = duration(table.seconds) if table.seconds else "-"
        name = f"({table.model})" if table.intermediate else table.relation.name
        row = [name, number(table.rows), ", ".join(parts), seconds]
        rows.append(row + ([table.checksum or "-"] if checksums else []))
    targets = [table for table in tables if not table.intermediate]
    between = len(tables) - len(targets)
    built = sum(table.rows for table in tables if table.slices.get(Status.SUCCESS))
    rate = f", {number(built / elapsed)} rows/s" if built and elapsed > 0 else ""
    extra = f", by way of {plural(between, 'intermediate table')}" if between else ""
    verb = "would get" if result.dry_run else "has"
    last = f"{where} {verb} {plural(total, 'row')} in {plural(len(targets), 'table')}{extra}"
    count = sum(one.attempts - 1 for one in result.results)
    again = f"; {plural(count, 'attempt')} repeated" if count else ""
    return "\n".join([columns(rows, right=(1, 3)), "", f"{last}; {duration(elapsed)}{rate}{again}"])


def plural(count: int, noun: str) -> str:
    """A count with its noun: 1 row, 2,000 rows."""
    return f"{number(count)} {noun}{'' if count == 1 else 's'}"


_WORDS = {
    Status.SUCCESS: "built",
    Status.NO_OP: "up to date",
    Status.ERROR: "failed",
    Status.SKIPPED: "skipped",
    Status.INTERRUPTED: "interrupted",
}


def table_text(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows of data as a table: aligned while it fits the terminal, one value a line where it does not."""
    cells = [[_cell(value) for value in row] for row in rows]
    text = columns([list(names), *cells])
    if max((len(line) for line in text.split("\n")), default=0) <= _width():
        return text
    width = max(len(name) for name in names)
    blocks = []
    for i, row in enumerate(cells, 1):
        pairs = "\n".join(f"  {name.ljust(width)}  {cell}" for name, cell in zip(names, row, strict=True))
        blocks.append(f"-- row {i}\n{pairs}")
    return "\n".join(blocks)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((200, 24)).columns


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe(str(value)).replace("\n", "\\n")


def lineage_text(found: Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]) -> str:
    """A line for each column of each model, with the columns that decide its values."""
    rows = [
        [f"{model}.{column}", ", ".join(".".join(source) for source in sources)]
        for model, sources_of in found.items()
        for column, sources in sources_of.items()
    ]
    return columns([["column", "comes from"], *rows])


def to_json(value: Any) -> str:
    """Data as JSON: dates as ISO texts, decimals as numbers."""

    def other(thing: Any) -> Any:
        if isinstance(thing, Decimal):
            return float(thing)
        if isinstance(thing, dt.date | dt.datetime):
            return thing.isoformat()
        return str(thing)

    return json.dumps(value, indent=2, default=other)


def failure_text(failures: Sequence[StepResult], results: Sequence[StepResult], command: str) -> str:
    """What failed, at most ten of them, what stands in the target, and in the last line the command that goes on."""
    lines = [f"\nerror in {failure.slice}: {safe(failure.message)}" for failure in failures[:10]]
    if len(failures) > 10:
        lines.append(f"\n... and {len(failures) - 10} more; all are in target/run_results.json")
    skipped = sum(result.status is Status.SKIPPED for result in results)
    done = sum(result.status in (Status.SUCCESS, Status.NO_OP) for result in results)
    was = "it was rolled back" if len(failures) == 1 else "they were rolled back"
    lines.append(f"\n{len(failures)} failed, {skipped} skipped, {done} complete and kept")
    if failures:
        lines.append(f"what failed is as it was before: {was}")
    lines.append(f"the same command goes on from there: {safe(command)}")
    return "\n".join(lines)


def checks_text(checks: Sequence[Any]) -> str:
    """The checks of `debug`, a line each."""
    lines = []
    for check in checks:
        detail = safe(check.detail).replace("\n", "\n" + " " * 20)
        lines.append(f"{'ok    ' if check.ok else 'FAILED'}  {check.name:<12}{detail}")
    return "\n".join(lines)


def removed_text(result: CleanResult) -> str:
    """What `clean` removed."""
    rows = result.rows
    table = columns([["model", "rows removed"], *([name, number(count)] for name, count in rows.items())], right=(1,))
    gone = "; lookup tables and state are gone too" if result.state_removed else ""
    return f"{table}\n\nremoved {plural(sum(rows.values()), 'row')} in {plural(result.slices, 'slice')}{gone}"


def preview_text(preview: CleanPreview) -> str:
    """What `clean` is about to remove: a table, and what of it somebody edited."""
    rows = preview.rows
    lines = [["model", "rows to remove"], *([name, number(count)] for name, count in rows.items())]
    total = f"{plural(sum(rows.values()), 'row')} in {plural(preview.slices, 'slice')}"
    if not preview.edited:
        return f"{columns(lines, right=(1,))}\n\n{total}"
    what = "left as they are, with what they are made from" if preview.keeps else "edited since, and removed too"
    return f"{columns(lines, right=(1,))}\n\n{total}\n{what}: {', '.join(map(str, preview.edited))}"
