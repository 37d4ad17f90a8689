"""Unit tests in YAML: what is read, and what is said of mistakes, with the line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.assertion import DataTestKind
from sqlseed.assertions import units
from sqlseed.errors import SqlseedError
from tests.behaviour.test_unit_tests import FILES

WriteProject = Callable[..., Path]

GOOD = """unit_tests:
  - name: gross
    description: What the customer pays
    model: totals
    given:
      - input: ref("sales")
        rows: [{n: 1, kind: book, day: 2026-01-01, paid: true, amount: 1.50}, {n: 2}]
    expect:
      rows: [{kind: book}]
    config: {tags: money, meta: {owner: me}}
"""


def test_what_is_read(project: WriteProject) -> None:
    test = api.load(project(FILES | {"models/shop/unit.yml": GOOD})).project.unit_tests["gross"]
    assert (test.kind, test.model, test.line, test.path) == (DataTestKind.UNIT, "totals", 2, "models/shop/unit.yml")
    assert (test.fqn, test.config.tags) == (("shop", "shop", "totals", "gross"), ("money",))
    assert test.unit is not None
    assert test.unit.given[0].columns == ("n", "kind", "day", "paid", "amount")
    assert test.unit.given[0].rows[0] == ("1", "book", "2026-01-01", "true", "1.5")
    assert test.unit.given[0].rows[1] == ("2", None, None, None, None)
    assert test.unit.expect.rows == (("book",),)


MISTAKES = {
    "model: totals": {
        "model: total": r"no model is called 'total'(.|\n)*did you mean 'totals'",
        "modle: totals": r"unit.yml:4.*unknown key 'modle'(.|\n)*did you mean 'model'",
        "model: people": r"sliced by branch: the test needs a slice(.|\n)*dimensions: \{branch: north\}",
        "model: totals\n    overrides: {dimensions: {branch: north}}": "not sliced by branch",
        "model: totals\n    overrides: {dimensions: {branch: nort}}": "did you mean 'north'",
        "model: totals\n    overrides: {vars: {larg: 1}}": "did you mean 'large'",
        "model: totals\n    overrides: {vars: {large: many}}": "'large' must be a whole number",
        "model: totals\n    overrides: {macros: {a: b}}": "unknown key 'macros'",
    },
    'input: ref("sales")': {
        "input: ref('sale')": r"unit.yml:7.*'totals' does not read 'sale'(.|\n)*did you mean 'sales'",
        "input: ref('people')": "'totals' does not read 'people'",
        "input: this": "`this` has no meaning",
        "input: sales": r"must be ref\('...'\) or seed",
        "input: seed('rates')\n        rows: []\n      - input: seed('rates')": "given twice",
        "inputs: ref('sales')": "has no input",
    },
    "{n: 1, kind": {
        "{n: 1, knd": r"unit.yml:7.*'sales' has no column 'knd'(.|\n)*did you mean 'kind'",
        "{n: one, kind": r"unit.yml:7.*column 'n' of 'sales': 'one' is not an integer",
    },
    "rows: [{kind: book}]": {
        "rows: [{kin: book}]": r"unit.yml:9.*the model has no column 'kin'(.|\n)*did you mean 'kind'",
        "rows: [{kind: book}, {gross: 1}]": "row 1 that is expected leaves out gross",
        "rows: [{}]": "no row names a column",
        "rows: kind": "rows must be a list of mappings",
        "format: xml": "format must be dict, csv or sql",
        "format: csv\n      rows: 'kind,kind'": "names a column twice",
        'format: csv\n      rows: "kind,gross\\na"': "row 1 of the CSV has 1 cells",
        "fixture: x": "in place of rows",
    },
    "name: gross": {"nam: gross": "has no name", "name: sales": "taken by models/sales.sql"},
    "tags: money": {"severity: warn": "unknown key 'severity'", "enabled: 1": "must be true or false"},
}


@pytest.mark.parametrize(("old", "new"), [(old, new) for old, found in MISTAKES.items() for new in found])
def test_mistakes(project: WriteProject, old: str, new: str) -> None:
    assert old in GOOD
    root = project(FILES | {"models/unit.yml": GOOD.replace(old, new)})
    with pytest.raises(SqlseedError, match=MISTAKES[old][new]) as caught:
        units.prepare_all(api.load(root))
    assert "models/unit.yml:" in str(caught.value)


def test_rows_that_the_model_reads_must_be_given(project: WriteProject) -> None:
    text = GOOD.replace('ref("sales")', "seed('rates')").replace(
        "[{n: 1, kind: book, day: 2026-01-01, paid: true, amount: 1.50}, {n: 2}]", "[]"
    )
    with pytest.raises(SqlseedError, match=r"rows of sales are not given(.|\n)*input: ref\('sales'\), rows: \[\]"):
        units.prepare_all(api.load(project(FILES | {"models/unit.yml": text})))


def test_all_mistakes_are_told_at_once(project: WriteProject) -> None:
    bad = GOOD.replace("model: totals", "model: total")
    both = bad + bad.removeprefix("unit_tests:\n").replace("name: gross", "name: net")
    with pytest.raises(SqlseedError, match=r"'gross'(.|\n)*'net'"):
        api.load(project(FILES | {"models/unit.yml": both}))
