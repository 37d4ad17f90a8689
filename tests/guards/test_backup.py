"""`build --backup FILE`: what pg_dump writes, what is refused, and the way back."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from sqlseed import api
from tests.behaviour.clinics import TABLES, Database, build, changed
from tests.servers import find_binaries
from tests.support import run_cli

BINARIES = find_binaries(18)
STATE = "select model, slice, fingerprint, rows from _sqlseed.checkpoint order by 1, 2"


def path_with(folder: Path) -> dict[str, str]:
    """An environment in which the programs of a folder come first."""
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture
def programs() -> Path:
    """PostgreSQL 18's own programs."""
    assert BINARIES is not None
    return BINARIES


@pytest.mark.parametrize("name", ["before.dump", "before.sql"])
def test_build_change_restore(postgres: Database, write, programs: Path, tmp_path: Path, name: str):
    """The way back that the documentation shows."""
    assert build(write(postgres)).success
    postgres.run("insert into \"Clinic\" values ('own', 'Own', 'x')", 'update "Patient" set weight = 1 where seat = 2')
    before, state = postgres.digest(*TABLES), postgres.query(STATE)
    file = tmp_path / name
    other = write(postgres, changed("sqlseed.toml", "patients = 6", "patients = 4"))
    result = run_cli(["build", "--no-tests", "--backup", file], other, path_with(programs))
    assert result.rc == 0, result.stderr
    assert f"backup: 5 tables as they are, in {file}" in result.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name != "project"] == [name]
    assert postgres.digest(*TABLES) != before
    if name.endswith(".sql"):
        words = f"psql -X -q -v ON_ERROR_STOP=1 --single-transaction -d {postgres.place} -f {file}".split()
    else:
        words = f"pg_restore --clean --if-exists --single-transaction -d {postgres.place} {file}".split()
    restored = subprocess.run([programs / words[0], *words[1:]], capture_output=True, text=True)
    assert restored.returncode == 0, restored.stderr
    assert postgres.digest(*TABLES) == before
    assert postgres.query(STATE) == state
    assert not api.plan(write(postgres)).plan.pending


def test_a_file_that_is_there_is_kept(postgres: Database, write, programs: Path, tmp_path: Path):
    file = tmp_path / "old.dump"
    file.write_text("precious")
    root = write(postgres)
    result = run_cli(["build", "--backup", file], root, path_with(programs))
    assert (result.rc, file.read_text()) == (3, "precious")
    assert f"{file} exists, and is not overwritten" in result.stderr
    assert postgres.query("select count(*) from pg_namespace where nspname = '_sqlseed'") == [(0,)]
    assert run_cli(["build", "--backup", tmp_path / "no" / "x.dump"], root, path_with(programs)).rc == 3


def test_pg_dump_is_missing_or_too_old(postgres: Database, write, tmp_path: Path):
    root = write(postgres)
    empty = tmp_path / "empty"
    empty.mkdir()
    missing = run_cli(["build", "--backup", tmp_path / "x.dump"], root, {"PATH": str(empty)})
    assert missing.rc == 3
    assert "--backup needs pg_dump, and there is none on the PATH" in missing.stderr
    program = empty / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.9'\n")
    program.chmod(0o755)
    old = run_cli(["build", "--backup", tmp_path / "x.dump"], root, {"PATH": str(empty)})
    assert old.rc == 3
    assert f"{program} is of PostgreSQL 14, and the server is 18: it cannot dump it" in old.stderr
    assert postgres.query("select count(*) from pg_namespace where nspname = '_sqlseed'") == [(0,)]


def test_the_password_is_on_no_command_line(postgres: Database, write, tmp_path: Path):
    """A stand-in for pg_dump keeps what it is given; where it fails, nothing is left and nothing is built."""
    assert build(write(postgres)).success
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text(
        "#!/bin/sh\n"
        '[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 18.0" && exit 0\n'
        f'echo "$@" > {tmp_path}/arguments; echo "$PGPASSWORD" > {tmp_path}/password\n'
        "echo 'pg_dump: error: no room' >&2; exit 1\n"
    )
    program.chmod(0o755)
    secret = Database("postgres", postgres.place.replace("postgres@", "postgres:s3cr3t-CaNaRy@"))
    root = write(secret, changed("sqlseed.toml", "patients = 6", "patients = 4"))
    before = postgres.contents()
    result = run_cli(["build", "--backup", tmp_path / "x.dump"], root, path_with(folder))
    assert result.rc == 3
    assert "--backup: pg_dump failed: pg_dump: error: no room" in result.stderr
    assert "s3cr3t" not in (tmp_path / "arguments").read_text() + result.stdout + result.stderr
    assert (tmp_path / "password").read_text() == "s3cr3t-CaNaRy\n"
    assert not list(tmp_path.glob("*.dump*")) + list(tmp_path.glob(".*"))
    assert postgres.contents() == before


def test_duckdb_has_no_backup(on_duckdb: Database, write, tmp_path: Path):
    result = run_cli(["build", "--backup", tmp_path / "x.dump"], write(on_duckdb))
    assert result.rc == 3
    assert "--backup is for PostgreSQL" in result.stderr
