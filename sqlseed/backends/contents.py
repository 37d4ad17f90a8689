"""What a slice's rows were when they were written, as one number in its checkpoint: so edits since are seen.

The engine's own hash of a row is summed up, so the order of rows does not matter. It costs a small part of a
checksum's MD5, and is no checksum: engines, and versions of DuckDB, give other numbers, and then nothing is compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlseed import sqltext
from sqlseed.backends import Rows, Session
from sqlseed.model import Column, Compiled, Materialized, Relation

VALUE, TEXT = "v", "t"
_HASHED = ("smallint", "int", "bigint", "numeric", "decimal", "real", "double", "float", "bool", "date", "time", "uuid")
"""How types begin whose values have a hash that depends on nothing but the value; others are hashed as texts, enums
above all: theirs is that of a number which a restored database gives anew."""


@dataclass(frozen=True, slots=True)
class Hashing:
    """How an engine hashes a row: `by` names the function and all that its numbers depend on."""

    by: str
    row: Callable[[Mapping[str, str]], str]  # from columns, each with VALUE or TEXT, to an SQL expression

    def total(self, columns: Mapping[str, str]) -> str:
        """An aggregate: the sum over some rows, as a text."""
        return f"coalesce(sum({self.row(columns)}), 0)::text"


def hashed_columns(columns: Sequence[Column]) -> dict[str, str]:
    """Each column, and what of it is hashed.

    >>> hashed_columns([Column("id", "text"), Column("seat", "integer"), Column("marks", "interval")])
    {'id': 't', 'seat': 'v', 'marks': 't'}
    """
    kinds = {column.name: column.type.lower() for column in columns}
    return {
        name: VALUE if kind.startswith(_HASHED) and "[" not in kind and not kind.startswith("interval") else TEXT
        for name, kind in kinds.items()
    }


@dataclass(frozen=True, slots=True)
class Content:
    """What a checkpoint recorded: the sum over the slice's rows, of these columns, by this function."""

    by: str
    columns: Mapping[str, str]
    sum: str

    def comparable(self, session: Session, there: Collection[str]) -> bool:
        """Whether this engine can say what the sum is now; `there` are the table's columns."""
        return self.by == session.hashing.by and set(self.columns) <= set(there)


def recording(session: Session, compiled: Compiled, own: Rows, run_id: str) -> str:
    """An SQL expression for a checkpoint: the content of the rows of `own`, as they are when it is computed.

    The run's id is in it, so that it does not count once a writer that knows of no content has completed the slice.
    Null for what is made anew as a whole, and for what is sqlseed's own.
    """
    if compiled.config.materialized is not Materialized.TABLE or compiled.config.whole:
        return "null"
    hashed = hashed_columns(compiled.contract.columns)
    head = json.dumps({"run": run_id, "by": session.hashing.by, "columns": hashed, "sum": ""})[:-2]
    rows = f"{compiled.relation} where {sqltext.with_literals(own.predicate, own.parameters, own.types)}"
    text = head.replace("'", "''")
    return f"'{text}' || (select {session.hashing.total(hashed)} from {rows}) || '\"}}'"


def recorded(session: Session) -> dict[tuple[str, str], Content]:
    """What the checkpoints say of their slices' content, where they do."""
    table = Relation(session.state_schema, "checkpoint")
    live = session.catalog([table])
    if table not in live or "content" not in live[table].columns:  # of an earlier version
        return {}
    found: dict[tuple[str, str], Content] = {}
    for model, slice_, run_id, text in session.query(
        f"select model, slice, run_id, content from {table} where content is not null"
    ):
        facts = json.loads(text)
        if facts["run"] == run_id:
            found[model, slice_] = Content(facts["by"], facts["columns"], facts["sum"])
    return found
