"""Read the unit tests of a project: dbt's `unit_tests:` in the YAML files of models, and the fixtures they name."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlseed import files, testfiles, yamlfile
from sqlseed.assertion import DataTest, DataTestConfig, DataTestKind, Fixture, UnitTest
from sqlseed.errors import ProjectError, SqlseedError, did_you_mean

KEY = "unit_tests"
_KEYS = ("name", "description", "model", "given", "expect", "overrides", "config")
_FIXTURE_KEYS = ("rows", "format", "fixture")
_OVERRIDES = ("vars", "dimensions")
_CONFIG_KEYS = ("tags", "meta", "enabled")
_NAME = re.compile(r"[A-Za-z_]\w*")
_INPUT = re.compile(r"(ref|seed|source)\(\s*(?:(['\"])[\w.-]+\2\s*,\s*)?(['\"])(\w+)\3\s*\)")
_FORMATS = {"csv": ".csv", "sql": ".sql"}


def read_all(
    root: Path,
    project: str,
    models: Iterable[str],
    taken: Mapping[str, str],
    errors: list[SqlseedError],
) -> dict[str, DataTest]:
    """The unit tests by name, of the YAML files below models/.

    `taken` are the names of models, seeds and data tests, and where they are. Mistakes go to `errors`.
    """
    fixtures = files.walk(root, "tests/fixtures", ".csv", ".sql")
    found: dict[str, DataTest] = {}
    for path in files.walk(root, "models", ".yml", ".yaml"):
        text = files.read_text(root, path)
        data = yamlfile.load_mapping(text, path, "models: or seeds:") if KEY in text else {}
        listed = data.get(KEY) or []
        if not isinstance(listed, list):
            errors.append(ProjectError(f"'{KEY}' must be a list of entries with a name", path=path, line=_line(data)))
            continue
        for entry in listed:
            try:
                test = _Reader(root, project, path, fixtures, entry).test(models)
                place = taken.get(test.name) or (found[test.name].path if test.name in found else None)
                if place:
                    message = f"the name of the unit test '{test.name}' is taken by {place}"
                    raise ProjectError(message, path=path, line=test.line, hint="give it another `name:`")
                found[test.name] = test
            except SqlseedError as error:
                errors.append(error)
    return found


def _line(value: Any, key: str | None = None) -> int | None:
    """Where a mapping begins, or one of its keys stands."""
    lines: Mapping[Any, int] = getattr(value, "lines", {})
    return lines.get(key, getattr(value, "line", None))


class _Reader:
    """Reads one entry."""

    def __init__(self, root: Path, project: str, path: str, fixtures: Sequence[str], entry: Any) -> None:
        self.root, self.project, self.path, self.fixtures = root, project, path, fixtures
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not _NAME.fullmatch(entry["name"]):
            message, hint = f"an entry of '{KEY}' has no name", "letters, digits and underscores"
            raise ProjectError(message, path=path, line=_line(entry), hint=hint)
        self.entry: Mapping[str, Any] = entry

    def error(self, message: str, line: int | None, hint: str | None = None) -> ProjectError:
        return ProjectError(f"unit test '{self.entry['name']}': {message}", path=self.path, line=line, hint=hint)

    def test(self, models: Iterable[str]) -> DataTest:
        """The unit test."""
        entry = self.entry
        self._check_keys(entry, _KEYS)
        name, model, line = entry["name"], entry.get("model"), _line(entry)
        if not isinstance(model, str) or model not in models:
            hint = did_you_mean(str(model), models)
            raise self.error(f"no model is called '{model}'" if model else "model is missing", line, hint)
        overrides = self._mapping(entry, "overrides", _OVERRIDES)
        expect = entry.get("expect")
        if not isinstance(expect, dict):
            raise self.error("expect is missing: the rows that the model should give", line, "expect: {rows: [...]}")
        unit = UnitTest(
            given=self._given(entry.get("given") or []),
            expect=self._fixture(expect, "", complete=True),
            variables=self._mapping(overrides, "vars"),
            dimensions={key: str(value) for key, value in self._mapping(overrides, "dimensions").items()},
        )
        return DataTest(
            name=name,
            short_name=testfiles.short_name(name),
            kind=DataTestKind.UNIT,
            path=self.path,
            line=line,
            fqn=(self.project, *self.path.split("/")[1:-1], model, name),
            config=self._config(),
            description=str(entry.get("description") or "").strip(),
            test_name=name,
            model=model,
            unit=unit,
        )

    def _config(self) -> DataTestConfig:
        config = self._mapping(self.entry, "config", _CONFIG_KEYS)
        try:
            return testfiles.config(config)
        except ValueError as error:
            raise self.error(f"config: {error}", _line(self.entry, "config")) from None

    def _mapping(self, within: Mapping[str, Any], key: str, known: Sequence[str] = ()) -> Mapping[str, Any]:
        found = within.get(key) or {}
        if not isinstance(found, dict):
            raise self.error(f"{key} must be a mapping, not {found!r}", _line(within, key))
        if known:
            self._check_keys(found, known)
        return found

    def _check_keys(self, given: Mapping[str, Any], known: Sequence[str]) -> None:
        for key in given:
            if key not in known:
                raise self.error(f"unknown key '{key}'", _line(given, key), did_you_mean(str(key), known))

    def _given(self, listed: Any) -> tuple[Fixture, ...]:
        hint = "given: [{input: ref('students'), rows: [{id: a}]}]"
        if not isinstance(listed, list):
            raise self.error("given must be a list", _line(self.entry, "given"), hint)
        made: dict[str, Fixture] = {}
        for item in listed:
            if not isinstance(item, dict) or not isinstance(item.get("input"), str):
                raise self.error("an item of given has no input", _line(item) or _line(self.entry, "given"), hint)
            line = _line(item, "input")
            if item["input"].strip() == "this":
                message = "the input `this` has no meaning: a model is never added to what is there already"
                raise self.error(message, line)
            found = _INPUT.fullmatch(item["input"].strip())
            if not found:
                raise self.error(f"the input must be ref('...') or seed('...'), not {item['input']!r}", line)
            if found[4] in made:
                raise self.error(f"{item['input']} is given twice", line)
            made[found[4]] = self._fixture(item, found[4])
        return tuple(made.values())

    # --- rows

    def _fixture(self, item: Mapping[str, Any], of: str, *, complete: bool = False) -> Fixture:
        """The rows of an input, or with `complete`, each of whose rows has all columns, those that are expected."""
        self._check_keys(item, (*_FIXTURE_KEYS, "input") if of else _FIXTURE_KEYS)
        line, rows = _line(item, "rows" if "rows" in item else None), item.get("rows")
        format_ = item.get("format", "dict")
        if format_ not in ("dict", *_FORMATS):
            hint = did_you_mean(str(format_), ("dict", *_FORMATS))
            raise self.error(f"format must be dict, csv or sql, not {format_!r}", _line(item, "format"), hint)
        if item.get("fixture") is not None:
            if rows is not None or format_ == "dict":
                message = "a fixture is a file of format csv or sql, in place of rows"
                raise self.error(message, _line(item, "fixture"), "{format: csv, fixture: name}")
            rows = self._file(str(item["fixture"]), _FORMATS[format_], _line(item, "fixture"))
        if format_ == "dict":
            return self._of_mappings(rows, of, line, complete)
        if not isinstance(rows, str) or not rows.strip():
            raise self.error(f"the rows of format {format_} are a text", line, "rows: |")
        return Fixture(of, line, sql=rows) if format_ == "sql" else self._of_csv(rows, of, line)

    def _file(self, name: str, suffix: str, line: int | None) -> str:
        names = {path.rpartition("/")[2]: path for path in self.fixtures}
        wanted = name if name.endswith(suffix) else name + suffix
        if wanted not in names:
            hint = did_you_mean(wanted, names)
            raise self.error(f"no fixture '{wanted}' in tests/fixtures/", line, hint)
        return files.read_text(self.root, names[wanted])

    def _of_mappings(self, rows: Any, of: str, line: int | None, complete: bool) -> Fixture:
        hint = "rows: [{id: a, status: paid}], or rows: [] for none"
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.error("rows must be a list of mappings", line, hint)
        columns = tuple(dict.fromkeys(str(name) for row in rows for name in row))
        if rows and not columns:
            raise self.error("no row names a column", line, hint)
        for number, row in enumerate(rows, 1):
            missing = [name for name in columns if name not in row]
            if complete and missing:
                message = f"row {number} that is expected leaves out {', '.join(missing)}, which another one names"
                raise self.error(message, _line(row), "name it in every row, or in none")
        cells = tuple(tuple(_text(row.get(name)) for name in columns) for row in rows)
        return Fixture(of, line, columns, cells, tuple(_line(row) for row in rows))

    def _of_csv(self, text: str, of: str, line: int | None) -> Fixture:
        """As in a seed, an empty cell is null."""
        try:
            header, *rows = [row for row in csv.reader(io.StringIO(text.strip() + "\n"), strict=True) if row]
        except csv.Error as error:
            raise self.error(f"not valid CSV: {error}", line) from None
        header = [name.strip() for name in header]
        if len(set(header)) < len(header):
            raise self.error("the CSV names a column twice", line)
        for number, row in enumerate(rows, 1):
            if len(row) != len(header):
                raise self.error(f"row {number} of the CSV has {len(row)} cells, its header {len(header)}", line)
        cells = tuple(tuple(cell.strip() or None for cell in row) for row in rows)
        return Fixture(of, line, tuple(header), cells, (line,) * len(rows))


def _text(value: Any) -> str | None:
    """A value of YAML as the text that the database reads it from."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat(" ") if isinstance(value, dt.datetime) else str(value)
