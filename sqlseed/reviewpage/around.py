"""What belongs to no one model: locks of the whole run, seeds, the session, privileges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlseed.model import Relation
from sqlseed.report import number
from sqlseed.review.facts import ModelFacts, Review, SeedFacts
from sqlseed.reviewpage import highlight
from sqlseed.reviewpage.markup import anchor, cell, code, counted, heading, part, prose, size, soft, table, tag
from sqlseed.reviewpage.names import Names
from sqlseed.webpage import text


def _by_mode(models: Sequence[ModelFacts]) -> dict[tuple[str, str], dict[Relation, dict[str, None]]]:
    """(lock, what it blocks) -> the tables on which it is taken, each with the statements that take it."""
    found: dict[tuple[str, str], dict[Relation, dict[str, None]]] = {}
    for model in models:
        for lock in model.locks:
            found.setdefault((lock.mode, lock.blocks), {}).setdefault(lock.relation, {})[lock.statement] = None
    return found


def locks(review: Review, names: Names) -> Iterator[str]:
    """Each kind of lock once, with what it blocks and where it is taken."""
    found = _by_mode(review.models)
    if not found:
        return
    yield f'<section aria-labelledby="locks">{heading("locks", "Locks, and what they block")}'
    rows = []
    for (mode, blocks), tables in found.items():
        statements = ", ".join(dict.fromkeys(statement for some in tables.values() for statement in some))
        listed = ", ".join(map(names.relation, tables))
        told = f"<details><summary>{counted(len(tables), 'table')}</summary>{listed}</details>"
        rows.append([text(mode), text(blocks), text(statements), told])
    yield table(["lock", "what it blocks", "taken by", "on"], rows, "locks of the whole run", kind="cards")
    yield '<p class="soft">A lock is held until the transaction of its slice ends.</p></section>'


def seeds(review: Review, names: Names) -> Iterator[str]:
    """A row a seed."""
    if not review.seeds:
        return
    yield f'<section aria-labelledby="seeds">{heading("seeds", "Seeds: lookup tables")}'
    schema = code(review.state_schema)
    yield f'<p class="soft">CSV files of the project, loaded into schema {schema} and nowhere else.</p>'
    heads = ["seed", "rows", "what it is", "columns", "read by"]
    rows = [_seed(seed, names) for seed in review.seeds]
    ids = [anchor("s", seed.name) for seed in review.seeds]
    yield table(heads, rows, "seeds", right=(1,), ids=ids, kind="cards seeds") + "</section>"


def _seed(seed: SeedFacts, names: Names) -> list[str]:
    told = [text(seed.description)] if seed.description else []
    told.append(f"{code(seed.path)} {soft(size(seed.estimate.heap_bytes) if seed.estimate.heap_bytes else '')}")
    told.append(soft(f"SHA-256 {seed.checksum[:16]}"))
    made = "<br>".join(told)
    if seed.change and seed.change.kind != "same":
        made += f"<br>{tag(f'{seed.change.kind} since the approval', seed.change.kind)}"
        made += part("Change", highlight.diff(seed.change.diff, "change")) if seed.change.diff else ""
    readers = names.links(seed.read_by)
    if len(seed.read_by) > 3:
        readers = f"<details><summary>{counted(len(seed.read_by), 'model')}</summary>{readers}</details>"
    return [code(seed.name), number(seed.rows), made, soft(", ".join(seed.columns)), readers]


def session(review: Review) -> Iterator[str]:
    """Settings, vars and functions."""
    yield f'<section aria-labelledby="session">{heading("session", "The session")}'
    if review.settings:
        rows = [
            [code(name), code(value), prose(review.reasons.get(name, ""))] for name, value in review.settings.items()
        ]
        yield "<h3>Settings</h3><p>Each slice's transaction pins these settings, and they end with it.</p>"
        yield table(["setting", "value", "why"], rows, "settings", kind="cards pairs")
    if review.functions:
        yield "<h3>Functions</h3><p>They live in the session's temporary schema, and end with it.</p>"
        for name, ddl in review.functions.items():
            yield part(
                name, highlight.sql(ddl, f"function {name}"), note=review.reasons.get(name, ""), place=anchor("f", name)
            )
    if review.variables:
        rows = [[code(name), cell(value)] for name, value in review.variables.items()]
        made = table(["var", "value"], rows, "vars", kind="pairs")
        yield "<h3>Vars</h3>" + part("Vars of the project", made, note=counted(len(rows), "value"))
    yield "</section>"


def grants(review: Review) -> Iterator[str]:
    """What the role of the run needs."""
    if not review.grants:
        return
    yield f'<section aria-labelledby="grants">{heading("grants", "The least privileges")}'
    yield "<p>What the role of the run needs, and no more.</p>"
    yield highlight.sql("\n".join(grant.rstrip().rstrip(";") + ";" for grant in review.grants), "grants") + "</section>"
