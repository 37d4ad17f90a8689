"""The servers that other tests rely on are what they say."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests import servers
from tests.support import cli_environment


def test_postgres_answers(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert connection.info.server_version // 10000 == 18


def test_either_version_answers(any_postgres, any_postgres_url):
    with psycopg.connect(any_postgres_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert connection.info.server_version // 10000 == any_postgres.version


def test_a_database_is_empty_and_can_be_written(any_postgres_url):
    with psycopg.connect(any_postgres_url) as connection:
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)
        connection.execute("create table public.left_behind (id int)")


def test_encoding_is_utf8(any_postgres_url):
    with psycopg.connect(any_postgres_url) as connection:
        assert connection.execute("show server_encoding").fetchone() == ("UTF8",)


def test_text_sorts_differently_on_the_two_versions(postgres18, postgres15):
    orders = []
    for server in (postgres18, postgres15):
        with psycopg.connect(server.url) as connection:
            rows = connection.execute("select v from (values ('a'), ('B')) t(v) order by v").fetchall()
            orders.append([v for (v,) in rows])
    assert orders == [["B", "a"], ["a", "B"]]


def test_a_database_is_dropped_while_somebody_is_connected(postgres18):
    with postgres18.fresh_database("busy") as url:
        lingering = psycopg.connect(url)
    with pytest.raises(psycopg.OperationalError):
        lingering.execute("select 1")
    lingering.close()


def test_a_version_that_is_not_installed_is_an_error():
    with pytest.raises(servers.ServerError, match="PostgreSQL 9 is not installed"), servers.running_server(9):
        pass


def test_a_server_that_does_not_start_is_an_error(monkeypatch):
    monkeypatch.setitem(servers.SETTINGS, "shared_buffers", "nonsense")
    with pytest.raises(servers.ServerError, match="nonsense"), servers.running_server(18):
        pass


def test_a_server_leaves_nothing_behind():
    with servers.running_server(18) as server:
        folder = server.data.parent.parent
        assert server.data.is_dir()
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)


def test_a_server_does_not_outlive_a_killed_test_run():
    code = (
        "import os, signal; from tests import servers\n"
        "with servers.running_server(18) as server:\n"
        "    print(server.url, server.data, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    run = subprocess.run([sys.executable, "-c", code], env=cli_environment(), stdout=subprocess.PIPE, text=True)
    assert run.returncode == -signal.SIGKILL
    url, data = run.stdout.split()
    deadline = time.monotonic() + 15
    while (folder := Path(data).parent.parent).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_a_server_starts_from_a_folder_closed_to_others(monkeypatch):
    # As in a virtual environment in a home folder of mode 0700: root's server runs as nobody, from a copy.
    monkeypatch.setattr(servers, "_reachable_by_all", lambda _: False)
    with servers.running_server(18) as server, psycopg.connect(server.url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
