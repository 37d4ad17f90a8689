"""Bar charts as SVG files that can be read on light and dark pages: they bring their own background."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence

_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.back { fill: #ffffff; stroke: #d1d9e0; } .title { font-weight: 600; } .number { fill: #59636e; }
.s0 { fill: #b45309; } .s1 { fill: #0550ae; } .s2 { fill: #1a7f37; } .s3 { fill: #8250df; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; } .back { fill: #0d1117; stroke: #3d444d; } .number { fill: #9198a1; }
.s0 { fill: #f0a04b; } .s1 { fill: #58a6ff; } .s2 { fill: #3fb950; } .s3 { fill: #bc8cff; }
}
"""
_WIDTH, _LABELS, _NUMBERS = 860, 220, 110  # pixels
_BAR, _BETWEEN, _TOP, _EDGE = 13, 9, 66, 14


def bars(
    title: str,
    groups: Sequence[tuple[str, Mapping[str, float]]],
    series: Sequence[str],
    shown: Callable[[float], str],
) -> str:
    """A group of bars below each other for each label: one for each series that has a value there.

    The longest bar is the largest value; at most four series.
    """
    most = max((value for _, values in groups for value in values.values()), default=1.0) or 1.0
    room = _WIDTH - _LABELS - _NUMBERS
    shapes: list[str] = []
    y = _TOP
    for label, values in groups:
        present = [(number, name) for number, name in enumerate(series) if name in values]
        middle = y + len(present) * _BAR / 2 + 4.5
        shapes.append(f'<text x="{_LABELS - 10}" y="{middle:.1f}" text-anchor="end">{html.escape(label)}</text>')
        for number, name in present:
            length = max(1.0, room * values[name] / most)
            text = shown(values[name])
            told = html.escape(f"{label}, {name}: {text}")
            shapes.append(
                f'<rect class="s{number}" x="{_LABELS}" y="{y}" width="{length:.1f}" height="{_BAR - 2}">'
                f"<title>{told}</title></rect>"
            )
            shapes.append(f'<text class="number" x="{_LABELS + length + 6:.1f}" y="{y + 9.5:.1f}">{text}</text>')
            y += _BAR
        y += _BETWEEN
    height = y + _EDGE - _BETWEEN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
        f' role="img" aria-label="{html.escape(title)}">\n<style>{_STYLE}</style>\n'
        f'<rect class="back" x="0.5" y="0.5" width="{_WIDTH - 1}" height="{height - 1}" rx="6"/>\n'
        f'<text class="title" x="{_EDGE}" y="24">{html.escape(title)}</text>\n'
        + _legend(series)
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def _legend(series: Sequence[str]) -> str:
    parts = []
    x = _EDGE
    for number, name in enumerate(series):
        parts.append(f'<rect class="s{number}" x="{x}" y="37" width="11" height="11"/>')
        parts.append(f'<text x="{x + 17}" y="47">{html.escape(name)}</text>')
        x += 40 + 7 * len(name)
    return "\n".join(parts) + "\n"
