"""From what the dry run measured to what a build takes in the target: bytes, WAL, seconds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlseed.model import Compiled, Materialized, Relation, Step
from sqlseed.review import costs, layout
from sqlseed.review.facts import Estimate, ForeignKeyFacts, IndexFacts
from sqlseed.review.layout import KeyWidth, Width
from sqlseed.review.reading import Live
from sqlseed.review.rehearsal import Rehearsal

_GUESSED = Width(0, 120.0)  # a row's bytes where nothing was measured
_GUESSED_ENTRY = 32.0  # an index entry's, also of an index on an expression


@dataclass(frozen=True, slots=True)
class Estimator:
    """The numbers of one review."""

    dry: Rehearsal | None
    pace: costs.Pace

    def model(
        self,
        compiled: Compiled,
        pending: Sequence[Step],
        slices: int,
        indexes: Sequence[IndexFacts],
        references: Sequence[ForeignKeyFacts],
        aside: Collection[IndexFacts | ForeignKeyFacts] = (),
    ) -> Estimate:
        """Of the pending slices of a model with so many in all. A view takes nothing but its query."""
        rows, exact = self.rows(pending)
        if not pending or compiled.config.materialized is Materialized.VIEW:
            return Estimate(rows, exact=exact)
        width = self._width(compiled.relation)
        keys = {key.columns: key for key in width.keys}
        entries: list[costs.Entries] = []
        for index in indexes:
            key = _scaled(keys.get(index.columns) or _unknown(index.columns, rows, index.unique), rows, width.rows)
            in_order, is_aside = index.columns == (compiled.config.key,), index in aside
            if is_aside:
                pages = layout.built_bytes(rows, key, unique=index.unique)
            else:
                pages = layout.index_bytes(rows, key, unique=index.unique, in_order=in_order, slices=slices)
            entries.append(costs.Entries(key, in_order, is_aside, pages))
        parents = [
            costs.Entries(
                _scaled(keys.get(one.columns) or _unknown(one.columns, rows, False), rows, width.rows),
                aside=one in aside,
            )
            for one in references
        ]
        work = costs.Work(rows, width.row, len(pending), entries, parents, compiled.sql)
        index_bytes = sum(entry.pages for entry in entries)
        heap = layout.heap_bytes(rows, width.row)
        return Estimate(rows, heap, index_bytes, costs.wal_bytes(work), costs.seconds(work, self.pace), exact)

    def seed(self, tables: Sequence[Relation], *, loads: bool) -> Estimate:
        """Of a lookup table and its slots, if a build would load them."""
        widths = [self.dry.widths[table] for table in tables if self.dry and table in self.dry.widths]
        if not loads or not widths:
            return Estimate()
        total = Estimate()
        for width in widths:
            work = costs.Work(width.rows, width.row, 1, (), (), "")
            heap = layout.heap_bytes(width.rows, width.row)
            total += Estimate(0, heap, 0, costs.wal_bytes(work), costs.seconds(work, self.pace))
        return total

    def in_duckdb(self, name: str, pending: Sequence[Step]) -> Estimate:
        """Of the pending slices in a DuckDB target: its time is that of the dry run, and its pages are not foretold."""
        rows, exact = self.rows(pending)
        seconds = self.dry.seconds.get(name, 0.0) if self.dry and pending else 0.0
        return Estimate(rows, seconds=seconds, exact=exact)

    def rows(self, pending: Sequence[Step]) -> tuple[int, bool]:
        """The rows of some slices, and whether the dry run counted all of them."""
        counted = [self.dry.rows.get(step.slice) if self.dry else None for step in pending]
        rows = sum(
            known if known is not None else step.expected_rows or 0
            for known, step in zip(counted, pending, strict=True)
        )
        return rows, all(known is not None for known in counted)

    def _width(self, relation: Relation) -> Width:
        return self.dry.widths.get(relation, _GUESSED) if self.dry else _GUESSED


def _unknown(columns: tuple[str, ...], rows: int, unique: bool) -> KeyWidth:
    """What is taken for columns that were not measured: expressions, or all where there was no dry run."""
    return KeyWidth(columns, _GUESSED_ENTRY * len(columns), rows if unique else max(1, rows // 10))


def _scaled(key: KeyWidth, rows: int, measured: int) -> KeyWidth:
    """The same for a part of the rows: as many rows for each key."""
    if not measured or rows >= measured:
        return key
    return KeyWidth(key.columns, key.entry, max(1, round(key.distinct * rows / measured)), key.filled)


def wall(seconds: float, threads: int, pace: costs.Pace) -> float:
    """The time of the whole run on so many sessions: as much at once as the server was seen to do, else two."""
    at_once = pace.sessions if pace.measured else min(2, threads)
    return seconds / max(1.0, at_once)


def notes(live: Live, dry: Rehearsal | None, is_postgres: bool) -> Iterator[str]:
    """How the numbers came about."""
    if dry is None:
        yield "Rows are those that the plan expects: there was no dry run, and bytes and times are rough."
    elif dry.problem:
        yield "The dry run did not come to its end: where it has no number, rows are those that the plan expects."
    else:
        yield "Rows were counted by a dry run in DuckDB, which makes the same rows."
    if not is_postgres:
        yield "Times are those of the dry run; how large the file becomes is not foretold."
        return
    if dry is not None:
        yield "Bytes come from the widths of those rows and PostgreSQL's layout of pages; TOAST is left out."
    yield "WAL leaves out the whole pages that a checkpoint during the run adds."
    if live.pace.measured:
        yield (
            f"Times are for this server, on which a probe took {live.pace.slowness:.1f} times as long as on that of the"
            f" benchmark, and {live.pace.sessions:.1f} sessions worked at once."
        )
    else:
        yield "Times are for a server like that of the benchmark, with two cores: this one was not measured."
