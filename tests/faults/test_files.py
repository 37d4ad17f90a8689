"""Project files that are edited, removed or broken while slices run: the run goes on with what it had read."""

from __future__ import annotations

import pytest

from sqlseed.errors import SqlseedError
from tests.behaviour.clinics import build, statuses
from tests.faults.test_connection import after

MODEL = "models/patients.sql"


@pytest.mark.parametrize("way", ["edited", "removed", "broken"])
def test_a_file_that_changes_while_slices_run(database, write, way: str):
    root = write(database)
    assert build(root).success
    expected = database.digest()
    file = root / MODEL
    before = file.read_text()
    edited = before.replace("200, 4000", "300, 4000")
    assert edited != before

    def change() -> None:
        if way == "removed":
            file.unlink()
        else:
            file.write_text(edited if way == "edited" else "{{ nonsense")

    assert build(root, full_refresh=True, on_event=after(1, change)).success
    assert database.digest() == expected
    if way == "edited":
        result = build(root)
        assert result.success
        assert statuses(result)["patients north"] == "success"
        assert database.digest() != expected
    else:
        with pytest.raises(SqlseedError):
            build(root)
        assert database.digest() == expected
