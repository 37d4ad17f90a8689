"""What looks odd and is all right: it gives the same rows as its plain form, or comes out as it went in."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import api
from tests.cli.conftest import Run
from tests.cli.tiny import TINY
from tests.support import write_project


def checksums(folder: Path) -> dict[str, str | None]:
    result = api.build(api.load(folder), dry_run=True, checksums=True)
    assert result.success
    return {table.model: table.checksum for table in result.tables}


def fingerprints(folder: Path) -> dict[str, str]:
    opened = api.load(folder)
    models = {name: model.checksum for name, model in opened.compiled.items()}
    return models | {name: seed.checksum for name, seed in opened.project.seeds.items()}


@pytest.mark.parametrize("change", ["CRLF", "CR", "BOM", "no newline at the end"])
def test_line_ends_and_marks_change_nothing(tmp_path: Path, change: str):
    plain, other = write_project(tmp_path / "a", TINY), write_project(tmp_path / "b", TINY)
    for path in other.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            changed = {
                "CRLF": data.replace(b"\n", b"\r\n"),
                "CR": data.replace(b"\n", b"\r"),
                "BOM": b"\xef\xbb\xbf" + data,
                "no newline at the end": data.rstrip(b"\n"),
            }[change]
            path.write_bytes(changed)
    assert fingerprints(other) == fingerprints(plain)
    assert checksums(other) == checksums(plain)


def test_a_line_of_ten_megabytes(tmp_path: Path):
    long = {"seeds/years.csv": "name,no,note\n2024-25,2024," + "x" * 1_000_000 + "\n2025-26,2025,y\n"}
    remark = {"models/models.yml": str(TINY["models/models.yml"]) + "\n        # " + "x" * 10_000_000 + "\n"}
    folder = write_project(tmp_path, {**TINY, **long, **remark})
    started = time.monotonic()
    assert api.load(folder).checked()
    assert time.monotonic() - started < 10


CELLS = [
    "=cmd()",
    "+91-7000000000",
    "-5",
    "@x",
    "100%",
    "%s",
    "a,b",
    'say "x"',
    " spaces ",
    "line\nbreak",
    "NULL",
    "null",
]


def test_cells_are_loaded_as_they_are(tmp_path: Path):
    """A formula stays one; an empty cell is null, quoted or not, and `NULL` is a word."""
    rows = "".join(f'"{cell.replace(chr(34), chr(34) * 2)}",1\n' for cell in CELLS)
    folder = write_project(tmp_path, {**TINY, "seeds/names.csv": f'name,weight\n{rows},1\n"",1\n'})
    read = [row[0] for row in api.load(folder).project.seeds["names"].rows]
    assert read == [*CELLS, None, None]


def test_percent_signs_in_sql(tmp_path: Path, sqlseed: Run, fresh_tiny: Callable[[], Path]):
    folder = fresh_tiny()
    sql = "{{ config(owner=\"id = '5%'\") }}\nselect '5%' as id, '%s %(a)s %%' as pupil_id, 7 % 4 as mark\n"
    (folder / "models" / "marks.sql").write_text(sql)
    shown = sqlseed("show", "marks", "--output", "csv")
    assert (shown.rc, shown.stdout) == (0, "id,pupil_id,mark\n5%,%s %(a)s %%,3\n")


def test_five_wrong_files_are_told_in_one_go(sqlseed: Run, fresh_tiny: Callable[[], Path]):
    folder = fresh_tiny()
    wrong = {
        "models/marks.sql": "select\n  {{ nope }} as id\n",
        "models/branch_table.sql": "{{ config(owner='id = 1') }}\nselect 1 as id,, 2 as name\n",
        "models/people/weights.sql": "{{ config(slice_by=['brnch']) }}\nselect 1 as n\n",
        "models/people/pupils.sql": "select\n\n  {{ random_int('a') }} as id\n",
        "seeds/years.csv": "name,no\n2024-25\n2025-26,2025\n",
    }
    for name, text in wrong.items():
        (folder / name).write_text(text)
    said = sqlseed("compile").stderr
    for place in ("marks.sql:2", "branch_table.sql:2", "weights.sql:1", "pupils.sql:3", "years.csv:2"):
        assert place in said


def test_five_wrong_yaml_files_are_told_in_one_go(sqlseed: Run, fresh_tiny: Callable[[], Path]):
    folder = fresh_tiny()
    for number, text in enumerate(["\tx: 1\n", "a: 012\n", "models: {}\n", "modles: []\n", "a: 1\na: 2\n"], 1):
        (folder / "models" / f"extra{number}.yml").write_text(text)
    said = sqlseed("compile").stderr
    assert [f"extra{number}.yml:" in said for number in range(1, 6)] == [True] * 5
