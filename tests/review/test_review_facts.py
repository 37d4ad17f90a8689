"""What a review says of a build, beside what the build then does, on PostgreSQL and on DuckDB."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.review import attention, document, facts, gathering, guarantees, markdown
from sqlseed.review.facts import Review
from sqlseed.reviewpage import page
from tests.cli.tiny import CANARY
from tests.review import registry
from tests.support import ROOT, run_cli

SECRET = CANARY.partition("/")[0]


@pytest.fixture(params=["duckdb", "pg18"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The project, its target on each engine in turn."""
    if request.param == "duckdb":
        yield registry.write(tmp_path / "p")
        return
    server = request.getfixturevalue(f"postgres{request.param[2:]}")
    with server.fresh_database(f"review_{request.param}") as url:
        yield registry.write(tmp_path / "p", url)


def test_rows_are_those_of_the_build(folder: Path) -> None:
    found = registry.review(folder, dry_run=True)
    result = registry.built(folder)
    came = {(one.slice.model, one.slice.key): one.rows for one in result.results}
    assert {(m.name, s.key): s.rows for m in found.models for s in m.slices} == came
    assert {m.name: m.estimate.rows for m in found.models} == {t.model: t.rows for t in result.tables}
    tables = [t for t in result.tables if t.model not in ("numbers", "board")]
    assert (found.total.rows, found.total.exact) == (sum(t.rows for t in tables), True)
    marks = registry.model(found, "marks")
    assert marks.sample_columns == ("id", "pupil_id", "mark")
    assert len(marks.sample) == 5
    workspace = registry.opened(folder)
    shown = api.show(workspace, "marks", limit=5)
    assert [row[1:] for row in marks.sample] == [row[1:] for row in shown.rows]


def test_without_a_dry_run_rows_are_those_of_the_plan(folder: Path) -> None:
    found = registry.review(folder)
    pupils = registry.model(found, "pupils")
    assert [one.rows for one in pupils.slices] == [6, 6]
    assert (pupils.estimate.exact, pupils.sample, found.total.exact) == (False, (), False)
    assert registry.model(found, "honours").slices[0].rows is None
    assert "there was no dry run" in found.notes[0]


def test_after_the_build_nothing_is_to_be_done(folder: Path) -> None:
    registry.built(folder)
    found = registry.review(folder, dry_run=True)
    assert {one.state for model in found.models for one in model.slices} == {"up to date"}
    assert (found.total.rows, found.total.heap_bytes, found.total.wal_bytes) == (0, 0, 0)
    assert "Nothing is to be done" in registry.texts(found, "note")
    assert [registry.model(found, name).live_rows for name in ("branches_in", "pupils", "marks")] == [2, 12, 28]
    assert not any(model.creates or model.locks for model in found.models)


def test_a_model_says_where_it_comes_from(folder: Path) -> None:
    pupils = registry.model(registry.review(folder), "pupils")
    columns = {column.name: column for column in pupils.columns}
    assert columns["name"].sources == (("names", "name"),)
    assert columns["name"].description == "The first name."
    assert columns["id"].tests == ("unique_pupils_id", "not_null_pupils_id")
    assert {test.name for test in pupils.tests} == {"unique_pupils_id", "not_null_pupils_id"}
    assert (pupils.refs, pupils.seeds, pupils.slice_by) == (("numbers", "branches_in"), ("names",), ("branch",))
    assert "-- whoever learns" in pupils.source
    assert "-- whoever learns" in pupils.compiled
    assert pupils.slices[0].parameters["branch_id"] == "north"
    assert pupils.meanings["branch_id"] == "id of the branch, from seeds/branches.csv"
    assert "left(" in pupils.owner


def test_the_statement_is_what_the_target_is_sent(folder: Path) -> None:
    found = registry.review(folder)
    statement = registry.model(found, "pupils").statement
    assert statement.startswith("insert into")
    marker = r"\$\d" if found.engine == "postgres" else r"\$[a-z_]+"
    assert len(set(re.findall(marker, statement))) == len(registry.model(found, "pupils").parameters)


