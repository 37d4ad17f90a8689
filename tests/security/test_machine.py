"""What sqlseed leaves on the machine and asks of it: files of one's own, no network, nothing outside of the project."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from sqlseed import api, workspace
from sqlseed.backends import open_backend
from sqlseed.errors import ProfileError, SqlseedError
from tests.behaviour.clinics import FILES, Database, build
from tests.cli.tiny import TINY
from tests.support import cli_command, cli_environment, write_project

FROM_DUCKDB = {
    "read a file": "select * from read_text('/etc/hostname')",
    "read a table's file": "select * from '/etc/hostname'",
    "write a file": "copy (select 1) to '{folder}/written.csv'",
    "attach": "attach '{folder}/other.duckdb' as other",
    "install": "install httpfs",
    "load": "load httpfs",
    "the network": "select * from read_csv('https://example.com/x.csv')",
    "Python's variables": "select * from planted",
    "unlock": "set enable_external_access = true",
    "export": "export database '{folder}/all'",
    "a secret": "create secret s (type s3)",
}


@pytest.mark.parametrize("payload", FROM_DUCKDB.values(), ids=FROM_DUCKDB)
def test_duckdb_cannot_leave_the_database(tmp_path: Path, payload: str):
    planted = [{"a": 1}]
    assert planted
    opened = workspace.load(write_project(tmp_path / "p", TINY), env={})
    backend = open_backend(opened.target, opened.project.root)
    try:
        session = backend.connect()
        with pytest.raises(SqlseedError):
            session.run(payload.format(folder=tmp_path))
    finally:
        backend.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p"]


def test_files_that_may_hold_data_are_the_users_own(tmp_path: Path):
    root = write_project(tmp_path / "p", TINY)
    before = os.umask(0)
    try:
        assert api.build(api.load(root)).success
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (root / "target").rglob("*.json")}
    assert modes == {"run_results.json": 0o600, "manifest.json": 0o600}


def test_a_planted_link_is_not_followed(tmp_path: Path):
    """An artifact replaces the name, and does not write through it."""
    root = write_project(tmp_path / "p", TINY)
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (root / "target").mkdir()
    (root / "target" / "run_results.json").symlink_to(victim)
    assert api.build(api.load(root)).success
    assert victim.read_text() == "mine"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_profile_that_everybody_can_write(tmp_path: Path):
    root = write_project(tmp_path / "p", TINY)
    (root / "profiles.yml").chmod(0o666)
    with pytest.raises(ProfileError, match=r"everybody can write to it \(mode 0666\)"):
        api.load(root)
    (root / "profiles.yml").chmod(0o664)
    api.load(root)


LINKS = {"models/linked.sql": "secret.sql", "seeds/linked.csv": "secret.csv", "macros/linked.sql": "secret.sql"}


@pytest.mark.parametrize("place", [*LINKS, "models/linked.yml", "profiles.yml/.."])
def test_links_out_of_the_project(tmp_path: Path, place: str):
    root = write_project(tmp_path / "p", TINY)
    (tmp_path / "outside").write_text("select 1 as id")
    if place.startswith("profiles"):
        shutil.rmtree(root / "models" / "people")
        (root / "models" / "people").symlink_to(tmp_path)
    else:
        (root / place).parent.mkdir(exist_ok=True)
        (root / place).symlink_to(tmp_path / "outside")
    try:
        loaded = api.load(root)
        loaded.checked()
        assert "outside" not in str(loaded.project.models)
        assert list(loaded.project.seeds.values())
    except SqlseedError as error:
        assert "outside the project" in str(error) or "does not exist" in str(error)  # noqa: PT017


def without_network() -> list[str]:
    """A command that runs another one where there is no network but the machine's own sockets."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0:
            return command
    return []


def test_no_network_but_the_database(postgres: Database, write, postgres18):
    """A build over a Unix socket, where nothing else could be reached."""
    command = without_network()
    if not command:
        pytest.skip("unshare -n is not allowed here")
    with psycopg.connect(postgres.place) as connection:
        row = connection.execute(
            "select current_setting('unix_socket_directories'), current_setting('port')"
        ).fetchone()
    assert row
    folder, port = row[0].split(",")[0].strip(), row[1]
    name = postgres.place.rpartition("/")[2]
    root = write(postgres)
    place = f"host: '{folder}', port: {port}, dbname: {name}, user: postgres"
    profile = f"{{type: postgres, {place}, environment: dev, allow_superuser: true}}"
    (root / "profiles.yml").write_text(f"sqlseed: {{outputs: {{test: {profile}}}}}\n")
    words = [*command, *cli_command(["build", "-q"])]
    done = subprocess.run(words, cwd=root, env=cli_environment(), capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    over_tcp = [*command, "python3", "-c", f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"]
    assert subprocess.run(over_tcp, capture_output=True, timeout=30).returncode != 0  # there is none, indeed
    assert len(postgres.query('select 1 from "Clinic"')) == 3


def test_a_password_is_in_no_list_of_processes_and_no_view_of_the_server(postgres: Database, write):
    secret = "c4n4ry-in-a-password"
    root = write(postgres)
    assert build(root).success
    postgres.run(
        "create table seen (what text)",
        """create function watch() returns trigger language plpgsql as $$ begin
            insert into public.seen select row_to_json(a)::text from pg_stat_activity as a; return null; end $$""",
        'create trigger watching after insert or update on "Patient" for each statement execute function watch()',
    )
    failing = FILES["models/visits.sql"].replace("p.n::int", "(p.n / (p.n - 3))::int")
    url = postgres.place.replace("postgres@", f"postgres:{secret}@")
    output = "{type: postgres, environment: test, allow_superuser: true, url: \"{{ env_var('URL') }}\"}"
    write_project(root, {"models/visits.sql": failing, "profiles.yml": f"sqlseed: {{outputs: {{test: {output}}}}}\n"})
    process = subprocess.Popen(
        cli_command(["build", "--full-refresh", "--log-format", "json"]),
        cwd=root,
        env=cli_environment({"URL": url}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    command_line = Path(f"/proc/{process.pid}/cmdline").read_text() if Path("/proc").is_dir() else ""
    out, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    seen = "".join(row[0] for row in postgres.query("select what from seen"))
    assert "sqlseed:" in seen  # the session was looked at while it worked
    kept = "".join(path.read_text("utf-8", "replace") for path in (root / "target").rglob("*") if path.is_file())
    state = str(postgres.query("select * from _sqlseed.checkpoint"))
    for text in (out, err, command_line, seen, kept, state):
        assert secret not in text
