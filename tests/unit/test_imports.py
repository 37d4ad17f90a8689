"""What an import costs, and who may import what.

import-linter proves the layers from the source; here a fresh interpreter proves what is really loaded, and the source
is searched for third-party imports outside the one module that wraps each library.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

from tests.support import ROOT, cli_environment

HEAVY = {"click", "duckdb", "psycopg", "rich", "sqlglot"}
PURE = ["errors", "model", "planner", "profile", "project", "runner", "seeds", "selector"]

HOMES = {  # library -> the module or package that imports it, and nobody else does
    "click": "cli/",
    "duckdb": "backends/duckdb.py",
    "jinja2": "templates.py",
    "psycopg": "backends/postgres.py",
    "rich": "display.py",
    "pglast": "lint/grammar.py",
    "pygments": "reviewpage/highlight.py",
    "sqlglot": "dialect/",
    "yaml": "yamlfile.py",
}

SOURCES = sorted((ROOT / "sqlseed").rglob("*.py"))


def loaded_by(module: str) -> set[str]:
    """Top-level names in `sys.modules` after a fresh interpreter imported the module."""
    code = f"import json, sys, {module}; print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    answer = subprocess.run([sys.executable, "-c", code], env=cli_environment(), capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout))


@pytest.mark.parametrize("module", ["sqlseed", *(f"sqlseed.{name}" for name in PURE)])
def test_import_loads_no_driver_and_no_terminal(module):
    assert loaded_by(module) & HEAVY == set()


@pytest.mark.parametrize("module", ["sqlseed.cli", "sqlseed.api"])
def test_the_command_line_loads_no_driver_and_no_parser_until_it_needs_one(module):
    assert loaded_by(module) & {"duckdb", "pglast", "psycopg", "sqlglot"} == set()


def test_each_library_is_imported_in_one_module():
    strangers = [
        f"{name}: {library} belongs in {HOMES[library]}"
        for path in SOURCES
        for library in sorted(imports_of(path) & HOMES.keys())
        if not (name := path.relative_to(ROOT / "sqlseed").as_posix()).startswith(HOMES[library])
    ]
    assert strangers == []


def test_modules_and_functions_stay_short():
    long = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        if (lines := text.count("\n")) > 400:
            long.append(f"{name}: {lines} lines, at most 400")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > 60:
                    long.append(f"{name}:{node.lineno}: {node.name} has {lines} lines, at most 60")
    assert long == []


def imports_of(path) -> set[str]:
    """Top-level names of all that the file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names
