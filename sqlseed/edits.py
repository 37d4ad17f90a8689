"""Rows of ours that somebody edited since: seen before a changed slice goes over them, and kept or replaced as told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlseed.backends import Session
from sqlseed.errors import GuardError
from sqlseed.model import Checkpoint, LiveTable, Materialized, Plan, Relation, Slice, StepState
from sqlseed.runner import RunContext

_NAMED = 5  # slices named in a message


@dataclass(frozen=True, slots=True)
class Edit:
    """A slice whose rows are not those that sqlseed wrote: `added` rows more than it recorded, or other values."""

    slice: Slice
    added: int

    def __str__(self) -> str:
        many = f"{self.added} row{'s' * (self.added != 1)} added" if self.added > 0 else "other rows than recorded"
        return f"{self.slice} ({many})"


def _found(
    session: Session,
    context: RunContext,
    plan: Plan,
    checkpoints: Mapping[tuple[str, str], Checkpoint],
    live: Mapping[Relation, LiveTable],
) -> list[Edit]:
    edits: list[Edit] = []
    for step in plan.pending:
        compiled = context.compiled[step.slice.model]
        done = checkpoints.get((step.slice.model, step.slice.key))
        is_table = compiled.config.materialized is Materialized.TABLE and not compiled.config.whole
        if step.state is not StepState.CHANGED or done is None or not is_table or compiled.relation not in live:
            continue
        if not done.fingerprint:  # rows of its were removed with those above them, by sqlseed itself
            continue
        own = context.own(step)
        sql = f"select count(*) from {compiled.relation} where {own.predicate}"
        added = int(session.query(sql, own.parameters, own.types)[0][0]) - done.rows
        there = live[compiled.relation].columns
        comparable = done.checksum is not None and all(c.name in there for c in compiled.contract.columns)
        is_other = comparable and session.checksum(compiled.relation, compiled.contract.columns, own) != done.checksum
        if added > 0 or is_other:
            edits.append(Edit(step.slice, added))
    return edits


def found(
    session: Session,
    context: RunContext,
    plan: Plan,
    checkpoints: Mapping[tuple[str, str], Checkpoint],
    live: Mapping[Relation, LiveTable],
) -> list[Edit]:
    """The changed slices of a plan that hold rows which a replacement would lose.

    Rows are counted for each, and compared with the slice's checksum where `build --checksums` recorded one. Fewer rows
    than recorded, without a checksum, are no edit: nothing of them is there to lose.
    """
    with session.transaction():
        session.prepare(())
        return _found(session, context, plan, checkpoints, live)


def refusal(edits: Collection[Edit]) -> GuardError:
    """What a build says that was not told what to do with them."""
    is_one = len(edits) == 1
    return GuardError(
        f"rows of {len(edits)} slice{'s' * (not is_one)} that would be written again were edited since: {named(edits)}",
        hint="`--edited keep` leaves them, and what depends on them, as they are; `--edited replace` loses the edits",
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
