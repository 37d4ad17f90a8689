"""A target that is not what the profile says: the whole message for each, as a person has read it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.cli.conftest import Run
from tests.inputs.snapshots import compare
from tests.support import write_project

FOREIGN = "create foreign data wrapper w; create server s foreign data wrapper w; create foreign table "
PARTITION = 'create table whole (id text, name text) partition by list (id); create table "Branch" partition of whole'
TABLES = {
    "a view": 'create view "Branch" as select 1 as id',
    "a foreign table": f'{FOREIGN} "Branch" (id text) server s',
    "a materialized view": 'create materialized view "Branch" as select 1 as id',
    "a partition": f"{PARTITION} for values in ('a')",
    "a column missing": 'create table "Branch" (id text primary key)',
    "another type": 'create table "Branch" (id uuid primary key, name text)',
    "a column that nobody fills": 'create table "Branch" (id text primary key, name text, board text not null)',
}


@pytest.fixture
def told(sqlseed: Run, fresh_tiny: Callable[[], Path], postgres_url: str) -> Callable[..., tuple[int, str]]:
    """`told(url, *arguments)` runs a command against a URL; exit code, and what it said without ports and names."""

    def run(url: str, *arguments: str, files: dict[str, str] | None = None) -> tuple[int, str]:
        folder = fresh_tiny()
        profile = f'{{type: postgres, environment: dev, allow_superuser: true, url: "{url}"}}'
        write_project(folder, {"profiles.yml": f"sqlseed: {{outputs: {{dev: {profile}}}}}\n", **(files or {})})
        done = sqlseed(*arguments)
        text = re.sub(r"(?:clinics|test)_\d+", "DATABASE", done.stderr)
        text = re.sub(r"([\d.]+) (?:s|rows/s)\b", "N s", re.sub(r" *[\d.]+ s\b", " N s", text))
        return done.rc, re.sub(r"(port |:)\d{4,5}\b", r"\1PORT", text).replace(str(folder), "{here}")

    return run


def test_connections(told, postgres_url: str):
    with psycopg.connect(postgres_url) as connection:
        port = connection.info.port
    base = f"127.0.0.1:{port}"
    cases = {
        "refused": "postgresql://u:s3cr3t@127.0.0.1:1/d",
        "no such database": f"postgresql://postgres:s3cr3t@{base}/nowhere",
        "no such role": f"postgresql://nobody_here:s3cr3t@{base}/postgres",
        "no TLS": f"postgresql://postgres:s3cr3t@{base}/postgres?sslmode=require",
        "no such host": "postgresql://u:s3cr3t@no-such-host.invalid/d?sslmode=disable",
        "no such socket": "postgresql://u:s3cr3t@%2Fnowhere/d",
    }
    said = []
    for name, url in cases.items():
        code, text = told(url, "build", "-q")
        assert code == 4, text
        assert "s3cr3t" not in text
        said.append(f"## {name}\n{text}exit {code}\n")
    compare("51 connections", "\n".join(said))


def test_a_server_that_is_no_postgresql(told, postgres_url: str):
    """Something listens, and answers with what is no message of PostgreSQL's."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        port = server.getsockname()[1]
        code, text = told(f"postgresql://u:s3cr3t@127.0.0.1:{port}/d?sslmode=disable&gssencmode=disable", "build", "-q")
    assert code == 4
    assert "s3cr3t" not in text
    compare("53 no PostgreSQL", text)


def test_tables_of_another_kind(told, postgres_url: str):
    said = []
    for name, ddl in TABLES.items():
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("drop schema public cascade; create schema public; drop server if exists s cascade")
            connection.execute("drop foreign data wrapper if exists w cascade")
            for statement in ddl.split("; "):
                connection.execute(statement)
        code, text = told(postgres_url, "build", "-q", "--select", "branch_table")
        said.append(f"## {name}\n{text}exit {code}\n")
        assert code == (1 if name == "a partition" else 3), said[-1]  # a partition is a table with a rule of its own
    compare("54 tables", "\n".join(said))


LARGE = {
    "a numeric of too many digits": "select 'a' as id, (10::numeric ^ 200000)::text as pupil_id, 1 as mark",
    "a date too far": "select 'a' as id, (date '5874897-12-31' + 1)::text as pupil_id, 1 as mark",
    "an integer too large": "select 'a' as id, '' as pupil_id, (2147483647::bigint + 1)::int as mark",
    "a text too long": "select 'a' as id, repeat(repeat('x', 1000000), 1100) as pupil_id, 1 as mark",
    "a character that is none": "select 'a' as id, chr(0) as pupil_id, 1 as mark",
}


def test_values_too_large(told, postgres_url: str):
    said = []
    for name, sql in LARGE.items():
        head = "{{ config(owner=\"id = 'a'\") }}\n"
        code, text = told(
            postgres_url, "build", "-q", "--select", "marks", files={"models/marks.sql": head + sql + "\n"}
        )
        said.append(f"## {name}\n{text}exit {code}\n")
        assert code in (1, 2), said[-1]
    compare("55 values too large", "\n".join(said))


def test_circular_foreign_keys(told, postgres_url: str):
    columns = "columns: [{name: id, data_type: text}, {name: other, data_type: text}]"
    key = "{type: foreign_key, columns: [other], to: ref('{1}'), to_columns: [id]}"
    constraints = "constraints: [{type: primary_key, columns: [id]}, " + key + "]"
    entry = f"  - name: {{0}}\n    {columns}\n    {constraints}\n"
    yml = "models:\n" + "".join(entry.replace("{0}", a).replace("{1}", b) for a, b in ("ab", "ba"))
    select = "select 'x' as id, null::text as other\n"
    code, text = told(
        postgres_url, "build", "-q", files={"models/ab.yml": yml, "models/a.sql": select, "models/b.sql": select}
    )
    assert code == 2
    compare("56 circular foreign keys", text)
