"""The files under target/, and what later commands read from them."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from sqlseed import api, artifacts
from sqlseed.errors import ProjectError, SelectionError
from sqlseed.events import EventKind
from tests.behaviour.clinics import MODELS, build, changed

BROKEN = changed(
    "models/visits.sql",
    'p.day as "day"',
    'p.day + (p.n / (p.n - 3 + 10 * ({{ year.no }} - 1)))::int as "day"',
)
"""Divides by zero in every clinic's first year."""


def read(root, name: str):
    return json.loads((root / "target" / name).read_text("utf-8"))


def names(root, *select: str, state=None) -> set[str]:
    workspace = api.load(root)
    return {node.name for node in api.ls(workspace, api.Selection(select, state=state))}


def test_compiled_files(on_duckdb, write):
    root = write(on_duckdb)
    compiled = api.compile(root)
    assert {model.name for model in compiled} == set(MODELS)
    text = (root / "target/compiled/models/clinics.sql").read_text("utf-8")
    assert text.startswith('-- models/clinics.sql: fills "main"."Clinic"\n')
    assert "--   :clinic_id text (dimension clinic.id)" in text
    assert "--   :var_greeting text (var greeting)" in text
    assert ':clinic_id as "id"' in text
    explained = 0
    for path in (root / "target/compiled").glob("**/*.sql"):
        header, _, statement = path.read_text("utf-8").partition("\n\n")
        called = set(re.findall(r"pg_temp\.(\w+)\(", statement))
        assert [name for name in called if f"--   {name}: " not in header] == []
        explained += len(called)
    assert explained


def test_manifest(on_duckdb, write):
    root = write(on_duckdb)
    api.compile(root)
    manifest = read(root, "manifest.json")
    assert manifest["metadata"]["project_name"] == "care"
    node = manifest["nodes"]["model.care.visits"]
    assert node["relation_name"] == '"main"."Visit"'
    assert node["original_file_path"] == "models/visits.sql"
    assert node["config"]["slice_by"] == ["clinic", "year"]
    assert [ref["name"] for ref in node["refs"]] == ["patients", "visit_plan"]
    assert node["columns"]["id"]["data_type"] == "uuid"
    assert manifest["parent_map"]["model.care.invoices"] == ["model.care.visits", "seed.care.places"]
    assert manifest["child_map"]["model.care.visits"] == ["model.care.invoices"]
    assert manifest["dimensions"]["clinic"]["values"] == ["north", "south", "east"]


def test_run_results(postgres, write):
    root = write(postgres, BROKEN)
    result = build(root, arguments={"which": "build", "select": ["all"]})
    saved = read(root, "run_results.json")
    assert saved["metadata"]["invocation_id"] == result.run_id
    assert saved["args"] == {"which": "build", "select": ["all"]}
    assert saved["elapsed_time"] > 0
    entries = {(e["unique_id"], e["slice"]): e for e in saved["results"]}
    assert len(entries) == len(saved["results"]) == 21
    ok = entries["model.care.patients", "north"]
    assert ok["status"] == "success"
    assert ok["adapter_response"] == {"rows_affected": 6}
    assert ok["timing"][0]["started_at"].endswith("Z")
    assert ok["thread_id"].startswith("Thread-")
    assert ok["point"] == {"clinic": "north"}
    failed = entries["model.care.visits", "north/2024"]
    assert failed["status"] == "error"
    assert "22012" in failed["message"]
    assert entries["model.care.invoices", "north"]["status"] == "skipped"
    build(write(postgres))
    again = {(e["unique_id"], e["slice"]): e["status"] for e in read(root, "run_results.json")["results"]}
    assert again["model.care.patients", "north"] == "no-op"
    assert again["model.care.visits", "north/2024"] == "success"


def test_results_are_written_while_the_run_goes_on(on_duckdb, write, monkeypatch):
    monkeypatch.setattr(artifacts, "_FLUSH_SECONDS", 0)
    root = write(on_duckdb)
    sizes: list = []

    def on_event(event) -> None:
        if event.kind is EventKind.SLICE_FINISHED:
            sizes.append(len(read(root, "run_results.json")["results"]))

    build(root, on_event=on_event)
    assert sizes == list(range(1, 22))


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "deep" / "file.json"
    artifacts.write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        artifacts.write_text(path, "new \ud800")
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["file.json"]


