"""What must hold in a project's tables: keys, references, filled columns, tenants. Read off the contracts, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlseed.assertion import DataTest
from sqlseed.checkup.settings import Settings
from sqlseed.model import Compiled

_REF = re.compile(r"""\s*ref\(\s*['"](\w+)['"]\s*\)\s*\Z""")


class Kind(StrEnum):
    """The check of `scoring.POINTS` that a rule belongs to."""

    KEY = "keys"
    REFERENCE = "references"
    REQUIRED = "required"
    FILLED = "tenant filled"
    KNOWN = "tenant known"
    KEPT = "tenant kept"


_TESTS = {"unique": Kind.KEY, "not_null": Kind.REQUIRED}
"""dbt's tests that say the same as a constraint."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must hold in a model's table. A reference leads to `to_columns` of the model `to`."""

    kind: Kind
    model: str
    columns: tuple[str, ...]
    to: str = ""
    to_columns: tuple[str, ...] = ()

    def told(self, tables: Mapping[str, Compiled]) -> str:
        """The rule with the names of tables: `Student.classId -> Class`."""
        columns = ", ".join(self.columns)
        here = f"{tables[self.model].relation.name}.{f'({columns})' if len(self.columns) > 1 else columns}"
        return f"{here} -> {tables[self.to].relation.name}" if self.to else here


def of_project(models: Mapping[str, Compiled], tests: Iterable[DataTest], settings: Settings) -> list[Rule]:
    """Every rule, table by table."""
    implied: dict[tuple[str, Kind], list[Rule]] = {}
    for rule in _implied(models, tests):
        implied.setdefault((rule.model, rule.kind), []).append(rule)
    found: list[Rule] = []
    for name, model in models.items():
        required = [(column.name,) for column in model.contract.columns if not column.nullable]
        declared: list[tuple[Kind, Iterable[Rule]]] = [
            (Kind.KEY, (Rule(Kind.KEY, name, columns) for columns in _keys(model))),
            (Kind.REFERENCE, _declared(models, model)),
            (Kind.REQUIRED, (Rule(Kind.REQUIRED, name, columns) for columns in required)),
        ]
        made = {kind: list(dict.fromkeys([*rules, *implied.get((name, kind), ())])) for kind, rules in declared}
        found += [rule for rules in made.values() for rule in rules]
        found += _tenancy(models, model, made[Kind.REFERENCE], settings)
    return found


def _keys(model: Compiled) -> list[tuple[str, ...]]:
    contract = model.contract
    keys = [contract.primary_key] if contract.primary_key else []
    return list(dict.fromkeys([*keys, *(index.columns for index in contract.indexes if index.unique)]))


def _declared(models: Mapping[str, Compiled], model: Compiled) -> Iterator[Rule]:
    for key in model.contract.foreign_keys:
        if key.to in models:
            yield Rule(Kind.REFERENCE, model.name, key.columns, key.to, key.to_columns)


def _implied(models: Mapping[str, Compiled], tests: Iterable[DataTest]) -> Iterator[Rule]:
    """What dbt's tests declare of plain columns without the contract's word; tests of some rows only are left out."""
    for test in tests:
        column = test.column or test.arguments.get("column_name")
        if test.model is None or test.model not in models or not _is_plain(column):
            continue
        if not test.config.enabled or test.config.where:
            continue
        if test.test_name in _TESTS:
            yield Rule(_TESTS[test.test_name], test.model, (str(column),))
        if test.test_name == "relationships":
            to = _REF.match(str(test.arguments.get("to", "")))
            field = test.arguments.get("field")
            if to is not None and to[1] in models and _is_plain(field):
                yield Rule(Kind.REFERENCE, test.model, (str(column),), to[1], (str(field),))


def _is_plain(column: object) -> bool:
    return isinstance(column, str) and column.isidentifier()


def _tenancy(
    models: Mapping[str, Compiled], model: Compiled, references: Iterable[Rule], settings: Settings
) -> Iterator[Rule]:
    tenant = settings.tenant
    if tenant is None or not _has(model, tenant):
        return
    yield Rule(Kind.FILLED, model.name, (tenant,))
    yield Rule(Kind.KNOWN, model.name, (tenant,))
    for rule in references:
        if _has(models[rule.to], tenant):
            yield replace(rule, kind=Kind.KEPT)


def _has(model: Compiled, column: str) -> bool:
    return any(column == found.name for found in model.contract.columns)
