"""`build --backup FILE`: what pg_dump writes, what is refused, and the way back."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from sqlseed import api, backup, cli
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
    result = run_cli(["build", "--no-tests", "--edited", "replace", "--backup", file], other, path_with(programs))
    assert result.rc == 0, result.stderr
    assert f"backup: 5 tables as they are, in {file}" in result.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name != "project"] == [name]
    assert postgres.digest(*TABLES) != before
    restored = restore(programs, postgres.place, file)
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


def program_of(version: str, folder: Path) -> Path:
    """A stand-in that knows only what version it is of."""
    folder.mkdir(exist_ok=True)
    program = folder / "pg_dump"
    program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    return program


def backed_up(root: Path, file: Path, capsys) -> tuple[int, str]:
    """`build --backup` in this process: its exit code and what it said on stderr."""
    code = cli.run(["build", "--backup", str(file), "--project-dir", str(root)])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("version", ["14.9", "19.1", ""])
def test_pg_dump_is_missing_or_of_another_version(
    postgres: Database, write, tmp_path: Path, monkeypatch, capsys, version
):
    root = write(postgres)
    monkeypatch.setattr(backup, "FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    program = program_of(version, tmp_path / "bin") if version else None
    code, said = backed_up(root, tmp_path / "x.dump", capsys)
    assert code == 3
    if program is None:
        assert "--backup needs pg_dump, and there is none on the PATH" in said
    else:
        assert f"needs the pg_dump of PostgreSQL 18, its own version, whose file goes back in: {program} is" in said
        assert f" is of PostgreSQL {version[:2]}\n" in said
    assert "install PostgreSQL 18's client programs (postgresql-client-18)" in said
    assert postgres.query("select count(*) from pg_namespace where nspname = '_sqlseed'") == [(0,)]


def test_the_target_names_the_program(postgres: Database, write, programs: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setattr(backup, "FOLDERS", ())
    monkeypatch.setenv("PATH", "")
    named = write(postgres, pg_dump=programs / "pg_dump")
    assert build(named).success
    root = write(postgres, changed("sqlseed.toml", "patients = 6", "patients = 4"), pg_dump=programs / "pg_dump")
    assert backed_up(root, tmp_path / "x.dump", capsys)[0] == 0
    assert (tmp_path / "x.dump").stat().st_size > 1000
    root = write(postgres, pg_dump=tmp_path / "nowhere")
    code, said = backed_up(root, tmp_path / "y.dump", capsys)
    assert code == 3
    assert f"--backup needs pg_dump, and {tmp_path}/nowhere is none that can be run" in said


@pytest.mark.parametrize("name", ["before.dump", "before.sql"])
def test_the_servers_own_version_is_preferred(postgres15, write, tmp_path: Path, monkeypatch, capsys, name: str):
    """PostgreSQL 18's programs come first on the PATH, the server is 15: its own pg_dump is found, and the file goes
    back in. The control is what the other one writes: the server refuses it."""
    old = find_binaries(15)
    assert BINARIES is not None
    assert old is not None
    monkeypatch.setenv("PATH", str(BINARIES))
    monkeypatch.setattr(backup, "FOLDERS", (*backup.FOLDERS, str(old).replace("15", "{}")))
    with postgres15.fresh_database(f"backup_{name[7:]}") as url:
        database = Database("postgres", url)
        assert build(write(database)).success
        before = database.digest(*TABLES)
        root = write(database, changed("sqlseed.toml", "patients = 6", "patients = 4"))
        file = tmp_path / name
        code, said = backed_up(root, file, capsys)
        assert code == 0, said
        assert database.digest(*TABLES) != before
        restored = restore(old, url, file)
        assert restored.returncode == 0, restored.stderr
        assert database.digest(*TABLES) == before
        other = tmp_path / f"other{file.suffix}"
        form = ["--format=plain", "--clean", "--if-exists"] if name.endswith(".sql") else ["--format=custom"]
        subprocess.run([BINARIES / "pg_dump", *form, f"--file={other}", f"--dbname={url}"], check=True)
        refused = restore(BINARIES if name.endswith(".dump") else old, url, other)
        assert refused.returncode != 0
        assert 'unrecognized configuration parameter "transaction_timeout"' in refused.stderr


def restore(programs: Path, url: str, file: Path) -> subprocess.CompletedProcess[str]:
    """The way back that the documentation shows."""
    if file.suffix == ".sql":
        words = f"psql -X -q -v ON_ERROR_STOP=1 --single-transaction -d {url} -f {file}".split()
    else:
        words = f"pg_restore --clean --if-exists --single-transaction -d {url} {file}".split()
    return subprocess.run([programs / words[0], *words[1:]], capture_output=True, text=True)


def test_a_lock_ends_the_dump_too(postgres: Database, write, programs: Path, tmp_path: Path, monkeypatch, capsys):
    """pg_dump reads every table of the project, also those that this build leaves alone."""
    root = write(postgres, lock_timeout="150ms")
    assert build(root).success
    monkeypatch.setenv("PATH", str(programs))
    with psycopg.connect(postgres.place) as holder:
        holder.execute('lock table "Invoice" in access exclusive mode')
        words = ["build", "--select", "clinics", "--full-refresh", "--backup", str(tmp_path / "x.dump")]
        code = cli.run([*words, "--project-dir", str(root)])
    said = capsys.readouterr().err
    assert code == 3, said
    assert "--backup: pg_dump failed" in said
    assert not list(tmp_path.glob("*.dump"))


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
