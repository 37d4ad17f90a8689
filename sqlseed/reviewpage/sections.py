"""The section of one model: its facts in the order in which a DBA asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlseed.lint.finding import Finding
from sqlseed.model import Value
from sqlseed.report import duration, number
from sqlseed.review.facts import Estimate, ModelFacts, SliceFacts
from sqlseed.reviewpage import highlight, touched
from sqlseed.reviewpage.markup import anchor, cell, code, counted, link, part, size, soft, table, tag
from sqlseed.reviewpage.names import Names
from sqlseed.webpage import text

_SLICES = 200  # slices shown of a model; review.json has all
_STATES = {"new": "new", "changed": "changed", "up to date": "same"}  # state -> class of its tag
_KINDS = {"table": "rows of a table", "view": "a view", "intermediate": "an intermediate table, sqlseed's own"}


def states(slices: Sequence[SliceFacts]) -> str:
    """How many slices are new, changed and up to date, in tags.

    >>> states([])
    ''
    """
    counts = {state: sum(one.state == state for one in slices) for state in _STATES}
    return " ".join(tag(f"{number(n)} {state}", _STATES[state]) for state, n in counts.items() if n)


def changed(model: ModelFacts) -> str:
    """A tag where the model differs from what was approved."""
    kind = model.change.kind if model.change else "same"
    return "" if kind == "same" else tag(f"{kind} since the approval", kind)


def findings(model: ModelFacts) -> str:
    """How many findings of lint no reason allows."""
    left = [finding for finding in model.findings if not finding.allowed]
    worst = "error" if any(finding.level == "error" for finding in left) else "warning"
    return tag(counted(len(left), "finding"), worst) if left else ""


def marks(model: ModelFacts) -> str:
    """What sets the model apart from the others, in tags."""
    creates = tag("creates its table", "new") if model.creates and model.materialized != "intermediate" else ""
    fires = any(trigger.enabled and not trigger.internal for trigger in model.triggers)
    return " ".join(
        filter(None, [changed(model), creates, tag("triggers", "warning") if fires else "", findings(model)])
    )


def about(estimate: Estimate, shown: str) -> str:
    """A number of an estimate, marked where the rows behind it are a guess."""
    return shown if estimate.exact else f"about {shown}"


def weighed(estimate: Estimate, count: int) -> str:
    """Bytes of an estimate; nothing where there are rows of unknown width, or a target that is no PostgreSQL."""
    return size(count) if estimate.heap_bytes or not estimate.rows else ""


def section(model: ModelFacts, place: int, names: Names) -> str:
    """The whole section, folded; its id is inside, so that a link to it opens it."""
    rows = f"{about(model.estimate, counted(model.estimate.rows, 'row'))}, {counted(len(model.slices), 'slice')}"
    head = f"<h3>{soft(place)} {text(model.name)}</h3>"
    told = f'{soft(model.relation)} <span class="sum">{rows}</span> {marks(model)}'
    known = f'data-find="{text(searched(model))}" data-table="{text(model.relation.name)}"'
    return (
        f'\n<details class="model" {known}><summary>{head} {told}</summary>'
        f'<div id="{anchor("m", model.name)}" class="inside">{"".join(_body(model, names))}</div></details>'
    )


def searched(model: ModelFacts) -> str:
    """What the filter box looks in."""
    words = [model.name, str(model.relation).replace('"', ""), model.path, *model.tags]
    words += [column.name for column in model.columns]
    words += {one.state: None for one in model.slices}
    words += {f"lint:{finding.rule}": None for finding in model.findings}
    words += ["creates"] if model.creates else []
    words += [f"{model.change.kind} since approval"] if model.change and model.change.kind != "same" else []
    return " ".join(words).lower()


def _body(model: ModelFacts, names: Names) -> Iterator[str]:
    yield f"<p>{text(model.description)}</p>" if model.description else f"<p>{soft('No description.')}</p>"
    yield _facts(model, names)
    places = _places(model)
    if model.change and model.change.diff:
        yield part("Change since the approval", highlight.diff(model.change.diff, "change"), is_open=True)
    if model.findings:
        yield part(
            "Lint", _findings(model.findings, places), note=counted(len(model.findings), "finding"), is_open=True
        )
    source = highlight.sql(
        model.source,
        f"{model.name} as its author wrote it",
        jinja=True,
        marks={n: place for (_, n), place in places.items()},
    )
    yield part("SQL as its author wrote it", source, note=model.path)
    yield part(
        "Statement as the server receives it", _statement(model), note=counted(len(model.parameters), "parameter")
    )
    if model.slices:
        yield part("Slices", _slices(model), note=counted(len(model.slices), "slice"))
    if model.explain or model.explain_note:
        plan = highlight.plain(model.explain, f"plan of {model.name}") if model.explain else ""
        yield part("Plan (EXPLAIN)", f"<p>{soft(model.explain_note)}</p>{plan}")
    yield from touched.parts(model, names)
    if model.columns:
        yield part(
            "Columns and where they come from",
            touched.columns(model, names),
            note=counted(len(model.columns), "column"),
        )
    if model.sample:
        yield part("Sample rows", _sample(model), note=counted(len(model.sample), "row"))
    if model.tests:
        yield part("Data tests", _tests(model), note=counted(len(model.tests), "test"))
    if model.ddl:
        ddl = highlight.sql(";\n\n".join(one.rstrip().rstrip(";") for one in model.ddl) + ";", f"DDL of {model.name}")
        yield part("DDL", ddl, note=counted(len(model.ddl), "statement"))
    yield f'<p class="back">{link(anchor("g", model.name), "In the graph")} &middot; {link("models", "All models")}</p>'


def _facts(model: ModelFacts, names: Names) -> str:
    e = model.estimate
    live = (
        "no such table" if model.live_rows is None else f"{counted(model.live_rows, 'row')} now, as its statistics say"
    )
    parts = [(e.heap_bytes, "heap"), (e.index_bytes, "indexes"), (e.wal_bytes, "WAL")]
    sizes = [f"{weighed(e, count)} {what}" for count, what in parts if weighed(e, count)]
    cost = ", ".join([*sizes, duration(e.seconds)])
    one_per = f"one for each {text(' and '.join(model.slice_by))}" if model.slice_by else "one in all"
    own = [trigger for trigger in model.triggers if not trigger.internal]
    pairs = [
        ("Writes", f"{code(model.relation)} ({text(_KINDS.get(model.materialized, model.materialized))})"),
        ("In the target", "" if model.materialized == "intermediate" else live),
        ("Takes", f"{about(e, counted(e.rows, 'row'))}; {cost}"),
        ("Slices", f"{states(model.slices)} {one_per}"),
        ("Its rows are those where", code(model.owner) if model.owner else ""),
        ("Key", f"{text(model.key or 'none')} ({text(model.key_kind)})"),
        ("Reads", names.links([*model.refs, *model.seeds])),
        ("Is read by", names.links(names.readers.get(model.name, ()))),
        ("Calls", ", ".join(map(names.function, model.functions))),
        ("Triggers", "" if own else "none on its table" if model.live_rows is not None else ""),
        ("Tags", text(", ".join(model.tags))),
    ]
    made = "".join(f"<dt>{name}<dd>{value}" for name, value in pairs if value)
    return f'<dl class="facts">{made}</dl>'


def _places(model: ModelFacts) -> dict[tuple[str, int], str]:
    """The ids of the lines of a model's file that lint speaks of."""
    lines = model.source.count("\n") + 1
    found = {finding.line for finding in model.findings if finding.path == model.path}
    return {(model.path, n): anchor("l", model.name, str(n)) for n in found if n and n <= lines}