def test_proofs_and_tests_exist(folder: Path) -> None:
    made = api.review(registry.opened(folder), dry_run=False)
    shown = page.page(made.review)
    place = folder / "target/review"
    assert made.review.guarantees
    for one in made.review.guarantees:
        if one.proof.startswith("#"):
            assert f'id="{one.proof[1:]}"' in shown
        else:
            assert (place / one.proof).is_file(), one
        assert one.tests
        for path in one.tests:
            assert (ROOT / path).is_file(), path


def test_a_proof_that_is_not_there_is_found_out(tmp_path: Path) -> None:
    """Negative control: the scripts of a DuckDB target do not exist, and no guarantee may point to them."""
    made = api.review(registry.opened(registry.write(tmp_path / "p")), dry_run=False)
    wrong = guarantees._postgres(made.review)
    assert any(not (tmp_path / "p/target/review" / one.proof).exists() for one in wrong)


def test_files_can_be_handed_on_and_hold_no_secret(tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p", f"postgresql://somebody:{SECRET}@127.0.0.1:1/none?connect_timeout=2")
    done = run_cli(["review", "-q"], cwd=folder)
    assert (done.rc, done.stderr) == (0, "")
    files = [path for path in (folder / "target/review").rglob("*") if path.is_file()]
    assert {"index.html", "review.json", "run.sql"} <= {path.name for path in files}
    for path in files:
        assert SECRET not in path.read_text("utf-8"), path
        assert path.stat().st_mode & stat.S_IROTH
    assert "Nothing is known of the target" in done.stdout
    assert "no plan: the target was not reached" in registry.written(folder)["models"][0]["explain_note"]


# --- what a live target tells ----------------------------------------------------------------------------------

APPLICATION = """
    create schema app;
    create table app."Branch" (id text primary key, title text);
    create table app."Pupil" (
        id text primary key, branch_id text not null, name text
    );
    alter table app."Pupil" add constraint "Pupil_branch_id_fkey"
        foreign key (branch_id) references app."Branch" (id) not valid;
    create index pupil_of_branch on app."Pupil" (branch_id);
    create index pupil_name on app."Pupil" (lower(name)) where name <> '';
    create table app."Mark" (id serial primary key, pupil_id text references app."Pupil" (id), mark int);
    create table app."Remark" (pupil_id text references app."Pupil" (id) on delete cascade);
    insert into app."Branch" values ('mine', 'somebody else''s');
    create function app.seen() returns trigger language plpgsql as 'begin return new; end';
    create trigger counts before insert on app."Pupil" for each row execute function app.seen();
    create trigger tidies after delete on app."Pupil" for each row execute function app.seen();
    create trigger sleeps before insert on app."Mark" for each row execute function app.seen();
    alter table app."Mark" disable trigger sleeps;
    alter table app."Mark" enable row level security;
"""


@pytest.fixture
def application(any_postgres_url: str, tmp_path: Path) -> tuple[Path, str]:
    """The project on a database with an application's own tables and a row of its own."""
    registry.sql(any_postgres_url, APPLICATION)
    return registry.write(tmp_path / "p", any_postgres_url), any_postgres_url


def test_the_catalog_of_a_live_target(application: tuple[Path, str]) -> None:
    folder, _ = application
    found = registry.review(folder)
    pupils, marks = registry.model(found, "pupils"), registry.model(found, "marks")
    assert not pupils.creates
    indexes = {index.name: index for index in pupils.indexes}
    assert indexes["Pupil_pkey"] == facts.IndexFacts("Pupil_pkey", ("id",), True, primary=True, live=True)
    assert indexes["pupil_of_branch"].columns == ("branch_id",)
    assert indexes["pupil_name"].columns == ("lower(name)",)
    assert indexes["pupil_name"].predicate == "name <> ''::text"
    keys = {key.name: (key.indexed, key.validated, str(key.to)) for key in pupils.foreign_keys}
    assert keys == {"Pupil_branch_id_fkey": (True, False, '"app"."Branch"')}
    below = {key.name: (key.indexed, key.on_delete) for key in pupils.referenced_by}
    assert below == {"Mark_pupil_id_fkey": (False, "no action"), "Remark_pupil_id_fkey": (False, "cascade")}
    triggers = {t.name: (t.timing, t.events, t.level, t.enabled, t.function) for t in pupils.triggers}
    assert triggers == {
        "counts": ("before", ("insert",), "row", True, "app.seen()"),
        "tidies": ("after", ("delete",), "row", True, "app.seen()"),
    }
    assert [trigger.enabled for trigger in marks.triggers] == [False]
    assert registry.model(found, "branches_in").live_rows == 1


def test_what_needs_attention(application: tuple[Path, str]) -> None:
    folder, _ = application
    looks = registry.texts(registry.review(folder), "look")
    assert '1 rows of "app"."Branch" are not sqlseed\'s' in looks
    assert "Trigger counts" in looks
    assert "tidies" not in looks  # nothing is deleted: every slice is new
    assert "sleeps" not in looks
    assert '"app"."Mark" has row security' in looks
    assert "Not validated, so that rows from before may lead nowhere: 1 foreign key: Pupil_branch_id_fkey" in looks
    assert "is a superuser" in looks
    notes = registry.texts(registry.review(folder), "note")
    assert "No index begins with the columns of 2 foreign keys: Mark_pupil_id_fkey" in notes
    assert "No data test guards branches_in, marks, honours, quoted." in notes


def test_a_quiet_database_needs_no_attention(application: tuple[Path, str]) -> None:
    """Negative control: what was told of is mended, and the review is silent."""
    folder, url = application
    registry.sql(
        url,
        'drop trigger counts on app."Pupil"; alter table app."Mark" disable row level security;'
        'alter table app."Pupil" validate constraint "Pupil_branch_id_fkey"; delete from app."Branch";',
    )
    found = registry.review(folder)
    looks = registry.texts(found, "look").split("\n")
    assert [text for text in looks if "superuser" not in text] == []
    assert registry.texts(found, "stop") == ""


def test_a_role_that_lacks_privileges_is_told_what_it_needs(application: tuple[Path, str]) -> None:
    folder, url = application
    registry.sql(url, "drop role if exists reader", "create role reader login")
    registry.sql(url, "grant usage on schema app to reader", 'grant select on app."Pupil" to reader')
    try:
        registry.write(folder, re.sub("//postgres@", "//reader@", url))
        found = registry.review(folder)
        stops = registry.texts(found, "stop")
        assert "A build would be refused: the role lacks privileges" in stops
        assert 'grant insert, references on "app"."Pupil" to "reader";' in stops
        assert "superuser" not in registry.texts(found)
        assert any('to "reader";' in grant for grant in found.grants)
    finally:
        registry.sql(url, "drop owned by reader", "drop role reader")


def test_what_guards_refuse_stops(application: tuple[Path, str]) -> None:
    """A superuser that the profile does not allow, and a row with a key that the build would give out."""
    folder, url = application
    registry.sql(url, "insert into app.\"Branch\" values ('north', 'taken')")
    profiles = folder / "profiles.yml"
    profiles.write_text(profiles.read_text("utf-8").replace(", allow_superuser: true", ""), "utf-8")
    stops = registry.texts(registry.review(folder), "stop")
    assert "the role 'postgres' may do more than seeding needs: it is a superuser" in stops
    assert '"app"."Branch"' in stops
    assert "north" in stops


def test_a_table_of_another_shape_stops(application: tuple[Path, str]) -> None:
    folder, url = application
    registry.sql(url, 'alter table app."Pupil" drop column name cascade')
    assert "A build would be refused" in registry.texts(registry.review(folder), "stop")


def test_plans_are_of_the_live_target_and_nothing_is_written(any_postgres_url: str, tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p", any_postgres_url)
    fresh = registry.review(folder)
    assert "is not there yet" not in registry.texts(fresh)
    assert 'relation "app.Pupil" does not exist; a build makes it first' in registry.model(fresh, "pupils").explain_note
    assert registry.sql(any_postgres_url, "select 1 from pg_namespace where nspname in ('app', '_sqlseed')") == []
    registry.built(folder)
    database = any_postgres_url.rpartition("/")[2]
    registry.sql(any_postgres_url, f"alter database {database} set default_transaction_read_only = on")
    found = registry.review(folder, pupils=7)
    pupils, numbers = registry.model(found, "pupils"), registry.model(found, "numbers")
    assert pupils.explain_note == "no plan: cannot execute CREATE FUNCTION in a read-only transaction [25006]"
    assert numbers.explain.startswith("Insert on numbers")


def test_plans_bind_the_values_of_the_largest_slice(postgres_url: str, tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p", postgres_url)
    registry.built(folder)
    found = registry.review(folder, pupils=7)
    pupils = registry.model(found, "pupils")
    assert pupils.explain_note == "of slice north, as the target's statistics are now; nothing ran"
    assert "'north'::text" in pupils.explain
    assert registry.model(found, "honours").explain
    assert registry.sql(postgres_url, "select count(*) from pg_proc where proname like 'sqlseed%'") == [(0,)]
    assert registry.sql(postgres_url, 'select count(*) from app."Pupil"') == [(12,)]


def test_another_projects_state_is_refused(any_postgres_url: str, tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p", any_postgres_url)
    registry.built(folder)
    registry.sql(any_postgres_url, "update _sqlseed.project set name = 'another'")
    done = run_cli(["review", "-q"], cwd=folder)
    assert done.rc == 3
    assert "belongs to the project 'another'" in done.stderr


# --- approval, lint, failures ----------------------------------------------------------------------------------


def test_changes_since_the_approval(tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p")
    lock = api.approve(registry.opened(folder), by="the DBA")
    same = registry.review(folder)
    assert same.approval == {"by": "the DBA", "at": lock.at, "sha256": lock.digest}
    assert {model.change.kind for model in same.models if model.change} == {"same"}
    assert (same.change, "not what" in registry.texts(same)) == (facts.Change("same"), False)
    path = folder / "models/pupils.sql"
    path.write_text(path.read_text("utf-8").replace("first.name as name", "upper(first.name) as name"), "utf-8")
    (folder / "seeds/names.csv").write_text("name,weight\nAda,3\nCy,1\n", "utf-8")
    found = registry.review(folder, first=2)
    pupils = registry.model(found, "pupils").change
    assert pupils is not None
    assert pupils.kind == "changed"
    assert "+" in pupils.diff
    assert "UPPER" in pupils.diff.upper()
    assert registry.model(found, "board").change == facts.Change("same")
    assert {seed.name: seed.change.kind for seed in found.seeds if seed.change} == {"names": "changed"}
    assert found.change is not None
    assert "var first = 2, approved 1" in found.change.diff
    looks = registry.texts(found, "look")
    assert "This is not what the DBA approved" in looks
    assert "3 of 7 models; seeds names; settings, vars or versions. A build with --approved is refused." in looks


def test_an_edited_lock_is_no_approval(tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p")
    api.approve(registry.opened(folder), by="the DBA")
    path = folder / "review.lock"
    path.write_text(path.read_text("utf-8").replace("the DBA", "nobody"), "utf-8")
    found = registry.review(folder)
    assert found.approval == {}
    assert "the approval cannot be read: was edited by hand" in registry.texts(found, "look")


def test_lint_is_told_of(tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p")
    path = folder / "models/quoted.sql"
    path.write_text(path.read_text("utf-8").replace("b.name, b.mark", "b.*"), "utf-8")
    found = registry.review(folder)
    assert [one.rule for one in registry.model(found, "quoted").findings] == ["select-star"]
    assert registry.model(found, "board").findings == ()


def test_a_dry_run_that_fails_is_a_stop(tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p")
    path = folder / "models/marks.sql"
    path.write_text(path.read_text("utf-8").replace("::int as mark", "::int / (n - 1) as mark"), "utf-8")
    found = registry.review(folder, dry_run=True)
    stops = registry.texts(found, "stop")
    assert stops.startswith("The dry run failed: marks north: models/marks.sql")
    assert registry.model(found, "marks").estimate.exact is False
    assert registry.model(found, "pupils").estimate == facts.Estimate(
        12, seconds=found.by_name["pupils"].estimate.seconds
    )


def test_a_selection_takes_along_what_it_needs(tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p")
    workspace = registry.opened(folder)
    found = gathering.gather(workspace, api.Selection(["pupils"], (), {"branch": ["south"]})).review
    assert [model.name for model in found.models] == ["branches_in", "numbers", "pupils"][-len(found.models) :]
    assert {one.key for model in found.models for one in model.slices} == {"south"}


def test_big_slices(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(attention, "BIG_SLICE", 5)
    looks = registry.texts(registry.review(registry.write(tmp_path / "p")), "look")
    assert "pupils has slices of up to 6 rows, each in one transaction" in looks


@pytest.mark.parametrize("hostile", ["<script>", "@team", "a|b", "[a](b)", "#1"])
def test_a_summary_holds_no_markup_of_the_data(hostile: str, tmp_path: Path) -> None:
    found = registry.review(registry.write(tmp_path / "p"))
    models = tuple(replace(model, name=f"{model.name}{hostile}") for model in found.models)
    looks = (facts.Attention("look", f"somebody's {hostile}"),)
    shown = markdown.of_review(replace(found, project=hostile, where=hostile, models=models, attention=looks))
    assert hostile not in shown
    many = replace(found, models=tuple(replace(found.models[0], name=f"m{n}") for n in range(1000)))
    assert "and 800 more models" in markdown.of_review(many)
    assert len(markdown.of_review(many)) < markdown.LIMIT


# --- review.json -----------------------------------------------------------------------------------------------


def test_the_document_is_what_the_documentation_says(folder: Path) -> None:
    """Every key of review.json stands in docs/review.md, and every key there is one of review.json."""
    done = run_cli(["review", "-q", "--no-dry-run"], cwd=folder)
    assert done.rc == 0, done.stderr
    data = registry.written(folder)
    assert data["format"] == document.FORMAT
    text = (ROOT / "docs/review.md").read_text("utf-8")
    table = text.partition("### `review.json`")[2].partition("\n## ")[0]
    cells = [line.split("|")[1:3] for line in table.split("\n") if line.startswith("| ")]
    documented = {(kind.strip(), name) for kind, names in cells for name in re.findall("`([a-z_]+)`", names)}
    assert documented == {(kind, name) for kind, names in _keys().items() for name in names}
    assert set(data) == {"format", *_keys()["review"]}
    assert set(data["models"][0]) == _keys()["model"]


def _keys() -> dict[str, set[str]]:
    """The fields of every class of a review, by the name that the documentation gives it."""
    classes = {
        "review": facts.Review,
        "model": facts.ModelFacts,
        "estimate": facts.Estimate,
        "slice": facts.SliceFacts,
        "column": facts.ColumnFacts,
        "index": facts.IndexFacts,
        "foreign key": facts.ForeignKeyFacts,
        "trigger": facts.TriggerFacts,
        "lock": facts.LockFacts,
        "test": facts.TestFacts,
        "change": facts.Change,
        "seed": facts.SeedFacts,
        "guarantee": facts.Guarantee,
        "attention": facts.Attention,
    }
    return {name: {one.name for one in fields(found)} for name, found in classes.items()}


def test_the_same_facts_give_the_same_document(tmp_path: Path) -> None:
    folder = registry.write(tmp_path / "p")
    first, second = (document.of(_still(registry.review(folder))) for _ in range(2))
    assert first == second


def _still(review: Review) -> Review:
    return replace(review, generated_at="")


def test_an_empty_plan(tmp_path: Path) -> None:
    """A dimension without values: a model without slices has no table, and what reads it fails, as in a build."""
    folder = registry.write(tmp_path / "p")
    settings = folder / "sqlseed.toml"
    settings.write_text(settings.read_text("utf-8") + 'filter = "false"\n', "utf-8")
    found = registry.review(folder, dry_run=True)
    assert {model.name for model in found.models} == {"honours", "board", "quoted"}
    assert found.total.rows == 0
    assert registry.texts(found, "stop").startswith("The dry run failed: honours: models/honours.sql")
