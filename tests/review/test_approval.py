"""What `review.lock` holds, and what a build refuses because of it: each thing that decides rows, changed alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import api, approval, library
from sqlseed.backends import pg_sql
from sqlseed.errors import GuardError, ProjectError, SqlseedError
from sqlseed.workspace import Workspace
from tests.cli.tiny import TINY
from tests.support import write_project

FILES = {
    **TINY,
    "macros/marks.sql": "{% macro best() %}100{% endmacro %}\n",
    "models/marks.sql": str(TINY["models/marks.sql"]).replace("'n', 0, 100", "'n', 0, best()"),
    "profiles.yml": """
        sqlseed:
          target: dev
          outputs:
            dev: {type: duckdb, path: target/tiny.duckdb}
            strict: {type: duckdb, path: target/tiny.duckdb, require_approval: true}
            pg: {type: postgres, url: "postgresql://somebody@127.0.0.1:1/tiny", require_approval: "true"}
        """,
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_project(tmp_path / "tiny", FILES)


def load(root: Path, **options) -> Workspace:
    return api.load(root, env={"HOME": str(root)}, **options)


def refusal(root: Path, **options) -> str:
    """What an approved build says; nothing may have been written."""
    with pytest.raises(GuardError) as error:
        api.build(load(root, **options), approved=True)
    assert error.value.exit_code == 3
    assert not list(root.glob("target/*"))
    return str(error.value)


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), "utf-8")


# --- what is approved runs -----------------------------------------------------------------------------------


def test_what_was_approved_runs(root: Path):
    assert "there is no review.lock" in refusal(root)
    lock = api.approve(load(root), by=" the DBA ")
    assert (lock.by, len(lock.contents.models), len(lock.contents.seeds)) == ("the DBA", 4, 3)
    assert approval.read(root / "review.lock") == lock
    assert api.build(load(root), approved=True).success
    assert api.changes(load(root))[1] == []


def test_the_file_is_the_same_for_the_same_project_but_for_the_time(root: Path):
    first, second = (approval.contents(load(root)) for _ in range(2))
    assert first == second
    text = approval.dumped(approval.Lock("x", "y", first))
    assert text == approval.dumped(approval.Lock("x", "y", second))
    marks = json.loads(text)["models"]["marks"]
    assert '    FROM GENERATE_SERIES(1, 4) AS "s"("n")'.strip() in marks["sql"]  # a line of SQL is a line of the file


@pytest.mark.parametrize("by", ["", " ", "two\nlines"])
def test_an_approval_has_a_name(root: Path, by: str):
    with pytest.raises(ProjectError):
        api.approve(load(root), by=by)
    assert not (root / "review.lock").exists()


# --- what differs is refused, and named ----------------------------------------------------------------------

EDITS = {
    "model": ("models/people/pupils.sql", "first.name as name", "upper(first.name) as name", "model pupils (models/"),
    "macro": ("macros/marks.sql", "100", "99", "model marks (models/marks.sql) has changed"),
    "seed": ("seeds/names.csv", "Ada,3", "Ada,4", "seed names (seeds/names.csv) has changed"),
    "dimension's seed": ("seeds/years.csv", "2025-26,2025\n", "", "dimension year = years.name: 2024-25, approved"),
    "dimension's filter": ("sqlseed.toml", 'key = "name"', 'key = "name"\nfilter = "year.no > 2024"', "dimension year"),
    "global seed": ("sqlseed.toml", "default_preset", "seed = 2\ndefault_preset", "project seed = 2, approved 1"),
    "project's name": ("sqlseed.toml", 'name = "tiny"', 'name = "other"', "project name = other, approved tiny"),
    "default of a var": ("sqlseed.toml", '"Oakfield"', '"Ash"', "var town = Ash, approved Oakfield"),
    "owner": ("models/branch_table.sql", "'id = :branch_id'", "'true or id = :branch_id'", "model branch_table"),
    "materialized": ("models/people/weights.sql", "materialized='intermediate'", "owner='n is not null'", "weights"),
    "column's type": (
        "models/models.yml",
        "name: joined, data_type: date",
        "name: joined, data_type: timestamp",
        "pupils",
    ),
    "schema": ("profiles.yml", "dev: {type: duckdb,", "dev: {schema: other, type: duckdb,", "target schema = other"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_refused_and_named(root: Path, name: str):
    path, old, new, named = EDITS[name]
    api.approve(load(root), by="the DBA")
    edit(root, path, old, new)
    told = refusal(root)
    assert named in told
    assert "the DBA approved" in told
    assert "sqlseed review --against review.lock" in told


def test_the_diff_of_the_sql_is_shown(root: Path):
    api.approve(load(root), by="the DBA")
    edit(root, *EDITS["model"][:3])
    told = refusal(root)
    assert '-  "first"."name" AS "name",' in told
    assert '+  UPPER("first"."name") AS "name",' in told


def test_a_new_model_is_refused_and_one_that_is_gone_is_a_note(root: Path):
    api.approve(load(root), by="the DBA")
    (root / "models/more.sql").write_text("select 1 as one\n")
    assert "model more (models/more.sql) is new: nobody approved it" in refusal(root)
    api.approve(load(root), by="the DBA")
    (root / "models/more.sql").unlink()
    told: list[str] = []
    assert api.build(load(root), approved=True, on_event=lambda event: told.append(event.message)).success
    assert "model more (models/more.sql) is gone from the project; it was approved" in told


def test_another_var_version_or_target_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch):
    api.approve(load(root), by="the DBA")
    assert "var pupils = 5, approved 4" in refusal(root, vars={"pupils": 5})
    assert "target type = postgres, approved duckdb" in refusal(root, target="pg")
    monkeypatch.setattr(approval, "__version__", "0.0.9")
    assert "sqlseed version = 0.0.9, approved 0.1.0" in refusal(root)


def test_another_setting_or_function_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch):
    pg = load(root, target="pg")
    api.approve(pg, by="the DBA")
    monkeypatch.setitem(pg_sql.SETTINGS, "enable_nestloop", "on")
    monkeypatch.setitem(pg_sql.SETTINGS, "new_one", "1")
    told = refusal(root, target="pg")
    assert "setting enable_nestloop = on, approved off" in told
    assert "setting new_one = 1 is new" in told
    monkeypatch.undo()
    assert api.changes(pg)[1] == []
    monkeypatch.delitem(pg_sql.SETTINGS, "jit")
    assert "setting jit is gone, approved off" in refusal(root, target="pg")
    monkeypatch.undo()
    monkeypatch.setattr(library, "_MULTIPLIERS", (3, 5, 7))
    key = library._CORE["sqlseed_key"]
    monkeypatch.setitem(
        library._CORE,
        "sqlseed_key",
        type(key)(**{name: getattr(key, name) for name in key.__slots__ if name != "postgres"}, postgres="prefix || n"),
    )
    assert "function sqlseed_key has changed" in refusal(root, target="pg")


def test_what_decides_no_row_is_free(root: Path):
    api.approve(load(root), by="the DBA")
    edit(root, "models/models.yml", "One row per pupil.", "A row for each pupil.")
    edit(root, "models/models.yml", "models:", "# a remark\nmodels:")
    edit(root, "models/marks.sql", "tags=['exams']", "tags=['other']")
    edit(root, "models/marks.sql", "rows=\"var('pupils')\"", 'rows="7"')
    assert api.changes(load(root))[1] == []
    assert api.build(load(root), approved=True).success


def test_a_comment_in_the_sql_is_part_of_the_statement_that_postgresql_gets(root: Path):
    api.approve(load(root, target="pg"), by="the DBA")
    edit(root, "models/people/pupils.sql", "-- one row per pupil", "-- a row for each pupil")
    assert [one.name for one in api.changes(load(root, target="pg"))[1]] == ["pupils"]


# --- the lock itself -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("GENERATE_SERIES(1, 4) AS", "GENERATE_SERIES(1, 5) AS", "text and SHA-256 of model"),
        ('"pupils": 4', '"pupils": 5', "was edited by hand"),
        ('"by": "the DBA"', '"by": "somebody"', "was edited by hand"),
        ('"format": 1', '"format": 2', "has format 2"),
        ('"format": 1', '"format": 1, "format": 1', "was edited by hand"),
        ('"version": "0.1.0"', '"version": "0.2.0"', "was edited by hand"),
        ("{", "<<<<<<< ours\n{", "is no lock that sqlseed wrote"),
        ('"models": {', '"others": {', "is no lock that sqlseed wrote"),
    ],
)
def test_a_lock_edited_by_hand_is_refused(root: Path, old: str, new: str, told: str):
    api.approve(load(root), by="the DBA")
    text = (root / "review.lock").read_text("utf-8")
    assert old in text
    (root / "review.lock").write_text(text.replace(old, new, 1), "utf-8")
    assert told in refusal(root)


def test_a_hash_edited_by_hand_is_refused(root: Path):
    lock = api.approve(load(root), by="the DBA")
    edit(root, "review.lock", lock.contents.models["marks"].sha256, "0" * 64)
    assert "text and SHA-256 of model marks do not agree" in refusal(root)


# --- who needs an approval -----------------------------------------------------------------------------------


def test_a_target_can_require_approval(root: Path):
    strict = load(root, target="strict")
    assert strict.target.require_approval
    with pytest.raises(GuardError, match=r"there is no review\.lock"):
        api.build(strict)
    assert not list(root.glob("target/*"))
    assert api.build(strict, dry_run=True).success
    with pytest.raises(GuardError):
        api.build(strict, dry_run=True, approved=True)
    assert api.plan(strict).approval == (False, str_of_missing())
    api.approve(strict, by="the DBA")
    plan = api.plan(load(root, target="strict"))
    assert plan.approval is not None
    assert plan.approval[0]
    assert api.build(load(root, target="strict")).success
    assert api.plan(load(root)).approval is None


def str_of_missing() -> str:
    with pytest.raises(GuardError) as error:
        approval.read(Path("nowhere/review.lock"))
    return str(error.value)


def test_a_part_needs_only_its_own_approved(root: Path):
    api.approve(load(root), by="the DBA")
    edit(root, *EDITS["macro"][:3])
    edit(root, *EDITS["seed"][:3])
    build: Callable[..., api.BuildResult] = api.build
    assert build(load(root), api.Selection(select=["weights", "branch_table"]), approved=True).success
    with pytest.raises(GuardError, match="seed names") as error:
        build(load(root), api.Selection(select=["pupils"]), approved=True)
    assert "marks" not in str(error.value)
    with pytest.raises(GuardError, match="model marks"):
        build(load(root), api.Selection(select=["marks"]), approved=True)


def test_require_approval_is_true_or_false(root: Path):
    edit(root, "profiles.yml", 'require_approval: "true"', "require_approval: 1")
    with pytest.raises(SqlseedError, match="require_approval must be true or false"):
        load(root, target="pg")
