"""How PostgreSQL lays out rows in pages: SQL for a row's bytes, and from mean bytes to pages, indexes and WAL.

The layout is that of the manual's chapter "Database Page Layout" and of the headers that are named here; it is the
same in PostgreSQL 13 to 18 on every machine with eight-byte alignment.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlseed.model import Column, quote
from sqlseed.preflight import family

PAGE = 8192
"""Bytes of a page, as servers are built by default."""

_ROOM = PAGE - 24  # after PageHeaderData (bufpage.h)
_INDEX_ROOM = PAGE - 24 - 16  # and before BTPageOpaqueData (nbtree.h)
_POINTER = 4  # ItemIdData (itemid.h)
_HEADER = 23  # HeapTupleHeaderData without its null bitmap (htup_details.h)
_INDEX_HEADER = 8  # IndexTupleData (itup.h)
_TOASTED = 2032  # TOAST_TUPLE_TARGET (heaptoast.h): longer rows are compressed or moved out until they fit
_SHORT = 126  # a varlena value of at most so many bytes has a header of one byte, and no alignment (varatt.h)
_TID = 6  # ItemPointerData (itemptr.h), in a posting list
_POSTING = 1352  # the largest tuple with a posting list: half of BTMaxItemSize (nbtdedup.c)
_FIXED = {  # (bytes, alignment - 1), of pg_type's typlen and typalign
    "boolean": (1, 0),
    "smallint": (2, 1),
    "int2": (2, 1),
    "bigint": (8, 7),
    "int8": (8, 7),
    "bigserial": (8, 7),
    "integer": (4, 3),
    "real": (4, 3),
    "float4": (4, 3),
    "date": (4, 3),
    "float": (8, 7),
    "timestamp": (8, 7),
    "timestamptz": (8, 7),
    "time": (8, 7),
    "time without time zone": (8, 7),
    "interval": (16, 7),
    "uuid": (16, 0),
}

SPLIT = 0.5
"""How full a leaf page stays where keys ascend, but not at the index's end: its split is in the middle (nbtsplitloc.c
considers a split after the new key for indexes of several columns only)."""
APPENDED = 0.9
"""BTREE_DEFAULT_FILLFACTOR (nbtree.h): how full a leaf page is left where keys are appended at the index's end."""
SCATTERED = 0.55
"""How full leaf pages are of unique keys in another order than the rows', and of keys of several columns; measured
over the 22 such indexes of the school, weighted by their bytes: 0.47 to 0.68."""
DUPLICATES = 0.68
"""The same of an index with many rows for each key; measured over its 40 such indexes."""
SINGLE_VALUE = 0.92
"""The same where a key's rows fill several pages; 0.96 is BTREE_SINGLEVAL_FILLFACTOR (nbtree.h), 0.9 to 0.94 found."""


@dataclass(frozen=True, slots=True)
class KeyWidth:
    """What one list of columns holds: mean bytes of an index entry, and how many different keys there are."""

    columns: tuple[str, ...]
    entry: float
    distinct: int
    filled: float = 1.0  # share of the rows without a null in it


@dataclass(frozen=True, slots=True)
class Width:
    """A table's rows as measured: their number, mean bytes of a row with its header, and what its indexes hold."""

    rows: int
    row: float
    keys: tuple[KeyWidth, ...] = ()


# --- the bytes of one row, as SQL of DuckDB ------------------------------------------------------------------


def row_bytes(columns: Sequence[Column]) -> str:
    """An expression for the bytes of a row in a heap page, without its line pointer."""
    plain = _HEADER + 1
    bitmap = _aligned(_HEADER + math.ceil(len(columns) / 8))
    nulls = " or ".join(f"{quote(c.name)} is null" for c in columns if c.nullable)
    head = f"case when {nulls} then {bitmap} else {plain} end" if nulls and bitmap != plain else str(plain)
    return f"least((({_data(columns)}) + ({head}) + 7) & ~7, {_TOASTED})"


def entry_bytes(columns: Sequence[Column]) -> str:
    """An expression for the bytes of a row's entry in a B-tree, without its line pointer."""
    nulls = " or ".join(f"{quote(c.name)} is null" for c in columns if c.nullable)
    head = f"case when {nulls} then 16 else {_INDEX_HEADER} end" if nulls else str(_INDEX_HEADER)
    return f"(({_data(columns)}) + ({head}) + 7) & ~7"


