"""The project's data tests hold for every variant of the school, and each of them fails when its data are broken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.privacy.identifiers import Group
from tests.school.conftest import VARIANTS, Built, Databases, data_tests
from tests.school.test_school import tables
from tests.support import ROOT

MUTATIONS = ROOT / "tests" / "mutations"
JSON_COLUMNS = (
    "AcademicYear.terms", "GradingScale.grades", "Room.facilities", "TimetableTemplate.config",
    "Campaign.audienceQuery", "Message.payload", "Template.variables", "SubjectConstraint.value",
    "TeacherConstraint.value", "RoomConstraint.value", "TimeSlotConstraint.value", "AuditLog.oldData",
    "AuditLog.newData",
)  # fmt: skip


def name_of(path: Path) -> str:
    """`people/ages_fit_grades` for the data test of that name."""
    return "/".join(path.with_suffix("").parts[-2:])


def mutation_of(path: Path) -> Path:
    """The file with the statements that break the data in the way that a data test guards against."""
    return MUTATIONS / path.relative_to(ROOT / "tests" / "data")


def rows(built: Built) -> dict[str, int]:
    """How many each table has."""
    counts = [f"select '{table}', count(*) from \"{table}\"" for table in tables(built)]
    return dict(built.query(" union all ".join(counts)))


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_data_test_finds_a_row(variant: str, databases: Databases, subtests: pytest.Subtests) -> None:
    built = databases[variant]
    with built.connect(read_only=True) as connection:
        for path in data_tests():
            with subtests.test(name_of(path)):
                assert connection.execute(built.queries[path.stem]).fetchall() == []


@pytest.fixture(scope="module")
def broken(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A copy of the minimal school, for tests that break it."""
    built = databases["minimal"]
    copy = tmp_path_factory.mktemp("broken") / "school.duckdb"
    shutil.copyfile(built.path, copy)
    return Built(built.workspace, copy, built.checksums)


@pytest.mark.parametrize("path", data_tests(), ids=name_of)
def test_a_mutation_fails_its_data_test_and_those_it_names(path: Path, broken: Built) -> None:
    mutation = broken.mutation(mutation_of(path))
    with broken.connect() as connection:
        connection.begin()
        for statement in mutation.statements:
            connection.execute(statement)
        fails = {
            name for name in broken.readers(mutation.written) if connection.execute(broken.queries[name]).fetchall()
        }
        connection.rollback()
    assert fails == mutation.fails


def test_every_mutation_belongs_to_a_data_test() -> None:
    assert sorted(MUTATIONS.glob("**/*.sql")) == [mutation_of(path) for path in data_tests()]


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name not in ("minimal", "larger")])
def test_every_table_has_rows(variant: str, databases: Databases) -> None:
    built = databases[variant]
    counts = rows(built)
    assert len(counts) == 46
    assert [table for table, count in counts.items() if not count] == []


def test_sizes(databases: Databases) -> None:
    demo, minimal, larger = (sum(rows(databases[variant]).values()) for variant in ("demo", "minimal", "larger"))
    assert demo > 10_000_000
    assert minimal < 20_000
    assert larger > 3 * minimal


@pytest.mark.parametrize(("variant", "kind"), [("small", "phone_assignable"), ("in_a_vacation", "phone_undialable")])
def test_nothing_belongs_to_a_living_person(variant: str, kind: str, databases: Databases) -> None:
    audit = api.audit_privacy(databases[variant].workspace)
    assert audit.violations() == ()
    phones = {found.name: count for found, count in audit.counts(Group.PHONE).items() if count}
    assert list(phones) == [kind]
    assert phones[kind] > 1000
    assert audit.tables == 46


@pytest.mark.parametrize("column", JSON_COLUMNS)
def test_json_columns_parse(column: str, databases: Databases) -> None:
    table, name = column.split(".")
    documents = databases["small"].query(f'select distinct "{name}" from "{table}" where "{name}" is not null')
    assert documents
    for (document,) in documents:
        assert isinstance(json.loads(document), dict | list)
