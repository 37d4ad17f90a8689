"""The health page on a terminal: points by check, what costs them, the score."""

from __future__ import annotations

from fractions import Fraction

from sqlseed.checkup.scoring import Check, Finding, Health, Section
from sqlseed.report import columns, duration, number, plural, safe

_SHOWN = 20  # findings written out; --output json has all


def points(value: Fraction | int) -> str:
    """Points with one decimal, rounded towards zero, so that what costs points never shows as nothing lost.

    >>> points(Fraction(2999, 100))
    '29.9'
    """
    return f"{int(value * 10) / 10:.1f}"


def lost(value: Fraction) -> str:
    """Points lost with as many decimals as it takes to see them.

    >>> lost(Fraction(1, 3)), lost(Fraction(1, 3000)), lost(Fraction(0))
    ('0.33', '0.0003', '-')
    """
    if not value:
        return "-"
    return f"{float(value):.2f}" if value >= Fraction(1, 100) else f"{float(value):.1g}"


def shown(health: Health, where: str) -> str:
    """The whole page."""
    blocks = [_checks(health), _findings(health), _sum(health, where)]
    return "\n\n".join(block for block in blocks if block)


def _checks(health: Health) -> str:
    rows = [["section", "check", "points", "of", "rows wrong"]]
    for section in Section:
        for i, check in enumerate(health.section(section)):
            wrong = number(check.wrong) if check.wrong else "-"
            rows.append(["" if i else section.value, check.title, points(check.points), str(check.possible), wrong])
    return columns(rows, right=(2, 3, 4))


def _findings(health: Health) -> str:
    found = ranked(health)
    if not found:
        return ""
    rows = [["lost", "rows", "what"]]
    rows += [
        [lost(finding.lost), number(finding.wrong) if finding.wrong else "-", sentence(check, finding)]
        for check, finding in found[:_SHOWN]
    ]
    more = f"\n  ... and {len(found) - _SHOWN} more; `--output json` has all" if len(found) > _SHOWN else ""
    return safe(columns(rows, right=(0, 1))) + more


def ranked(health: Health) -> list[tuple[Check, Finding]]:
    """Everything that is wrong, what costs most first."""
    found = [(check, finding) for check in health.checks for finding in check.findings]
    return sorted(found, key=lambda pair: -pair[1].lost)


def sentence(check: Check, finding: Finding) -> str:
    """A finding in one line: what it is of, what is wrong, one row of it."""
    parts = ": ".join(filter(None, [finding.what, finding.note]))
    example = f" ({finding.example})" if finding.example else ""
    return f"{check.name}, {parts}{example}"


def _sum(health: Health, where: str) -> str:
    lines = [f"at most {cap.limit}: {safe(cap.reason)}" for cap in health.caps]
    rows = sum(table.rows for table in health.tables)
    held = f"{plural(rows, 'row')} in {plural(len(health.tables), 'table')} of {where}"
    lines.append(f"health {health.score} of 100: {held}; {duration(health.elapsed)}")
    return "\n".join(lines)
