"""Contracts: the shape of a table from one YAML entry. What a wrong one says in a project: test_project.py."""

from __future__ import annotations

from typing import Any

import pytest

from sqlseed import contract
from sqlseed.errors import ProjectError
from sqlseed.model import Column, Contract, ForeignKey, Index, ModelFile


def read(**entry: Any) -> Contract:
    return contract.read({"name": "m", **entry}, "models/m.yml")


def column(name: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "data_type": type_, **more}


def test_an_entry_with_everything():
    made = read(
        description="rows",
        config={"table": "M"},
        columns=[
            column("id", constraints=[{"type": "primary_key"}]),
            column("a", "numeric(12, 2)", description=" an  amount ", default=0),
            column("b", "text", default="'x'", constraints=[{"type": "not_null"}, {"type": "unique", "name": "ub"}]),
            column("c", constraints=[{"type": "foreign_key", "to": "ref('other')", "to_columns": ["id"]}]),
        ],
        constraints=[
            {"type": "not_null", "columns": ["a", "c"]},
            {"type": "unique", "columns": ["a", "b"]},
            {"type": "foreign_key", "columns": "a", "to": 'ref("m")', "to_columns": "id", "on_update": "Set Null"},
        ],
        indexes=[{"columns": ["c"]}, {"columns": ["b", "c"], "unique": True}],
    )
    assert made.columns == (
        Column("id", "text", nullable=False),
        Column("a", "numeric(12, 2)", nullable=False, default="0", description="an  amount"),
        Column("b", "text", nullable=False, default="'x'"),
        Column("c", "text", nullable=False),
    )
    assert made.primary_key == ("id",)
    assert made.foreign_keys == (
        ForeignKey(("c",), "other", ("id",)),
        ForeignKey(("a",), "m", ("id",), "no action", "set null"),
    )
    assert made.indexes == (Index(("b",), True), Index(("a", "b"), True), Index(("c",)), Index(("b", "c"), True))


def test_an_entry_with_nothing():
    assert read() == Contract()


@pytest.mark.parametrize("action", ["no action", "restrict", "cascade", "set null", "set default", "CASCADE"])
@pytest.mark.parametrize("event", ["on_delete", "on_update"])
def test_actions(event, action):
    key = {"type": "foreign_key", "columns": ["a"], "to": "other", "to_columns": ["id"], event: action}
    found = read(columns=[column("a")], constraints=[key]).foreign_keys[0]
    assert getattr(found, event) == action.lower()
    assert {found.on_delete, found.on_update} == {action.lower(), "no action"}


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        ({"colums": []}, "the entry has an unknown key 'colums'", "did you mean 'columns'?"),
        ({"columns": [column("a", tpye="x")]}, "a column has an unknown key 'tpye'", "known names: "),
        ({"columns": ["a"]}, "a column must be a mapping, not 'a'", None),
        ({"columns": [column("b"), {"name": "a"}]}, "column 'a' has no data_type", "data_type: text"),
        ({"columns": [{"name": "a", "constraints": []}]}, "column 'a' has no data_type", "data_type: text"),
        ({"columns": [{"name": 3, "data_type": "text"}]}, "a column has no name", None),
        ({"columns": [column("a"), column("a")]}, "column 'a' stands twice", None),
        ({"columns": [column("a"), column("A")]}, "column 'A' stands twice", "upper and lower case"),
        ({"columns": [column("é" * 32)]}, "a name of over 63 bytes", "shorten it"),
        ({"indexes": [{"column": "a"}]}, "an index has an unknown key 'column'", "did you mean 'columns'?"),
        ({"indexes": [{"columns": ["b"]}], "columns": [column("a")]}, "names no column 'b'", "known names: a"),
        ({"constraints": [{"type": "uniqe", "columns": ["a"]}]}, "unknown constraint type 'uniqe'", "'unique'"),
        ({"constraints": [{"columns": ["a"]}]}, "unknown constraint type 'None'", None),
        ({"constraints": [{"type": "unique"}]}, "constraint unique names no columns", "columns: [a, b]"),
        ({"constraints": {"type": "unique"}}, "'constraints' must be a list", None),
        ({"constraints": ["unique"]}, "a constraint must be a mapping, not 'unique'", None),
        (
            {"columns": [column("a")], "constraints": [{"type": "foreign_key", "columns": ["a"], "to": "ref(x)"}]},
            "foreign_key needs to: ref('model')",
            None,
        ),
        (
            {
                "columns": [column("a")],
                "constraints": [
                    {"type": "foreign_key", "columns": ["a"], "to": "x", "to_columns": ["i"], "on_update": "casacde"}
                ],
            },
            "unknown action 'casacde'",
            "did you mean 'cascade'?",
        ),
    ],
)
def test_a_wrong_entry_says_what_is_right(entry, message, hint):
    with pytest.raises(ProjectError) as error:
        read(**entry)
    assert message in error.value.message
    assert error.value.message.startswith("model 'm': ")
    assert error.value.path == "models/m.yml"
    assert hint is None or hint in (error.value.hint or "")


def model(name: str, made: Contract) -> ModelFile:
    return ModelFile(name, f"models/{name}.sql", ("p", name), "", made, patch_path=f"models/{name}.yml")


def test_references_to_what_is_not_there():
    key = {"type": "foreign_key", "columns": ["a"], "to_columns": ["id"]}
    child = model("child", read(columns=[column("a")], constraints=[key | {"to": "parnet"}, key | {"to": "parent"}]))
    parent = model("parent", read(columns=[column("ids")]))
    found = [str(error) for error in contract.check_references(child, {"child": child, "parent": parent})]
    assert found == [
        "models/child.yml: model 'child': foreign key to 'parnet': no such model\n  hint: did you mean 'parent'?",
        "models/child.yml: model 'child': foreign key to 'parent': no column 'id'\n  hint: did you mean 'ids'?",
    ]


def test_columns_without_types_are_no_contract() -> None:
    entry = {"columns": [{"name": "a", "description": "as in dbt", "tests": ["unique"]}, {"name": "b"}]}
    assert read(**entry).columns == ()
