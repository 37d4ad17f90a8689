"""A run while it goes on: a live bar, plain lines, or JSON lines. The only module that imports rich."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import IO, Any

from sqlseed.events import Event, EventKind, Status
from sqlseed.report import duration, number, plural, safe


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
        facts |= _test_facts(event)
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


def _test_facts(event: Event) -> dict[str, Any]:
    """What an event says of data tests."""
    if event.kind in (EventKind.TESTS_STARTED, EventKind.TESTS_FINISHED):
        return {"tests": event.rows}
    verdict = event.verdict
    if verdict is None:
        return {}
    facts: dict[str, Any] = {"test": verdict.test.name, "status": verdict.status.value, "failures": verdict.failures}
    facts["seconds"] = round(verdict.seconds, 6)
    return facts | ({"message": verdict.message} if verdict.message else {})


class PlainLines(Display):
    """A line a model when its last slice is done, for logs and pipes; failures at once."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._left: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._seconds: dict[str, float] = {}
        self._bad: dict[str, int] = {}
        self._all: dict[str, int] = {}

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
            self._all = dict(self._left)
            return opening(event)
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
        self._seconds[model] = self._seconds.get(model, 0.0) + result.seconds
        self._bad[model] = self._bad.get(model, 0) + (result.status is not Status.SUCCESS)
        lines = []
        if result.status in (Status.ERROR, Status.INTERRUPTED):
            word = "failed " if result.status is Status.ERROR else "stopped"
            lines.append(f"{word} {result.slice}: {result.message}")
        if self._left[model] == 0 and self._bad[model] < self._all.get(model, 1):
            facts = f"{model}: {plural(self._rows[model], 'row')} in {duration(self._seconds[model])}"
            some = f", {self._bad[model]} of {plural(self._all[model], 'slice')} not built" if self._bad[model] else ""
            lines.append(f"{'partly ' if some else 'built  '} {facts}{some}")
        return "\n".join(lines) or None


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
        self._bad = 0  # of tests
        self._testing = False
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
        elif event.kind in (EventKind.TESTS_STARTED, EventKind.TEST_FINISHED, EventKind.TESTS_FINISHED):
            self._on_tests(event)
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

    def _on_tests(self, event: Event) -> None:
        text = note(event)
        if text is not None:
            self._print(text)
        if event.kind is EventKind.TESTS_STARTED and event.rows:
            self._done, self._bad = 0, 0
            self._task = self._progress.add_task("testing", total=event.rows, facts="")
            self._progress.start()
            self._testing = True
        elif event.verdict is not None and self._testing:
            self._done += 1
            self._bad += event.verdict.status in (Status.FAIL, Status.ERROR)
            facts = f"{number(self._done)} tests, {number(self._bad)} failed"
            self._progress.update(self._task, completed=self._done, facts=facts, description="testing")

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
    return f"{plural(len(models), 'model')}, {plural(len(pending), 'slice')}{about}, on {event.message}"


_TOLD = {Status.FAIL: "failed ", Status.ERROR: "failed ", Status.WARN: "warned "}


def note(event: Event) -> str | None:
    """The line of an event that is worth one in every text display."""
    if event.kind is EventKind.NOTE:
        return f"note: {event.message}"
    if event.kind in (EventKind.WARNING, EventKind.SLICE_RETRIED):
        return f"warning: {event.message}"
    if event.kind is EventKind.RUN_STOPPING:
        return f"stopping: cancelling {plural(event.rows, 'running statement')}"
    if event.kind is EventKind.TESTS_STARTED and event.rows:
        return f"{plural(event.rows, 'test')}, on {event.message}"
    if event.verdict is not None and event.verdict.status in _TOLD:
        return f"{_TOLD[event.verdict.status]} {event.name}: {event.verdict.message.split(chr(10))[0]}"
    if event.kind is EventKind.SEED_LOADED:
        return f"loaded  {event.name}: {plural(event.rows, 'row')}"
    return None
