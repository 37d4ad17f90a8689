"""The school's own measurements: near their targets in every variant, and off them where the data are spoilt."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from typing import Any

import duckdb
import pytest

from sqlseed import api, dialect
from sqlseed.checkup import realism
from sqlseed.checkup.scoring import Distribution
from sqlseed.live import LiveColumn, LiveTable
from sqlseed.model import Relation
from sqlseed.workspace import Workspace
from tests.school.conftest import VARIANTS, Built, Databases
from tests.support import ROOT

NOTHING = "there is nothing to measure"
SPOILT = {
    "ages": """update "Student" set "dob" = '2000-01-01'""",
    "attendance_rates": """update "AttendanceRecord" set "status" = 'absent'""",
    "board_results": """update "Mark" set "totalMarks" = 0""",
    "distinct_names": """update "Student" set "firstName" = 'Asha', "lastName" = 'Rao'""",
    "girls": """update "Student" set "gender" = 'female'""",
    "guardians_per_pupil": """delete from "StudentGuardian" where not "isPrimary\"""",
    "invoices": """update "Invoice" set "status" = 'overdue'""",
    "places_taken": """update "Section" set "capacity" = 2 * "capacity\"""",
    "staff": """update "Staff" set "status" = 'inactive'""",
    "student_status": """update "Student" set "status" = 'inactive'""",
    "upi": """update "Payment" set "method" = 'cash'""",
    "weekly_load": """update "TimetablePeriod" set "teacherId" = (select min("id") from "Teacher")""",
}
"""For each query of the folder health/ a statement that spoils what it measures."""


class Session:
    """As much of a session as a measurement asks for, on a test's own connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def select_sql(self, sql: str, types: Mapping[str, str]) -> str:
        return dialect.select_to_duckdb(sql, types)

    def query(self, sql: str, *_: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql).fetchall()


def measured(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> dict[str, Distribution]:
    live: dict[Relation, LiveTable] = {}
    for model in workspace.compiled.values():
        columns = {c.name: LiveColumn(c.name, c.type, True, False) for c in model.contract.columns}
        live[model.relation] = LiveTable(columns)
    session: Any = Session(connection)
    found = realism.prepare(workspace)
    return {head.name: realism.measure(session, head, one, workspace.compiled, live) for head, one in found}


@pytest.mark.parametrize("variant", VARIANTS)
def test_measurements_are_near_their_targets(variant: str, databases: Databases) -> None:
    built = databases[variant]
    with built.connect(read_only=True) as connection:
        found = measured(connection, built.workspace)
    outside = {
        name: [(m.label, m.actual, m.target, m.tolerance) for m in one.measures if not m.fits]
        for name, one in found.items()
    }
    assert {name: rows for name, rows in outside.items() if rows} == {}
    assert {one.problem for one in found.values()} <= {"", NOTHING}  # a school without a board examination yet


@pytest.fixture(scope="module")
def spoilt(small: Built, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A copy of the small school, for tests that spoil it."""
    copy = tmp_path_factory.mktemp("spoilt") / "school.duckdb"
    shutil.copyfile(small.path, copy)
    return Built(small.workspace, copy, small.checksums)


@pytest.mark.parametrize("name", SPOILT)
def test_a_measurement_is_off_where_its_data_are_spoilt(name: str, spoilt: Built) -> None:
    with spoilt.connect() as connection:
        connection.begin()
        connection.execute(SPOILT[name])
        found = measured(connection, spoilt.workspace)
        connection.rollback()
    assert found[name].measures
    assert found[name].outside > 0


def test_every_measurement_has_its_negative_control() -> None:
    assert sorted(SPOILT) == sorted(path.stem for path in (ROOT / "health").glob("**/*.sql"))


@pytest.mark.parametrize(("variant", "score"), [("demo", 100), ("minimal", 98)])
def test_score(variant: str, score: int, databases: Databases) -> None:
    """The minimal school is before its first board examination, and has nothing to measure there."""
    assert api.health(databases[variant].workspace, today=dt.date(2026, 10, 1)).score == score