def _findings(found: Sequence[Finding], places: Mapping[tuple[str, int], str]) -> str:
    made = []
    for finding in found:
        place = f"{finding.path}:{finding.line}" if finding.line else finding.path
        here = places.get((finding.path, finding.line or 0))
        at = link(here, place) if here else text(place)
        level = tag("allowed", "same") if finding.allowed else tag(finding.level, finding.level)
        lines = [f"{level} <b>{text(finding.rule)}</b> {at}: {text(finding.message)}"]
        lines += [code(finding.source.strip())] if finding.source.strip() else []
        lines += [f"Allowed, because: <q>{text(finding.allowed)}</q>"] if finding.allowed else []
        lines += [soft(finding.hint)] if finding.hint and not finding.allowed else []
        made.append(f"<li>{'<br>'.join(lines)}")
    return f'<ul class="plain">{"".join(made)}</ul>'


def _statement(model: ModelFacts) -> str:
    shown = highlight.sql(model.statement, f"statement of {model.name}")
    if not model.parameters:
        return shown
    same = _constant(model.slices)
    rows = [
        [code(f"${i}"), code(name), code(kind), text(model.meanings.get(name, "")), _value(same, name)]
        for i, (name, kind) in enumerate(model.parameters.items(), 1)
    ]
    heads = ["place", "parameter", "type", "where its value comes from", "value"]
    return shown + table(heads, rows, f"parameters of {model.name}", kind="cards")


def _constant(slices: Sequence[SliceFacts]) -> Mapping[str, Value]:
    """The parameters that have one value in all slices."""
    if not slices:
        return {}
    first, *others = slices
    return {n: v for n, v in first.parameters.items() if all(other.parameters.get(n) == v for other in others)}


def _value(same: Mapping[str, Value], name: str) -> str:
    return cell(same[name]) if name in same else soft("by slice, below")


def _slices(model: ModelFacts) -> str:
    same = _constant(model.slices)
    names = [name for name in model.slices[0].parameters if name not in same]
    rows = [
        [text(s.key), tag(s.state, _STATES.get(s.state, "")), "?" if s.rows is None else number(s.rows)]
        + [cell(s.parameters.get(name)) for name in names]
        for s in model.slices[:_SLICES]
    ]
    more = len(model.slices) - _SLICES
    rest = f"<p>{soft(f'and {number(more)} more: review.json has all')}</p>" if more > 0 else ""
    one = " Parameters with one value in all slices stand below the statement." if same else ""
    note = f"<p>{soft(f'Each slice is one transaction.{one}')}</p>"
    heads = ["slice", "state", "rows", *(f":{name}" for name in names)]
    return note + table(heads, rows, f"slices of {model.name}", right=(2,), kind="values") + rest


def _sample(model: ModelFacts) -> str:
    rows = [[cell(value) for value in row] for row in model.sample]
    return table(model.sample_columns, rows, f"rows of {model.name}, computed and not stored", kind="values")


def _tests(model: ModelFacts) -> str:
    rows = [[text(t.name), text(t.kind), text(t.severity), text(t.description), code(t.path)] for t in model.tests]
    return table(["test", "kind", "severity", "what it says", "file"], rows, f"tests of {model.name}", kind="cards")
