"""Every way of being wrong that docs/reliability.md lists, with the whole message, as a person has read it.

A file of `messages/` holds those of a row. With SQLSEED_REWRITE_SNAPSHOTS set it is written: read the difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.cli.conftest import Run
from tests.inputs import cases, sql_cases
from tests.inputs.cases import Case, Group
from tests.inputs.snapshots import compare
from tests.support import write_project

GROUPS = cases.YAML | cases.FILES | sql_cases.JINJA | sql_cases.SQL | sql_cases.ARGUMENTS


def spoken(case: Case, name: str, done, folder: Path) -> str:
    """What a case shows, as it stands in a snapshot."""
    line = " ".join(word if len(word) < 60 else f"{word[:40]}..." for word in ("sqlseed", *case.run))
    output = (
        (done.stderr if case.code else done.stdout)
        .replace(str(folder), "{here}")
        .replace(str(folder.parent.parent), "{home}")
    )
    output = re.sub(r"\\u001b|\x1b", "<ESC>", output)
    return f"## {name}\n$ {line!r}\n{output.rstrip()}\nexit {done.rc}\n"


def change(folder: Path, case: Case) -> None:
    """The tiny project, changed as the case says."""
    for name, content in case.files.items():
        (folder / name).unlink(missing_ok=True)
        if content is not None:
            write_project(folder, {name: content})


def tables(folder: Path) -> list[tuple[str, ...]]:
    """What there is in the target."""
    place = folder / "target" / "tiny.duckdb"
    if not place.exists():
        return []
    with duckdb.connect(str(place)) as connection:
        return connection.execute("select table_name from information_schema.tables").fetchall()


@pytest.mark.parametrize(("row", "group"), GROUPS.items(), ids=GROUPS)
def test_message(row: str, group: Group, fresh_tiny: Callable[[], Path], sqlseed: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EMPTY_HERE", "")
    monkeypatch.setenv("LINES_HERE", "s3cr3t\nPW")
    said = []
    wrong = {}
    for name, case in group.items():
        folder = fresh_tiny()
        change(folder, case)
        done = sqlseed(*case.run)
        said.append(spoken(case, name, done, folder))
        if done.rc != case.code or "Traceback" in done.stderr or (case.code == 2 and tables(folder)):
            wrong[name] = said[-1]
        assert "s3cr3t" not in done.stdout + done.stderr
    assert wrong == {}
    compare(row, "\n".join(said))
