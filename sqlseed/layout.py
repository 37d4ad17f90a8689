"""The layout of what a template prints over several lines: compiled SQL is read, and not only run.

A macro's lines are indented as its own file has them. Where it is called, they should hang below the line of the call.
"""

from __future__ import annotations

import re

from sqlseed import sqltext

_BEGIN, _END = "\x1c(", "\x1c)"
_STEP = re.compile("(\x1c[()]|\n)")
_MARKS = re.compile("\x1c[()]")
_ALIAS = re.compile(r'(.*\S +)(as "?\w+"?,?)')
_LINE_MARK = re.compile("\x1d[0-9]+\x1e")


def marked(text: str) -> str:
    """A printed text, with marks for `hang` where it begins and ends, if it has several lines."""
    return f"{_BEGIN}{text}{_END}" if "\n" in text else text


def hang(rendered: str) -> str:
    """The rendered text without marks: the lines of each marked text moved below the line in which it begins.

    What stands in quotes is never moved: it is a value. The number of lines stays.

    >>> hang("    a = " + marked("case\\n        when b then c\\n    end") + " as d")
    '    a = case\\n        when b then c\\n    end as d'
    """
    if _BEGIN not in rendered:
        return rendered
    pieces = [_pieces(text, opaque) for text, opaque in sqltext.parts(rendered)]
    steps = [piece for part in pieces for piece in part]
    margins = _margins(steps)
    out: list[str] = []
    line = ""  # what stands in the line so far
    hanging: list[tuple[str, int]] = []  # for each text that is open: where its lines go, and how far in they were
    cut = 0  # blanks that may still be taken off where a line begins
    for place, (text, is_step) in enumerate(steps):
        if is_step and text == _BEGIN:
            hanging.append((_indent(line), margins[place]))
        elif is_step and text == _END:
            hanging = hanging[:-1]
        elif is_step:
            line, cut = hanging[-1] if hanging else ("", 0)
            out.append("\n" + line)
        else:
            kept = text[min(cut, len(text) - len(text.lstrip(" "))) :]
            cut = 0
            out.append(kept)
            line = (line + kept).rpartition("\n")[2]
    return "\n".join(text.rstrip(" ") if not text.strip() else text for text in "".join(out).split("\n"))


def aligned(line: str, source: str) -> str:
    """The line with its last `as name` in the column where the source's line has it, or one blank behind the rest.

    >>> aligned("    :branch_no           as n,", "    {{ branch.no }}      as n,")
    '    :branch_no           as n,'
    >>> aligned("    :branch_no      as n,", "    {{ branch.no }}      as n,")
    '    :branch_no           as n,'
    """
    found, wanted = _ALIAS.fullmatch(line), _ALIAS.fullmatch(source)
    if not found or not wanted or found[2] != wanted[2] or not wanted[1].endswith("  "):
        return line
    return f"{found[1].rstrip()} ".ljust(len(wanted[1]) + line.count(sqltext.MARK)) + found[2]


def _pieces(text: str, opaque: bool) -> list[tuple[str, bool]]:
    """The text in steps, which are marks and ends of lines, and what stands between them."""
    if opaque:
        return [(_MARKS.sub("", text), False)]
    return [(piece, _STEP.fullmatch(piece) is not None) for piece in _STEP.split(text) if piece]


def _margins(steps: list[tuple[str, bool]]) -> dict[int, int]:
    """For the place of each beginning: how many blanks all further lines of that text itself have before them."""
    margins: dict[int, int] = {}
    open_texts: list[int] = []
    for place, (text, is_step) in enumerate(steps):
        if is_step and text == _BEGIN:
            open_texts.append(place)
        elif is_step and text == _END:
            open_texts = open_texts[:-1]
        elif is_step and open_texts and place + 1 < len(steps):
            following, ends = steps[place + 1]
            if not ends:
                blanks = len(following) - len(following.lstrip(" "))
                margins[open_texts[-1]] = min(blanks, margins.get(open_texts[-1], blanks))
    return {place: margins.get(place, 0) for place in range(len(steps))}


def _indent(line: str) -> str:
    bare = _LINE_MARK.sub("", line)
    return bare[: len(bare) - len(bare.lstrip(" "))]
