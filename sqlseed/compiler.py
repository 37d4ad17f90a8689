"""Render each model once: a template becomes one SQL statement with bind parameters.

The statement is the same for every slice; a dimension's value is the parameter `:branch_id`, never text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sqlseed import library, sqltext, templates
from sqlseed.errors import CompileError, SqlseedError, did_you_mean, raise_all
from sqlseed.macros import Macros
from sqlseed.model import (
    Compiled,
    Config,
    KeyKind,
    Materialized,
    ModelFile,
    Parameter,
    ParameterKind,
    Project,
    Relation,
    Target,
    Value,
)

RESERVED_TABLES = frozenset({"checkpoint", "key_range", "project"})  # sqlseed's own, in the state schema
_INTEGER_TYPES = ("integer", "int", "int4", "bigint", "int8", "smallint", "int2", "serial", "bigserial")


class _ConfigFound(Exception):
    """Ends the first, short rendering of a model as soon as its config() call is reached."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings


def compile_project(
    project: Project, target: Target, variables: Mapping[str, Value], *, only: frozenset[str] | None = None
) -> dict[str, Compiled]:
    """Every enabled model, rendered; by name. `only` leaves the other models out.

    Raises CompileError, or an ErrorList of all models' errors in one go.
    """
    context = _ProjectContext(project, target, variables)
    compiled: dict[str, Compiled] = {}
    errors: list[SqlseedError] = []
    for name, file in sorted(project.models.items()):
        try:
            config = context.config(name)
            if config.enabled and (only is None or name in only):
                compiled[name] = _compile_model(context, file, config)
        except SqlseedError as error:
            if error not in errors:
                errors.append(error)
    errors += _same_table_twice(compiled)
    raise_all(errors)
    return compiled


class _ProjectContext:
    """What all models of a project share while they are rendered."""

    def __init__(self, project: Project, target: Target, variables: Mapping[str, Value]) -> None:
        self.project = project
        self.target = target
        self.variables = variables
        self._configs: dict[str, Config | SqlseedError] = {}
        self.macro_files: dict[str, str] = {}
        for path, text in project.macros.items():
            for name in templates.macro_names(text):
                if name in self.macro_files:
                    raise CompileError(f"macro '{name}' is also defined in {self.macro_files[name]}", path=path)
                self.macro_files[name] = path

    def config(self, name: str) -> Config:
        """The settings of a model; raises the same error each time if they are wrong."""
        if name not in self._configs:
            try:
                self._configs[name] = _read_config(self, self.project.models[name])
            except SqlseedError as error:
                self._configs[name] = error
        found = self._configs[name]
        if isinstance(found, SqlseedError):
            raise found
        return found

    def relation(self, name: str) -> Relation:
        """Where a model's rows go."""
        config = self.config(name)
        if config.materialized is Materialized.INTERMEDIATE:
            return Relation(self.target.state_schema, name)
        return Relation(self.target.schema, config.table)

    def var(self, name: str) -> Any:
        """The value of a var, a text as a bind parameter."""
        if name not in self.variables:
            raise CompileError(
                f"var '{name}' is not declared", hint=did_you_mean(name, self.variables) + " Vars are declared in [vars]."
            )
        value = self.variables[name]
        return templates.BoundVar(f"{sqltext.MARK}:var_{name}", value) if isinstance(value, str) else value


def _read_config(context: _ProjectContext, file: ModelFile) -> Config:
    settings = dict(file.config)
    if "config(" in file.raw_sql:
        settings |= _settings_in_file(context, file)
    known = {field.name for field in fields(Config)}
    for key in settings:
        if key not in known:
            raise CompileError(f"unknown config '{key}'", path=file.path, hint=did_you_mean(key, known, show=20))
    try:
        return _make_config(context.project, file, settings)
    except (ValueError, TypeError) as error:
        raise CompileError(f"config: {error}", path=file.path) from None


def _settings_in_file(context: _ProjectContext, file: ModelFile) -> dict[str, Any]:
    """The arguments of config(), read by rendering until it is called; its own errors come up later, in full."""

    def found(**settings: Any) -> None:
        raise _ConfigFound(settings)

    def stub(*_: Any, **__: Any) -> templates.Placeholder:
        return templates.Placeholder("null")

    names: dict[str, Any] = dict.fromkeys(Macros.names(), stub)
    names |= dict.fromkeys(context.macro_files, stub)
    names |= {"config": found, "var": context.var, "target": _target_facts(context.target), "this": ""}
    try:
        templates.render(file.raw_sql, names, file.path, kind="model")
    except _ConfigFound as call:
        return call.settings
    except SqlseedError:
        pass
    return {}


