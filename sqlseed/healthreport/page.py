"""The health page as one HTML file: no script, nothing to fetch, readable on a phone, on paper, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from sqlseed.checkup.scoring import Distribution, Health, Measure, Section, SliceRows, TableRows
from sqlseed.healthreport import charts
from sqlseed.healthreport.text import lost, points, ranked
from sqlseed.report import plural
from sqlseed.webpage import document
from sqlseed.webpage import text as _text

_SHOWN = 60  # findings in the page; `--output json` has all
_NAMED = 60  # columns of a chart that are named below it

_Column = tuple[str, int, int | None, Fraction]


def page(health: Health, where: str) -> str:
    """The whole file."""
    parts = [
        *_head(health, where),
        *_sections(health),
        *_costs(health),
        *_tables(health),
        *_years(health),
        *_distributions(health),
        f'<footer class="soft">sqlseed health, read only, {_text(health.server)}, {health.elapsed:.1f} s.',
        "How each number is made: docs/health.md of sqlseed.</footer>",
    ]
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    return document(f"{health.project}: health {health.score} of 100", "\n".join(parts), style)


def compact(value: int) -> str:
    """A count in few characters: 13, 1,560, 12.8k, 7.9M.

    >>> compact(1560), compact(12_840), compact(7_909_200)
    ('1,560', '12.8k', '7.9M')
    """
    for size, unit in ((1_000_000, "M"), (10_000, "k")):
        if value >= size:
            scaled = value / (1_000_000 if unit == "M" else 1_000)
            return f"{scaled:.1f}{unit}" if scaled < 100 else f"{scaled:,.0f}{unit}"
    return f"{value:,}"


# --- the score ----------------------------------------------------------------------------------------------


def _head(health: Health, where: str) -> Iterator[str]:
    rows = sum(table.rows for table in health.tables)
    held = f"{plural(rows, 'row')} in {plural(len(health.tables), 'table')}"
    as_of = f", data as of {health.as_of}" if health.as_of else ""
    yield f"<header>{charts.ring(health.score)}<div><h1>{_text(health.project)}</h1>"
    yield f"<p>{_text(where)}</p><p>{held}{as_of}</p>"
    yield f'<p class="soft">examined on {health.today}</p></div></header>'
    if health.caps:
        reasons = "".join(f"<p><b>At most {cap.limit}:</b> {_text(cap.reason)}</p>" for cap in health.caps)
        yield f'<div class="caps">{reasons}</div>'


def _sections(health: Health) -> Iterator[str]:
    yield "<h2>Points</h2>"
    for section in Section:
        checks = health.section(section)
        if not checks:
            continue
        possible, left = sum(check.possible for check in checks), sum((c.points for c in checks), Fraction(0))
        bar = charts.bar(left, possible, f"{section.value}: {points(left)} of {possible} points")
        yield _row(f"<b>{section.value}</b>", bar, f"<b>{points(left)}</b> of {possible}")
        for check in checks:
            if len(checks) > 1:
                bar = charts.bar(check.points, check.possible, f"{check.title}: {points(check.points)} points")
                yield _row(
                    f'<span class="soft">{check.title}</span>', bar, f"{points(check.points)} of {check.possible}"
                )


def _row(name: str, chart: str, value: str, kind: str = "") -> str:
    return f'<div class="row{kind}"><span>{name}</span>{chart}<span class="value">{value}</span></div>'


def _key(color: str, text: str) -> str:
    return f'<span class="named"><span class="key {color}"></span>{text}</span>'


def _costs(health: Health) -> Iterator[str]:
    found = ranked(health)
    yield "<h2>What costs points</h2>"
    if not found:
        yield "<p>Nothing.</p>"
        return
    heads = '<th>what</th><th class="n">rows</th><th class="n">points</th>'
    yield f'<table class="costs"><thead><tr>{heads}</tr></thead><tbody>'
    for check, finding in found[:_SHOWN]:
        told = f"<b>{_text(finding.what)}</b> {_text(finding.note)}"
        example = f'<br><span class="note">{_text(finding.example)}</span>' if finding.example else ""
        wrong = f"{finding.wrong:,}" if finding.wrong else ""
        cost = f"&minus;{lost(finding.lost)}" if finding.lost else ""
        kind = f'<span class="note">{check.name}:</span> '
        yield f'<tr><td>{kind}{told}{example}</td><td class="n">{wrong}</td><td class="n">{cost}</td></tr>'
    yield "</tbody></table>"
    if len(found) > _SHOWN:
        yield f'<p class="note">and {len(found) - _SHOWN} more: <code>--output json</code> has all</p>'


# --- rows ---------------------------------------------------------------------------------------------------


def _dimensions(health: Health) -> list[str]:
    """The dimensions of the tables: the one that most tables have comes first."""
    counts: dict[str, int] = {}
    for table in health.tables:
        for name, _ in table.slices[0].slice.point if table.slices else ():
            counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])


def _by(table: TableRows, dimension: str) -> dict[str, list[SliceRows]]:
    """A table's slices by the key of one dimension, in their order."""
    found: dict[str, list[SliceRows]] = {}
    for one in table.slices:
        key = dict(one.slice.point).get(dimension)
        if key is not None:
            found.setdefault(key, []).append(one)
    return found


