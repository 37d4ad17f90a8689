"""Findings as SARIF 2.1.0 (OASIS), the form in which code scanning takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlseed.lint.finding import Finding
from sqlseed.lint.rules import RULES

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif(findings: Sequence[Finding], version: str) -> dict[str, Any]:
    """A log with one run; an opt-out is a suppression with its reason. Paths are relative to the project."""
    rules = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.why},
            "help": {"text": rule.instead},
            "defaultConfiguration": {"level": rule.level},
        }
        for rule in RULES
    ]
    driver = {"name": "sqlseed", "version": version, "rules": rules}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(finding) for finding in findings]}],
    }


def _result(finding: Finding) -> dict[str, Any]:
    index = next(number for number, rule in enumerate(RULES) if rule.name == finding.rule)
    place: dict[str, Any] = {"artifactLocation": {"uri": finding.path}}
    if finding.line:
        place["region"] = {"startLine": finding.line} | ({"startColumn": finding.column} if finding.column else {})
    result = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": finding.sentence},
        "locations": [
            {
                "physicalLocation": place,
                "logicalLocations": [{"name": finding.model, "kind": "module"}],
            }
        ],
    }
    if finding.allowed:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.allowed}]
    return result
