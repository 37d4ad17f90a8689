"""The report of a run as one HTML file: it fetches nothing, and is whole without script."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sqlseed.built import BuildResult
from sqlseed.events import Span, SpanKind, Status
from sqlseed.report import duration, number, plural
from sqlseed.runreport import chart
from sqlseed.runreport.analysis import Link, Usage, usage
from sqlseed.webpage import document, text

_MOST = 30  # rows of a table of the longest
_Row = tuple[str, ...]


def page(result: BuildResult, project: str, where: str, paths: Mapping[str, str]) -> str:
    """The whole file; `paths` gives the file of each model, whose folder is its group."""
    used = usage(result.spans)
    folders = list(dict.fromkeys(map(folder, paths.values())))
    groups = {name: folders.index(folder(path)) for name, path in paths.items()}
    axis = chart.Axis(result.started_at, max(result.elapsed, 0.001))
    parts = [
        *_head(result, project, where),
        "<main>",
        *_tiles(result, used),
        *_schedule(result.spans, used, axis, groups, folders),
        *_waits(used),
        *_path(used, axis),
        *_models(result.spans, used, paths),
        *_everything(result.spans, axis),
        "</main>",
        '<footer class="soft">Written by <code>sqlseed build --report</code>. Reading it needs no network.</footer>',
    ]
    style, script = (Path(__file__).with_name(name).read_text("utf-8") for name in ("page.css", "page.js"))
    return document(f"{project}: run of {_when(result)}", "\n".join(parts), style, script)


def folder(path: str) -> str:
    """The folder of a model, below the project's folder of models.

    >>> folder("models/people/students.sql")
    'people'
    """
    return "/".join(path.split("/")[1:-1]) or "."


def _when(result: BuildResult) -> str:
    return dt.datetime.fromtimestamp(result.started_at, dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _head(result: BuildResult, project: str, where: str) -> Iterator[str]:
    bad = sum(r.status not in (Status.SUCCESS, Status.NO_OP) for r in result.results)
    failed = f' <b class="off">{plural(bad, "slice")} not built.</b>' if bad else ""
    dry = "dry run for " if result.dry_run else ""
    yield f"<header><h1>{text(project)} <span>a run and its connections</span></h1>"
    yield f"<p>{dry}{text(where)}, {text(result.server)}, {_when(result)}.{failed}</p></header>"


def _tiles(result: BuildResult, used: Usage | None) -> Iterator[str]:
    written = [r for r in result.results if r.status is Status.SUCCESS]
    rows = sum(r.rows for r in written)
    tiles = [("run", duration(result.elapsed), f"{number(rows)} rows in {plural(len(written), 'slice')}")]
    if used is not None:
        count, before = len(used.connections), used.started_at - result.started_at
        after = result.elapsed - before - used.seconds
        tiles += [
            (
                "slices and tests",
                duration(used.seconds),
                f"after {duration(before)} of preparing; {duration(after)} then",
            ),
            (
                "connections busy",
                f"{100 * used.work / (count * used.seconds or 1):.1f} %",
                f"of {plural(count, 'connection')}",
            ),
            ("idle, a slice was ready", chart.seconds(used.idle_ready), "summed over connections; should be nothing"),
            ("idle, nothing was ready", chart.seconds(used.idle_waiting), "summed over connections; named below"),
            (
                "longest chain",
                duration(used.longest_chain),
                "of slices that wait for each other: no number of connections is faster",
            ),
        ]
    shown = "".join(f"<div><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>" for name, value, note in tiles)
    yield f'<dl class="tiles">{shown}</dl>'


def _schedule(
    spans: Sequence[Span], used: Usage | None, axis: chart.Axis, groups: Mapping[str, int], folders: Sequence[str]
) -> Iterator[str]:
    yield "<section><h2>The schedule</h2>"
    if not spans:
        yield "<p>Nothing had to be done.</p></section>"
        return
    shown = {groups[s.slice.model] for s in spans if s.kind is SpanKind.SLICE and s.slice and s.slice.model in groups}
    keys = "".join(f'<li class="f{i % chart.COLOURS}">{text(folders[i])}' for i in sorted(shown))
    kinds = {str(span.kind).replace(" ", "-"): span.kind.value for span in spans if span.kind is not SpanKind.SLICE}
    keys += "".join(f'<li class="key-{kind}">{name}' for kind, name in kinds.items())
    yield (
        '<p class="soft">A lane for each connection. Slices are high bars in the colour of their model&rsquo;s folder;'
        " tests, seeds and what bulk mode does are low ones. The line below a bar is the critical path; grey is a"
        f' connection with nothing to do, red one that could have had something.</p><ul class="keys">{keys}'
        '<li class="key-path">critical path<li class="key-gap">idle<li class="key-lost">idle, a slice was ready</ul>'
        '<p class="tools" hidden><button type="button" id="out" aria-label="zoom out">&minus;</button>'
        ' <button type="button" id="in" aria-label="zoom in">+</button>'
        ' <button type="button" id="whole">Whole run</button>'
        ' <span class="soft">Arrow keys go from bar to bar.</span></p>'
        f'<div class="picture">{chart.lane_names(used, spans)}'
        '<div class="moving" id="moving" tabindex="0" role="group" aria-label="arrow keys go from bar to bar">'
        f"{chart.svg(spans, used, axis, groups)}</div></div>"
        '<p id="told" class="told" aria-live="polite"></p></section>'
    )


def _waits(used: Usage | None) -> Iterator[str]:
    """For what the connections waited, longest first."""
    if used is None:
        return
    waited: dict[str, tuple[float, int]] = {}
    for gap in used.gaps:
        name = gap.awaited.name if gap.awaited else "(nothing left to begin)" if gap.after is None else "(handing over)"
        so_far, count = waited.get(name, (0.0, 0))
        waited[name] = so_far + gap.seconds, count + 1
    rows = sorted(waited.items(), key=lambda item: -item[1][0])
    yield "<section><h2>What idle connections waited for</h2>"
    yield _table(
        ("slice", "idle", "times"),
        ((text(_short(name)), chart.seconds(total), number(count)) for name, (total, count) in rows[:_MOST]),
    )
    yield f"{_more(len(rows))}</section>"


def _path(used: Usage | None, axis: chart.Axis) -> Iterator[str]:
    if used is None:
        return
    path = used.critical_path
    total = sum(link.span.seconds for link in path)
    yield "<section><h2>The critical path</h2>"
    yield f'<p class="soft">{plural(len(path), "step")}, {duration(total)}: to end sooner, the run needs one of these'
    yield " to be shorter, or a connection more where one waited for it. The longest:</p>"
    longest = sorted(sorted(path, key=lambda link: -link.span.seconds)[:_MOST], key=lambda link: link.span.started_at)
    yield _table(
        ("slice", "began after", "from", "took"),
        (
            (
                text(_short(link.span.name)),
                _held(link),
                f"{link.span.started_at - axis.start:.1f} s",
                chart.seconds(link.span.seconds),
            )
            for link in longest
        ),
        left=2,
    )
    yield "</section>"


def _held(link: Link) -> str:
    if link.held_by is None:
        return "the start"
    name = text(_short(link.held_by.name))
    return f'{name} <span class="soft">on its connection</span>' if link.for_connection else name


def _models(spans: Sequence[Span], used: Usage | None, paths: Mapping[str, str]) -> Iterator[str]:
    if used is None:
        return
    critical = {link.span for link in used.critical_path}
    found: dict[str, list[Span]] = {}
    for span in spans:
        if span.kind is SpanKind.SLICE and span.slice is not None:
            found.setdefault(span.slice.model, []).append(span)
    ranked = sorted(found.items(), key=lambda item: -sum(span.seconds for span in item[1]))
    yield "<section><h2>The slowest models</h2>"
    heads = ("model", "slices", "rows", "seconds", "a row", "longest slice", "critical path")
    yield _table(heads, (_model(name, some, critical, paths) for name, some in ranked[:_MOST]))
    yield f"{_more(len(ranked))}</section>"


def _model(name: str, some: Sequence[Span], critical: set[Span], paths: Mapping[str, str]) -> _Row:
    rows, total = sum(span.rows for span in some), sum(span.seconds for span in some)
    on_path = sum(span.seconds for span in some if span in critical)
    return (
        f'<span title="{text(paths.get(name, ""))}">{text(name)}</span>',
        number(len(some)),
        number(rows),
        f"{total:,.2f}",
        f"{1_000_000 * total / rows:,.1f} &micro;s" if rows else "",
        chart.seconds(max(span.seconds for span in some)),
        chart.seconds(on_path) if on_path else "",
    )


def _everything(spans: Sequence[Span], axis: chart.Axis) -> Iterator[str]:
    """The picture as a table."""
    if not spans:
        return
    rows = (
        (
            text(_short(span.name)),
            span.kind.value,
            str(span.connection) if span.connection else "main",
            f"{span.started_at - axis.start:.2f}",
            f"{span.seconds:.3f}",
            number(span.rows) if span.kind is SpanKind.SLICE else "",
            "" if span.status is Status.SUCCESS else str(span.status),
        )
        for span in spans
    )
    yield f"<details><summary>All {number(len(spans))} bars as a table</summary>"
    yield _table(("what", "kind", "connection", "from, s", "took, s", "rows", "status"), rows, left=2)
    yield "</details>"


def _short(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:77]}..."


def _more(count: int) -> str:
    return f'<p class="soft">and {count - _MOST} more</p>' if count > _MOST else ""


def _table(heads: Sequence[str], rows: Iterable[_Row], left: int = 1) -> str:
    """A table in a box that scrolls sideways; but for the first `left`, its columns are numbers."""
    sides = ["" if i < left else ' class="n"' for i in range(len(heads))]
    made = [f'<div class="wide" tabindex="0" role="group" aria-label="table by {heads[0]}"><table><thead><tr>']
    made += [f"<th{side}>{head}</th>" for side, head in zip(sides, heads, strict=True)]
    made.append("</tr></thead><tbody>")
    for row in rows:
        made.append(
            "\n<tr>" + "".join(f"<td{side}>{cell}</td>" for side, cell in zip(sides, row, strict=True)) + "</tr>"
        )
    made.append("</tbody></table></div>")
    return "".join(made)
