"""The first screen: what will happen, what needs attention, what is guaranteed, what changed since the approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlseed.report import duration, number
from sqlseed.review.facts import ModelFacts, Review, SeedFacts, SliceFacts
from sqlseed.reviewpage import highlight
from sqlseed.reviewpage.markup import code, counted, heading, proof, prose, table, tag
from sqlseed.reviewpage.names import Names
from sqlseed.reviewpage.sections import about, states, weighed
from sqlseed.webpage import text

_LEVELS = {"stop": "error", "look": "warning", "note": "same"}  # level -> class of its tag, in the order shown
_NAMED = 12  # models that a point of attention names at once; the others unfold


def happens(review: Review) -> Iterator[str]:
    """Tables, rows, slices, bytes and time."""
    tables = [model for model in review.models if model.materialized != "intermediate"]
    written = [model for model in tables if not model.slices or _pending(model.slices)]
    made = sum(model.creates for model in written)
    slices = [one for model in review.models for one in model.slices]
    total = review.total
    tiles = [
        ("Tables written", number(len(written)), f"{number(made)} of them created" if made else "none is created"),
        ("Rows", about(total, number(total.rows)), "counted by a dry run" if total.exact else "as the plan expects"),
        ("Slices to run", number(_pending(slices)), states(slices)),
    ]
    if review.engine == "postgres":
        tiles += [
            ("Heap", weighed(total, total.heap_bytes) or "?", "the tables' pages"),
            ("Indexes", weighed(total, total.index_bytes) or "?", "of the same rows"),
            ("WAL", weighed(total, total.wal_bytes) or "?", "what replicas receive"),
        ]
    tiles.append(("Time", duration(review.wall_seconds), f"in {counted(review.threads, 'session')}"))
    yield f'<section aria-labelledby="happens">{heading("happens", "What will happen")}<dl class="tiles">'
    yield "".join(f"<div><dt>{name}<dd>{big}<small>{small}</small></div>" for name, big, small in tiles)
    yield f"</dl><p class=soft>{_words(review, len(review.models) - len(tables))}</p>"
    if review.notes:
        notes = "".join(f"<li>{prose(note)}" for note in review.notes)
        told = "<summary class=soft>How the numbers came about</summary>"
        yield f"<details class=always>{told}<ul class=soft>{notes}</ul></details>"
    yield "</section>"


def _words(review: Review, between: int) -> str:
    """What the words of the page mean, for one who has never seen sqlseed."""
    ways = Counter(model.slice_by for model in review.models if model.slice_by)
    by = " and ".join(f"one {name}" for name in ways.most_common(1)[0][0]) if ways else ""
    slices = f"It runs once for each slice, {text(by)} as a rule, " if by else "It runs as one slice, "
    lookups, own = counted(len(review.seeds), "lookup table"), counted(between, "intermediate table")
    return (
        f"Each model is one SQL statement that makes the rows of one table. {slices}in a transaction of its own."
        f" Besides, {lookups} from the project's CSV files (seeds), {own} that other models read, and the checkpoints"
        f" go to sqlseed's own schema {code(review.state_schema)}."
    )


def _pending(slices: Sequence[SliceFacts]) -> int:
    return sum(one.state != "up to date" for one in slices)


def attention(review: Review, names: Names) -> Iterator[str]:
    """What to look at, the worst first."""
    yield f'<section aria-labelledby="attention">{heading("attention", "What needs your attention")}'
    if not review.attention:
        yield "<p>Nothing was found.</p></section>"
        return
    order = list(_LEVELS)
    ranked = sorted(review.attention, key=lambda one: order.index(one.level) if one.level in order else len(order))
    yield '<ul class="plain attention">'
    for one in ranked:
        kind = _LEVELS.get(one.level, "same")
        yield f'<li class="{kind}">{tag(one.level, kind)}<div>{prose(one.text)}{_models(one.models, names)}</div>'
    yield "</ul></section>"


def _models(models: tuple[str, ...], names: Names) -> str:
    if not models:
        return ""
    if len(models) <= _NAMED:
        return f'<br><span class="soft">{names.links(models)}</span>'
    return f"<details class=always><summary>{counted(len(models), 'model')}</summary>{names.links(models)}</details>"


def summary(review: Review) -> str:
    """How much needs attention, in a line for the head of the page."""
    levels = [one.level for one in review.attention]
    stops, looks = levels.count("stop"), levels.count("look")
    if stops:
        return tag(f"{counted(stops, 'reason')} to stop", "error")
    if looks:
        return tag(f"{counted(looks, 'point')} to look at", "warning")
    return tag("nothing stands in the way", "good")


def guarantees(review: Review) -> Iterator[str]:
    """What is promised, each with its proof."""
    yield f'<section aria-labelledby="guarantees">{heading("guarantees", "What is guaranteed")}<div class="guarantees">'
    for one in review.guarantees:
        shown = [f"Proof: {proof(one.proof)}"] if one.proof else []
        shown += [f"tried by sqlseed's own {', '.join(map(code, one.tests))}"] if one.tests else []
        told = f'<p class="soft">{"; ".join(shown)}</p>' if shown else ""
        yield f"<div><h3>{text(one.title)}</h3><p>{prose(one.text)}</p>{told}</div>"
    yield "</div></section>"


def agreement(review: Review) -> Iterator[str]:
    """What to type, whatever the answer is."""
    target = f"--target {review.target}"
    rows = [
        ("Approve it", f"sqlseed review {target} --approve --by NAME", "writes review.lock, to be committed"),
        (
            "Run what was approved",
            f"sqlseed build {target} --approved",
            "refuses anything else, and shows the difference",
        ),
        ("See what changed since", f"sqlseed review {target} --against review.lock", "the second review takes minutes"),
    ]
    if review.grants:
        rows[1:1] = [
            (
                "Give a role its rights",
                "psql -v role=ROLE -f sql/grants.sql",
                "as the tables' owner; no superuser is needed",
            ),
            ("Run it with psql alone", "cd sql && psql -v ON_ERROR_STOP=1 -f run.sql", "the same rows, without Python"),
        ]
        rows.append(
            ("Take it back", "psql -f sql/999_undo.sql", "or `sqlseed clean`: rows that sqlseed made, no others")
        )
    yield f'<section aria-labelledby="agreement">{heading("agreement", "Saying yes")}'
    made = [[text(what), code(command), prose(note)] for what, command, note in rows]
    yield table(["what", "command", "note"], made, "commands", kind="cards pairs")
    yield "<p class=soft>With the vars or the preset of this review, where it was given any.</p></section>"


def has_approval(review: Review) -> bool:
    """Whether there is an approval to compare with."""
    return bool(review.approval or any(model.change for model in review.models))


def approval(review: Review, names: Names) -> Iterator[str]:
    """Who approved what, and how much of it is still so."""
    if not has_approval(review):
        return
    parts: list[ModelFacts | SeedFacts] = [*review.models, *review.seeds]
    told = {one.name: one.change.kind for one in parts if one.change}
    yield f'<section aria-labelledby="approval">{heading("approval", "Since the approval")}'
    if review.approval:
        by, at = (text(review.approval.get(name, "?")) for name in ("by", "at"))
        yield f"<p>Approved by {by} at {at}.</p>"
    for kind in ("new", "changed", "removed"):
        if some := [name for name, found in told.items() if found == kind]:
            yield f"<p>{tag(kind, kind)} {names.links(some)}</p>"
    same = sum(found == "same" for found in told.values())
    if same:
        yield f'<p class="soft">{counted(same, "model or seed", "models and seeds")} as approved</p>'
    if review.change and review.change.kind != "same":
        yield "<p>Of settings, functions, vars and version these lines changed:</p>"
        yield highlight.diff(review.change.diff, "change of settings, functions, vars and version")
    yield "</section>"
