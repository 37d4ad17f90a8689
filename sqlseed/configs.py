"""A model's settings: config() in its file over `config:` in YAML over the defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from sqlseed import chunks, templates
from sqlseed.errors import CompileError, SqlseedError, did_you_mean
from sqlseed.macros import Macros
from sqlseed.model import Config, KeyKind, Materialized, ModelFile, Project
from sqlseed.rendering import ProjectContext

_MAX_NAME_BYTES = 63
_INTEGER_TYPES = ("integer", "int", "int4", "bigint", "int8", "smallint", "int2", "serial", "bigserial")


class _ConfigFound(Exception):
    """Ends the first, short rendering of a model as soon as its config() call is reached."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings


def read_config(context: ProjectContext, file: ModelFile) -> Config:
    """The settings of one model; raises CompileError for an unknown or unfit one."""
    try:
        return _read_config(context, file)
    except CompileError as error:
        raise _placed(error, file) from None


def _placed(error: CompileError, file: ModelFile) -> CompileError:
    """The error at the line of config() that sets what it names, where the file and not YAML sets it."""
    names = [a or b for a, b in re.findall(r"config: (\w+)|'(\w+)'", error.message)]
    forms = [rf"\b{name}\s*=" for name in names] + [rf"['\"]{name}['\"]" for name in names]
    found = next(filter(None, (re.search(form, file.raw_sql) for form in forms)), None)
    if found and error.path == file.path and error.line is None:
        error.line = file.raw_sql.count("\n", 0, found.start()) + 1
        error.source = file.raw_sql.split("\n")[error.line - 1]
    return error


def _read_config(context: ProjectContext, file: ModelFile) -> Config:
    settings = dict(file.config)
    if "config(" in file.raw_sql:
        settings |= _with_lint(settings.get("lint"), settings_in_file(context, file))
    known = {field.name for field in fields(Config)} - {"whole"}
    for key in settings:
        if key not in known:
            raise CompileError(f"unknown config '{key}'", path=file.path, hint=did_you_mean(key, known, show=20))
    try:
        return _with_chunks(_make_config(context.project, file, settings), file)
    except (ValueError, TypeError) as error:
        raise CompileError(f"config: {error}", path=file.path) from None


def _with_lint(given: Any, settings: dict[str, Any]) -> dict[str, Any]:
    """A file's settings; its opt-outs of lint stand beside those of the YAML, rule by rule."""
    own = settings.get("lint")
    return (
        settings | {"lint": {**given, **own}} if isinstance(given, Mapping) and isinstance(own, Mapping) else settings
    )


def settings_in_file(context: ProjectContext, file: ModelFile) -> dict[str, Any]:
    """The arguments of a file's config(), read by rendering until it is called; its own errors come up later."""

    def found(**settings: Any) -> None:
        raise _ConfigFound(settings)

    def stub(*_: Any, **__: Any) -> templates.Placeholder:
        return templates.Placeholder("null")

    def macro(name: str, path: str) -> Callable[..., str]:
        def call(*arguments: Any, **keywords: Any) -> str:
            return templates.macros(context.project.macros[path], path, names)[name](*arguments, **keywords)

        return call

    names: dict[str, Any] = dict.fromkeys(Macros.names(), stub)
    names |= {name: macro(name, path) for name, path in context.macro_files.items()}
    names |= {"config": found, "var": context.var, "target": context.target_facts(), "this": ""}
    try:
        templates.render(file.raw_sql, names, file.path, kind="model")
    except _ConfigFound as call:
        return call.settings
    except (SqlseedError, RecursionError):
        pass
    return {}


def _make_config(project: Project, file: ModelFile, given: dict[str, Any]) -> Config:
    settings = dict(given)
    settings.setdefault("table", file.name)
    for key in ("slice_by", "tags"):
        names = settings.get(key) or ()
        settings[key] = (names,) if isinstance(names, str) else tuple(names)
    _check_types(settings)
    settings["lint"] = _lint(settings.get("lint"))
    if settings.get("rows") is not None:
        settings["rows"] = str(settings["rows"])
    settings["materialized"] = _choice(Materialized, settings.get("materialized", "table"), file)
    for name in settings["slice_by"]:
        if name not in project.dimensions:
            raise CompileError(
                f"slice_by names no dimension '{name}'", path=file.path, hint=did_you_mean(name, project.dimensions)
            )
    if settings["materialized"] is Materialized.INTERMEDIATE:
        settings["key_kind"] = KeyKind.NATURAL
        return Config(**settings)
    if settings["materialized"] is Materialized.VIEW or _is_whole(file, settings):
        if settings["slice_by"]:
            raise CompileError(
                "a view has no slices", path=file.path, hint="leave slice_by out, or materialized='view'"
            )
        return Config(**settings | {"key_kind": KeyKind.NATURAL, "whole": True})
    primary_key = file.contract.primary_key
    key_column: str | None = settings.get("key") or (primary_key[0] if len(primary_key) == 1 else None)
    kind = _choice(KeyKind, settings["key_kind"], file) if "key_kind" in settings else None
    if kind is None:
        kind = KeyKind.NATURAL if "owner" in settings else _kind_of(file, key_column)
    if kind is KeyKind.NATURAL and not settings.get("owner"):
        raise CompileError(
            "a natural key needs config(owner='...'), a predicate that is true for this slice's rows only",
            path=file.path,
            hint="for example owner='\"id\" = :branch_id'",
        )
    return Config(**settings | {"key": key_column, "key_kind": kind})


