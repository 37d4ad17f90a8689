"""Rows of somebody else's that stand in the way of a build or of `clean`, found before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlseed import sqltext
from sqlseed.backends import Session
from sqlseed.errors import GuardError, SqlseedError
from sqlseed.live import LiveTable
from sqlseed.model import Compiled, KeyKind, Materialized, Relation, Slice, Step, StepState, quote
from sqlseed.runner import RunContext

SAMPLES = 3  # rows named in a message
_CHUNK = 200  # slices asked for in one statement


def taken_keys(
    session: Session, context: RunContext, steps: Iterable[Step], live: Mapping[Relation, LiveTable]
) -> list[SqlseedError]:
    """A refusal for each table where somebody else's rows have keys that the new slices among `steps` would give out.

    Such rows are those that `owner` takes in, and those in a range of integers set aside. A UUID of sqlseed's own
    making is taken for its own.
    """
    by_model: dict[str, list[Step]] = {}
    for step in steps:
        config = context.compiled[step.slice.model].config
        numbered = config.key_kind is KeyKind.UUID or config.materialized is not Materialized.TABLE or config.whole
        if step.state is StepState.NEW and not numbered:
            by_model.setdefault(step.slice.model, []).append(step)
    found: list[SqlseedError] = []
    has_state = session.has_state()
    with session.transaction():
        session.prepare(())
        for name, new in by_model.items():
            compiled = context.compiled[name]
            if compiled.relation in live and session.query(f"select 1 from {compiled.relation} limit 1"):
                count, samples = _standing(session, context, compiled, new, has_state)
                if count:
                    found.append(_taken(compiled, count, samples))
    return found


def _standing(
    session: Session, context: RunContext, compiled: Compiled, steps: Sequence[Step], has_state: bool
) -> tuple[int, list[tuple[str, ...]]]:
    """How many rows stand where the slices would write, and the keys of some.

    A slice that another build completes meanwhile does not count: one statement sees its rows and its checkpoint, or
    neither.
    """
    keys = [compiled.config.key] if compiled.config.key else list(compiled.contract.primary_key)
    columns = ", ".join(f"t.{quote(key)}::text" for key in keys) or "'?'"
    state = f"{quote(session.state_schema)}.checkpoint" if has_state else None
    count, samples = 0, list[tuple[str, ...]]()
    for start in range(0, len(steps), _CHUNK):
        parts = []
        for step in steps[start : start + _CHUNK]:
            own = context.own(step)
            part = sqltext.with_literals(own.predicate, own.parameters, own.types)
            if state:
                names = {"model": step.slice.model, "slice": step.slice.key}
                done = f"select 1 from {state} as c where c.model = :model and c.slice = :slice"
                part += f" and not exists ({sqltext.with_literals(done, names, dict.fromkeys(names, 'text'))})"
            parts.append(f"({part})")
        where = " or ".join(parts)
        rows = session.query(
            f"select count(*) over (), {columns} from {compiled.relation} as t where {where} limit {SAMPLES}"
        )
        count += int(rows[0][0]) if rows else 0
        samples += [tuple(map(str, row[1:])) for row in rows]
    return count, samples[:SAMPLES]


def _taken(compiled: Compiled, count: int, samples: Sequence[tuple[str, ...]]) -> GuardError:
    keys = [compiled.config.key] if compiled.config.key else list(compiled.contract.primary_key)
    if compiled.config.key_kind is KeyKind.INTEGER:
        held = "has a key" if count == 1 else "have keys"
        why, hint = f"{held} set aside for it", "give them other keys, or remove them"
    else:
        held = "is a row" if count == 1 else "are rows"
        why = f"{held} that it would take for its own (owner: {compiled.config.owner})"
        hint = "remove them, or narrow the model's `owner`"
    return GuardError(
        f"{counted(count)} of {compiled.relation} that sqlseed did not make {why}: {shown(keys, samples, count)}",
        path=compiled.path,
        hint=hint,
    )


def dependants(
    session: Session,
    context: RunContext,
    doomed: Sequence[Slice],
    built: Collection[tuple[str, str]],
    own: Mapping[Slice, Step],
    live: Mapping[Relation, LiveTable],
) -> list[SqlseedError]:
    """A refusal for each foreign key by which somebody else's rows refer to rows of the slices that are to go.

    What the key would do (restrict, cascade, set null) does not matter: each would change a row that is not ours, or
    fail. `built` are the model and slice of every checkpoint, `own` the steps of the doomed slices.
    """
    by_model: dict[str, list[Slice]] = {}
    for slice_ in doomed:
        by_model.setdefault(slice_.model, []).append(slice_)
    found: list[SqlseedError] = []
    for name, slices in by_model.items():
        compiled = context.compiled[name]
        if compiled.relation not in context.ours or compiled.relation not in live:
            continue
        if len(slices) == sum(model == name for model, _ in built):
            parts = [context.ours[compiled.relation]]
        else:
            rows = [context.own(own[slice_]) for slice_ in slices]
            parts = [sqltext.with_literals(one.predicate, one.parameters, one.types) for one in rows]
        for child, constraint, columns, referred, action in session.children(compiled.relation):
            mine = context.ours.get(child, "false")
            names = ", ".join(f"t.{quote(column)}" for column in columns)
            texts = ", ".join(f"t.{quote(column)}::text" for column in columns)
            keys = ", ".join(f"t.{quote(column)}" for column in referred)
            count, samples = 0, list[tuple[str, ...]]()
            for start in range(0, len(parts), _CHUNK):
                where = " or ".join(f"({part})" for part in parts[start : start + _CHUNK])
                inner = f"select {keys} from {compiled.relation} as t where {where}"
                some = session.query(
                    f"select count(*) over (), {texts} from {child} as t"
                    f" where ({mine}) is not true and ({names}) in ({inner}) limit {SAMPLES}"
                )
                count += int(some[0][0]) if some else 0
                samples += [tuple(map(str, row[1:])) for row in some]
            if count:
                message = f"{counted(count)} of {child} that sqlseed did not make"
                message += f" refer{'s' * (count == 1)} to rows of {compiled.relation} that would be removed"
                message += f" ({constraint}, on delete {action}): {shown(columns, samples[:SAMPLES], count)}"
                found.append(GuardError(message, hint="remove these rows, or point them elsewhere, then run again"))
    return found


def counted(count: int) -> str:
    """`1 row`, `2,000 rows`."""
    return f"{count:,} row{'s' * (count != 1)}"


def shown(columns: Sequence[str], samples: Sequence[Sequence[str | None]], count: int) -> str:
    """Some rows by their columns.

    >>> shown(["id", "no"], [("a", "1"), ("b", "2")], 9)
    "(id, no) = ('a', '1'), ('b', '2'), ..."
    """
    name, *more = columns
    head = f"({', '.join(columns)})" if more else name
    texts = [", ".join("null" if value is None else f"'{value[:80]}'" for value in row) for row in samples]
    listed = ", ".join(f"({text})" if more else text for text in texts)
    return f"{head} = {listed}{', ...' * (count > len(samples))}"
