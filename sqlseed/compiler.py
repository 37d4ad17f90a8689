"""Render each model once: a template becomes one SQL statement with bind parameters.

The statement is the same for every slice; a dimension's value is the parameter `:branch_id`, never text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlseed import sqltext, templates
from sqlseed.configs import read_config
from sqlseed.errors import CompileError, SqlseedError, raise_all
from sqlseed.macros import Macros
from sqlseed.model import (
    Compiled,
    Config,
    ModelFile,
    Parameter,
    Project,
    Target,
    Value,
)
from sqlseed.rendering import ProjectContext, Rendering


def compile_project(
    project: Project, target: Target, variables: Mapping[str, Value], *, only: frozenset[str] | None = None
) -> dict[str, Compiled]:
    """Every enabled model, rendered; by name. `only` leaves the other models out.

    Raises CompileError, or an ErrorList of all models' errors in one go.
    """
    context = ProjectContext(project, target, variables, read_config)
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
        raise CompileError(f"'{self._name}' is a dimension; print one of its attributes, as {{{{ {self._name}.id }}}}")


def _template_context(rendering: Rendering) -> dict[str, Any]:
    context = rendering.context
    names: dict[str, Any] = Macros(rendering).context()
    names |= {
        "config": lambda **_: "",
        "var": context.var,
        "this": str(context.relation(rendering.file.name)),
        "target": context.target_facts(),
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


def _compile_model(context: ProjectContext, file: ModelFile, config: Config) -> Compiled:
    rendering = Rendering(context, file, config)
    rendered = templates.render(file.raw_sql, _template_context(rendering), file.path, kind="model")
    sql, lines = templates.split_marks(rendered)
    sql = sql.rstrip().removesuffix(";").rstrip()
    if not sql:
        raise CompileError("the model renders to nothing", path=file.path, hint="a model is one SELECT")
    for key in file.contract.foreign_keys:  # the row that it refers to has to be there first
        if key.to != file.name and context.config(key.to).enabled:
            rendering.refs.setdefault(key.to)
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


def _reads_only_its_slice(context: ProjectContext, compiled: Compiled) -> None:
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
