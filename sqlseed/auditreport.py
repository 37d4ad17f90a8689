"""An audit of privacy as text and as plain data."""

from __future__ import annotations

from typing import Any

from sqlseed.privacy.auditing import Audit, Finding
from sqlseed.privacy.identifiers import Group
from sqlseed.report import columns, duration, number, plural, safe

_TITLES = {
    Group.FINDING: "could belong to a living person",
    Group.PHONE: "telephone numbers, by class",
    Group.HARMLESS: "belongs to nobody",
}


def shown(audit: Audit, where: str, *, samples: bool, undialable: bool) -> str:
    """The audit for people."""
    read = f"{plural(audit.columns, 'column')} with texts in {plural(audit.tables, 'table')}"
    lines = [f"privacy of {where}: {read}, {duration(audit.elapsed)}"]
    for group, title in _TITLES.items():
        counted = [[kind.words, number(count)] for kind, count in audit.counts(group).items()]
        lines += ["", title, columns(counted, right=(1,))]
    violations = audit.violations(undialable=undialable)
    if violations:
        lines += ["", "found"]
        for found in violations:
            lines.append(f"  {found.table}.{found.column}: {number(found.count)} {found.kind.words}")
            if samples:
                lines += [f"    {safe(s.value)}" + (f"  (key {safe(s.key)})" if s.key else "") for s in found.samples]
    lines += ["", "nothing found" if not violations else f"{plural(len(violations), 'finding')}"]
    return "\n".join(lines)


def data(audit: Audit, *, samples: bool, undialable: bool) -> dict[str, Any]:
    """The audit as plain data."""
    return {
        "tables": audit.tables,
        "columns": audit.columns,
        "elapsed": round(audit.elapsed, 3),
        "counts": {kind.name: count for group in Group for kind, count in audit.counts(group).items()},
        "findings": [_finding(found, samples) for found in audit.violations(undialable=undialable)],
        "by_column": [_finding(found, samples=False) for found in audit.found],
    }


def _finding(found: Finding, samples: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "table": found.table,
        "column": found.column,
        "kind": found.kind.name,
        "count": found.count,
    }
    return entry | ({"samples": [{"value": s.value, "key": s.key} for s in found.samples]} if samples else {})
