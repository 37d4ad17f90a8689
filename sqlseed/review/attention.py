"""What a DBA should look at before he says yes, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlseed.bulk import told
from sqlseed.model import Relation
from sqlseed.review.facts import Attention, ForeignKeyFacts, ModelFacts, Review
from sqlseed.review.reading import Live
from sqlseed.review.rehearsal import Rehearsal

LEVELS = ("stop", "look", "note")
BIG_SLICE = 1_000_000  # rows in one transaction
_PENDING = ("new", "changed")
_SHOWN = 5  # names in a sentence


def of(review: Review, live: Live, dry: Rehearsal | None, troubles: Iterable[str]) -> list[Attention]:
    """Everything, in the order of LEVELS."""
    found = [
        *_target(review, live, dry),
        *(Attention("look", text) for text in troubles),
        *_tables(review, live),
        *_keys(review),
        *_models(review),
        *_changes(review),
    ]
    return sorted(found, key=lambda one: LEVELS.index(one.level))


def _target(review: Review, live: Live, dry: Rehearsal | None) -> Iterator[Attention]:
    if not live.reached:
        yield Attention(
            "look",
            f"Nothing is known of the target, and it is taken for an empty one: {live.problem}. Its tables, triggers"
            " and rows are not in this review.",
        )
    for obstacle in live.obstacles:
        yield Attention("stop", f"A build would be refused: {obstacle}")
    if dry is not None and dry.problem:
        yield Attention("stop", f"The dry run failed: {dry.problem}")
    if live.aside:
        yield Attention(
            "look",
            f"Bulk mode: {told(live.aside)} are dropped while rows come in, and made again at the end, when foreign"
            ' keys look at every row. A killed build leaves them away until the next command; `bulk: "off"` of the'
            " target, and the scripts in sql/, leave all in place.",
            tuple(model.name for model in review.models if model.aside),
        )
    if live.left_aside:
        yield Attention("look", f"An earlier build left {told(live.left_aside)} away; the next one puts them back.")
    if live.superuser:
        yield Attention(
            "look", f"The role {live.role} is a superuser: grants.sql has all that a role needs, and no check stops it."
        )
    if review.models and not any(_pending(model) for model in review.models):
        yield Attention("note", "Nothing is to be done: every slice is up to date.")


def _tables(review: Review, live: Live) -> Iterator[Attention]:
    for model in review.models:
        foreign = live.foreign.get(model.relation)
        if foreign:
            about = "About " if model.relation in live.uncounted else ""
            yield Attention(
                "look",
                f"{about}{foreign:,} rows of {model.relation} are not sqlseed's; they are neither changed nor removed.",
                (model.name,),
            )
        firing = [trigger for trigger in model.triggers if trigger.enabled and _fires(model, trigger.events)]
        for trigger in firing:
            yield Attention(
                "look",
                f"Trigger {trigger.name} of {model.relation} fires {trigger.timing} each {trigger.level} of"
                f" {', '.join(trigger.events)}, and runs {trigger.function}: what it does is not in this review.",
                (model.name,),
            )
        if model.relation in live.catalog.secured:
            yield Attention(
                "look",
                f"{model.relation} has row security: its policies decide which rows the role sees and may write.",
                (model.name,),
            )
    stale = [model for model in review.models if model.relation in live.catalog.stale]
    if stale:
        names = ", ".join(str(model.relation) for model in stale[:_SHOWN]) + (", ..." if stale[_SHOWN:] else "")
        yield Attention(
            "note",
            f"The planner's statistics of {names} are missing or old; ANALYZE before the run gives better plans.",
            tuple(model.name for model in stale),
        )


def _fires(model: ModelFacts, events: Sequence[str]) -> bool:
    """Whether a build does one of these to the table: only a changed slice updates and deletes."""
    changed = any(one.state == "changed" for one in model.slices)
    return any(event == "insert" or (changed and event in ("update", "delete")) for event in events)


def _keys(review: Review) -> Iterator[Attention]:
    names = {model.relation: model.name for model in review.models}
    keys = dict.fromkeys(key for model in review.models for key in (*model.foreign_keys, *model.referenced_by))
    bare = [key for key in keys if not key.indexed]
    if bare:
        yield Attention(
            "note",
            f"No index begins with the columns of {_listed(bare)}: each removal of a row that {_they(bare)} to reads"
            " the whole table, in a clean, an undo or a changed slice.",
            _of_keys(bare, names),
        )
    loose = [key for key in keys if not key.validated]
    if loose:
        yield Attention(
            "look",
            f"Not validated, so that rows from before may lead nowhere: {_listed(loose)}.",
            _of_keys(loose, names),
        )


def _listed(keys: Sequence[ForeignKeyFacts]) -> str:
    some = ", ".join(f"{key.name} on {key.table} ({', '.join(key.columns)})" for key in keys[:_SHOWN])
    return f"{len(keys)} foreign key{'s' if keys[1:] else ''}: {some}{', ...' if keys[_SHOWN:] else ''}"


def _they(keys: Sequence[ForeignKeyFacts]) -> str:
    return "they refer" if keys[1:] else "it refers"


def _of_keys(keys: Iterable[ForeignKeyFacts], names: Mapping[Relation, str]) -> tuple[str, ...]:
    """The models of the tables that refer."""
    return tuple(dict.fromkeys(names[key.table] for key in keys if key.table in names))


def _models(review: Review) -> Iterator[Attention]:
    for model in review.models:
        errors = [one for one in model.findings if one.level == "error" and not one.allowed]
        if errors:
            place = f"{errors[0].path}:{errors[0].line}" if errors[0].line else errors[0].path
            more = f" and {len(errors) - 1} more" if errors[1:] else ""
            yield Attention("look", f"Lint: {errors[0].message} ({errors[0].rule}, {place}){more}", (model.name,))
        big = [one for one in model.slices if one.state in _PENDING and (one.rows or 0) > BIG_SLICE]
        if big:
            most = max(one.rows or 0 for one in big)
            yield Attention(
                "look",
                f"{model.name} has slices of up to {most:,} rows, each in one transaction: its locks and what it keeps"
                " VACUUM from removing last as long.",
                (model.name,),
            )
    bare = tuple(m.name for m in review.models if not m.tests and _pending(m) and m.materialized == "table")
    if bare:
        names = ", ".join(bare[:_SHOWN]) + (", ..." if bare[_SHOWN:] else "")
        yield Attention("note", f"No data test guards {names}.", bare)


def _changes(review: Review) -> Iterator[Attention]:
    if not review.approval:
        return
    changed = [model.name for model in review.models if model.change and model.change.kind != "same"]
    seeds = [seed.name for seed in review.seeds if seed.change and seed.change.kind != "same"]
    rest = review.change is not None and review.change.kind != "same"
    parts = [
        f"{len(changed)} of {len(review.models)} models" if changed else "",
        f"seeds {', '.join(seeds[:5])}{', ...' if seeds[5:] else ''}" if seeds else "",
        "settings, vars or versions" if rest else "",
    ]
    listed = "; ".join(part for part in parts if part)
    if listed:
        text = f"This is not what {review.approval['by']} approved at {review.approval['at']}: {listed}"
        yield Attention("look", f"{text}. A build with --approved is refused.", tuple(changed))


def _pending(model: ModelFacts) -> bool:
    return any(one.state in _PENDING for one in model.slices)