def _column(name: str, some: Sequence[SliceRows]) -> _Column:
    known = [one.expected for one in some if one.expected is not None]
    missing = Fraction(sum(one.missing for one in some), max(1, len(some)))
    return name, sum(one.rows for one in some), sum(known) if len(known) == len(some) else None, missing


def _tables(health: Health) -> Iterator[str]:
    dimensions = _dimensions(health)
    first = dimensions[0] if dimensions else ""
    yield f"<h2>Rows per table{' and ' + _text(first) if first else ''}</h2>"
    yield (
        f'<p class="note">{_key("rows", "rows that are there")}{_key("bad", "missing")}'
        " Expected are the rows that a slice was built with, or the plan's guess where it was not built. The columns of"
        " a table share a scale; tables do not.</p>"
    )
    names: dict[str, None] = {}
    for table in health.tables:
        parts = _by(table, first)
        names |= dict.fromkeys(parts)
        made = [_column(key, some) for key, some in parts.items()] or [_column("all", table.slices)]
        told = f"{table.rows:,}"
        if table.missing:
            told = (
                f'<span class="off-text">{table.rows:,} of {table.expected:,}</span>'
                if table.exists
                else "no such table"
            )
        chart = charts.columns(made, f"{table.table}: {table.rows:,} rows, {table.expected:,} expected")
        yield _row(_text(table.table), chart, told, " thin")
    if names and len(names) <= _NAMED:
        yield '<p class="note">Columns from left to right:</p><ol class="legend">'
        yield "".join(f"<li>{_text(name)}</li>" for name in names) + "</ol>"


def _years(health: Health) -> Iterator[str]:
    """Every further dimension: its keys side by side, summed over the first."""
    for dimension in _dimensions(health)[1:]:
        tables = [table for table in health.tables if _by(table, dimension)]
        keys = list(dict.fromkeys(key for table in tables for key in _by(table, dimension)))
        if not 1 <= len(keys) <= 12:
            continue
        yield f"<h2>{_text(dimension.capitalize())}s side by side</h2>"
        heads = "".join(f'<th class="n">{_text(key)}</th>' for key in keys)
        yield f'<table class="years n{len(keys)}"><thead><tr><th>table</th>{heads}</tr></thead><tbody>'
        for table in tables:
            parts = {key: _column(key, some) for key, some in _by(table, dimension).items()}
            top = max([1, *(rows for _, rows, _, _ in parts.values())])
            cells = "".join(_cell(parts.get(key), top) for key in keys)
            yield f"<tr><td>{_text(table.table)}</td>{cells}</tr>"
        yield "</tbody></table>"


def _cell(column: _Column | None, top: int) -> str:
    if column is None:
        return "<td></td>"
    name, rows, _, missing = column
    chart = charts.share(rows / top, f"{name}: {rows:,} rows", short=bool(missing))
    kind = ' class="n off-text"' if missing else ' class="n"'
    return f"<td{kind}>{compact(rows)}{chart}</td>"


# --- distributions ------------------------------------------------------------------------------------------


def _distributions(health: Health) -> Iterator[str]:
    if not health.distributions:
        return
    yield "<h2>Measured against targets</h2>"
    yield (
        f'<p class="note">{_key("rows", "measured, within tolerance")}{_key("bad", "outside")}'
        f"{_key('band', 'tolerance around the target, a dashed line')}</p>"
    )
    for one in health.distributions:
        yield f"<h3>{_text(one.title)}</h3>"
        if one.note:
            yield f'<p class="note">{_text(one.note)}</p>'
        if one.problem:
            yield f'<p class="off-text">{_text(one.problem)}</p>'
        yield from _measures(one)


def _measures(one: Distribution) -> Iterator[str]:
    scales = charts.scales(one.measures)
    for measure, (low, high) in zip(one.measures, scales, strict=True):
        chart = charts.gauge(measure, low, high)
        kind = "" if measure.fits else ' class="off-text"'
        yield _row(_text(measure.label), chart, f"<span{kind}>{_told(measure)}</span>", " wide")


def _told(measure: Measure) -> str:
    return f"<b>{plain(measure.actual)}</b> of {plain(measure.target)} &plusmn; {plain(measure.tolerance, 2)}"


def plain(value: float | None, digits: int = 4) -> str:
    """A measured number in so many significant digits.

    >>> plain(48.3333), plain(0.0), plain(13257.2), plain(None), plain(0.1274, 2)
    ('48.33', '0', '13,257', 'nothing', '0.13')
    """
    if value is None:
        return "nothing"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"