def _data(columns: Sequence[Column]) -> str:
    """Each value begins at its alignment, after the one before. The text grows by a constant for each column."""
    length = "0"
    for column in columns:
        mask, size = _value(column)
        length = f"((({length}) + {mask}) & ~{mask}) + {size}" if mask != "0" else f"({length}) + {size}"
    return length


def _value(column: Column) -> tuple[str, str]:
    """(alignment - 1, bytes) of a column's value; both 0 for a null."""
    name = quote(column.name)
    kind = column.type.lower()
    bare = kind.partition("(")[0].strip()
    fixed = _FIXED.get(bare) or _FIXED.get(family(kind)) if not kind.endswith("[]") else None
    if fixed:
        size, mask = (str(number) for number in fixed)
        if not column.nullable:
            return mask, size
        return (
            (mask, f"(case when {name} is null then 0 else {size} end)")
            if mask == "0"
            else (
                f"(case when {name} is null then 0 else {mask} end)",
                f"(case when {name} is null then 0 else {size} end)",
            )
        )
    length = _digits(name) if family(kind) == "numeric" else f"strlen({name}::varchar)"
    return (
        f"(case when {length} > {_SHORT} then 3 else 0 end)",
        f"(case when {name} is null then 0 when {length} > {_SHORT} then {length} + 4 else {length} + 1 end)",
    )


def _digits(name: str) -> str:
    """A numeric: a header of two bytes, and two for every four decimal digits (numeric.c), zeros at the end aside."""
    whole = f"trunc(abs({name}))"
    steps = " ".join(f"when {whole} >= 1e{4 * n} then {2 * n + 2}" for n in range(4, 0, -1))
    groups = f"(case {steps} when {whole} >= 1 then 2 else 0 end)"
    return f"(2 + {groups} + (case when {name} <> trunc({name}) then 2 else 0 end))"


def _aligned(size: float) -> int:
    return math.ceil(size / 8) * 8


# --- pages ---------------------------------------------------------------------------------------------------


def heap_bytes(rows: int, row: float) -> int:
    """The pages of a heap of so many rows of so many mean bytes, none of them updated since."""
    if not rows:
        return 0
    return math.ceil(rows / max(1.0, _ROOM // (row + _POINTER))) * PAGE


def built_bytes(rows: int, key: KeyWidth, *, unique: bool) -> int:
    """The pages of a B-tree that was made when the rows were there: it is packed."""
    entry = key.entry + _POINTER
    used = rows * entry if unique or rows < 1.2 * key.distinct else _used(rows, key)
    return _pages(used / APPENDED, entry)


def index_bytes(rows: int, key: KeyWidth, *, unique: bool, in_order: bool, slices: int) -> int:
    """The pages of a B-tree into which rows went one by one.

    `in_order` says that each slice's rows ascend in it. Slices come in any order: the n-th is appended to the index
    with probability 1/n, and else goes between the keys that are there.
    """
    if not rows:
        return PAGE  # its meta page
    entry = key.entry + _POINTER
    if in_order and len(key.columns) == 1:
        appended = sum(1 / n for n in range(1, slices + 1)) / slices
        leaf = rows * entry * (appended / APPENDED + (1 - appended) / SPLIT)
    elif unique or rows < 1.2 * key.distinct:
        leaf = rows * entry / SCATTERED
    else:
        leaf = _with_duplicates(rows, key)
    return _pages(leaf, entry)


def _pages(leaf: float, entry: float) -> int:
    """Leaf pages for so many bytes, inner pages above them, and the meta page."""
    pages = math.ceil(leaf / (_INDEX_ROOM - entry))
    inner = math.ceil(pages * entry / (_INDEX_ROOM * 0.7)) if pages > 1 else 0
    return (1 + pages + inner) * PAGE


def _with_duplicates(rows: int, key: KeyWidth) -> float:
    used = _used(rows, key)
    return used / (SINGLE_VALUE if used / max(1, key.distinct) > PAGE else DUPLICATES)


def _used(rows: int, key: KeyWidth) -> float:
    """Rows of one key stand together in posting lists (nbtdedup.c, since PostgreSQL 13)."""
    each = rows / max(1, key.distinct)
    lists = math.ceil(each * _TID / (_POSTING - key.entry))
    return key.distinct * lists * (key.entry + _POINTER) + rows * _TID
