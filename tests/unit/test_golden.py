"""Golden files: what a template compiles to, for PostgreSQL and for DuckDB, as text that a person can review.

A file of tests/golden holds a template, a line of dashes, the compiled statement, another line, and DuckDB's text.
`SQLSEED_GOLDEN=write pytest tests/unit/test_golden.py` writes the second and the third part anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sqlseed import dialect
from sqlseed.workspace import Workspace
from tests.support import ROOT
from tests.unit.towns import open_towns

SEPARATOR = "\n-- " + "-" * 60 + " "
FILES = sorted((ROOT / "tests" / "golden").glob("*.sql"))


def compile_template(folder: Path, template: str) -> Workspace:
    """The project of the towns, with the template as its model `golden`."""
    columns = "[{name: id, data_type: text, constraints: [{type: primary_key}]}, {name: town, data_type: text}]"
    if "key_block" in template:
        columns = columns.replace("id, data_type: text", "id, data_type: bigint")
    entry = f"models: [{{name: golden, columns: {columns}}}]\n"
    return open_towns(folder, {"models/golden.sql": template, "models/golden.yml": entry})


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_template_compiles_to_what_is_written(path, tmp_path):
    template = path.read_text("utf-8").split(SEPARATOR)[0]
    workspace = compile_template(tmp_path, template)
    compiled = workspace.checked(["golden"])["golden"]
    duckdb = dialect.to_duckdb(compiled.sql, {p.name: p.type for p in compiled.parameters})
    parts = [
        template.rstrip("\n") + "\n",
        "PostgreSQL\n" + compiled.sql + "\n",
        "DuckDB\n" + duckdb + "\n",
    ]
    text = SEPARATOR.join(parts)
    if os.environ.get("SQLSEED_GOLDEN") == "write":
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text, "SQLSEED_GOLDEN=write writes it anew"
    names = {p.name for p in compiled.parameters}
    assert all(f":{name}" in compiled.sql and f"${name}" in duckdb for name in names)


def test_there_are_golden_files():
    assert len(FILES) >= 5