def _make_config(project: Project, file: ModelFile, given: dict[str, Any]) -> Config:
    settings = dict(given)
    settings.setdefault("table", file.name)
    for key in ("slice_by", "tags"):
        value = settings.get(key, ())
        settings[key] = (value,) if isinstance(value, str) else tuple(value)
    settings["materialized"] = _choice(Materialized, settings.get("materialized", "table"), file)
    for name in settings["slice_by"]:
        if name not in project.dimensions:
            raise CompileError(
                f"slice_by names no dimension '{name}'", path=file.path, hint=did_you_mean(name, project.dimensions)
            )
    if settings["materialized"] is Materialized.INTERMEDIATE:
        settings["key_kind"] = KeyKind.NATURAL
        return Config(**settings)
    key = settings.get("key") or (file.contract.primary_key[0] if len(file.contract.primary_key) == 1 else None)
    kind = _choice(KeyKind, settings["key_kind"], file) if "key_kind" in settings else None
    if kind is None:
        kind = KeyKind.NATURAL if "owner" in settings else _kind_of(file, key)
    if kind is KeyKind.NATURAL and not settings.get("owner"):
        raise CompileError(
            "a natural key needs config(owner='...'), a predicate that is true for this slice's rows only",
            path=file.path,
            hint="for example owner='\"id\" = :branch_id'",
        )
    return Config(**settings | {"key": key, "key_kind": kind})


def _kind_of(file: ModelFile, key: str | None) -> KeyKind:
    columns = {column.name: column.type for column in file.contract.columns}
    if not columns:
        raise CompileError(
            f"model '{file.name}' has no contract",
            path=file.path,
            hint=f"describe its columns in {file.path.rpartition('/')[0]}/*.yml: models: [{{name: {file.name}, columns: [...]}}]",
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
            f"config: '{value}' is not one of {', '.join(allowed)}", path=file.path, hint=did_you_mean(str(value), allowed)
        ) from None


class Rendering:
    """One model while it is rendered: what its template asked for."""

    def __init__(self, context: _ProjectContext, file: ModelFile, config: Config) -> None:
        self.context = context
        self.file = file
        self.config = config
        self.refs: dict[str, None] = {}
        self.seeds: dict[str, None] = {}
        self.relations: dict[str, Relation] = {}
        self.parameters: dict[str, Parameter] = {}
        self.functions: dict[str, None] = {}
        self.macros: dict[str, None] = {}

    def parameter(self, name: str, type_: str, kind: ParameterKind, of: tuple[str, ...]) -> str:
        """Registers a bind parameter and gives its text, `:name`."""
        self.parameters[name] = Parameter(name, type_, kind, of)
        return f"{sqltext.MARK}:{name}"

    def dimension_parameter(self, dimension: str, attribute: str) -> str:
        """`:branch_id` for the attribute `id` of `branch`; raises CompileError for what does not exist."""
        seed = self.context.project.seeds[self.context.project.dimensions[dimension].seed]
        types = {column.name: column.type for column in seed.columns}
        if attribute not in types:
            raise CompileError(
                f"dimension '{dimension}' has no attribute '{attribute}'", hint=did_you_mean(attribute, types, show=20)
            )
        if dimension not in self.config.slice_by:
            raise CompileError(
                f"{dimension}.{attribute} is used, but the model is not sliced by {dimension}",
                hint=f"add '{dimension}' to slice_by in config()",
            )
        return self.parameter(
            f"{dimension}_{attribute}", types[attribute], ParameterKind.DIMENSION, (dimension, attribute)
        )

    def named_parameter(self, name: str) -> None:
        """Registers a parameter that the author wrote as `:name` himself; raises CompileError for a foreign one."""
        if name in self.parameters:
            return
        for dimension in self.config.slice_by:
            if name.startswith(f"{dimension}_"):
                self.dimension_parameter(dimension, name.removeprefix(f"{dimension}_"))
                return
        if name.startswith("var_") and name.removeprefix("var_") in self.context.variables:
            self.parameter(name, "text", ParameterKind.VAR, (name.removeprefix("var_"),))
            return
        known = set(self.parameters)
        for dimension in self.config.slice_by:
            seed = self.context.project.seeds[self.context.project.dimensions[dimension].seed]
            known |= {f"{dimension}_{column.name}" for column in seed.columns}
        raise CompileError(f"bind parameter ':{name}' is none of this model's", hint=did_you_mean(name, known))

    def use_function(self, name: str) -> None:
        """Notes that the statement calls a session function."""
        for needed in library.with_needs([name]):
            self.functions.setdefault(needed)


class _DimensionNames:
    """`branch` in a template: its attributes print as bind parameters."""

    __slots__ = ("_name", "_rendering")

    def __init__(self, rendering: Rendering, name: str) -> None:
        self._rendering = rendering
        self._name = name

    def __getattr__(self, attribute: str) -> templates.BoundAttribute:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        return templates.BoundAttribute(self._rendering.dimension_parameter(self._name, attribute))

    def __str__(self) -> str:
        raise CompileError(
            f"'{self._name}' is a dimension; print one of its attributes, as {{{{ {self._name}.id }}}}"
        )


def _target_facts(target: Target) -> dict[str, str]:
    return {"name": target.name, "schema": target.schema}


