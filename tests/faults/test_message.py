"""What a build says of a slice that fails: all that somebody needs who has only this text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from sqlseed import cli, reconnecting
from tests.behaviour.clinics import Database, build, changed
from tests.faults.test_connection import SLOW
from tests.faults.test_waiting import locked

TERMINATES = (
    """create function gone() returns trigger language plpgsql as $$ begin
    if new."clinicId" = 'north' then perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); end if;
    return new; end $$""",
    'create trigger t before insert on "Patient" for each row execute function gone()',
)
PATIENTS = "models/patients.sql"
KINDS = {
    # kind: (model, slice, changed files, settings, statements before, SQLSTATE, what else is said)
    "constraint": ("patients", "north", changed(PATIENTS, '::int as "seat"', "::int * 0 as \"seat\""), {}, (), "23505",
                   "a row with this key is there already"),
    "check": ("patients", "north", {}, {}, ('alter table "Patient" add check (seat < 3) not valid',), "23514", "seat"),
    "type error": ("patients", "north", changed(PATIENTS, "name.name as", "(name.name || '1')::int::text as"), {}, (),
                   "22P02", "invalid input syntax for type integer"),
    "lost connection": ("patients", "north", {}, {}, TERMINATES, "57P01", "administrator command"),
    "lock": ("patients", "north", {}, {"lock_timeout": "60ms"}, (), "55P03", "holds ExclusiveLock on"),
    "statement timeout": ("visit_plan", "north/2024", SLOW, {"statement_timeout": "150ms"}, (), "57014",
                          "raise statement_timeout in the target's settings"),
}  # fmt: skip


@contextmanager
def prepared(database: Database, kind: str, before: tuple[str, ...]) -> Iterator[None]:
    """What is in the way of the slice, after the tables are there."""
    database.run(*before)
    with locked(database, '"Patient"', "exclusive") if kind == "lock" else nullcontext():
        yield


@pytest.mark.parametrize("kind", KINDS)
def test_the_message_says_everything(postgres, write, capsys, monkeypatch, kind):
    monkeypatch.setattr(reconnecting, "_PAUSES", (0.0,))
    model, slice_, files, settings, before, state, more = KINDS[kind]
    root: Path = write(postgres)
    assert build(root, "clinics").success
    assert build(root, "patients", slices={"clinic": ["south"]}).success  # the tables
    root = write(postgres, files, **settings)
    where = ["--clinic", "north", *(["--year", "2024"] if model == "visit_plan" else [])]
    words = ["build", "--select", model, *where, "--no-tests", "--project-dir", str(root)]
    rows = postgres.contents("Patient")
    with prepared(postgres, kind, before):
        code = cli.run(words)
    said = capsys.readouterr().err.rstrip("\n").split("\n")
    text = "\n".join(said)
    assert code == 1, text
    assert f"error in {model} {slice_}: models/{model}.sql:" in text  # model, slice, file
    line = re.search(rf"error in {model} {slice_}: models/{model}\.sql:([0-9]+): ", text)
    assert line is not None, text
    assert "select" in (root / f"models/{model}.sql").read_text().split("\n")[int(line[1]) - 1] or kind == "type error"
    assert f"[{state}]" in text
    assert more in text
    assert "1 failed, 0 skipped, 0 complete and kept" in text
    assert said[-2] == "what failed is as it was before: it was rolled back"
    assert said[-1] == f"the same command goes on from there: sqlseed {' '.join(words)}"
    assert "Traceback" not in text
    assert postgres.contents("Patient") == rows
    assert postgres.query(
        f"select count(*) from _sqlseed.checkpoint where (model, slice) = ('{model}', '{slice_}')"
    ) == [(0,)]