def test_a_folder_that_cannot_be_written_stops_no_run(on_duckdb, write):
    root = write(on_duckdb)
    (root / "target").write_text("a file where the folder should be")
    events: list = []
    assert build(root, on_event=events.append).success
    warnings = [e.message for e in events if e.kind is EventKind.WARNING]
    assert len(warnings) == 1
    assert "run_results.json was not written" in warnings[0]
    assert build(root).success


# --- state: and result: -------------------------------------------------------------------------------------


@pytest.fixture
def saved(on_duckdb, write, tmp_path):
    """The artifacts of a first compile, kept in another folder."""
    root = write(on_duckdb)
    api.compile(root)
    return shutil.copytree(root / "target", tmp_path / "kept")


def test_state_of_an_unchanged_project(on_duckdb, write, saved):
    root = write(on_duckdb)
    assert names(root, "state:unmodified", state=saved) == {*MODELS, "places", "years", "names"}
    for method in ("state:modified", "state:new"):
        with pytest.raises(SelectionError):
            names(root, method, state=saved)


@pytest.mark.parametrize(
    ("change", "method"),
    [
        (("models/visits.sql", 'p.day as "day"', 'p.day + 1 as "day"'), "state:modified.body"),
        (("models/visits.sql", "table='Visit', ", "table='Visit', tags=['new'], "), "state:modified.configs"),
        (("models/models.yml", '"no", data_type: integer', '"no", data_type: bigint'), "state:modified.contract"),
    ],
)  # fmt: skip
def test_what_was_modified(on_duckdb, write, saved, change, method):
    root = write(on_duckdb, changed(*change))
    assert names(root, "state:modified", state=saved) == {"visits"}
    assert names(root, method, state=saved) == {"visits"}
    assert names(root, "state:modified+", state=saved) == {"visits", "invoices"}


def test_new_and_changed_nodes(on_duckdb, write, saved):
    files = {
        "seeds/names.csv": "name,weight\nZoe,1\n",
        "models/extra.sql": "select 'x' as id",
        "models/extra.yml": """
            models:
              - name: extra
                config: {owner: "id = 'x'"}
                columns: [{name: id, data_type: text}]
        """,
    }
    root = write(on_duckdb, files)
    assert names(root, "state:new", state=saved) == {"extra"}
    assert names(root, "state:modified", state=saved) >= {"names"}


def test_result_selects_what_failed(postgres, write):
    root = write(postgres, BROKEN)
    build(root)
    target = root / "target"
    assert names(root, "result:error", state=target) == {"visits"}
    assert names(root, "result:error+", state=target) == {"visits", "invoices"}
    assert names(root, "result:skipped", state=target) == {"invoices"}
    workspace = api.load(write(postgres))
    again = api.build(workspace, api.Selection(["result:error+"], state=target))
    assert {r.slice.model for r in again.results} == {"visits", "invoices"}
    assert again.success


def test_checkpoints_can_be_selected(database, write):
    root = write(database)
    build(root, "clinics", "patients")
    workspace = api.load(root)
    plan = api.plan(workspace, api.Selection(["checkpoint:complete"]))
    assert {step.slice.model for step in plan.plan.steps} == {"clinics", "patients"}


def test_state_that_is_not_there_or_no_artifact(on_duckdb, write, tmp_path):
    root = write(on_duckdb)
    with pytest.raises(ProjectError, match=r"no manifest.json in .* to compare with for state:"):
        names(root, "state:modified", state=tmp_path / "nowhere")
    for text, message in (("{", "cannot be read as JSON"), ("[]", "is not an artifact of sqlseed")):
        (tmp_path / "run_results.json").write_text(text)
        with pytest.raises(ProjectError, match=message):
            names(root, "result:error", state=tmp_path)
