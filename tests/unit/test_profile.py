"""profiles.yml: where it is looked for, which output is taken, and what is made of it."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import pytest

from sqlseed.errors import CompileError, ProfileError
from sqlseed.model import BulkMode, Target
from sqlseed.pgurl import Secret
from sqlseed.profile import load_target

PROFILES = """\
school:
  target: dev
  outputs:
    dev: {type: duckdb}
    pg:
      type: postgres
      url: "{{ env_var('DATABASE_URL') }}"
      threads: "{{ env_var('THREADS', '8') }}"
      environment: dev
"""


def render(text, context, path):
    """A stand-in for Jinja: `{{ env_var('NAME'[, 'default']) }}` and nothing else."""

    def call(found):
        return context["env_var"](*re.findall(r"'([^']*)'", found[1]))

    return re.sub(r"\{\{ env_var\((.*?)\) \}\}", call, text)


@pytest.fixture
def load(tmp_path: Path):
    """Reads a profiles.yml of the project `tmp_path/project`, or the outputs of the profile `school`."""
    project = tmp_path / "project"
    project.mkdir()

    def read(text: str | None = None, target=None, *, output: str | None = None, env=None, **options) -> Target:
        if output is not None:
            text = "school:\n  outputs:\n    dev:\n" + "".join(f"      {line}\n" for line in output.splitlines())
        if text is not None:
            (project / "profiles.yml").write_text(text)
            (project / "profiles.yml").chmod(0o600)
        env = {"HOME": str(tmp_path / "home")} | (env or {})
        return load_target(project, "school", target, options.pop("profiles_dir", None), env, render, **options)

    return read


def refused(load, *args, **options) -> str:
    with pytest.raises(ProfileError) as error:
        load(*args, **options)
    return str(error.value)


def test_duckdb_with_its_defaults(load, tmp_path: Path):
    made = load(PROFILES)
    assert made == Target(
        profile="school", name="dev", type="duckdb", schema="main", state_schema="_sqlseed", threads=4,
        settings={"path": str(tmp_path / "project" / "target" / "sqlseed.duckdb")},
    )  # fmt: skip


def test_duckdb_settings(load, tmp_path: Path):
    made = load(
        output="type: duckdb\npath: ':memory:'\nmemory_limit: 512MB\ntemp_directory: tmp\nschema: app\nthreads: 2"
    )
    assert (made.schema, made.threads) == ("app", 2)
    assert made.settings == {
        "path": ":memory:",
        "memory_limit": "512MB",
        "temp_directory": str(tmp_path / "project" / "tmp"),
    }
    assert load(output="type: duckdb\npath: ~/x.duckdb").settings["path"] == str(tmp_path / "home" / "x.duckdb")


def test_bulk_mode(load):
    assert load(output="type: postgres\nhost: h").bulk is BulkMode.AUTO
    assert load(output="type: postgres\nhost: h\nbulk: 'off'").bulk is BulkMode.OFF
    assert "read as true by YAML; quote it" in refused(load, output="type: postgres\nhost: h\nbulk: on")


def test_postgres_by_url(load):
    url = "postgresql://u:s3cr%40t@localhost:5433/db?schema=app&connection_limit=5"
    made = load(PROFILES, "pg", env={"DATABASE_URL": url})
    assert (made.name, made.schema, made.threads, made.environment) == ("pg", "app", 8, "dev")
    conninfo = made.settings["conninfo"]
    assert conninfo == {
        "user": "u", "password": Secret("s3cr@t"), "host": "localhost", "port": "5433", "dbname": "db",
    }  # fmt: skip
    assert conninfo["password"].reveal() == "s3cr@t"
    assert made.notes == ("parameters of the URL that are Prisma's, not used here: connection_limit",)
    assert "s3cr" not in repr(made) + str(made.settings) + f"{conninfo}{conninfo['password']}"


def test_postgres_by_keys(load):
    made = load(
        output="type: postgres\nhost: db.example.com\nport: 5433\ndatabase: school\nuser: u\n"
        "password: \"{{ env_var('PW') }}\"\nconnect_timeout: 5\nstatement_timeout: 30s\nlock_timeout: 500 ms\n"
        "keepalives_idle: 30\napplication_name: x",
        env={"PW": " p w "},
    )
    assert made.schema == "public"
    assert made.settings == {
        "conninfo": {
            "host": "db.example.com", "port": "5433", "dbname": "school", "user": "u", "password": Secret(" p w "),
            "connect_timeout": "5", "keepalives_idle": "30", "application_name": "x", "sslmode": "require",
        },
        "statement_timeout": "30s",
        "lock_timeout": "500 ms",
    }  # fmt: skip


def test_keys_beside_a_url(load):
    made = load(
        output="type: postgres\nurl: postgresql://h/db?schema=a&sslmode=prefer\nsslmode: verify-full\nschema: b"
    )
    assert made.schema == "b"
    assert made.settings["conninfo"]["sslmode"] == "verify-full"
    assert made.notes == ("schema 'b' of the profile is used, not 'a' of the URL",)


@pytest.mark.parametrize(
    ("output", "env", "sslmode"),
    [
        ("dbname: x", {}, None),
        ("host: localhost", {}, None),
        ("host: 127.0.0.1", {}, None),
        ("host: ::1", {}, None),
        ("host: /run/postgresql", {}, None),
        ("host: db.example.com", {}, "require"),
        ("host: localhost.example.com", {}, "require"),
        ("host: 127.0.0.1.example.com", {}, "require"),
        ("host: localhost,db.example.com", {}, "require"),
        ("host: localhost\nhostaddr: 192.0.2.1", {}, "require"),
        ("dbname: x", {"PGHOST": "db.example.com"}, "require"),
        ("host: db.example.com", {"PGSSLMODE": "verify-full"}, None),
        ("host: db.example.com\nsslmode: disable", {}, "disable"),
        ("host: db.example.com\nsslrootcert: system", {}, "verify-full"),
        ("host: db.example.com\nsslrootcert: ca.pem", {}, "require"),
        ("service: school", {}, None),
    ],
)
def test_tls_is_asked_for_unless_the_host_is_this_one(load, output, env, sslmode):
    made = load(output=f"type: postgres\n{output}", env=env)
    assert made.settings["conninfo"].get("sslmode") == sslmode
    assert bool(made.notes) == (sslmode in ("require", "disable"))


def test_the_only_output_needs_no_target_and_threads_can_be_overridden(load):
    assert load(output="type: duckdb\nthreads: 4", threads=9).threads == 9
    assert refused(load, threads=65) == "threads must be 1 to 64, not 65"


def test_the_target_may_come_from_the_environment(load):
    text = PROFILES.replace("target: dev", "target: \"{{ env_var('TARGET', 'dev') }}\"")
    assert load(text).name == "dev"
    assert load(text, env={"TARGET": "pg", "DATABASE_URL": "postgresql:///x"}).name == "pg"


def test_where_the_file_is_looked_for(load, tmp_path: Path):
    home = tmp_path / "home" / ".sqlseed"
    home.mkdir(parents=True)
    (home / "profiles.yml").write_text("school: {outputs: {home: {type: duckdb}}}")
    assert load().name == "home"
    assert load("school: {outputs: {project: {type: duckdb}}}").name == "project"
    other = tmp_path / "other"
    other.mkdir()
    assert refused(load, profiles_dir=other).startswith(f"no profiles.yml found; searched: {other}/profiles.yml\n")
    (other / "profiles.yml").write_text("school: {outputs: {given: {type: duckdb}}}")
    assert load(profiles_dir=other).name == "given"


def test_no_file_shows_the_places_and_a_start(load, tmp_path: Path):
    shown = refused(load)
    assert shown.split("\n")[0] == (
        f"no profiles.yml found; searched: {tmp_path}/project/profiles.yml, {tmp_path}/home/.sqlseed/profiles.yml"
    )
    start = "\n".join(line[4:] for line in shown.split("\n")[2:])
    assert load(start).type == "duckdb"  # what it shows works


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "profiles.yml: the file is empty; expected a mapping (school:)"),
        ("shcool: {}", "profiles.yml:1: no profile 'school'\n  hint: did you mean 'shcool'?"),
        ("school: 5", "profiles.yml:1: 'school' must be a mapping, not an integer"),
        ("school: {}", "profiles.yml:1: profile 'school' has no outputs"),
        ("school:\n  output: {}", "profiles.yml:2: unknown key 'output'\n  hint: did you mean 'outputs'?"),
        ("school:\n  outputs: {dev: x}", "profiles.yml:2: 'dev' must be a mapping, not a text"),
        (
            "school:\n  outputs: {a: {type: duckdb}, b: {type: duckdb}}",
            (
                "profiles.yml:2: profile 'school' has several outputs and no target\n"
                "  hint: give one with --target, or write a default as target: (a, b)"
            ),
        ),
        (
            "school:\n  target: dve\n  outputs: {dev: {type: duckdb}, pg: {type: postgres}}",
            "profiles.yml:2: profile 'school' has no target 'dve'; targets: dev, pg\n  hint: did you mean 'dev'?",
        ),
        ("school:\n  target: a\n  target: b\n", "profiles.yml:3: duplicate key 'target' (first at line 2)"),
        ("school:\n\toutputs: x", "profiles.yml:2: tab used for indentation at 2:1; use spaces"),
    ],
)
def test_faulty_files(load, text, expected):
    assert refused(load, text) == expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("path: x", ":4: an output needs a type\n  hint: known names: duckdb, postgres"),
        ("type: postgresql", ":4: unknown type 'postgresql'\n  hint: did you mean 'postgres'?"),
        ("type: duckdb\npaht: x", ":5: unknown key 'paht' for type duckdb\n  hint: did you mean 'path'?"),
        (
            "type: duckdb\nurl: x",
            (
                ":5: unknown key 'url' for type duckdb\n"
                "  hint: known names: environment, memory_limit, path, require_approval, rows_per_chunk, schema, "
                "state_schema, temp_directory, threads, type"
            ),
        ),
        ("type: duckdb\nthreads: 0", ":5: threads must be an integer from 1 to 64, not '0'"),
        ("type: duckdb\nrows_per_chunk: -1", ":5: rows_per_chunk must be a whole number, 0 to cut no slice, not '-1'"),
        (
            "type: duckdb\nrows_per_chunk: many",
            ":5: rows_per_chunk must be a whole number, 0 to cut no slice, not 'many'",
        ),
        ("type: duckdb\nthreads: -1", ":5: threads must be an integer from 1 to 64, not '-1'"),
        ("type: duckdb\nthreads: 1000000", ":5: threads must be an integer from 1 to 64, not '1000000'"),
        ("type: duckdb\nthreads: many", ":5: threads must be an integer from 1 to 64, not 'many'"),
        ("type: duckdb\nthreads: 1.5", ":5: 'threads' must be a text, not a number\n  hint: put the value in quotes"),
        ("type: duckdb\npath: [a]", ":5: 'path' must be a text, not a list\n  hint: put the value in quotes"),
        ("type: duckdb\npath: ''", ":5: 'path' is empty"),
        ("type: duckdb\npath: s3://bucket/x", ":5: 'path' must be a path on this machine"),
        ("type: duckdb\nmemory_limit: lots", ":5: memory_limit must be a size such as 512MB or 2GB"),
        ("type: duckdb\nschema: _sqlseed", ":4: schema and state_schema must be two different schemas"),
        ("type: duckdb\nschema: pg_x", ":5: schema 'pg_x' belongs to the database itself"),
        (f"type: duckdb\nschema: {'x' * 64}", f":5: schema '{'x' * 20}...' has 64 bytes; PostgreSQL keeps 63"),
        ("type: postgres", ":4: a postgres output needs url, or host and dbname"),
        ("type: postgres\nurl: postgresql:///x\nuser: u\nhost: h", ":5: give url, or host, user; not both"),
        ("type: postgres\ndbname: x\ndatabase: y", ":6: database and dbname are the same thing; give one"),
        ("type: postgres\nhost: h\nsslmode: requrie", ":6: unknown sslmode 'requrie'\n  hint: did you mean 'require'?"),
        (
            "type: postgres\nurl: postgresql://h?sslmode=no-verify",
            ":5: unknown sslmode 'no-verify'\n  hint: did you mean 'verify-ca'?",
        ),
        (
            "type: postgres\nhost: h\nbulk: atuo",
            ":6: bulk must be auto, on or off, not 'atuo'\n  hint: did you mean 'auto'?",
        ),
        ("type: postgres\nhost: h\nport: 0", ":6: the port must be a number from 1 to 65535"),
        ("type: postgres\nhost: h\nconnect_timeout: 5s", ":6: connect_timeout must be an integer"),
        (
            "type: postgres\nhost: h\nlock_timeout: soon",
            ":6: lock_timeout must be a duration such as 30s, 500ms or 5min",
        ),
        (
            "type: postgres\nhost: h\nstatment_timeout: 5s",
            ":6: unknown key 'statment_timeout' for type postgres\n  hint: did you mean 'statement_timeout'?",
        ),
        (
            "type: postgres\nurl: 'postgresql://u:s3cr3t@PW@h/db'",
            (
                ":5: url: the user name or the password has a character that must be percent-encoded: '@' "
                "is written %40: only the one before the host stays as it is"
            ),
        ),
        (
            "type: postgres\nhost: h\npassword: true",
            ":6: 'password' must be a text, not true or false\n  hint: put the value in quotes",
        ),
        ("type: postgres\nhost: h\npassword: 0451", ":6: a value is a number with a leading zero; quote it"),
        ("type: postgres\nurl: {{ env_var('X') }}", ':5: quote the whole value: "{{ ... }}"'),
    ],
)
def test_faulty_outputs(load, output, expected):
    shown = refused(load, output=output)
    assert shown == f"profiles.yml{expected}"


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        (
            {},
            (
                "profiles.yml:7: environment variable 'DATABASE_URL' is not set\n"
                "  hint: set it, or give a default: env_var('DATABASE_URL', '...')"
            ),
        ),
        ({"DATABASE_URL": ""}, "profiles.yml:7: 'url' is empty\n  hint: is DATABASE_URL set to nothing?"),
        (
            {"DATABASE_URL": "postgresql://u:s3cr3t@h/db\n"},
            "profiles.yml:7: environment variable 'DATABASE_URL' has a line break in it",
        ),
    ],
)
def test_environment_variables(load, env, expected):
    assert refused(load, PROFILES, "pg", env=env) == expected


def test_a_broken_expression_is_told_without_its_text(tmp_path: Path):
    (tmp_path / "profiles.yml").write_text('school:\n  outputs:\n    dev:\n      type: "s3cr3t {{ x"\n')

    def broken(text, context, path):
        raise CompileError("unexpected end", path=path, line=1, source=text)

    with pytest.raises(ProfileError) as error:
        load_target(tmp_path, "school", None, None, {}, broken)
    assert str(error.value) == "profiles.yml:4: 'type': unexpected end"


def test_a_file_that_is_not_utf8(load, tmp_path: Path):
    (tmp_path / "project" / "profiles.yml").write_bytes(b"school: \xe9")
    assert refused(load).startswith("profiles.yml:1: byte 0xE9 at 1:9 is not UTF-8")


@pytest.mark.parametrize(
    ("output", "mode", "noted"),
    [
        ("host: localhost\npassword: s3cr3t", 0o644, True),
        ("host: localhost\npassword: 12345", 0o640, True),
        ("url: postgresql://u:s3cr3t@localhost/db", 0o644, True),
        ("host: localhost\npassword: s3cr3t", 0o600, False),
        ("url: postgresql://u@localhost/db", 0o644, False),
        ("url: \"postgresql://u:{{ env_var('PW') }}@localhost/db\"", 0o644, False),
        ("host: localhost\npassword: \"{{ env_var('PW') }}\"", 0o644, False),
    ],
)
def test_a_readable_file_with_a_password_is_noted(load, tmp_path: Path, output, mode, noted):
    load(output=f"type: postgres\n{output}", env={"PW": "x"})
    (tmp_path / "project" / "profiles.yml").chmod(mode)
    notes = load(env={"PW": "x"}).notes
    expected = f"profiles.yml holds a password and others can read it (mode {mode:04o}); chmod 600 profiles.yml"
    assert bool(notes) == noted
    assert all(note.startswith(expected) for note in notes)
    assert "s3cr3t" not in str(notes)


def test_a_secret_is_shown_nowhere():
    secret = Secret("s3cr3t/Ä")
    assert f"{secret} {secret!r} {secret!s} {[secret]}" == "*** *** *** [***]"
    assert secret == Secret("s3cr3t/Ä") != Secret("x")
    assert len({secret, Secret("s3cr3t/Ä")}) == 1
    for write in (json.dumps, pickle.dumps):
        with pytest.raises(TypeError):
            write(secret)


def test_a_secret_is_scrubbed_from_messages():
    secret = Secret('s3cr3t/Ä "x')
    assert secret.scrub('a s3cr3t/Ä "x b s3cr3t%2F%C3%84%20%22x c s3cr3t/\\u00c4 \\"x d') == "a *** b *** c *** d"
    assert Secret("ab").scrub("about") == "about"
