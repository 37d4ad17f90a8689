"""The health page as plain data, for `--output json`: the shape that scripts may rely on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sqlseed.checkup.scoring import Check, Distribution, Health, Section, TableRows

_Json = dict[str, Any]


def of(health: Health) -> _Json:
    """The whole page; points are rounded to six decimals, the score is exact."""
    return {
        "score": health.score,
        "points": _points(health.points),
        "project": health.project,
        "target": health.target,
        "server": health.server,
        "today": health.today,
        "as_of": health.as_of,
        "elapsed": round(health.elapsed, 3),
        "caps": [{"limit": cap.limit, "reason": cap.reason} for cap in health.caps],
        "sections": [_section(health, section) for section in Section if health.section(section)],
        "tables": [_table(table) for table in health.tables],
        "distributions": [_distribution(one) for one in health.distributions],
    }


def _points(value: Fraction | int) -> float:
    return round(float(value), 6)


def _section(health: Health, section: Section) -> _Json:
    checks = health.section(section)
    return {
        "name": section.value,
        "possible": sum(check.possible for check in checks),
        "points": _points(sum((check.points for check in checks), Fraction(0))),
        "checks": [_check(check) for check in checks],
    }


def _check(check: Check) -> _Json:
    return {
        "name": check.name,
        "title": check.title,
        "possible": check.possible,
        "lost": _points(check.lost),
        "tried": check.tried,
        "wrong": check.wrong,
        "findings": [
            {
                "what": finding.what,
                "wrong": finding.wrong,
                "lost": _points(finding.lost),
                "note": finding.note,
                "example": finding.example or None,
            }
            for finding in check.findings
        ],
    }


def _table(table: TableRows) -> _Json:
    return {
        "model": table.model,
        "table": table.table,
        "exists": table.exists,
        "rows": table.rows,
        "expected": table.expected,
        "orphaned": table.orphaned,
        "foreign": table.foreign,
        "slices": [
            {
                "slice": found.slice.key,
                "point": dict(found.slice.point),
                "built": found.built,
                "expected": found.expected,
                "rows": found.rows,
            }
            for found in table.slices
        ],
    }


def _distribution(one: Distribution) -> _Json:
    return {
        "name": one.name,
        "title": one.title,
        "note": one.note,
        "path": one.path,
        "problem": one.problem or None,
        "rows": [
            {
                "label": measure.label,
                "actual": measure.actual,
                "target": measure.target,
                "tolerance": measure.tolerance,
                "fits": measure.fits,
            }
            for measure in one.measures
        ],
    }
