"""Rows of ours that somebody edited since: seen before a changed slice goes over them, and kept or replaced as told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlseed.backends import Session, contents
from sqlseed.backends.contents import Content
from sqlseed.errors import GuardError
from sqlseed.live import LiveTable
from sqlseed.model import Checkpoint, Compiled, Materialized, Plan, Relation, Slice, Step, StepState
from sqlseed.runner import RunContext

_NAMED = 5  # slices named in a message


@dataclass(frozen=True, slots=True)
class Edit:
    """A slice whose rows are not those that sqlseed wrote: `added` rows more than it recorded, or other values."""

    slice: Slice
    added: int

    def __str__(self) -> str:
        many = abs(self.added)
        what = f"{many:,} row{'s' * (many != 1)} {'added' if self.added > 0 else 'removed'}"
        return f"{self.slice} ({what if self.added else 'other rows than recorded'})"


def found(
    session: Session,
    context: RunContext,
    steps: Iterable[Step],
    checkpoints: Mapping[tuple[str, str], Checkpoint],
    live: Mapping[Relation, LiveTable],
) -> list[Edit]:
    """Those of some slices that are in the target with rows which nobody would get back once they are gone.

    The rows of each are counted, and compared with what its checkpoint says of their content. A slice without any row
    is no edit: nothing of it is there to lose.
    """
    with session.transaction():
        session.prepare(())
        return among(session, context, steps, checkpoints, live)


def among(
    session: Session,
    context: RunContext,
    steps: Iterable[Step],
    checkpoints: Mapping[tuple[str, str], Checkpoint],
    live: Mapping[Relation, LiveTable],
    *,
    checksums: bool = True,
) -> list[Edit]:
    """The same within a transaction. With `checksums` a slice whose content was not recorded, as by earlier versions,
    is compared with its checksum if `build --checksums` recorded one, which takes several times as long."""
    recorded = contents.recorded(session)
    edits: list[Edit] = []
    for step in steps:
        compiled = context.compiled[step.slice.model]
        done = checkpoints.get((step.slice.model, step.slice.key))
        is_table = compiled.config.materialized is Materialized.TABLE and not compiled.config.whole
        if done is None or not is_table or compiled.relation not in live:
            continue
        if not done.fingerprint:  # rows of its were removed with those above them, by sqlseed itself
            continue
        content = recorded.get((step.slice.model, step.slice.key))
        checksum = done.checksum if checksums else None
        total, then = _comparison(session, compiled, live[compiled.relation], content, checksum)
        own = context.own(step)
        sql = f"select count(*), {total} from {compiled.relation} where {own.predicate}"
        count, now = session.query(sql, own.parameters, own.types)[0]
        if count > done.rows or (count and now != then):
            edits.append(Edit(step.slice, count - done.rows))
    return edits


def _comparison(
    session: Session, compiled: Compiled, table: LiveTable, content: Content | None, checksum: str | None
) -> tuple[str, str | None]:
    """An aggregate over a slice's rows, and what it was when they were written; `null` where nobody can say."""
    if content is not None and content.comparable(session, table.columns):
        return session.hashing.total(content.columns), content.sum
    columns = compiled.contract.columns
    if checksum is not None and all(column.name in table.columns for column in columns):
        return session.checksum_sql(columns), checksum
    return "null", None


def lost(plan: Plan) -> list[Step]:
    """The steps of a plan that write rows of a slice again."""
    return [step for step in plan.pending if step.state is StepState.CHANGED]


def refusal(edits: Collection[Edit]) -> GuardError:
    """What a build says that was not told what to do with them."""
    is_one = len(edits) == 1
    return GuardError(
        f"rows of {len(edits)} slice{'s' * (not is_one)} that would be written again were edited since: {named(edits)}",
        hint="`--edited keep` leaves them, and what depends on them, as they are; `--edited replace` loses the edits",
    )


def refusal_to_clean(edits: Collection[Edit]) -> GuardError:
    """What `clean` says that was not told what to do with them."""
    is_one = len(edits) == 1
    return GuardError(
        f"rows of {len(edits)} slice{'s' * (not is_one)} that would be removed were edited since: {named(edits)}",
        hint="`--edited keep` leaves them, and what they are made from, as they are; `--edited remove` loses the edits",
    )


def named(edits: Collection[Edit]) -> str:
    """Some of them, by name."""
    more = f" and {len(edits) - _NAMED} more" if len(edits) > _NAMED else ""
    return ", ".join(map(str, list(edits)[:_NAMED])) + more


def without(plan: Plan, kept: Collection[Edit]) -> Plan:
    """A plan without some slices, and without the pending ones that are made from them."""
    left = {edit.slice for edit in kept}
    steps = []
    for step in plan.steps:
        is_below = step.state is not StepState.UP_TO_DATE and any(parent in left for parent in step.depends_on)
        if step.slice in left or is_below:
            left.add(step.slice)
        else:
            steps.append(step)
    return Plan(tuple(steps), plan.seeds)
