"""Templates reach nothing but what they are given: no module, no file, no environment, no connection, no setting."""

from __future__ import annotations

import io
import socket
import types
from pathlib import Path
from typing import Any

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sqlseed import templates, workspace
from sqlseed.compiler import template_context
from sqlseed.errors import SqlseedError
from sqlseed.pgurl import Secret
from sqlseed.rendering import ProjectContext, Rendering
from sqlseed.workspace import Workspace
from tests.cli.tiny import TINY
from tests.support import write_project

FORBIDDEN = (types.ModuleType, type, io.IOBase, socket.socket, Path, Workspace, ProjectContext, Rendering, Secret)


@pytest.fixture
def names(tmp_path: Path) -> dict[str, Any]:
    """All that a model's template can name."""
    opened = workspace.load(write_project(tmp_path, TINY), env={})
    context = ProjectContext(
        opened.project, opened.target, opened.variables, lambda _, f: opened.compiled[f.name].config
    )
    file = opened.project.models["marks"]
    return template_context(Rendering(context, file, opened.compiled["marks"].config), "this")


def reachable(roots: dict[str, Any], environment: ImmutableSandboxedEnvironment) -> dict[str, Any]:
    """Everything that attributes and items lead to which the sandbox lets through, by the way there."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    stack = list(roots.items())
    while stack:
        way, value = stack.pop()
        if id(value) in seen or len(way) > 200:
            continue
        seen.add(id(value))
        found[way] = value
        for name in dir(value):
            if environment.is_safe_attribute(value, name, None):
                try:
                    stack.append((f"{way}.{name}", getattr(value, name)))
                except Exception:
                    continue  # a placeholder that refuses to be looked into
        if isinstance(value, dict):
            stack += [(f"{way}[{key!r}]", item) for key, item in value.items()]
        if isinstance(value, list | tuple):
            stack += [(f"{way}[{number}]", item) for number, item in enumerate(value)]
    return found


def test_nothing_reachable_is_a_module_a_class_or_a_file(names: dict[str, Any]):
    environment = templates._environment()
    roots = {**names, **environment.globals, **environment.filters, **environment.tests}
    assert {"ref", "var", "config", "branch", "target", "range"} <= set(roots)
    found = reachable(roots, environment)
    assert len(found) > 200
    assert {way: value for way, value in found.items() if isinstance(value, FORBIDDEN)} == {}


def test_the_walk_finds_what_should_not_be_there():
    environment = templates._environment()
    planted = {"re": {"deep": [types.SimpleNamespace(module=io)]}}
    found = reachable(planted, environment)
    assert any(isinstance(value, types.ModuleType) for value in found.values())


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ref.__globals__ }}",
    "{{ ref.__func__.__code__ }}",
    "{{ range.__self__ }}",
    "{{ config.__closure__ }}",
    "{{ var.__self__.project }}",
    "{{ ''|attr('__class__') }}",
    "{{ ['__class__']|map(attribute='__class__')|list }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '%s'.__mod__(1).__class__ }}",
    "{{ ('{0.__class__.__init__}'|attr('format'))(1) }}",
    "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum.__globals__ }}",
    "{{ joiner }}",
    "{{ env_var('HOME') }}",
    "{{ target.conninfo }}",
    "{{ target.settings }}",
    "{{ target.password }}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends 'base' %}",
    "{% from 'a' import b %}",
    "{% do [].append(1) %}",
    "{% set x = [] %}{{ x.append(1) }}",
    "{% for x in (1).__class__.__bases__ %}{{ x }}{% endfor %}",
]


@pytest.mark.parametrize("text", ESCAPES)
def test_ways_out_of_the_sandbox(tmp_path: Path, names: dict[str, Any], text: str):
    with pytest.raises(SqlseedError):
        templates.render(text, names, "models/x.sql", kind="model")


def test_rendered_text_is_not_rendered_again(tmp_path: Path):
    """What a seed holds and what a var says is data, also where it looks like a template."""
    hostile = "{{ 7 * 7 }}{% raw %}"
    files = {
        **TINY,
        "seeds/names.csv": f'name,weight\n"{hostile}",1\n',
        "models/marks.sql": """
            {{ config(table='Marks', slice_by=['branch'], owner='pupil_id = :branch_id') }}
            select {{ var('town') }} as id, {{ branch.id }} as pupil_id, 1 as mark
            """,
    }
    opened = workspace.load(write_project(tmp_path, files), env={}, vars={"town": hostile})
    assert hostile not in opened.compiled["marks"].sql
    assert opened.variables["town"] == hostile
    assert opened.project.seeds["names"].rows == ((hostile, 1),)
