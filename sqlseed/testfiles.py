"""Read the data tests of a project: dbt's `data_tests:` in YAML, and the files whose queries return what is wrong.

Both of dbt's spellings work: arguments beside the settings, or under `arguments:` and `config:`; `tests:` is the older
name of `data_tests:`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlseed import generics
from sqlseed.assertion import DataTest, DataTestConfig, DataTestKind, Severity
from sqlseed.errors import CompileError, ProjectError, SqlseedError, did_you_mean

KEYS = ("data_tests", "tests", "data-tests")
_META_KEYS = ("name", "description", "config", "arguments", "test_name")
_CONFIG_KEYS = tuple(field.name for field in fields(DataTestConfig))
_OTHER_CONFIG_KEYS = (
    "store_failures_as",
    "alias",
    "schema",
    "database",
    "group",
)  # dbt's; only the first means a thing
_PACKAGES = ("dbt_utils", "dbt_expectations", "dbt")
_MAX_NAME = 63
_BLOCK = re.compile(r"({%[-+]?\s*)(end)?(test|data_test)\b(\s+)?(\w+)?")
_SIGNATURE = re.compile(r"{%[-+]?\s*macro\s+test_(\w+)\s*\((.*?)\)\s*[-+]?%}", re.DOTALL)
_PARAMETER = re.compile(r"\s*(\w+)\s*(=)?")

Parameters = Mapping[str, bool]
"""The arguments of a generic test, and whether each must be given."""


# --- custom generic tests -------------------------------------------------------------------------------


def as_macros(text: str) -> str:
    """A file with its `{% test name(...) %}` blocks as the macros `test_name` that they are, as in dbt.

    >>> as_macros("{% test even(model, column_name) %}...{% endtest %}")
    '{% macro test_even(model, column_name) %}...{% endmacro %}'
    """

    def block(found: re.Match[str]) -> str:
        if found[2]:
            return f"{found[1]}endmacro{found[4] or ''}{found[5] or ''}"
        return f"{found[1]}macro{found[4]}test_{found[5]}" if found[5] else found[0]

    return _BLOCK.sub(block, text)


def custom(macros: Mapping[str, str]) -> dict[str, Parameters]:
    """The custom generic tests of a project's macro files."""
    found: dict[str, Parameters] = {}
    for text in macros.values():
        for name, inside in _SIGNATURE.findall(text):
            parts = [match for part in _split(inside) if (match := _PARAMETER.match(part))]
            found[name] = {match[1]: match[2] is None for match in parts if match[1] != "model"}
    return found


def _split(text: str) -> Iterator[str]:
    """A parameter list at its commas, those within brackets and quotes aside."""
    depth, start, quoted = 0, 0, ""
    for i, character in enumerate(text):
        if quoted:
            quoted = "" if character == quoted else quoted
        elif character in "'\"":
            quoted = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and not depth:
            yield text[start:i]
            start = i + 1
    yield text[start:]


# --- tests in YAML --------------------------------------------------------------------------------------


def read(
    project: str, entries: Mapping[str, tuple[Any, str]], custom: Mapping[str, Parameters], errors: list[SqlseedError]
) -> Iterator[DataTest]:
    """The tests of the models or seeds that YAML describes: name -> (entry, path). Mistakes go to `errors`."""
    for name, (entry, path) in entries.items():
        yield from _read_list(_Reader(project, name, None, path, custom), entry, errors)
        columns = entry.get("columns") or []
        for column in columns if isinstance(columns, list) else ():
            if isinstance(column, dict) and isinstance(column.get("name"), str):
                yield from _read_list(_Reader(project, name, column["name"], path, custom), column, errors)


def _read_list(reader: _Reader, entry: Mapping[str, Any], errors: list[SqlseedError]) -> Iterator[DataTest]:
    for key in KEYS:
        listed = entry.get(key)
        if listed is None:
            continue
        line = getattr(entry, "lines", {}).get(key, getattr(entry, "line", None))
        if not isinstance(listed, list):
            errors.append(reader.error(f"'{key}' must be a list", line, f"{key}: [unique, not_null]"))
            continue
        for item in listed:
            try:
                yield reader.read(item, getattr(item, "line", line))
            except SqlseedError as error:
                errors.append(error)


