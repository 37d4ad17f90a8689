"""The projects that are measured, each in a folder of its own, so that a run leaves the repository as it is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

_PARTS = ("models", "macros", "seeds", "pyproject.toml", "sqlseed.toml", "profiles.yml", "selectors.yml")


def copy_project(source: Path, place: Path) -> Path:
    """A copy of the project in `source`, without what it has built."""
    place.mkdir()
    for name in _PARTS:
        part = source / name
        if part.is_dir():
            shutil.copytree(part, place / name)
        elif part.exists():
            shutil.copyfile(part, place / name)
    profiles = place / "profiles.yml"
    if profiles.exists():  # the benchmark's own server has a superuser and nobody else
        text = re.sub(r"(?m)^( *)environment: dev\b.*", r"\g<0>\n\1allow_superuser: true", profiles.read_text("utf-8"))
        profiles.write_text(text, "utf-8")
    return place


def set_bulk(project: Path, mode: str) -> None:
    """Has the copied project's targets fill tables in bulk or in place: `auto`, `on` or `off`."""
    profiles = project / "profiles.yml"
    text = re.sub(r"(?m)^ *bulk:.*\n", "", profiles.read_text("utf-8"))
    profiles.write_text(re.sub(r"(?m)^( *)environment: dev\b.*", rf'\g<0>\n\1bulk: "{mode}"', text), "utf-8")


def one_row_models(place: Path, count: int) -> Path:
    """A project of `count` models that give one row each; each refers to the one before it, every tenth to none."""
    models = place / "models"
    models.mkdir(parents=True)
    profile = "sqlseed:\n  outputs:\n    dev: {type: duckdb, path: target/one_row.duckdb}\n"
    (place / "profiles.yml").write_text(profile, encoding="utf-8")
    (place / "sqlseed.toml").write_text('name = "one_row"\n', encoding="utf-8")
    contracts = ["models:"]
    for number in range(1, count + 1):
        name, parent = f"m{number:03}", f"m{number - 1:03}"
        refers = number % 10 != 1
        lines = ["    {{ key('1') }} as id,", f"    {{{{ random_int('value', '1', 1, {number}) }}}}::int as value"]
        if refers:
            lines.insert(1, f"    {{{{ key_of('{parent}', '1') }}}} as parent_id,")
        (models / f"{name}.sql").write_text("select\n" + "\n".join(lines) + "\n", encoding="utf-8")
        columns = ["{name: id, data_type: text}", "{name: value, data_type: integer}"]
        if refers:
            columns.insert(1, "{name: parent_id, data_type: text}")
        contracts.append(f"  - {{name: {name}, columns: [{', '.join(columns)}],")
        contracts.append("     constraints: [{type: primary_key, columns: [id]}]}")
    (models / "models.yml").write_text("\n".join(contracts) + "\n", encoding="utf-8")
    return place
