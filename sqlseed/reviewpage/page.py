"""The whole page: what will happen, what is promised, what to look at, and then every model.

One file. Its policy lets nothing be fetched and nothing run but its own style and script; the script only adds to what
is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlseed.report import duration, number
from sqlseed.review.facts import ModelFacts, Review
from sqlseed.reviewpage import around, graph, overview
from sqlseed.reviewpage.markup import anchor, code, data, heading, link, skip, soft, table
from sqlseed.reviewpage.names import Names
from sqlseed.reviewpage.sections import about, marks, section, states, weighed
from sqlseed.webpage import document, text

_PLACES = {
    "happens": "Overview",
    "attention": "Attention",
    "approval": "Approval",
    "guarantees": "Guarantees",
    "agreement": "Saying yes",
    "models": "Models",
    "graph": "Graph",
    "lineage": "Lineage",
    "locks": "Locks",
    "sections": "Details",
    "seeds": "Seeds",
    "session": "Session",
    "grants": "Privileges",
}


def page(review: Review) -> str:
    """The whole file."""
    names = Names(review.models, [seed.name for seed in review.seeds], review.functions)
    parts = [
        f"{skip('happens', 'Skip to what will happen')} {skip('sections', 'Skip to the models')}",
        *_head(review),
        "<main>",
        *overview.happens(review),
        *overview.attention(review, names),
        *overview.approval(review, names),
        *overview.guarantees(review),
        *overview.agreement(review),
        *_models(review),
        *_graph(review),
        *_lineage(review),
        *around.locks(review, names),
        *_sections(review, names),
        *around.seeds(review, names),
        *around.session(review),
        *around.grants(review),
        "</main>",
        f'<footer class="soft">{_made(review)}. Reading this needs no network and no script.</footer>',
    ]
    style, script = (Path(__file__).with_name(name).read_text("utf-8") for name in ("page.css", "page.js"))
    return document(f"{review.project}: review for {review.target}", "\n".join(parts), style, script)


def _made(review: Review) -> str:
    return f"sqlseed {text(review.version)}, {text(review.generated_at)}"


def _head(review: Review) -> Iterator[str]:
    server = text(review.server) if review.server else "the server was not reached"
    yield f"<header><h1>{text(review.project)} <span>seed data for {text(review.target)}</span></h1>"
    yield f"<p>{overview.summary(review)} {text(review.where)}, {server}"
    yield f' <span class="soft">&middot; {_made(review)}</span></p></header>'
    links = "".join(f"<li>{link(place, name)}" for place, name in _PLACES.items() if _shown(review, place))
    box = (
        '<div class="tools" hidden><input id="filter" type="search" aria-label="filter models" autocomplete="off"'
        ' spellcheck="false" placeholder="Filter: name, column, tag">'
        '<output id="matches" for="filter"></output></div>'
    )
    yield f'<nav aria-label="parts of this page"><ul>{links}</ul>{box}</nav>'


def _shown(review: Review, place: str) -> bool:
    needs: Mapping[str, object] = {
        "approval": overview.has_approval(review),
        "lineage": any(column.sources for model in review.models for column in model.columns),
        "locks": any(model.locks for model in review.models),
        "seeds": review.seeds,
        "grants": review.grants,
    }
    return bool(needs.get(place, True))


def _models(review: Review) -> Iterator[str]:
    yield f'<section aria-labelledby="models">{heading("models", "Models, in the order of a build")}'
    rows = [_row(model, i) for i, model in enumerate(review.models, 1)]
    heads = ["model", "table", "slices", "rows", "heap", "indexes", "time", "rows there now", "note"]
    yield table(heads, rows, "models", right=(3, 4, 5, 6, 7), kind="cards models") + "</section>"


def _row(model: ModelFacts, place: int) -> list[str]:
    e = model.estimate
    table_ = soft("intermediate") if model.materialized == "intermediate" else code(model.relation.name)
    return [
        f"{soft(place)} {link(anchor('m', model.name), model.name)}",
        table_,
        states(model.slices),
        data(e.rows, about(e, number(e.rows))),
        data(e.heap_bytes, weighed(e, e.heap_bytes)),
        data(e.index_bytes, weighed(e, e.index_bytes)),
        data(e.seconds, duration(e.seconds)),
        data(model.live_rows, number(model.live_rows)) if model.live_rows else "",
        marks(model),
    ]


def _graph(review: Review) -> Iterator[str]:
    yield f'<section aria-labelledby="graph">{heading("graph", "What reads what")}'
    if not review.models:
        yield "<p>No model.</p></section>"
        return
    keys = "".join(
        f'<li class="f{i % graph.COLOURS}">{text(name)}' for i, name in enumerate(graph.folders_of(review.models))
    )
    yield (
        '<p class="soft">A model reads those to its left; an edge that others imply is not drawn; a dashed frame is an'
        " intermediate table. Choose a model to go to its section: what it reads and what reads it stays lit here.</p>"
        f'<ul class="keys">{keys}</ul><p class="tools" hidden>'
        '<button type="button" id="fit" aria-pressed="false">Fit to the page</button>'
        f' <span id="lit" class="soft" aria-live="polite"></span></p>{skip("after-graph", "Skip the picture")}'
        '<div class="picture" role="region" aria-label="graph of models" tabindex="0">'
    )
    yield graph.svg(review.models)
    yield '</div><span id="after-graph"></span></section>'


def _lineage(review: Review) -> Iterator[str]:
    if not _shown(review, "lineage"):
        return
    yield (
        f'<section aria-labelledby="lineage">{heading("lineage", "Where a column comes from")}'
        '<p class="soft">The columns that decide its values, down to the seeds, keys of joins included. The section of'
        ' each model lists the nearest sources of every column.</p><div class="tools" hidden>'
        '<label for="column">Column</label><input id="column" list="columns" autocomplete="off" spellcheck="false"'
        ' placeholder="Student.sectionId">'
        '<datalist id="columns"></datalist></div><div id="sources" aria-live="polite"></div></section>'
    )


def _sections(review: Review, names: Names) -> Iterator[str]:
    yield f'<section aria-labelledby="sections">{heading("sections", "Model by model")}'
    yield '<p class="soft">Paper shows what is open here.'
    yield ' <span class="tools" hidden><button type="button" id="open">Open all</button>'
    yield ' <button type="button" id="close">Close all</button></span></p>'
    for i, model in enumerate(review.models, 1):
        yield section(model, i, names)
    yield "</section>"
