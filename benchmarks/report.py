"""Results as a table for people, and as the page docs/benchmark.md with its pictures."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import pictures
from benchmarks.measuring import Copy, Measurement, ModelTime, Results
from benchmarks.tables import aligned, markdown

TEMPLATE = Path(__file__).with_name("page.md")
SLOWEST = 10  # models that are shown
ROWS_PICTURE, MODELS_PICTURE = "benchmark-rows.svg", "benchmark-models.svg"  # beside the page
_HEAD = (
    "preset",
    "size",
    "engine",
    "rows",
    "seconds",
    "CPU",
    "of it client",
    "rows/s",
    "to COPY",
    "CPU to COPY",
    "client memory",
    "server memory",
    "WAL",
    "database",
)
_COPY_HEAD = ("preset", "size", "engine", "what", "rows", "seconds", "CPU", "rows/s", "WAL")
_MODEL_HEAD = ("engine", "model", "rows", "slices", "seconds", "rows/s", "longest slice", "its seconds")


def engine_of(one: Measurement) -> str:
    """The engine and the mode, as the pictures and tables name them."""
    return "DuckDB" if one.engine == "duckdb" else f"PostgreSQL, {one.mode}"


def _mib(size: int | None) -> str:
    return "" if size is None else f"{size / 2**20:,.0f} MiB"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _speed(rows: int, seconds: float) -> str:
    return f"{rows / seconds:,.0f}" if seconds else ""


def ratios(one: Measurement, copy: Copy) -> tuple[float, float | None]:
    """How many times as long as a copy the build took: on the clock, and computing."""
    cpu, floor = one.usage.cpu, copy.usage.cpu
    return one.usage.seconds / copy.usage.seconds, cpu / floor if cpu is not None and floor else None


def _fastest(one: Measurement) -> Copy | None:
    return min(one.copies, key=lambda copy: copy.usage.seconds, default=None)


def _line(one: Measurement) -> tuple[str, ...]:
    usage, copy = one.usage, _fastest(one)
    clock, cpu = ratios(one, copy) if copy is not None else (None, None)
    return (
        one.preset,
        str(one.size),
        engine_of(one),
        f"{one.rows:,}",
        _seconds(usage.seconds),
        _seconds(usage.cpu),
        _seconds(usage.client_cpu),
        _speed(one.rows, usage.seconds),
        f"{clock:.2f}" if clock is not None else "",
        f"{cpu:.2f}" if cpu is not None else "",
        _mib(usage.client_memory),
        _mib(usage.server_memory),
        _mib(usage.wal),
        _mib(one.size_bytes),
    )


def _copy_lines(one: Measurement) -> list[tuple[str, ...]]:
    return [
        (
            one.preset,
            str(one.size),
            engine_of(one),
            copy.source,
            f"{copy.rows:,}",
            _seconds(copy.usage.seconds),
            _seconds(copy.usage.cpu),
            _speed(copy.rows, copy.usage.seconds),
            _mib(copy.usage.wal),
        )
        for copy in one.copies
    ]


def _slowest(one: Measurement) -> list[ModelTime]:
    return sorted(one.models, key=lambda model: -model.seconds)[:SLOWEST]


def _model_lines(one: Measurement) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for model in _slowest(one):
        key, (_, longest) = max(model.slices.items(), key=lambda item: item[1][1], default=("", (0, 0.0)))
        lines.append(
            (
                engine_of(one),
                model.model,
                f"{model.rows:,}",
                str(len(model.slices)),
                _seconds(model.seconds),
                _speed(model.rows, model.seconds),
                key,
                f"{longest:.2f}",
            )
        )
    return lines


def _starts(results: Results) -> list[tuple[str, str, str]]:
    return [(s.command, f"{s.minimum:.2f} s", f"{s.median:.2f} s") for s in results.start_up]


def largest(results: Results) -> list[Measurement]:
    """The measurements whose models are shown: those of the preset and size with the most rows, of each engine."""
    found: dict[str, Measurement] = {}
    for one in results.measurements:
        name = engine_of(one)
        if name not in found or one.rows > found[name].rows:
            found[name] = one
    return list(found.values())


def text(results: Results) -> str:
    """For a terminal."""
    parts = [", ".join(f"{name} {value}" for name, value in results.machine.items())]
    found = results.measurements
    if found:
        parts.append(aligned([_HEAD, *(_line(one) for one in found)], 3))
        parts.append(aligned([_COPY_HEAD, *(line for one in found for line in _copy_lines(one))], 4))
        models = [line for one in largest(results) for line in _model_lines(one)]
        parts.append(f"slowest models, seconds over all slices\n{aligned([_MODEL_HEAD, *models], 2)}")
        parts += [f"{engine_of(one)}, size {one.size}: {one.without_copy}" for one in found if one.without_copy]
    if results.start_up:
        parts.append(aligned([("command", "minimum", "median"), *_starts(results)], 1))
    return "\n\n".join(parts)


# --- the page ----------------------------------------------------------------------------------------------


def rows_picture(results: Results) -> str:
    """Rows a second of each size, on each engine."""
    groups: dict[str, dict[str, float]] = {}
    for one in results.measurements:
        group = groups.setdefault(f"{one.preset}, size {one.size}", {})
        group[engine_of(one)] = one.rows / one.usage.seconds
    title = "Rows a second, by preset and size"
    return pictures.bars(title, list(groups.items()), _series(results.measurements), lambda value: f"{value:,.0f}")


def models_picture(results: Results) -> str:
    """Seconds of the slowest models, on each engine."""
    shown = largest(results)
    names = list(dict.fromkeys(model.model for one in shown for model in _slowest(one)))
    groups = [
        (name, {engine_of(one): model.seconds for one in shown for model in one.models if model.model == name})
        for name in names
    ]
    title = f"Seconds of the slowest models, over all slices ({_what(shown)})"
    return pictures.bars(title, groups, _series(shown), lambda value: f"{value:.1f}")


def _series(found: Sequence[Measurement]) -> list[str]:
    return sorted({engine_of(one) for one in found})


def _what(found: Sequence[Measurement]) -> str:
    return ", ".join(dict.fromkeys(f"{one.preset}, size {one.size}" for one in found))


def _settings(found: Sequence[Measurement]) -> list[str]:
    return list(dict.fromkeys(f"- {one.server}: {one.settings}" for one in found))


def page(results: Results, name: str) -> str:
    """docs/benchmark.md; `name` is that of the JSON file beside it."""
    found = results.measurements
    facts = [f"- {key}: {value}" for key, value in results.machine.items()]
    facts += [textwrap.fill(line, 119, subsequent_indent="  ") for line in _settings(found)]
    back = [
        f"- {engine_of(one)}, {one.preset}, size {one.size}: {one.put_back_seconds:.1f} s of the build put keys and"
        " indexes back."
        for one in found
        if one.put_back_seconds is not None
    ]
    missing = [
        f"- {engine_of(one)}, {one.preset}, size {one.size} was not copied: {one.without_copy}."
        for one in found
        if one.without_copy
    ]
    shared = max((one.usage.shared_memory or 0 for one in found), default=0)
    return TEMPLATE.read_text("utf-8").format(
        name=name,
        facts="\n".join(facts),
        rows_picture=ROWS_PICTURE,
        models_picture=MODELS_PICTURE,
        table=markdown(_HEAD, [_line(one) for one in found], 3),
        notes="\n".join(["", *back, *missing]) if back or missing else "",
        load=f"{max((one.load for one in found), default=0.0):.1f}",
        shared=_mib(shared),
        copies=markdown(_COPY_HEAD, [line for one in found for line in _copy_lines(one)], 4),
        what=_what(largest(results)),
        models=markdown(_MODEL_HEAD, [line for one in largest(results) for line in _model_lines(one)], 2),
        start_up=markdown(("command", "minimum", "median"), _starts(results), 1),
    )


def files(results: Results, name: str) -> Mapping[str, str]:
    """The page and its pictures, by their names in docs/."""
    return {
        "benchmark.md": page(results, name),
        ROWS_PICTURE: rows_picture(results),
        MODELS_PICTURE: models_picture(results),
    }
