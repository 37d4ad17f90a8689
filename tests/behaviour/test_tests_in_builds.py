"""Data tests within a build: when they run, and what a failure holds up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlseed import api
from sqlseed.events import Event, EventKind
from tests.behaviour import clinics
from tests.behaviour.clinics import Database, build, statuses

Write = Callable[..., Path]

ADA = """- name: name
                data_type: text
                constraints: [{type: not_null}]
                data_tests:
                  - not_null
                  - accepted_values: {name: known, values: [VALUES], config: {CONFIG}}"""
COLUMN = "- {name: name, data_type: text, constraints: [{type: not_null}]}"


def with_test(values: str = "Ada, Ben, Cleo", config: str = "") -> dict[str, str]:
    """The clinics with a test of the patients' names."""
    yaml = clinics.FILES["models/models.yml"]
    assert COLUMN in yaml
    return {"models/models.yml": yaml.replace(COLUMN, ADA.replace("VALUES", values).replace("CONFIG", config))}


def verdicts(result: api.BuildResult) -> dict[str, str]:
    return {verdict.test.name: verdict.status.value for verdict in result.verdicts}


def test_tests_run_when_the_slices_of_their_models_are_done(database: Database, write: Write) -> None:
    events: list[Event] = []
    result = build(write(database, with_test()), on_event=events.append)
    assert result.success
    assert verdicts(result) == {"not_null_patients_name": "pass", "known": "pass"}
    order = [
        event.result.slice.model if event.result else event.name
        for event in events
        if event.kind in (EventKind.SLICE_FINISHED, EventKind.TEST_FINISHED)
    ]
    patients = max(i for i, name in enumerate(order) if name == "patients")
    assert patients < order.index("known") < order.index("visits")


def test_a_failure_skips_what_depends_on_the_model(database: Database, write: Write) -> None:
    root = write(database, with_test("Ada"))
    result = build(root)
    assert not result.success
    assert verdicts(result) == {"not_null_patients_name": "pass", "known": "fail"}
    found = statuses(result)
    assert {found[name] for name in found if name.startswith(("visits", "invoices"))} == {"skipped"}
    assert {found[name] for name in found if name.startswith(("clinics", "patients", "visit_plan"))} == {"success"}
    assert next(r.message for r in result.results if r.slice.model == "invoices") == "known failed"
    again = build(root)  # its rows are there, and are as wrong as before
    assert verdicts(again)["known"] == "fail"
    assert {statuses(again)[name] for name in found if name.startswith("visits")} == {"skipped"}


def test_a_mended_project_goes_on(database: Database, write: Write) -> None:
    build(write(database, with_test("Ada")))
    result = build(write(database, with_test()))
    assert result.success
    assert {status for name, status in statuses(result).items() if name.startswith("patients")} == {"no-op"}
    assert {status for name, status in statuses(result).items() if name.startswith("visits")} == {"success"}
    nothing = build(write(database, with_test()))
    assert verdicts(nothing) == {"not_null_patients_name": "pass", "known": "pass"}
    assert set(statuses(nothing).values()) == {"no-op"}


def test_a_warning_holds_up_nothing(database: Database, write: Write) -> None:
    result = build(write(database, with_test("Ada", "severity: warn")))
    assert result.success
    assert verdicts(result) == {"not_null_patients_name": "pass", "known": "warn"}
    assert set(statuses(result).values()) == {"success"}


def test_without_tests(database: Database, write: Write) -> None:
    result = build(write(database, with_test("Ada")), tests=False)
    assert result.success
    assert result.verdicts == ()


def test_tests_of_what_could_not_be_built_are_skipped(database: Database, write: Write) -> None:
    broken = clinics.changed("models/patients.sql", "name.name as", "(1 / (g.n - g.n))::text as")
    result = build(write(database, with_test() | broken))
    assert verdicts(result) == {"not_null_patients_name": "skipped", "known": "skipped"}


def test_a_test_that_reads_more_than_is_built_waits_for_its_time(database: Database, write: Write) -> None:
    joined = "select 1 as x from {{ ref('patients') }} as p, {{ ref('invoices') }} as i where false"
    root = write(database, {"tests/data/joined.sql": joined})
    assert verdicts(build(root, "+patients")) == {}
    assert verdicts(build(root, "+patients", indirect="eager")) == {"joined": "error"}
    assert verdicts(build(root, "+invoices")) == {"joined": "pass"}
    assert verdicts(build(root, exclude=["joined"])) == {}
    assert verdicts(build(root, "joined")) == {"joined": "pass"}


def test_a_dry_run_tests_too(database: Database, write: Write) -> None:
    result = build(write(database, with_test("Ada")), "patients", dry_run=True)
    assert verdicts(result)["known"] == "fail"


def test_a_test_holds_up_only_what_is_below_all_that_it_reads(database: Database, write: Write) -> None:
    wrong = "select 1 as x from {{ ref('patients') }} as p, {{ ref('visit_plan') }} as v limit 1"
    result = build(write(database, {"tests/data/wrong.sql": wrong}))
    found = statuses(result)
    assert {found[name] for name in found if name.startswith(("visits", "invoices"))} == {"skipped"}
    aside = "select 1 as x from {{ ref('patients') }} as p, {{ ref('visits') }} as v limit 1"
    result = build(write(database, {"tests/data/wrong.sql": aside}))
    found = statuses(result)
    assert {found[name] for name in found if name.startswith("visits")} == {"success"}
    assert {found[name] for name in found if name.startswith("invoices")} == {"skipped"}
