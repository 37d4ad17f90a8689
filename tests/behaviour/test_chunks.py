"""Large slices cut into chunks: the same rows as without, each chunk a transaction of its own, the cut kept."""

from __future__ import annotations

import psycopg
import pytest

from sqlseed import api
from sqlseed.events import EventKind, Status
from tests.behaviour.clinics import CUT, FILES, Database, build, checksums, statuses
from tests.support import run_cli

WHOLE = {"patients south", "visits south/2024", "invoices south"}
CHUNKS = {
    *("patients south#0-2", "patients south#3-"),
    *("visits south/2024#0-3", "visits south/2024#4-7", "visits south/2024#8-"),
    *("invoices south#0-0", "invoices south#1-"),
}


def wrong(old: str, new: str, name: str = "models/visits.sql") -> dict[str, str]:
    """The project with one text of a model replaced, which must be in it."""
    assert old in CUT[name]
    return CUT | {name: CUT[name].replace(old, new)}


def test_the_rows_are_the_same(database: Database, write):
    root = write(database, CUT)
    assert statuses(build(root)).keys() >= WHOLE
    wanted, contents = checksums(build(root, checksums=True)), database.contents()
    api.clean(api.load(root), api.Selection())
    result = build(write(database, CUT, rows_per_chunk=4), checksums=True)
    assert statuses(result).keys() >= CHUNKS
    assert not statuses(result).keys() & WHOLE
    assert checksums(result) == wanted
    assert database.contents() == contents
    rows = {str(r.slice): r.rows for r in result.results}
    assert [rows[f"visits south/2024#{chunk}"] for chunk in ("0-3", "4-7", "8-")] == [4, 4, 4]


def test_a_cut_is_kept_while_something_stands(database: Database, write):
    """Neither another setting nor growth moves rows from one chunk to another."""
    assert build(write(database, CUT, rows_per_chunk=4)).success
    for most in (0, 3, 1_000_000):
        root = write(database, CUT, rows_per_chunk=most)
        assert set(statuses(build(root)).values()) == {"no-op"}
    grown = build(root, vars={"patients": 9}, checksums=True)
    assert grown.success
    assert {name for name in statuses(grown) if name.startswith("patients south")} == {
        "patients south#0-2",
        "patients south#3-",
    }
    contents, sums = database.contents(), checksums(grown)
    api.clean(api.load(root), api.Selection())
    assert database.contents() == {table: [] for table in contents}
    fresh = build(root, vars={"patients": 9}, checksums=True)
    assert checksums(fresh) == sums
    assert database.contents() == contents
    assert statuses(fresh).keys() >= WHOLE


def test_what_is_missing_is_filled(database: Database, write):
    """After a kill some chunks are there; the rest is cut by what is set now."""
    root = write(database, CUT, rows_per_chunk=4)
    assert build(root).success
    contents = database.contents()
    for table, where in (("Visit", '"yearNo" = 1 and "no" between 4 and 7'),):
        database.run(
            "delete from _sqlseed.checkpoint where model = 'visits' and slice = 'south/2024#4-7'",
            f'delete from "{table}" where "clinicId" = \'south\' and {where}'
            if database.engine == "duckdb"
            else "select 1",
        )
    result = build(write(database, CUT, rows_per_chunk=3))
    assert result.success
    assert {n for n, status in statuses(result).items() if n.startswith("visits") and status == "success"} == {
        "visits south/2024#4-5",
        "visits south/2024#6-7",
    }
    assert database.contents() == contents


def test_one_chunk_fails_and_the_others_stay(database: Database, write):
    files = wrong('p.n::int as "no"', 'case when p.n < 8 then p.n::int end as "no"')
    result = build(write(database, files, rows_per_chunk=4))
    found = {r.slice.key: r for r in result.results if r.slice.model == "visits"}
    assert found["south/2024#8-"].status is Status.ERROR
    assert "visits.sql" in str(found["south/2024#8-"].error)
    assert found["south/2024#4-7"].status is Status.SUCCESS
    assert all(r.status is Status.SKIPPED for r in result.results if r.slice.model == "invoices")
    mended = build(write(database, CUT, rows_per_chunk=4), checksums=True)
    assert mended.success
    api.clean(api.load(write(database, CUT)), api.Selection())
    assert checksums(build(write(database, CUT), checksums=True)) == checksums(mended)


def test_a_changed_slice_is_written_chunk_by_chunk(database: Database, write):
    root = write(database, CUT, rows_per_chunk=4)
    assert build(root).success
    changed = build(root, vars={"patients": 4}, checksums=True)
    assert changed.success
    contents = database.contents()
    fresh = build(root, vars={"patients": 4}, full_refresh=True, checksums=True)
    assert checksums(fresh) == checksums(changed)
    assert database.contents() == contents
    assert len(contents["Visit"]) == 3 * 2 * 8


def test_a_unique_value_that_moves_to_another_chunk(any_pg: Database, write):
    """The other chunk still has it; in a slice that is not cut it would just move."""
    root = write(any_pg, CUT, rows_per_chunk=4)
    assert build(root).success
    result = build(root, vars={"shift": 1})
    errors = {r.slice.model: r.error for r in result.results if r.status is Status.ERROR}
    assert errors.keys() == {"patients"}
    assert "`sqlseed clean --select patients+`, then build again" in str(errors["patients"].__dict__)
    api.clean(api.load(root), api.Selection(("patients+",)))
    assert build(root, vars={"shift": 1}).success


