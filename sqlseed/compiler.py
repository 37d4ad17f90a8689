"""Render each model once: a template becomes one SQL statement with bind parameters.

The statement is the same for every slice; a dimension's value is the parameter `:branch_id`, never text.
"""

from __future__ import annotations

import hashlib
import json
import re
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
    ParameterKind,
    Project,
    Target,
    Value,
)
from sqlseed.rendering import ProjectContext, Rendering

_MAX_DEPTH = 40  # of macros that call each other across files; Python allows about 200
_MARKS = re.compile("[\x1c-\x1f]")  # what templates and this module mark places with
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

_CHANGES_NO_ROW = ("rows", "tags", "meta", "whole", "lint", "chunks")  # settings of a model

_LAST_SEMICOLON = re.compile(r";\s*(?:--[^\n]*\s*)*\Z")  # and the remarks after it


def compile_project(
    project: Project, target: Target, variables: Mapping[str, Value], *, only: frozenset[str] | None = None
) -> dict[str, Compiled]:
    """Every enabled model, rendered; by name. `only` leaves the other models out.

    Raises CompileError, or an ErrorList of all models' errors in one go.
    """
    context = ProjectContext(project, target, variables, read_config)
    _check_macros(context)
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
    if errors:
        errors += [error for error in _other_errors(project, compiled) if error not in errors]
    raise_all(errors)
    return compiled


def _other_errors(project: Project, compiled: Mapping[str, Compiled]) -> list[SqlseedError]:
    """What else is wrong, in the seeds and in the models that could be rendered: all of it in one go."""
    from sqlseed import dialect  # the parser takes 80 ms to import

    found = [error for model in compiled.values() for error in dialect.check(model)]
    for name in project.seeds:
        try:
            project.seeds[name]
        except SqlseedError as error:
            found.append(error)
    return found


class _DimensionNames(templates.Placeholder):
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


def template_context(rendering: Rendering, this: str) -> dict[str, Any]:
    """Everything that a template can name; `this` is the table that it fills."""
    context = rendering.context
    names: dict[str, Any] = Macros(rendering).context()
    names |= {
        "config": lambda **_: "",
        "var": context.var,
        "this": this,
        "target": context.target_facts(),
    }
    for dimension in context.project.dimensions:
        names[dimension] = _DimensionNames(rendering, dimension)
    running: list[str] = []
    for macro, path in context.macro_files.items():
        names[macro] = _project_macro(rendering, macro, path, names, running)
    return names


def _check_macros(context: ProjectContext) -> None:
    """Raises CompileError for a project's macro that hides something that templates have, or holds odd characters."""
    for path, text in context.project.macros.items():
        _check_characters(text, path)
    taken = {*Macros.names(), "config", "var", "this", "target", "range", *context.project.dimensions}
    for macro, path in context.macro_files.items():
        if macro in taken:
            what = "a dimension" if macro in context.project.dimensions else "a built-in"
            raise CompileError(f"macro '{macro}' has the name of {what}", path=path, hint="rename it")


def _project_macro(
    rendering: Rendering, macro: str, path: str, names: dict[str, Any], running: list[str]
) -> Callable[..., str]:
    """A macro of the project as a function; `running` holds the names of those that are being called."""
    text = rendering.context.project.macros[path]

    def call(*arguments: Any, **keywords: Any) -> str:
        rendering.macros.setdefault(path)
        with templates.LocatedMacro(text, path, names):
            if len(running) >= _MAX_DEPTH:
                raise CompileError(f"macro '{macro}' calls itself: {' -> '.join(running[-4:])} -> {macro}")
            running.append(macro)
            try:
                return templates.macros(text, path, names)[macro](*arguments, **keywords)
            except RecursionError:
                raise CompileError(f"macro '{macro}' calls itself without end") from None
            finally:
                running.pop()

    return call


def _check_characters(text: str, path: str) -> None:
    """Refuses characters that make a text read otherwise than it runs."""
    for pattern, what in ((_MARKS, "a control character"), (_BIDI, "a character that turns the direction of writing")):
        found = pattern.search(text)
        if found:
            line = text.count("\n", 0, found.start()) + 1
            raise CompileError(f"{what}, U+{ord(found[0]):04X}", path=path, line=line, hint="remove it, or chr(...)")


def _compile_model(context: ProjectContext, file: ModelFile, config: Config) -> Compiled:
    _check_characters(file.raw_sql, file.path)
    rendering = Rendering(context, file, config)
    names = template_context(rendering, str(context.relation(file.name)))
    rendered = templates.render(file.raw_sql, names, file.path, kind="model", is_laid_out=True)
    sql, lines = templates.split_marks(rendered, file.raw_sql)
    sql = _LAST_SEMICOLON.sub("", sql).rstrip()
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
    _keeps_to_its_chunk(compiled)
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
    used = {p.of[0] for p in compiled.parameters if p.kind is ParameterKind.DIMENSION}
    for name in compiled.refs:
        if name not in compiled.relations:
            continue  # only its keys are used, by formula
        shared = [d for d in context.config(name).slice_by if d in compiled.config.slice_by]
        for dimension in shared:
            if dimension not in used:
                key = context.project.dimensions[dimension].key
                raise CompileError(
                    f"reads ref('{name}'), which is sliced by {dimension} too, without naming {dimension}",
                    path=compiled.path,
                    hint=f"restrict it to the slice: where ... = {{{{ {dimension}.{key} }}}}",
                )


def _keeps_to_its_chunk(compiled: Compiled) -> None:
    """A model that may be cut must say what belongs to a chunk: otherwise each would have all rows."""
    used = {parameter.of for parameter in compiled.parameters if parameter.kind is ParameterKind.CHUNK}
    if compiled.config.chunks is not None and len(used) < 2:
        raise CompileError(
            "config: chunks cuts by a number that the statement does not name",
            path=compiled.path,
            hint="restrict the first table that has the number to the chunk: where ... and {{ chunk('n') }}",
        )


def _checksum(compiled: Compiled) -> str:
    facts = {
        "sql": compiled.sql,
        "config": {name: value for name, value in asdict(compiled.config).items() if name not in _CHANGES_NO_ROW},
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
