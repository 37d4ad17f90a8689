"""Read the shape of a table from a model's YAML: columns, keys, indexes, in dbt's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlseed import sqltext
from sqlseed.errors import ProjectError, SqlseedError, did_you_mean, shown
from sqlseed.model import Column, Contract, ForeignKey, Index, ModelFile

_TEST_KEYS = ("data_tests", "tests", "data-tests")
_MODEL_KEYS = ("name", "description", "columns", "constraints", "indexes", "config", *_TEST_KEYS, "meta", "docs")
_COLUMN_KEYS = ("name", "data_type", "description", "constraints", "default", *_TEST_KEYS, "meta", "tags", "quote")
_CONTRACT_KEYS = {"data_type", "constraints", "indexes", "default"}
_CONSTRAINT_KEYS = ("type", "columns", "to", "to_columns", "on_delete", "on_update", "name")
_CONSTRAINTS = ("not_null", "primary_key", "unique", "foreign_key")
_ACTIONS = ("no action", "restrict", "cascade", "set null", "set default")
_MAX_NAME_BYTES = 63  # PostgreSQL cuts longer names without a word
_REF = re.compile(r"""\s*(?:ref\(\s*['"](\w+)['"]\s*\)|(\w+))\s*\Z""")


class _Shape:
    """A contract while it is read."""

    def __init__(self, path: str, model: str, line: int | None) -> None:
        self.path = path
        self.line = line  # of the model's entry
        self.model = model
        self.typed = True  # whether the columns have types: with none of them there is no contract
        self.columns: list[Column] = []
        self.not_null: set[str] = set()
        self.primary_key: tuple[str, ...] = ()
        self.foreign_keys: list[ForeignKey] = []
        self.indexes: list[Index] = []

    def error(self, message: str, where: Any, hint: str | None = None) -> ProjectError:
        text = f"model '{self.model}': {message}"
        return ProjectError(text, path=self.path, line=getattr(where, "line", self.line), hint=hint)

    def check_keys(self, entry: Any, known: tuple[str, ...], what: str) -> None:
        if not isinstance(entry, dict):
            raise self.error(f"{what} must be a mapping, not {shown(entry)}", entry, f"- {known[0]}: ...")
        for key in entry:
            if key not in known:
                raise self.error(f"{what} has an unknown key '{key}'", entry, did_you_mean(str(key), known, show=12))

    def add_constraint(self, entry: Any, column: str | None) -> None:
        self.check_keys(entry, _CONSTRAINT_KEYS, "a constraint")
        kind = entry.get("type")
        columns = _names(entry.get("columns")) or ((column,) if column else ())
        if kind not in _CONSTRAINTS:
            raise self.error(f"unknown constraint type '{kind}'", entry, did_you_mean(str(kind), _CONSTRAINTS))
        if not columns:
            raise self.error(f"constraint {kind} names no columns", entry, "columns: [a, b]")
        if kind == "not_null":
            self.not_null.update(columns)
        elif kind == "primary_key":
            if self.primary_key:
                raise self.error("has two primary keys", entry)
            self.primary_key = columns
            self.not_null.update(columns)
        elif kind == "unique":
            self.indexes.append(Index(columns, unique=True))
        else:
            self.foreign_keys.append(self.foreign_key(entry, columns))

    def foreign_key(self, entry: Mapping[str, Any], columns: tuple[str, ...]) -> ForeignKey:
        found = _REF.match(str(entry.get("to", "")))
        if not found:
            raise self.error("foreign_key needs to: ref('model')", entry)
        to_columns = _names(entry.get("to_columns"))
        if len(to_columns) != len(columns):
            raise self.error("foreign_key needs as many to_columns as columns", entry)
        actions = [str(entry.get(event, "no action")).lower() for event in ("on_delete", "on_update")]
        for action in actions:
            if action not in _ACTIONS:
                raise self.error(f"unknown action '{action}'", entry, did_you_mean(action, _ACTIONS))
        return ForeignKey(columns, found[1] or found[2], to_columns, *actions)


def read(entry: Any, path: str) -> Contract:
    """The contract in one `models:` entry; raises ProjectError with file and line."""
    shape = _Shape(path, entry["name"], getattr(entry, "line", None))
    shape.check_keys(entry, _MODEL_KEYS, "the entry")
    listed = _list(shape, entry, "columns")
    shape.typed = any(isinstance(column, dict) and _CONTRACT_KEYS & column.keys() for column in [entry, *listed])
    for column in listed:
        _read_column(shape, column)
    for constraint in _list(shape, entry, "constraints"):
        shape.add_constraint(constraint, None)
    for index in _list(shape, entry, "indexes"):
        shape.check_keys(index, ("columns", "unique"), "an index")
        shape.indexes.append(Index(_names(index.get("columns")), bool(index.get("unique", False))))
    _check_columns(shape, entry)
    columns = tuple(
        Column(c.name, c.type, c.name not in shape.not_null, c.default, c.description) for c in shape.columns
    )
    return Contract(columns, shape.primary_key, tuple(shape.foreign_keys), tuple(shape.indexes))


def _read_column(shape: _Shape, entry: Any) -> None:
    shape.check_keys(entry, _COLUMN_KEYS, "a column")
    name, type_ = entry.get("name"), entry.get("data_type")
    if not isinstance(name, str) or not name:
        raise shape.error("a column has no name", entry)
    if type_ is None and not shape.typed:
        return  # as dbt's columns without an enforced contract: there to be described and tested
    if not isinstance(type_, str) or not type_:
        raise shape.error(f"column '{name}' has no data_type", entry, "for example data_type: text")
    if len(name.encode()) > _MAX_NAME_BYTES:
        raise shape.error(f"column '{name}' has a name of over {_MAX_NAME_BYTES} bytes", entry, "shorten it")
    odd = sqltext.ODD.search(name)
    if odd or "\0" in name:
        code = ord(odd[0]) if odd else 0
        raise shape.error(f"column {name!a} has a character in it that shows nothing, U+{code:04X}", entry, "remove it")
    for column in shape.columns:
        if name.lower() == column.name.lower():
            hint = None if name == column.name else "DuckDB takes upper and lower case for the same"
            raise shape.error(f"column '{name}' stands twice", entry, hint)
    default = entry.get("default")
    description = str(entry.get("description") or "").strip()
    shape.columns.append(Column(name, type_, True, None if default is None else str(default), description))
    for constraint in _list(shape, entry, "constraints"):
        shape.add_constraint(constraint, name)


def _check_columns(shape: _Shape, entry: Any) -> None:
    known = [column.name for column in shape.columns]
    named = [
        *shape.not_null,
        *shape.primary_key,
        *(name for key in shape.foreign_keys for name in key.columns),
        *(name for index in shape.indexes for name in index.columns),
    ]
    for name in named:
        if name not in known:
            raise shape.error(f"a constraint names no column '{name}'", entry, did_you_mean(name, known))


def check_references(model: ModelFile, models: Mapping[str, ModelFile]) -> list[SqlseedError]:
    """The foreign keys that lead to no model, or to no column of one."""
    errors: list[SqlseedError] = []
    for key in model.contract.foreign_keys:
        where = f"model '{model.name}': foreign key to '{key.to}'"
        if key.to not in models:
            hint = did_you_mean(key.to, models)
            errors.append(ProjectError(f"{where}: no such model", path=model.patch_path, hint=hint))
            continue
        known = [column.name for column in models[key.to].contract.columns]
        for name in key.to_columns:
            if name not in known:
                hint = did_you_mean(name, known)
                errors.append(ProjectError(f"{where}: no column '{name}'", path=model.patch_path, hint=hint))
    return errors


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(str(name) for name in value or ())


def _list(shape: _Shape, entry: Mapping[str, Any], key: str) -> list[Any]:
    value = entry.get(key) or []
    if not isinstance(value, list):
        raise shape.error(f"'{key}' must be a list", entry)
    return value