def test_keys_outside_the_chunk_are_refused(database: Database, write):
    """A chunk's rows are known by their keys: what lies elsewhere would be lost from sight."""
    files = wrong("key('p.n')", "key('p.n * 2')")
    result = build(write(database, files, rows_per_chunk=4))
    errors = {str(r.slice): str(r.error) for r in result.results if r.status is Status.ERROR}
    assert "visits south/2024#0-3" in errors
    assert "numbers rows outside the chunk's keys: 4 rows written, 2 of them inside" in errors["visits south/2024#0-3"]
    told = wrong("key('p.n')", "key('p.n * 2')")
    told["models/visits.sql"] = told["models/visits.sql"].replace("'begins': 'part'", "'begins': 'part', 'keys': 2")
    assert build(write(database, told, rows_per_chunk=4)).success
    assert len(database.contents()["Visit"]) == 3 * 2 * 12


def test_another_build_that_cuts_otherwise(any_pg: Database, write):
    """Its checkpoints overlap: whoever completes second is rolled back."""
    root = write(any_pg, CUT, rows_per_chunk=4)
    assert build(root, "+visits", slices={"clinic": ["north"]}).success
    columns = "model, slice, fingerprint, rows, run_id, sqlseed_version, completed_at"
    stranger = f"insert into _sqlseed.checkpoint ({columns}) values ('visits', '{{}}', 'x', 1, 'other', '0', now())"

    def meanwhile(key: str):
        def on_event(event):
            if event.kind is EventKind.RUN_STARTED:
                with psycopg.connect(any_pg.place, autocommit=True) as connection:
                    connection.execute(stranger.format(key))

        return on_event

    result = build(root, "+visits", slices={"clinic": ["south"]}, on_event=meanwhile("south/2024"))
    errors = {str(r.slice): str(r.error) for r in result.results if r.status is Status.ERROR}
    assert errors.keys() == {"visits south/2024#0-3", "visits south/2024#4-7", "visits south/2024#8-"}
    said = "another build, with another rows_per_chunk, has written visits south/2024 meanwhile"
    assert all(said in error for error in errors.values())
    result = build(root, "+visits", slices={"clinic": ["east"]}, on_event=meanwhile("east/2024#5-5"))
    errors = {str(r.slice): str(r.error) for r in result.results if r.status is Status.ERROR}
    assert errors.keys() == {"visits east/2024#4-7"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("'begins': 'part'", "'begin': 'part'", "chunks takes {'parts': ..., 'begins': ..., 'keys': ...}"),
        (
            "'begins': 'part'",
            "'begins': 'part', 'keys': 0",
            "chunks: keys must be a whole number from 1 to 2^32",
        ),
        ("'begins': 'part'", "'begins': 'prat'", "config chunks: begins: 'prat' is not defined"),
        ("'begins': 'part'", "'begins': true", "chunks: parts and begins must be numbers"),
        (
            """'parts': "var('patients') * 2\"""",
            "'parts': 'clinic.id'",
            "config chunks: parts: 'clinic.id' is 'north'",
        ),
        ("""rows="var('patients') * 2", """, "", "config: chunks needs rows, by which a slice is found large"),
        ("\n          and {{ chunk('p.n') }}", "", "config: chunks cuts by a number that the statement does not name"),
    ],
)
def test_settings_that_are_refused(on_duckdb: Database, write, old, new, said):
    run = run_cli(["build"], write(on_duckdb, wrong(old, new), rows_per_chunk=4))
    assert run.rc in (1, 2)
    assert said in run.stderr
    assert "models/visits.sql" in run.stderr


def test_a_model_that_cannot_be_cut(on_duckdb: Database, write):
    chunks = "chunks={'parts': 2, 'begins': 'part'}, rows=3, materialized='intermediate'"
    text = FILES["models/visit_plan.sql"].replace("materialized='intermediate'", chunks)
    run = run_cli(["compile"], write(on_duckdb, {"models/visit_plan.sql": text}))
    assert "config: chunks needs keys that are numbered" in run.stderr
    text = FILES["models/visits.sql"].replace("where", "where {{ chunk('p.n') }} and")
    run = run_cli(["compile"], write(on_duckdb, {"models/visits.sql": text}))
    assert "models/visits.sql:10: chunk() is for a model with config(chunks=...)" in run.stderr


def test_health_knows_whose_rows_they_are(database: Database, write):
    root = write(database, CUT, rows_per_chunk=4)
    assert build(root).success
    report = api.health(api.load(root))
    found = {str(s.slice): (s.rows, s.expected) for table in report.tables for s in table.slices}
    assert {name: found[name] for name in CHUNKS} == {
        **dict.fromkeys(["patients south#0-2", "patients south#3-"], (3, 3)),
        **{f"visits south/2024#{chunk}": (4, 4) for chunk in ("0-3", "4-7", "8-")},
        **dict.fromkeys(["invoices south#0-0", "invoices south#1-"], (12, 12)),
    }