class _Reader:
    """Reads the tests at one model or column."""

    def __init__(
        self, project: str, model: str, column: str | None, path: str, custom: Mapping[str, Parameters]
    ) -> None:
        self.project, self.model, self.column, self.path, self.custom = project, model, column, path, custom

    def error(self, message: str, line: int | None, hint: str | None = None) -> ProjectError:
        where = f"'{self.model}'" + (f", column '{self.column}'" if self.column else "")
        return ProjectError(f"a test of {where}: {message}", path=self.path, line=line, hint=hint)

    def read(self, item: Any, line: int | None) -> DataTest:
        """One item of the list: a name, or a mapping."""
        written, given = self._name_and_settings(item, line)
        package, _, bare = written.rpartition(".")
        test_name = bare if package in _PACKAGES else written
        known = self._parameters(test_name, line)
        arguments, settings, rest = self._sorted(given, known, line)
        if self.column is not None and "column_name" in known:
            arguments = {"column_name": self.column, **arguments}
        missing = [name for name, needed in known.items() if needed and name not in arguments]
        if missing:
            of_column = "it is a test of a column: put it under columns, or give column_name"
            hint = of_column if missing == ["column_name"] else None
            raise self.error(f"{test_name} needs {', '.join(missing)}", line, hint)
        short, full = _names(test_name, self.model, arguments)
        if isinstance(rest.get("name"), str):
            short, full = short_name(rest["name"]), rest["name"]
        return DataTest(
            name=full,
            short_name=short,
            kind=DataTestKind.GENERIC,
            path=self.path,
            line=line,
            fqn=(self.project, *self.path.split("/")[1:-1], full),
            config=self._config(settings, line),
            description=str(rest.get("description") or "").strip(),
            test_name=test_name,
            model=self.model,
            column=self.column,
            arguments=arguments,
        )

    def _name_and_settings(self, item: Any, line: int | None) -> tuple[str, Mapping[str, Any]]:
        if isinstance(item, str):
            return item, {}
        if isinstance(item, dict) and isinstance(item.get("test_name"), str):
            return item["test_name"], {key: value for key, value in item.items() if key != "test_name"}
        if isinstance(item, dict) and len(item) == 1:
            ((name, settings),) = item.items()
            if settings is None or isinstance(settings, dict):
                return str(name), settings or {}
        hint = "- not_null, or - accepted_values: {values: [a, b]}"
        if isinstance(item, dict) and len(item) > 1:
            hint = "indent the arguments below the test's name, further than the name itself"
        raise self.error(f"a test is a name, or a mapping of one name to its arguments, not {_shown(item)}", line, hint)

    def _parameters(self, test_name: str, line: int | None) -> Parameters:
        if test_name in self.custom:
            return self.custom[test_name]
        if test_name in generics.GENERICS:
            return generics.parameters(test_name)
        hint = did_you_mean(test_name, [*generics.names(), *self.custom], show=60)
        raise self.error(f"no generic test is called '{test_name}'", line, hint)

    def _sorted(
        self, given: Mapping[str, Any], known: Parameters, line: int | None
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        """The arguments, the settings, and name and description out of one mapping."""
        config, nested = given.get("config") or {}, given.get("arguments") or {}
        for name, part in (("config", config), ("arguments", nested)):
            if not isinstance(part, dict):
                raise self.error(f"{name} must be a mapping, not {_shown(part)}", line)
        settings = {**config, **{k: v for k, v in given.items() if k in (*_CONFIG_KEYS, *_OTHER_CONFIG_KEYS)}}
        arguments = dict(nested)
        for key, value in given.items():
            if key in known:
                arguments[key] = value
            elif key not in settings and key not in _META_KEYS:
                raise self._unknown(key, [*known, *_META_KEYS, *_CONFIG_KEYS], given, line)
        for key in nested:
            if key not in known:
                raise self._unknown(key, known, nested, line)
        for key in config:
            if key not in (*_CONFIG_KEYS, *_OTHER_CONFIG_KEYS):
                raise self._unknown(key, _CONFIG_KEYS, config, line)
        return arguments, settings, {k: v for k, v in given.items() if k in ("name", "description")}

    def _unknown(self, key: Any, known: Iterable[str], where: Any, line: int | None) -> ProjectError:
        at = getattr(where, "lines", {}).get(key, line)
        return self.error(f"unknown key '{key}'", at, did_you_mean(str(key), known, show=30))

    def _config(self, settings: Mapping[str, Any], line: int | None) -> DataTestConfig:
        try:
            return config(settings)
        except ValueError as error:
            raise self.error(str(error), line) from None


def _shown(value: Any) -> str:
    return str(value)[:60] if isinstance(value, dict | list) else repr(value)


def config(settings: Mapping[str, Any]) -> DataTestConfig:
    """Settings as YAML or config() gives them; raises ValueError for an unfit one."""
    made: dict[str, Any] = {}
    for key, value in settings.items():
        if key not in (*_CONFIG_KEYS, *_OTHER_CONFIG_KEYS):
            raise ValueError(f"unknown setting '{key}'; {did_you_mean(str(key), _CONFIG_KEYS, show=12)}")
        if key in _CONFIG_KEYS and value is not None:
            made[key] = _FITTING[key](key, value)
    kept = settings.get("store_failures_as")
    if kept not in (None, "table", "view", "ephemeral"):
        raise ValueError(f"store_failures_as must be table, view or ephemeral, not {kept!r}")
    if kept is not None:
        made["store_failures"] = kept != "ephemeral"
    return DataTestConfig(**made)


def _severity(key: str, value: Any) -> Severity:
    word = str(value).lower()
    if word not in tuple(Severity):
        raise ValueError(f"{key} must be error or warn, not '{value}'")
    return Severity(word)


def _sql(key: str, value: Any) -> str:
    if isinstance(value, bool | dict | list) or not str(value).strip():
        raise ValueError(f"{key} must be a text, not {value!r}")
    return str(value).strip()


def _switch(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{key} must be true or false, not {value!r}")
    return value


def _limit(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{key} must be a whole number above 0, not {value!r}")
    return value


def _tags(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, str | list | tuple):
        raise ValueError(f"{key} must be a list of names, not {value!r}")
    return (value,) if isinstance(value, str) else tuple(str(tag) for tag in value)


def _meta(key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{key} must be a mapping, not {value!r}")
    return value


_FITTING: Mapping[str, Callable[[str, Any], Any]] = {
    "severity": _severity,
    **dict.fromkeys(["warn_if", "error_if", "fail_calc", "where"], _sql),
    **dict.fromkeys(["store_failures", "enabled"], _switch),
    "limit": _limit,
    "tags": _tags,
    "meta": _meta,
}


def _names(test_name: str, model: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """The short and the full name that dbt gives to a generic test.

    >>> _names("relationships", "orders", {"column_name": "customer_id", "to": "ref('customers')", "field": "id"})[1]
    'relationships_orders_customer_id__id__ref_customers_'
    """
    flat: list[str] = []
    for _, value in sorted(arguments.items()):
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else [value]
        flat += [str(part) for part in parts]
    clean = "__".join(re.sub(r"[^0-9a-zA-Z_]+", "_", part) for part in flat)
    full = f"{test_name}_{model}_{clean}" if clean else f"{test_name}_{model}_"
    return short_name(full, f"{test_name}_{model}"), full


def short_name(full: str, stem: str | None = None) -> str:
    """A test's name within 63 characters, of those that a file and a table may have."""
    if len(full.encode()) <= _MAX_NAME and re.fullmatch(r"[0-9a-zA-Z_]+", full):
        return full
    start = re.sub(r"[^0-9a-zA-Z_]+", "_", stem or full)[:30]
    return f"{start}_{hashlib.md5(full.encode(), usedforsecurity=False).hexdigest()}"


# --- files ----------------------------------------------------------------------------------------------


def singular_paths(paths: Sequence[str]) -> list[str]:
    """Those of the .sql files below tests/ that are singular tests: all in tests/data/, or where there is no such
    folder all but those in tests/generic/ and tests/fixtures/."""
    data = [path for path in paths if path.startswith("tests/data/")]
    return data or [path for path in paths if not path.startswith(("tests/generic/", "tests/fixtures/"))]


def singular(project: str, path: str, text: str) -> DataTest:
    """The test in a file: a query for the rows that are wrong. Its config() is read when it is rendered."""
    folders = path.split("/")[1:-1]
    name = path.rpartition("/")[2].rpartition(".")[0]
    return DataTest(
        name=name,
        short_name=short_name(name),
        kind=DataTestKind.SINGULAR,
        path=path,
        line=None,
        fqn=(project, *(folders[1:] if folders[:1] == ["data"] else folders), name),
        config=DataTestConfig(),
        raw_sql=text,
    )


def read_all(
    project: str,
    patches: Mapping[str, Mapping[str, tuple[Any, str]]],
    macros: Mapping[str, str],
    texts: Mapping[str, str],
    taken: Mapping[str, str],
    errors: list[SqlseedError],
) -> dict[str, DataTest]:
    """The tests by name: of what YAML says of models and seeds, and of the singular tests' `texts` by path.

    `taken` are the names of models and seeds, and where they are. Mistakes go to `errors`.
    """
    known = custom(macros)
    tests = [test for entries in patches.values() for test in read(project, entries, known, errors)]
    tests += [singular(project, path, text) for path, text in texts.items()]
    found: dict[str, DataTest] = {}
    for test in tests:
        other = found.get(test.name)
        place = taken.get(test.name) or (other and (f"{other.path}:{other.line}" if other.line else other.path))
        if place:
            hint = "rename the file" if test.kind is DataTestKind.SINGULAR else "give one of them a `name:`"
            message = f"the name of the test '{test.name}' is taken by {place}"
            errors.append(ProjectError(message, path=test.path, line=test.line, hint=hint))
        found[test.name] = test
    return found


def unfit(test: DataTest, error: ValueError) -> CompileError:
    """What is wrong with the config() of a singular test."""
    return CompileError(f"config: {error}", path=test.path)
