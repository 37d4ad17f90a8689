"""The small words that every part of the page is written in: escaped text, ids, links, tables, folding parts.

End tags that HTML lets a writer leave out (of cells, rows, items) are left out: five hundred models have many cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlseed.model import Value
from sqlseed.report import plural
from sqlseed.review import markdown
from sqlseed.webpage import text

_LONG = 44  # characters that a value may have before it is wrapped
_MOST = 1000  # characters shown of a value
_PLAIN = re.compile(r"[^A-Za-z0-9_]")
_LOCAL = re.compile(r"#[\w.%-]+|(?!\.\.?/\.\./\.\./)(?:\.\./){0,2}[\w][\w./-]*(?:#[\w.-]+)?")


def anchor(kind: str, *names: str) -> str:
    """The id of a place, another for other names.

    `kind` is m (model), c (column), s (seed), f (session function), g (node of the graph) or l (line of a model).

    >>> anchor("c", "students", "roll no")
    'c-students.roll-20-no'
    """
    return f"{kind}-" + ".".join(_PLAIN.sub(lambda found: f"-{ord(found[0]):x}-", name) for name in names)


def link(place: str, label: str) -> str:
    """A link to a place of the page."""
    return f'<a href="#{place}">{text(label)}</a>'


def skip(place: str, label: str) -> str:
    """A link that is seen when the keys reach it."""
    return f'<a class="skip" href="#{place}">{text(label)}</a>'


def proof(place: str) -> str:
    """A link to a heading of the page or to a file beside it; what is neither is shown, not linked.

    >>> proof("sql/grants.sql"), proof("javascript:alert(1)")
    ('<a class="proof" href="sql/grants.sql">sql/grants.sql</a>', '<code>javascript:alert(1)</code>')
    """
    if not _LOCAL.fullmatch(place):
        return f"<code>{text(place)}</code>"
    label = f"{place[1:]}, on this page" if place.startswith("#") else place.removeprefix("../../")
    return f'<a class="proof" href="{text(place)}">{text(label)}</a>'


def data(value: float, shown: str) -> str:
    """A number as it is shown, and the value by which rows are sorted; nothing where it is not known."""
    return f'<data value="{value:g}">{shown}</data>' if shown else ""


def size(count: int) -> str:
    """Bytes for people, none as 0.

    >>> size(0), size(3 << 30)
    ('0', '3.0 GiB')
    """
    return markdown.size(count) or "0"


def counted(count: int, noun: str, many: str = "") -> str:
    """A count with its noun, whose plural may be irregular.

    >>> counted(1, "index", "indexes"), counted(2, "index", "indexes"), counted(2, "row")
    ('1 index', '2 indexes', '2 rows')
    """
    return plural(count, many[:-1]) if many and count != 1 else plural(count, noun)


def code(value: object) -> str:
    """A name or an expression of SQL."""
    return f"<code>{text(value)}</code>"


def prose(value: object) -> str:
    """Sentences, in which a pair of backticks holds a name or a command.

    >>> prose("run `sqlseed build <x>`")
    'run <code>sqlseed build &lt;x&gt;</code>'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text(value))


def soft(value: object) -> str:
    """Text in the second colour."""
    return f'<span class="soft">{text(value)}</span>'


def cell(value: Value) -> str:
    """A value of a row, null told apart from the text null."""
    if value is None:
        return '<i class="soft">null</i>'
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = str(value)
    if len(shown) > _MOST:
        shown = f"{shown[:_MOST]}... ({len(shown):,} characters)"
    return f'<span class="long">{text(shown)}</span>' if len(shown) > _LONG else text(shown)


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    label: str,
    *,
    right: Sequence[int] = (),
    kind: str = "",
    ids: Sequence[str] = (),
) -> str:
    """A table of finished cells in a box that scrolls sideways; the first cell of a row is its heading.

    A column with nothing in it is left out.

    `right` are the columns of numbers, `ids` the rows' own ids, one for each row or none. Of the kind `cards`, each row
    is a card on a phone, and its cells say what they are; of the kind `values`, it scrolls by the keys as well.
    """
    rows = [*rows]
    shown = [i for i in range(len(heads)) if not i or any(row[i] for row in rows)]
    numbers = [' class="n"' if i in right else "" for i in range(len(heads))]
    reach = f' tabindex="0" role="region" aria-label="{text(label)}"' if kind == "values" else ""
    made = [f'<div class="wide"{reach}><table class="{kind}"><caption>{text(label)}</caption><thead><tr>']
    made += [f"<th{numbers[i]}>{text(heads[i])}" for i in shown]
    made.append("<tbody>")
    named = [f' data-h="{text(head)}"' if head and "cards" in kind else "" for head in heads]
    for i, row in enumerate(rows):
        made.append(f'\n<tr id="{ids[i]}"><th>{row[0]}' if ids else f"\n<tr><th>{row[0]}")
        made += [f"<td{numbers[j]}{named[j]}>{row[j]}" for j in shown[1:]]
    made.append("</table></div>")
    return "".join(made)


def heading(place: str, title: str) -> str:
    """The heading of a part of the page, by which it is found."""
    return f'<h2 id="{place}">{text(title)}</h2>'


def part(title: str, body: str, *, note: str = "", is_open: bool = False, place: str = "") -> str:
    """A part of a section that folds, its heading in the line that opens it; a link to `place` opens it, too."""
    told = f" {soft(note)}" if note else ""
    shown = " open" if is_open else ""
    body = f'<div id="{place}">{body}</div>' if place else body
    return f'\n<details class="part"{shown}><summary><h4>{text(title)}</h4>{told}</summary>{body}</details>'


def tag(word: str, kind: str = "") -> str:
    """A word in a frame; its colour repeats what the word says."""
    return f'<span class="tag {kind}">{text(word)}</span>'
