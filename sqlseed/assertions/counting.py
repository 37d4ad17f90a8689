"""The statements that count what is wrong: many tests of one table in one scan, every other test by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlseed.assertion import COUNT, UNLIKE_ZERO, DataTestConfig, Severity
from sqlseed.assertions.compiling import Prepared
from sqlseed.events import Status
from sqlseed.model import Value

_MANY = 60  # tests of one scan: more make the statement slow to plan, and gain nothing
LINES_BEFORE = 3  # of a counting statement, before the test's own SQL


@dataclass(frozen=True, slots=True)
class Work:
    """Tests that one statement answers; `weight` is about the number of rows it reads."""

    tests: tuple[Prepared, ...]
    weight: int = 0

    @property
    def functions(self) -> list[str]:
        """The session functions that it calls."""
        return list(dict.fromkeys(name for one in self.tests for name in one.functions))

    @property
    def parameters(self) -> dict[str, Value]:
        """The values of its parameters: a var has one value in all tests."""
        return {name: value for one in self.tests for name, value in one.parameters.items()}

    @property
    def types(self) -> dict[str, str]:
        """The types of its parameters."""
        return {name: type_ for one in self.tests for name, type_ in one.types.items()}

    @property
    def sql(self) -> str:
        """The statement: a row with the count, and where asked for whether to warn and to fail, of each test."""
        return _together(self.tests) if self.tests[0].wrong is not None else _alone(self.tests[0])

    def alone(self) -> list[Work]:
        """Each test by itself."""
        return [Work((replace(one, wrong=None),), self.weight) for one in self.tests]


def works(prepared: Sequence[Prepared], rows: Mapping[str, int]) -> list[Work]:
    """The statements for some tests, the largest first; `rows` are those of each model, as far as known."""
    scans: dict[str, list[Prepared]] = {}
    made: list[Work] = []
    for one in prepared:
        if one.wrong is not None and one.test.config.fail_calc == COUNT:
            scans.setdefault(one.relation, []).append(one)
        else:
            made.append(_work([replace(one, wrong=None)], rows))
    for together in scans.values():
        made += [_work(together[start : start + _MANY], rows) for start in range(0, len(together), _MANY)]
    return sorted(made, key=lambda work: -work.weight)


def _work(tests: Sequence[Prepared], rows: Mapping[str, int]) -> Work:
    read = max(sum(rows.get(name, 0) for name in one.refs) for one in tests)
    return Work(tuple(tests), read)


def _together(tests: Sequence[Prepared]) -> str:
    counts, results = [], []
    for i, one in enumerate(tests):
        if one.wrong is not None:
            what = f"distinct {one.wrong.distinct}" if one.wrong.distinct else "*"
            counts.append(f"count({what}) filter (where {one.wrong.predicate}) as t{i}")
        results += [f"t{i}", *_decisions(f"t{i}", one.test.config)]
    inner = ",\n    ".join(counts)
    return f"select {', '.join(results)}\nfrom (\nselect\n    {inner}\nfrom {tests[0].relation}\n) as counted"


def _alone(one: Prepared) -> str:
    calculated = f"coalesce({one.test.config.fail_calc}, 0)" if one.test.config.fail_calc != COUNT else COUNT
    results = ", ".join(["t", *_decisions("t", one.test.config)])
    return f"select {results}\nfrom (select {calculated} as t\nfrom (\n{one.sql}\n) as wrong) as counted"


def _decisions(count: str, config: DataTestConfig) -> list[str]:
    """Whether to warn and to fail, as the engine sees it: the settings may be any comparison."""
    return [f"({count} {text})" for text in (config.warn_if, config.error_if) if text != UNLIKE_ZERO]


def decided(tests: Sequence[Prepared], row: Sequence[Any]) -> list[tuple[int | float, Status]]:
    """What a statement's row says of each of its tests: the count and the status."""
    values = iter(row)
    found = []
    for one in tests:
        config = one.test.config
        count = _number(next(values))
        should_warn, should_fail = (
            count != 0 if text == UNLIKE_ZERO else bool(next(values)) for text in (config.warn_if, config.error_if)
        )
        if config.severity is Severity.ERROR and should_fail:
            found.append((count, Status.FAIL))
        else:
            found.append((count, Status.WARN if should_warn else Status.PASS))
    return found


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal | float):
        return int(value) if value == int(value) else float(value)
    return int(value or 0)
