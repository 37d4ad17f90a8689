"""What `build --profile` found, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from sqlseed.built import BuildResult
from sqlseed.events import SliceProfile
from sqlseed.profiling import EVERY_SECONDS, ModelProfile, by_model
from sqlseed.report import columns, duration, number, plural

SHOWN = 10  # models, and slices
_EVENTS = 4  # of each


def text(result: BuildResult) -> str:
    """The slowest models and slices, and what their sessions did meanwhile."""
    models = by_model(result.results)
    if not models:
        return "profile: no slice was run"
    looks = sum(sum(model.waits.values()) for model in models)
    counted = any(model.counters for model in models)
    names = ["time", "rows/s", *_head(looks, counted)]
    rows = [[one.model, number(one.slices), *_cells(one, one.rows, looks, counted)] for one in models[:SHOWN]]
    watched = [(one, one.profile) for one in result.results if one.profile is not None]
    watched = sorted(watched, key=lambda pair: -pair[1].seconds)[:SHOWN]
    slices = [
        [str(one.slice), number(one.rows), *_cells(profile, one.rows, looks, counted)] for one, profile in watched
    ]
    right = (1, 2, 3, *((4, 5, 6) if counted else (4,) if not looks else ()))
    return "\n".join(
        [
            f"profile: the slowest of {plural(len(models), 'model')}, times summed over slices",
            columns([["model", "slices", *names], *rows], right),
            "\nthe slowest slices",
            columns([["slice", "rows", *names], *slices], right),
            "",
            _legend(looks, counted),
        ]
    )


def _head(looks: int, counted: bool) -> list[str]:
    return [*(["WAL", "read", "buffers hit"] if counted else []), "what it did" if looks else "CPU"]


def _cells(one: ModelProfile | SliceProfile, rows: int, looks: int, counted: bool) -> list[str]:
    cells = [duration(one.seconds), number(rows / one.seconds) if one.seconds else "-"]
    if counted:
        cells += [_size(one.counters.get("wal_bytes")), _size(one.counters.get("read_bytes"))]
        cells.append(number(one.counters["buffers_hit"]) if one.counters else "-")
    if looks:
        return [*cells, _shares(one.waits)]
    return [*cells, f"{100 * one.cpu_seconds / one.seconds:.0f} %" if one.seconds else "-"]


def _size(count: int | None) -> str:
    return "-" if count is None else f"{count / 2**20:,.1f} MiB"


def _shares(waits: Mapping[str, int]) -> str:
    total = sum(waits.values())
    if not total:
        return "not seen"
    shares = [f"{name} {100 * count / total:.0f} %" for name, count in list(waits.items())[:_EVENTS]]
    return ", ".join(shares)


def _legend(looks: int, counted: bool) -> str:
    if not looks:
        return (
            "CPU: of the session's own thread, which computes for DuckDB too. The rest of the time it waited:\n"
            "for the disk, for the other session, or for a core that was busy with something else."
        )
    lines = [
        f"what it did: as {number(looks)} looks at the server's sessions found it, {1 / EVERY_SECONDS:.0f} a second.",
        "CPU: it waits for nothing that the server knows of; anything else is the server's name for what it waits for.",
    ]
    if counted:
        lines.append("WAL, read and buffers hit are the server's own counts of the session.")
    else:
        lines.append(
            "WAL and buffers are counted by session from PostgreSQL 18 on, and not behind a transaction pooler."
        )
    return "\n".join(lines)