def _template_context(rendering: Rendering) -> dict[str, Any]:
    context = rendering.context
    names: dict[str, Any] = Macros(rendering).context()
    names |= {
        "config": lambda **_: "",
        "var": context.var,
        "this": str(context.relation(rendering.file.name)),
        "target": _target_facts(context.target),
    }
    for dimension in context.project.dimensions:
        names[dimension] = _DimensionNames(rendering, dimension)
    for macro, path in context.macro_files.items():
        if macro in names:
            raise CompileError(f"macro '{macro}' has the name of a built-in one", path=path, hint="rename it")
        names[macro] = _project_macro(rendering, macro, path, names)
    return names


def _project_macro(rendering: Rendering, macro: str, path: str, names: dict[str, Any]) -> Callable[..., str]:
    def call(*arguments: Any, **keywords: Any) -> str:
        rendering.macros.setdefault(path)
        module = templates.macros(rendering.context.project.macros[path], path, names)
        try:
            return module[macro](*arguments, **keywords)
        except RecursionError:
            raise CompileError(f"macro '{macro}' calls itself without end", path=path) from None

    return call


def _compile_model(context: _ProjectContext, file: ModelFile, config: Config) -> Compiled:
    rendering = Rendering(context, file, config)
    rendered = templates.render(file.raw_sql, _template_context(rendering), file.path, kind="model")
    sql, lines = templates.split_marks(rendered)
    sql = sql.rstrip().removesuffix(";").rstrip()
    if not sql:
        raise CompileError("the model renders to nothing", path=file.path, hint="a model is one SELECT")
    compiled = Compiled(
        name=file.name,
        path=file.path,
        fqn=file.fqn,
        description=file.description,
        patch_path=file.patch_path,
        config=config,
        contract=file.contract,
        relation=context.relation(file.name),
        sql=sql,
        source_lines=lines,
        parameters=(),
        refs=tuple(rendering.refs),
        seeds=tuple(rendering.seeds),
        relations=rendering.relations,
        functions=tuple(rendering.functions),
        macros=tuple(rendering.macros),
        checksum="",
    )
    compiled = _without_marks(compiled)
    compiled = replace(compiled, parameters=_used_parameters(rendering, compiled))
    _reads_only_its_slice(context, compiled)
    return replace(compiled, checksum=_checksum(compiled))


def _used_parameters(rendering: Rendering, compiled: Compiled) -> tuple[Parameter, ...]:
    """The parameters that the statement or the owner predicate names, in order of first use."""
    used: dict[str, None] = {}
    for text in (compiled.sql, compiled.config.owner or ""):
        for use in sqltext.parameter_uses(text):
            try:
                rendering.named_parameter(use.name)
            except CompileError as error:
                raise _at(compiled, text, use.line, error.message, error.hint) from None
            used.setdefault(use.name)
    return tuple(rendering.parameters[name] for name in used)


def _at(compiled: Compiled, text: str, line: int, message: str, hint: str | None) -> CompileError:
    source = text.replace(sqltext.MARK, "").split("\n")[line - 1]
    return CompileError(message, path=compiled.path, line=compiled.source_line(line), source=source, hint=hint)


def _without_marks(compiled: Compiled) -> Compiled:
    for name, line in sqltext.quoted_parameters(compiled.sql):
        hint = "leave the quotes out: a parameter is a value of its own"
        raise _at(compiled, compiled.sql, line, f"the bind parameter :{name} stands inside quotes", hint)
    return replace(compiled, sql=compiled.sql.replace(sqltext.MARK, ""))


def _reads_only_its_slice(context: _ProjectContext, compiled: Compiled) -> None:
    """A model that shares a dimension with one that it reads must use that dimension: otherwise it would read
    the rows of every slice, among them those not built yet, and its own rows would depend on the order of the run."""
    used = {part for parameter in compiled.parameters for part in parameter.of}
    for name in compiled.refs:
        if name not in compiled.relations:
            continue  # only its keys are used, by formula
        shared = [d for d in context.config(name).slice_by if d in compiled.config.slice_by]
        for dimension in shared:
            if dimension not in used:
                raise CompileError(
                    f"reads ref('{name}'), which is sliced by {dimension} too, without naming {dimension}",
                    path=compiled.path,
                    hint=f"restrict it to the slice: where ... = {{{{ {dimension}.{context.project.dimensions[dimension].key} }}}}",
                )


def _checksum(compiled: Compiled) -> str:
    facts = {
        "sql": compiled.sql,
        "config": {k: v for k, v in asdict(compiled.config).items() if k not in ("rows", "tags", "meta")},
        "columns": [[column.name, column.type, column.nullable] for column in compiled.contract.columns],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def _same_table_twice(compiled: Mapping[str, Compiled]) -> list[SqlseedError]:
    errors: list[SqlseedError] = []
    owners: dict[tuple[str, str], Compiled] = {}
    for model in compiled.values():
        where = (model.relation.schema, model.relation.name.lower())
        first = owners.setdefault(where, model)
        if first is not model:
            errors.append(
                CompileError(
                    f"fills table {model.relation.name}, which {first.path} fills already",
                    path=model.path,
                    hint="give one of them another table in config()",
                )
            )
    return errors
