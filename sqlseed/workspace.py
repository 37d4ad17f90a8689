"""A project opened for one target with its vars settled: what every command starts from."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlseed import cache, planner, profile, selector, variables
from sqlseed import project as projects
from sqlseed.errors import SqlseedError, raise_all
from sqlseed.model import Compiled, DimensionValue, Project, ResourceType, Target, Value

T = TypeVar("T")


@dataclass
class Workspace:
    """A project, its target and its vars; compiled when first asked for."""

    project: Project
    target: Target
    variables: Mapping[str, Value]
    target_path: Path = field(init=False)

    def __post_init__(self) -> None:
        self.target_path = self.project.root / "target"

    @cached_property
    def compiled(self) -> dict[str, Compiled]:
        """Every enabled model, rendered but not parsed."""

        def render() -> dict[str, Compiled]:
            from sqlseed import compiler  # it needs Jinja, which takes 40 ms to import

            return compiler.compile_project(self.project, self.target, self.variables)

        return self.remembered("compiled", render)

    def remembered(self, kind: str, make: Callable[[], T], *more: object) -> T:
        """What `make` gives from the project's files, the target's names, the vars and `more` alone; see `cache`."""
        names = (self.target.name, self.target.schema, self.target.state_schema)
        parts = [self.project.digest, str(self.project.root), names, dict(self.variables), *more]
        known = None if self.project.digest is None else parts
        return cache.value(kind, known, make, lambda _: projects.is_unchanged(self.project))

    def checked(self, names: Sequence[str] | None = None) -> dict[str, Compiled]:
        """The compiled models, their statements parsed and checked (those of `names`, or all).

        Raises every error of every model in one go.
        """
        from sqlseed import dialect  # the parser takes 80 ms to import, and listing needs none

        errors: list[SqlseedError] = []
        for name in sorted(self.compiled if names is None else names):
            model = self.compiled[name]
            errors += dialect.check(model)
            errors += dialect.check_types(model.contract, name, model.patch_path)
        raise_all(errors)
        planner.order(self.compiled)
        return self.compiled

    @cached_property
    def values(self) -> dict[str, tuple[DimensionValue, ...]]:
        """The values of every dimension under these vars."""
        return self.remembered("values", lambda: planner.dimension_values(self.project, self.variables))

    @cached_property
    def graph(self) -> selector.Graph:
        """The models and seeds with what selection can ask of them."""
        nodes: dict[str, selector.Node] = {}
        parents: dict[str, frozenset[str]] = {}
        for name, model in self.compiled.items():
            config = {
                "table": model.config.table,
                "materialized": model.config.materialized.value,
                "slice_by": list(model.config.slice_by),
                "tags": list(model.config.tags),
                "key_kind": model.config.key_kind.value,
                "enabled": model.config.enabled,
                "meta": dict(model.config.meta),
            }
            nodes[name] = selector.Node(
                name,
                ResourceType.MODEL,
                model.fqn,
                model.path,
                model.patch_path,
                model.config.tags,
                config,
                model.relation.name,
            )
            parents[name] = frozenset(model.refs) | frozenset(model.seeds) | self._dimension_seeds(model)
        paths = getattr(self.project.seeds, "paths", None)
        for name in self.project.seeds:
            path = paths[name] if paths else self.project.seeds[name].path
            folders = path.split("/")[1:-1]
            nodes[name] = selector.Node(
                name, ResourceType.SEED, (self.project.name, *folders, name), path, None, (), {}, name
            )
            parents[name] = frozenset()
        return selector.Graph(nodes, parents)

    def _dimension_seeds(self, model: Compiled) -> frozenset[str]:
        return frozenset(self.project.dimensions[name].seed for name in model.config.slice_by)

    def select(
        self,
        select: Sequence[str] = (),
        exclude: Sequence[str] = (),
        *,
        facts: selector.Facts | None = None,
        allow_empty: bool = False,
    ) -> frozenset[str]:
        """The names of the models and seeds that a selection picks; raises SelectionError."""
        return selector.select(
            self.graph,
            select,
            exclude,
            facts=facts or selector.Facts(),
            selectors=self.project.selectors,
            allow_empty=allow_empty,
        )

    def models_of(self, names: frozenset[str]) -> frozenset[str]:
        """The models among some names."""
        return frozenset(name for name in names if name in self.compiled)

    def ancestors(self, names: frozenset[str]) -> frozenset[str]:
        """`names` and every model that they need."""
        found: set[str] = set()
        stack = list(names)
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack += [parent for parent in self.compiled[name].refs if parent in self.compiled]
        return frozenset(found)


def load(
    project_dir: str | os.PathLike[str] | None = None,
    *,
    profiles_dir: str | os.PathLike[str] | None = None,
    target: str | None = None,
    threads: int | None = None,
    vars: Mapping[str, Any] | None = None,  # noqa: A002  (the option's name)
    preset: str | None = None,
    env: Mapping[str, str] | None = None,
) -> Workspace:
    """Open a project: read it, choose the target of `profiles.yml`, settle the vars.

    `project_dir` defaults to the nearest project from the working directory upwards. `env` is what `env_var()`
    in profiles.yml sees, the process's environment by default. Raises SqlseedError for whatever is wrong.
    """
    project = load_only(project_dir)
    root = project.root
    folder = Path(profiles_dir) if profiles_dir is not None else None
    environment = os.environ if env is None else env
    chosen = profile.load_target(root, project.profile, target, folder, environment, _render, threads)
    return Workspace(project, chosen, variables.resolve_vars(project, preset, vars or {}))


def load_only(project_dir: str | os.PathLike[str] | None = None) -> Project:
    """The project without a target: its files, read and checked."""
    return projects.load_project(projects.find_root(Path(project_dir or "."), upwards=project_dir is None))


def _render(text: str, context: Mapping[str, Any], path: str) -> str:
    from sqlseed import templates  # only where an output has an expression in it

    return templates.render(text, context, path)
