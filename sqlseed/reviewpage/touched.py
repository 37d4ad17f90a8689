"""What a model's statement touches: locks, indexes, foreign keys and triggers; and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlseed.review.facts import ColumnFacts, ForeignKeyFacts, IndexFacts, ModelFacts, TriggerFacts
from sqlseed.reviewpage.markup import anchor, code, counted, part, soft, table
from sqlseed.reviewpage.names import Names
from sqlseed.webpage import text


def parts(model: ModelFacts, names: Names) -> Iterator[str]:
    """Locks, indexes, foreign keys, triggers, in this order; where there are none that is said."""
    if model.locks:
        rows = [[text(k.statement), names.relation(k.relation), text(k.mode), text(k.blocks)] for k in model.locks]
        made = table(
            ["statement", "on", "lock", "what it blocks meanwhile"],
            rows,
            f"locks of a slice of {model.name}",
            kind="cards",
        )
        yield part("Locks", made, note="held until the slice's transaction ends")
    if model.indexes:
        made = table(
            ["index", "columns", "kind", "seen in"],
            map(_index, model.indexes),
            f"indexes of {model.name}",
            kind="cards",
        )
        yield part("Indexes", made, note=counted(len(model.indexes), "index", "indexes"))
    if model.foreign_keys:
        note = counted(len(model.foreign_keys), "foreign key")
        yield part("Foreign keys", _foreign_keys(model.foreign_keys, names, outward=True), note=note)
    if model.referenced_by:
        note = counted(len(model.referenced_by), "foreign key")
        yield part("Referred to by", _foreign_keys(model.referenced_by, names, outward=False), note=note)
    own = [trigger for trigger in model.triggers if not trigger.internal]
    if own:
        heads = ["trigger", "when", "for each", "calls", "state"]
        made = table(heads, map(_trigger, own), f"triggers of {model.name}", kind="cards")
        yield part("Triggers", made, note=counted(len(own), "trigger"), is_open=any(t.enabled for t in own))


def _index(index: IndexFacts) -> list[str]:
    kind = "primary key" if index.primary else "unique" if index.unique else "not unique"
    where = f", where {code(index.predicate)}" if index.predicate else ""
    return [code(index.name), code(", ".join(index.columns)), kind + where, _live(index.live)]


def _live(live: bool) -> str:
    return "the target" if live else "the contract"


def _trigger(trigger: TriggerFacts) -> list[str]:
    when = f"{trigger.timing} {' or '.join(trigger.events)}"
    state = "fires" if trigger.enabled else "disabled"
    return [code(trigger.name), text(when), text(trigger.level), code(trigger.function), state]


def _foreign_keys(keys: Sequence[ForeignKeyFacts], names: Names, *, outward: bool) -> str:
    rows = []
    for key in keys:
        acts = text(f"{key.on_delete} / {key.on_update}") + ("" if key.validated else ", not validated")
        indexed = "yes" if key.indexed else '<b class="bad">no</b>'
        mine, theirs = code(", ".join(key.columns)), code(", ".join(key.to_columns))
        ends = (
            [mine, f"{names.relation(key.to)} {theirs}"] if outward else [f"{names.relation(key.table)} {mine}", theirs]
        )
        rows.append([*ends, acts, indexed, _live(key.live)])
    heads = ["columns", "refer to"] if outward else ["columns of", "refer to"]
    return table([*heads, "on delete / update", "indexed", "seen in"], rows, "foreign keys", kind="cards")


# --- columns ------------------------------------------------------------------------------------------------


def columns(model: ModelFacts, names: Names) -> str:
    """A row a column; where it comes from unfolds."""
    refers = {key.columns[0]: key for key in model.foreign_keys if len(key.columns) == 1}
    rows, ids = [], []
    for column in model.columns:
        told = [text(column.description)] if column.description else []
        if key := refers.get(column.name):
            owner = names.tables.get(key.to)
            to = names.column(owner, key.to_columns[0]) if owner else text(f"{key.to}.{key.to_columns[0]}")
            told.append(f"{soft('refers to')} {to}")
        if column.tests:
            told.append(soft(f"tests: {', '.join(column.tests)}"))
        null = "null" if column.nullable else "not null"
        kind = f"{code(column.type)} {soft(null)}"
        rows.append([code(column.name), kind, _sources(column, names), "<br>".join(told)])
        ids.append(anchor("c", model.name, column.name))
    heads = ["column", "type", "comes from", "what it is"]
    return table(heads, rows, f"columns of {model.name}", ids=ids, kind="cards columns")


def _sources(column: ColumnFacts, names: Names) -> str:
    """What a column is made of: the nearest as links; with script they unfold further, down to the seeds."""
    if not column.sources:
        return soft("constants, parameters, random numbers")
    first = ", ".join(f"{name}.{source}" for name, source in column.sources[:2])
    more = f" and {len(column.sources) - 2} more" if len(column.sources) > 2 else ""
    made = "".join(f"<li>{names.column(name, source)}" for name, source in column.sources)
    return f'<details class="from"><summary>{text(first)}{more}</summary><ul>{made}</ul></details>'
