"""What people and scripts see: progress on stderr, results on stdout. The only module that imports rich."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import IntEnum
from typing import IO, Any

from sqlseed.errors import SqlseedError
from sqlseed.events import Event, EventKind, Status
from sqlseed.model import Plan, StepState

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


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
    """`text` with control characters spelled out, so that no data can drive the terminal.

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


# --- a run while it goes on ------------------------------------------------------------------------------


class Display:
    """Where a run's events go. A context manager: a live display needs an end."""

    def __enter__(self) -> Callable[[Event], None]:
        return self.on_event

    def __exit__(self, *_: object) -> None:
        return None

    def on_event(self, event: Event) -> None:
        """Shows an event, or not."""


class JsonLines(Display):
    """One JSON object an event, for machines."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def on_event(self, event: Event) -> None:
        """Writes the event's facts as one line."""
        facts: dict[str, Any] = {
            "event": event.kind.value,
            "at": dt.datetime.fromtimestamp(event.at, dt.UTC).isoformat(timespec="milliseconds"),
        }
        if event.message:
            facts["message"] = event.message
        if event.name:
            facts["name"] = event.name
        if event.kind in (EventKind.SEED_LOADED, EventKind.RUN_FINISHED):
            facts |= {"rows": event.rows, "seconds": round(event.seconds, 6)}
        if event.plan is not None:
            facts |= {"slices": len(event.plan.steps), "pending": len(event.plan.pending)}
        if event.step is not None:
            facts |= {"model": event.step.slice.model, "slice": event.step.slice.key}
        if event.result is not None:
            facts |= {
                "model": event.result.slice.model,
                "slice": event.result.slice.key,
                "status": event.result.status.value,
                "rows": event.result.rows,
                "seconds": round(event.result.seconds, 6),
                "attempts": event.result.attempts,
            }
            if event.result.message:
                facts["message"] = event.result.message
        self._stream.write(json.dumps(facts) + "\n")
        self._stream.flush()


