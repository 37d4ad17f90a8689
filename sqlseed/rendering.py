"""What a template may ask for while a model is rendered, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlseed import library, sqltext, templates
from sqlseed.errors import CompileError, SqlseedError, did_you_mean
from sqlseed.model import Config, Materialized, ModelFile, Parameter, ParameterKind, Project, Relation, Target, Value


class ProjectContext:
    """What all models of a project share while they are rendered."""

    def __init__(
        self,
        project: Project,
        target: Target,
        variables: Mapping[str, Value],
        read_config: Callable[[ProjectContext, ModelFile], Config],
    ) -> None:
        self.project = project
        self.target = target
        self.variables = variables
        self._read_config = read_config
        self._configs: dict[str, Config | SqlseedError] = {}
        self.macro_files: dict[str, str] = {}
        for path, text in project.macros.items():
            for name in templates.macro_names(text):
                if name in self.macro_files:
                    line = templates.macro_line(text, name)
                    other = self.macro_files[name]
                    first = f"{other}:{templates.macro_line(project.macros[other], name, first=True)}"
                    raise CompileError(f"macro '{name}' is also defined in {first}", path=path, line=line)
                self.macro_files[name] = path

    def config(self, name: str) -> Config:
        """The settings of a model; raises the same error each time if they are wrong."""
        if name not in self._configs:
            try:
                self._configs[name] = self._read_config(self, self.project.models[name])
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
                f"var '{name}' is not declared",
                hint=f"{did_you_mean(name, self.variables).rstrip('?')}; vars are declared in [vars]",
            )
        value = self.variables[name]
        return templates.BoundVar(f"{sqltext.MARK}:var_{name}", value) if isinstance(value, str) else value

    def target_facts(self) -> dict[str, str]:
        """What a template may know of the target."""
        return {"name": self.target.name, "schema": self.target.schema}


class Rendering:
    """One model while it is rendered: what its template asked for."""

    def __init__(self, context: ProjectContext, file: ModelFile, config: Config) -> None:
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
        """Registers a bind parameter and gives its text, `:name`; raises CompileError if it means something else."""
        made = Parameter(name, type_, kind, of)
        if self.parameters.setdefault(name, made) != made:
            raise CompileError(
                f"the bind parameter :{name} would mean two things: the {self.parameters[name].kind} of"
                f" {' and '.join(self.parameters[name].of)}, and the {kind} of {' and '.join(of)}",
                hint="rename the dimension, the column or the model",
            )
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
