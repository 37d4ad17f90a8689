"""Results as a JSON file: read, added to, written. `docs/benchmark.md` says what its keys mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.measuring import BenchmarkError, Copy, Measurement, ModelTime, Results, StartUp, Usage
from sqlseed.bulk import MIN_ROWS

_Json = Mapping[str, Any]


def add(results: Results, found: Measurement) -> None:
    """Puts a measurement in the place of an older one of the same thing, or at its place by preset and size."""
    kept = [one for one in results.measurements if one.name != found.name]
    results.measurements = sorted([*kept, found], key=lambda one: one.name)


def finished(results: Results, *, copies: bool) -> set[tuple[str, int, str]]:
    """The (preset, size, engine) of which nothing is missing: no mode, and no copy where copies are wanted."""
    found: dict[tuple[str, int, str], list[Measurement]] = {}
    for one in results.measurements:
        found.setdefault((one.preset, one.size, one.engine), []).append(one)
    return {name for name, some in found.items() if _is_whole(some, copies)}


def _is_whole(found: list[Measurement], copies: bool) -> bool:
    if copies and not all(one.copies or one.without_copy for one in found):
        return False
    modes = {one.mode for one in found}
    large = max(model.rows for one in found for model in one.models if not model.intermediate) >= MIN_ROWS
    return "file" in modes or ("in place" in modes and ("bulk" in modes or not large))


def write(path: Path, results: Results) -> None:
    """Writes all of it; a slice takes one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(results), encoding="utf-8")


def to_json(results: Results) -> str:
    """The file's text: indented down to the slices, each a pair on a line with its key."""
    facts = asdict(results)
    pairs: list[str] = []
    for measurement in facts["measurements"]:
        for model in measurement["models"]:
            for key, pair in model["slices"].items():
                pairs.append(json.dumps(pair))
                model["slices"][key] = f"\0{len(pairs) - 1}"
    parts = json.dumps(facts, indent=1).split('"\\u0000')
    return (
        parts[0]
        + "".join(pairs[int(number)] + rest for number, _, rest in (part.partition('"') for part in parts[1:]))
        + "\n"
    )


def read(path: Path) -> Results:
    """What `write` wrote. Raises BenchmarkError where the file is none of ours."""
    try:
        facts = json.loads(path.read_text("utf-8"))
        return Results(
            facts["machine"],
            [_measurement(one) for one in facts["measurements"]],
            [StartUp(one["command"], tuple(one["runs"])) for one in facts["start_up"]],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BenchmarkError(f"{path} holds no results of this benchmark: {error!r}") from None


def read_or_begin(path: Path | None, machine: dict[str, str]) -> Results:
    """The results that a file holds already, if it is there. Raises BenchmarkError where they are another machine's."""
    if path is None or not path.exists():
        return Results(machine)
    results = read(path)
    if results.machine != machine:
        raise BenchmarkError(f"{path} was measured on another machine ({results.machine}): name another file")
    return results


def _measurement(facts: _Json) -> Measurement:
    models = tuple(
        ModelTime(**{**one, "slices": {key: tuple(pair) for key, pair in one["slices"].items()}})
        for one in facts["models"]
    )
    copies = tuple(Copy(**{**one, "usage": Usage(**one["usage"])}) for one in facts["copies"])
    return Measurement(**{**facts, "usage": Usage(**facts["usage"]), "models": models, "copies": copies})