class PlainLines(Display):
    """A line a model when its last slice is done, for logs and pipes; failures at once."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._left: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._began: dict[str, float] = {}

    def on_event(self, event: Event) -> None:
        """Writes what a reader of the log wants to know."""
        line = self._line(event)
        if line is not None:
            self._stream.write(safe(line) + "\n")
            self._stream.flush()

    def _line(self, event: Event) -> str | None:
        if event.kind is EventKind.RUN_STARTED and event.plan is not None:
            for step in event.plan.pending:
                self._left[step.slice.model] = self._left.get(step.slice.model, 0) + 1
            return opening(event)
        if event.kind is EventKind.SLICE_STARTED and event.step is not None:
            self._began.setdefault(event.step.slice.model, event.at)
        if event.kind is EventKind.SLICE_FINISHED and event.result is not None:
            return self._finished(event)
        return note(event)

    def _finished(self, event: Event) -> str | None:
        result = event.result
        if result is None:
            return None
        model = result.slice.model
        self._left[model] = self._left.get(model, 1) - 1
        self._rows[model] = self._rows.get(model, 0) + result.rows
        if result.status is Status.ERROR:
            return f"failed  {result.slice}: {result.message}"
        if result.status is Status.INTERRUPTED:
            return f"stopped {result.slice}: {result.message}"
        if self._left[model] == 0 and result.status is Status.SUCCESS:
            seconds = event.at - self._began.get(model, event.at)
            return f"built   {model}: {number(self._rows[model])} rows in {duration(seconds)}"
        return None


class LiveBar(Display):
    """A progress display on a terminal: rows, per cent, rate, time left, and what runs now."""

    def __init__(self, stream: IO[str]) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = Console(file=stream, highlight=False)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[facts]}"),
            console=self._console,
            transient=True,
        )
        self._task: Any = None
        self._expected: dict[Any, int] = {}
        self._running: dict[Any, None] = {}
        self._rows = 0
        self._done = 0
        self._total = 0
        self._began = 0.0

    def __enter__(self) -> Callable[[Event], None]:
        return self.on_event

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def on_event(self, event: Event) -> None:
        """Moves the bar, prints what must stay."""
        if event.kind is EventKind.RUN_STARTED and event.plan is not None:
            self._start(event)
        elif event.kind is EventKind.SLICE_STARTED and event.step is not None:
            self._running[event.step.slice] = None
            self._draw()
        elif event.kind is EventKind.SLICE_FINISHED and event.result is not None:
            result = event.result
            self._running.pop(result.slice, None)
            self._rows += result.rows
            self._done += self._expected.get(result.slice, 1)
            if result.status is Status.ERROR:
                self._print(f"failed  {result.slice}: {result.message}")
            self._draw()
        else:
            text = note(event)
            if text is not None and event.kind is not EventKind.SEED_LOADED:
                self._print(text)

    def _start(self, event: Event) -> None:
        plan = event.plan
        if plan is None or not plan.pending:
            return
        self._print(opening(event) or "")
        self._expected = {step.slice: max(1, step.expected_rows or 1) for step in plan.pending}
        self._total = sum(self._expected.values())
        self._began = time.monotonic()
        self._task = self._progress.add_task("building", total=self._total, facts="")
        self._progress.start()

    def _draw(self) -> None:
        if self._task is None:
            return
        seconds = max(time.monotonic() - self._began, 0.001)
        left = seconds * (self._total - self._done) / self._done if self._done else None
        facts = f"{number(self._rows)} rows, {number(self._rows / seconds)} rows/s"
        if left is not None and seconds > 1:
            facts += f", {duration(left)} left"
        names = ", ".join(str(slice_) for slice_ in list(self._running)[:3])
        more = f" and {len(self._running) - 3} more" if len(self._running) > 3 else ""
        self._progress.update(
            self._task,
            completed=min(self._done, self._total),
            facts=facts,
            description=safe(f"{names}{more}" or "building"),
        )

    def _print(self, text: str) -> None:
        self._console.print(safe(text), markup=False, soft_wrap=True)


def display(stream: IO[str], log_format: str, quiet: bool = False) -> Display:
    """The display for this terminal, pipe or machine."""
    if quiet:
        return Display()
    if log_format == "json":
        return JsonLines(stream)
    return LiveBar(stream) if stream.isatty() else PlainLines(stream)


def opening(event: Event) -> str | None:
    """The line that starts a run."""
    if event.plan is None or not event.plan.pending:
        return None
    pending = event.plan.pending
    models = {step.slice.model for step in pending}
    rows = sum(step.expected_rows or 0 for step in pending)
    about = f", about {number(rows)} rows" if rows else ""
    return f"{len(models)} models, {len(pending)} slices{about}, on {event.message}"


def note(event: Event) -> str | None:
    """The line of an event that is worth one in every text display."""
    if event.kind is EventKind.NOTE:
        return f"note: {event.message}"
    if event.kind in (EventKind.WARNING, EventKind.SLICE_RETRIED):
        return f"warning: {event.message}"
    if event.kind is EventKind.RUN_STOPPING:
        return f"stopping: cancelling {event.rows} running slice{'' if event.rows == 1 else 's'}"
    if event.kind is EventKind.SEED_LOADED:
        return f"loaded  {event.name}: {number(event.rows)} rows"
    return None


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
        lines.append(f"note: {len(orphans)} built slices belong to nothing in the project now, such as {orphans[0]}")
    if pending:
        expected = sum(step.expected_rows or 0 for step in pending)
        lines.append(f"{len(pending)} of {len(plan.steps)} slices to build, about {number(expected)} rows, in {where}")
    else:
        lines.append(f"nothing to do: {len(plan.steps)} slices are up to date in {where}")
    return "\n".join(lines)


def build_text(tables: Sequence[Any], elapsed: float, where: str, *, checksums: bool, dry_run: bool) -> str:
    """The summary of a build: one line a target table, then the sum; intermediate tables show up when they failed."""
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
    total = sum(table.rows for table in targets)
    built = sum(table.rows for table in tables if table.slices.get(Status.SUCCESS))
    rate = f", {number(built / elapsed)} rows/s" if built and elapsed > 0 else ""
    extra = f", by way of {between} intermediate ones" if between else ""
    verb = "would get" if dry_run else "has"
    last = f"{where} {verb} {_plural(total, 'row')} in {_plural(len(targets), 'table')}{extra}"
    return "\n".join([columns(rows, right=(1, 3)), "", f"{last}; {duration(elapsed)}{rate}"])


def _plural(count: int, noun: str) -> str:
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


def to_json(value: Any) -> str:
    """Data as JSON: dates as ISO texts, decimals as numbers."""

    def other(thing: Any) -> Any:
        if isinstance(thing, Decimal):
            return float(thing)
        if isinstance(thing, dt.date | dt.datetime):
            return thing.isoformat()
        return str(thing)

    return json.dumps(value, indent=2, default=other)


def stderr_is_terminal() -> bool:
    """Whether progress is read by a person."""
    return sys.stderr.isatty()