def _with_chunks(config: Config, file: ModelFile) -> Config:
    """The settings, with what `chunks` says, or a CompileError for a model that cannot be cut."""
    if config.chunks is None:
        return config
    made = chunks.chunks_of(config.chunks)
    if config.key_kind is KeyKind.NATURAL:
        raise CompileError(
            "config: chunks needs keys that are numbered, by which a chunk's rows are known",
            path=file.path,
            hint="leave chunks out: views, intermediate tables and natural keys are written slice by slice",
        )
    if config.rows is None:
        raise CompileError(
            "config: chunks needs rows, by which a slice is found large",
            path=file.path,
            hint="config(rows='...') says how many rows a slice is expected to have",
        )
    return replace(config, chunks=made)


def _is_whole(file: ModelFile, settings: Mapping[str, Any]) -> bool:
    """Whether the model is one as dbt knows them: it has no contract, and nothing that asks for one."""
    asks = [settings["slice_by"], settings.get("key"), settings.get("key_kind"), settings.get("owner")]
    return not file.contract.columns and not any(asks)


def _check_types(settings: Mapping[str, Any]) -> None:
    """Raises ValueError for a setting of another type than Config says."""
    wanted: dict[str, tuple[type, str]] = {
        **dict.fromkeys(["table", "key", "owner"], (str, "a text")),
        "enabled": (bool, "true or false"),
        "key_block": (int, "a whole number"),
        "meta": (dict, "a mapping"),
    }
    for name, (type_, words) in wanted.items():
        value = settings.get(name)
        if value is not None and (not isinstance(value, type_) or (type_ is int and isinstance(value, bool))):
            raise ValueError(f"{name} must be {words}, not {value!s}")
    if not isinstance(settings.get("rows"), str | int | float | None):
        raise ValueError("rows must be a number, or a text with a Jinja expression of one")
    for name in ("slice_by", "tags"):
        if not all(isinstance(value, str) for value in settings[name]):
            raise ValueError(f"{name} must be a list of names")
    if len(set(settings["slice_by"])) < len(settings["slice_by"]):
        raise ValueError("slice_by names a dimension twice")
    if not 1 <= settings.get("key_block", 1) <= 1 << 40:
        raise ValueError(f"key_block must be from 1 to 2^40, not {settings['key_block']}")
    if not 1 <= len((settings["table"] or "").encode()) <= _MAX_NAME_BYTES:
        raise ValueError(f"table must have 1 to {_MAX_NAME_BYTES} bytes: PostgreSQL cuts longer names")


def _lint(given: Any) -> dict[str, str]:
    """The opt-outs by rule; an empty reason stays, for lint itself to object to."""
    if not isinstance(given, Mapping | None):
        raise ValueError("lint must be a mapping of rule names to reasons: lint={'select-star': 'why'}")
    reasons = {str(rule): "" if reason is None else reason for rule, reason in (given or {}).items()}
    if not all(isinstance(reason, str) for reason in reasons.values()):
        raise ValueError("lint must give each rule a reason, as text: lint={'select-star': 'why'}")
    return {rule: reason.strip() for rule, reason in reasons.items()}


def _kind_of(file: ModelFile, key: str | None) -> KeyKind:
    columns = {column.name: column.type for column in file.contract.columns}
    if not columns:
        folder, entry = file.path.rpartition("/")[0], f"{{name: {file.name}, columns: [...]}}"
        raise CompileError(
            f"model '{file.name}' has no contract",
            path=file.path,
            hint=f"describe its columns in {folder}/*.yml: models: [{entry}]",
        )
    if key is None:
        raise CompileError(
            "the contract has no single-column primary key",
            path=file.patch_path or file.path,
            hint="add a constraint {type: primary_key, columns: [id]}, or config(owner='...') for a natural key",
        )
    if key not in columns:
        raise CompileError(
            f"the key column '{key}' is not in the contract", path=file.path, hint=did_you_mean(key, columns)
        )
    return KeyKind.INTEGER if columns[key].lower() in _INTEGER_TYPES else KeyKind.UUID


def _choice(kind: Any, value: Any, file: ModelFile) -> Any:
    try:
        return kind(value)
    except ValueError:
        allowed = [member.value for member in kind]
        raise CompileError(
            f"config: '{value}' is not one of {', '.join(allowed)}",
            path=file.path,
            hint=did_you_mean(str(value), allowed),
        ) from None
