"""Which slices of a model are cut into chunks, and where."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlseed import chunks
from sqlseed.model import Chunks, Compiled, Point, Slice
from sqlseed.numbers import Numbers


def cut(
    compiled: Compiled, whole: Sequence[Slice], standing: Collection[tuple[str, str]], numbers: Numbers, most: int
) -> list[Slice]:
    """The slices of a model that has `chunks`, each whole or as its chunks.

    What stands in the target, of which `standing` has model and slice, stays cut as it is. Where nothing does, a slice
    that is expected to have more rows than `most` is cut; 0 cuts none.
    """
    settings = compiled.config.chunks
    if settings is None:
        return list(whole)
    recorded: dict[str, list[chunks.Chunk]] = {}
    for of, chunk in (chunks.split(key) for name, key in standing if name == compiled.name):
        if chunk is not None:
            recorded.setdefault(of, []).append(chunk)
    open_ = {slice_ for slice_ in whole if (slice_.model, slice_.key) not in standing}
    expected = dict.fromkeys(whole, 0)
    if most:
        asked = [slice_ for slice_ in whole if slice_ in open_]
        rows = numbers.at(compiled, "rows", str(compiled.config.rows), [slice_.point for slice_ in asked])
        expected |= dict(zip(asked, rows, strict=True))
    slices: list[Slice] = []
    for slice_ in whole:
        large = expected[slice_] > most > 0
        begins = _begins(compiled, settings, slice_.point, expected[slice_], numbers, most) if large else []
        stands = recorded.get(slice_.key, []) if slice_ in open_ else []
        if begins or stands:
            slices += [Slice(slice_.model, slice_.point, chunk) for chunk in chunks.cut(begins, stands)]
        else:
            slices.append(slice_)
    return slices


def _begins(
    compiled: Compiled, settings: Chunks, point: Point, expected: int, numbers: Numbers, most: int
) -> list[int]:
    """The numbers at which the chunks of a slice begin, but for the first one."""
    (parts,) = numbers.at(compiled, "chunks: parts", settings.parts, [point])
    found: list[int] = []
    for part in chunks.parts_that_begin(parts, expected, most):
        found += numbers.at(compiled, "chunks: begins", settings.begins, [point], part=part)
    return [number for number in found if number * settings.keys <= chunks.LAST]
