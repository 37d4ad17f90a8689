"""Tables of text, for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], texts: int) -> str:
    """Columns side by side: the first `texts` to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    cells = [
        [
            cell.ljust(width) if i < texts else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in rows
    ]
    return "\n".join("  ".join(row).rstrip() for row in cells)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]], texts: int) -> str:
    """A table of Markdown: the first `texts` columns to the left, the others to the right."""
    marks = ["---" if i < texts else "---:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, marks, *rows])
