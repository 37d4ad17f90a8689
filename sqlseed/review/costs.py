"""What a build costs a PostgreSQL server: time and WAL, from the rows that the dry run counted and measured.

The constants of time are those that `python -m benchmarks --only review` prints, of one session that fills tables in
place; they hold for a server on which the probe takes `PROBE_SECONDS`, and are scaled by the one that is reached.
"""

from __future__ import annotations

import math
import re
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlseed import sqltext
from sqlseed.backends import Backend, Session
from sqlseed.review.layout import KeyWidth

ROW = 0.5e-6  # seconds for a row in a bare heap, its query left out
BYTE = 0.005e-6  # and for each of its bytes, WAL included
ENTRY_IN_ORDER = 0.9e-6  # an index entry in the order of the rows
ENTRY = 2.2e-6  # an index entry in another order
REFERENCE = 4.5e-6  # a foreign key's check
BUILT = 0.5e-6  # an index entry where the index is made afterwards
VALIDATED = 0.2e-6  # a foreign key's check where all rows are looked at afterwards
SLICE = 0.006  # a slice's transaction: its round trips, its commit
PLAN = 2.5e-6  # planning a slice's query, for each character of it
SOURCE = 0.75e-6  # a query's row, for each table that is joined into it, arithmetic included; fitted to the school

PROBE = "select count(*) from generate_series(1, 1000000) as g(n) where pg_catalog.hashint8(n) % 2 = 0"
"""A read-only query that keeps one core busy: it tells how fast the server is, and how many sessions it serves."""
PROBE_SECONDS = 0.12

_SOURCE = re.compile(r"\b(?:join|generate_series)\b", re.IGNORECASE)

_RECORD = 24 + 20  # XLogRecord, and the reference to one block (xlogrecord.h)
_INSERT = 2 + 3 + 5  # header of the main data, xl_heap_insert, xl_heap_header (heapam_xlog.h)
_ENTRY_INSERT = 2 + 2  # header of the main data, xl_btree_insert (nbtxlog.h)
_LOCK = _RECORD + 2 + 9  # with xl_heap_lock: the row that a foreign key refers to


@dataclass(frozen=True, slots=True)
class Pace:
    """A server beside the one of the constants: `slowness` 2 takes twice as long; `sessions` it works for at once."""

    slowness: float = 1.0
    sessions: float = 1.0
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Entries:
    """One index or foreign key of a table, with what was measured of its columns."""

    key: KeyWidth
    in_order: bool = False
    aside: bool = False  # dropped while the rows come in, and put back afterwards
    pages: int = 0  # of an index, in bytes


@dataclass(frozen=True, slots=True)
class Work:
    """What is written into one table."""

    rows: int
    row_bytes: float
    slices: int
    indexes: Sequence[Entries]
    references: Sequence[Entries]
    query: str  # the statement that makes the rows; empty where they are copied


def seconds(work: Work, pace: Pace) -> float:
    """Of one session, with nobody else at work."""
    row = ROW + work.row_bytes * BYTE
    row += sum(BUILT if one.aside else ENTRY_IN_ORDER if one.in_order else ENTRY for one in work.indexes)
    row += sum((VALIDATED if one.aside else REFERENCE) * one.key.filled for one in work.references)
    row += sources(work.query) * SOURCE
    return (work.slices * (SLICE + len(work.query) * PLAN) + work.rows * row) * pace.slowness


def sources(query: str) -> int:
    """How many tables and series a query joins.

    >>> sources("select 1 from a join generate_series(1, 2) as s(n) on true -- from here")
    2
    """
    return sum(len(_SOURCE.findall(text)) for text, is_opaque in sqltext.parts(query) if not is_opaque)


def wal_bytes(work: Work) -> int:
    """The records of rows, index entries, page splits and locked parents. Whole pages that a checkpoint during the
    run adds (full_page_writes) are not among them."""
    size = 1.0 * work.rows * _aligned(_RECORD + _INSERT + work.row_bytes - 23)
    for index in work.indexes:
        if index.aside:
            size += index.pages  # one that is made afterwards is written page by page
        else:
            size += work.rows * _aligned(_RECORD + _ENTRY_INSERT + index.key.entry)
            size += index.pages / 2  # a split writes the new page, half full
    size += sum(min(work.rows, one.key.distinct) * _aligned(_LOCK) for one in work.references if not one.aside)
    return round(size)


def _aligned(size: float) -> int:
    return math.ceil(size / 8) * 8


def measure(backend: Backend, session: Session, threads: int, clock: Callable[[], float] = time.perf_counter) -> Pace:
    """How fast the server is: the probe in one session, three times, and then in all sessions of a build at once.

    It reads no table. Raises what the session raises.
    """
    alone = statistics.median(_timed(session, clock) for _ in range(3))
    if threads < 2:
        return Pace(alone / PROBE_SECONDS, 1.0, measured=True)
    others = [backend.connect() for _ in range(threads - 1)]
    try:
        with ThreadPoolExecutor(threads) as pool:
            started = clock()
            list(pool.map(lambda one: _timed(one, clock), [session, *others]))
            together = clock() - started
    finally:
        for one in others:
            one.close()
    return Pace(alone / PROBE_SECONDS, max(1.0, min(float(threads), threads * alone / together)), measured=True)


def _timed(session: Session, clock: Callable[[], float]) -> float:
    started = clock()
    with session.transaction():
        session.read_only()
        session.query(PROBE)
    return clock() - started
