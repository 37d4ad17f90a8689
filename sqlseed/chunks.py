"""Large slices cut into chunks: ranges of numbers, each a step, a transaction and a checkpoint of its own.

A cut is kept for as long as something of the slice stands: its chunks are named in the checkpoints, and what none of
them covers is cut anew. So no setting and no growth ever moves a row from one chunk to another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlseed.model import Chunks, Config, Slice

LAST = (1 << 48) - 1
"""The largest row number that a key has room for."""

Chunk = tuple[int, int | None]
"""The numbers from the first to the last, which is None for a chunk that has no end."""

_CHUNK = re.compile(r"(.+)#([0-9]+)-([0-9]*)")


def split(key: str) -> tuple[str, Chunk | None]:
    """A checkpoint's slice: the key of the whole one, and which chunk of it that is.

    >>> split("dps-main/2024-2025#7168-")
    ('dps-main/2024-2025', (7168, None))
    >>> split("dps-main/2024-2025")
    ('dps-main/2024-2025', None)
    """
    found = _CHUNK.fullmatch(key)
    if found is None:
        return key, None
    return found[1], (int(found[2]), int(found[3]) if found[3] else None)


def cut(begins: Iterable[int], recorded: Iterable[Chunk]) -> list[Chunk]:
    """The recorded chunks, and those that fill the gaps between them; the latter may begin at the numbers given.

    >>> cut([100, 200], [])
    [(0, 99), (100, 199), (200, None)]
    >>> cut([40, 80, 120], [(50, 99)])
    [(0, 39), (40, 49), (50, 99), (100, 119), (120, None)]
    """
    wanted = sorted(set(begins))
    chunks: list[Chunk] = []
    at: int | None = 0  # the first number that no chunk covers yet; None where the last one has no end
    for first, last in sorted(recorded, key=lambda chunk: chunk[0]):
        if at is not None and at < first:
            chunks += _between(at, first - 1, wanted)
        chunks.append((first, last))
        at = None if at is None or last is None else max(at, last + 1)
    return chunks if at is None else chunks + _between(at, None, wanted)


def _between(first: int, last: int | None, wanted: Sequence[int]) -> list[Chunk]:
    begins = [first, *(number for number in wanted if first < number and (last is None or number <= last))]
    return list(zip(begins, [*(number - 1 for number in begins[1:]), last], strict=True))


def parts_that_begin(parts: int, expected: int, most: int) -> list[int]:
    """At which of a slice's parts its chunks begin, but for the first, so that none has more than `most` rows.

    >>> parts_that_begin(10, 3_500, 1_000)
    [2, 5, 7]
    """
    count = min(parts, -(-expected // most))
    return [parts * i // count for i in range(1, count)]


def numbers(slice_: Slice) -> tuple[int, int]:
    """The first and the last of the numbers that a slice is cut by: those of its chunk, or all."""
    first, last = slice_.chunk or (0, None)
    return first, LAST if last is None else last


def keys(config: Config, slice_: Slice) -> tuple[int, int]:
    """The first and the last of the row numbers that a slice's keys are made from, or its chunk's."""
    if config.chunks is None:
        return 0, LAST
    first, last = numbers(slice_)
    each = config.chunks.keys
    return first * each, min(LAST, (last + 1) * each - 1)


def chunks_of(settings: object) -> Chunks:
    """What `config(chunks={...})` says; raises ValueError."""
    known = {"parts", "begins", "keys"}
    if not isinstance(settings, dict) or not {"parts", "begins"} <= settings.keys() <= known:
        raise ValueError("chunks takes {'parts': ..., 'begins': ..., 'keys': ...}, of which keys may be left out")
    each = settings.get("keys", 1)
    if isinstance(each, bool) or not isinstance(each, int) or not 1 <= each <= 1 << 32:
        raise ValueError(f"chunks: keys must be a whole number from 1 to 2^32, not {each!s}")
    texts = [settings["parts"], settings["begins"]]
    if not all(isinstance(text, str | int) and not isinstance(text, bool) for text in texts):
        raise ValueError("chunks: parts and begins must be numbers, or texts with a Jinja expression of one")
    return Chunks(str(texts[0]), str(texts[1]), each)
