"""A command in a forked process is what one in a started process is: streams, folder, environment, and its end."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import forked, support
from tests.cli.tiny import steady
from tests.unit.towns import FILES


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    return support.write_project(tmp_path, FILES)


@pytest.mark.parametrize(
    ("args", "env"),
    [
        ([], {"COLUMNS": "60"}),
        (["compile", "hose"], {}),
        (["build", "--checksums"], {"NO_COLOR": ""}),
    ],
)
def test_it_is_as_a_started_one(towns: Path, args: list[str], env: dict[str, str]):
    environment = support.cli_environment(env)
    assert forked.suits(environment)
    started = subprocess.run(
        support.cli_command(args), cwd=towns, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    code, stdout, stderr = forked.run(args, towns, environment, "", 60)
    assert (code, steady(stdout), steady(stderr)) == (
        started.returncode,
        steady(started.stdout),
        steady(started.stderr),
    )


def test_each_starts_from_the_same_state(towns: Path):
    def run(*args: str) -> tuple[int, str, str]:
        return forked.run(args, towns, support.cli_environment(), "", 60)

    before = run("ls")
    assert run("ls", "--project-dir", "/nowhere")[0] == 2
    assert run("ls") == before
    assert Path.cwd() != towns


@pytest.mark.parametrize("name", ["PYTHONPATH", "LC_ALL", "COVERAGE_PROCESS_START"])
def test_what_python_reads_as_it_starts_asks_for_a_started_one(name: str):
    assert not forked.suits(support.cli_environment({name: "/elsewhere"}))


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[socket.socket]:
    """A server that accepts connections and never says a word; `waiting()` is a command that waits for it."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / ".s.PGSQL.5432"))
        server.listen()
        yield server


def waiting(folder: Path, timeout: float) -> tuple[int, str, str]:
    url = f"postgresql://somebody@/town?host={folder}"
    profile = FILES["profiles.yml"].replace("{type: duckdb, path: ':memory:'}", f"{{type: postgres, url: '{url}'}}")
    root = support.write_project(folder / "towns", {**FILES, "profiles.yml": profile})
    return forked.run(["debug"], root, support.cli_environment(), "", timeout)


def process_of(server: socket.socket) -> int:
    """The process at the other end of the next connection."""
    peer, _ = server.accept()
    with peer:
        pid, _, _ = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(pid)


def test_it_is_ended_when_its_time_is_over(silent: socket.socket, tmp_path: Path):
    with pytest.raises(subprocess.TimeoutExpired):
        waiting(tmp_path, 1)
    assert forked.run(["--version"], tmp_path, support.cli_environment(), "", 60)[0] == 0


def test_the_signal_that_ends_it_is_told(silent: socket.socket, tmp_path: Path):
    killer = threading.Thread(target=lambda: os.kill(process_of(silent), signal.SIGKILL))
    killer.start()
    assert waiting(tmp_path, 60)[0] == -signal.SIGKILL
    killer.join()
