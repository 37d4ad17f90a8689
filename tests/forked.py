"""Runs commands of sqlseed in processes forked from one that has imported all that they import.

Starting Python and importing the libraries takes longer than most commands that tests run. Each command still has a
process of its own, with its own folder, environment, standard streams and end.

    python -m tests.forked FD

is the process that forks: it reads one message for each command from the socket FD, and ends when that is closed.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import sqlseed

LAZY = ("jinja2.debug", "sqlglot.dialects.duckdb", "sqlglot.dialects.postgres")  # what a library imports late
READ_AT_START = ("PYTHON", "LANG", "LC_", "COVERAGE_", "LD_")  # variables that a forked process would read too late
MESSAGE_BYTES = 1 << 17  # of arguments and environment; below the kernel's default for a socket's buffer


def suits(environment: Mapping[str, str]) -> bool:
    """Whether a forked process with this environment is what a started one would be."""
    return _at_start(environment) == _forking()[1]


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str, timeout: float
) -> tuple[int, str, str]:
    """`python -m sqlseed ARGUMENTS...`: its return code as `subprocess` gives it, its stdout, its stderr.

    Raises subprocess.TimeoutExpired after so many seconds, when it has ended the process.
    """
    message = json.dumps([arguments, str(folder), dict(environment)]).encode()
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(3)]
        streams[0].write(stdin)
        streams[0].seek(0)
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        try:
            socket.send_fds(_forking()[0], [message], [*(stream.fileno() for stream in streams), writing])
        finally:
            os.close(writing)
        code = _wait(reading, timeout, arguments)
        return code, *(_text(stream) for stream in streams[1:])  # type: ignore[return-value]


def _wait(reading: int, timeout: float, arguments: Sequence[str]) -> int:
    pid = int.from_bytes(os.read(reading, 4), "little")
    deadline = time.monotonic() + timeout
    while not select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
        os.kill(pid, signal.SIGKILL)
        os.read(reading, 4)
        raise subprocess.TimeoutExpired(list(arguments), timeout)
    return int.from_bytes(os.read(reading, 4), "little", signed=True)


def _text(stream: IO[str]) -> str:
    stream.seek(0)
    return stream.read()


def _at_start(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(READ_AT_START)}


@functools.cache
def _forking() -> tuple[socket.socket, dict[str, str]]:
    """The socket of this process's forking process, started now, and the variables that it has read."""
    from tests import support

    environment = support.cli_environment()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MESSAGE_BYTES)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked", str(theirs.fileno())],
            cwd=support.ROOT,
            env=environment,
            pass_fds=[theirs.fileno()],
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # first
    return ours, _at_start(environment)


# --- the forking process --------------------------------------------------------------------------------------


def serve(connection: socket.socket) -> None:
    """Fork for each message; returns in the command's process."""
    ours = (found.name for found in pkgutil.walk_packages(sqlseed.__path__, "sqlseed."))
    for name in (*LAZY, *(name for name in ours if name != "sqlseed.__main__")):
        with contextlib.suppress(ModuleNotFoundError):  # of an extra that is not installed
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a child would otherwise copy every page
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the test run, which then closes the socket
    while True:
        message, descriptors, *_ = socket.recv_fds(connection, MESSAGE_BYTES, 4)
        with contextlib.suppress(ChildProcessError):  # those of earlier messages
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not message:
            os._exit(0)  # without a record of coverage: what it imported is in its children's
        if os.fork() == 0:
            connection.close()
            _watch(descriptors.pop())
            arguments, folder, environment = json.loads(message)
            _become(arguments, folder, environment, descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)


def _watch(writing: int) -> None:
    """Fork the command, and say its process id and how it ended; returns in the command's process."""
    pid = os.fork()
    if pid == 0:
        os.close(writing)
        return
    os.write(writing, pid.to_bytes(4, "little"))
    _, status = os.waitpid(pid, 0)
    os.write(writing, os.waitstatus_to_exitcode(status).to_bytes(4, "little", signed=True))
    os._exit(0)


def _become(arguments: Sequence[str], folder: str, environment: Mapping[str, str], descriptors: Sequence[int]) -> None:
    """Make this process what one that was started with these would be."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    tempfile.tempdir = None
    sys.argv[1:] = arguments


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("sqlseed", run_name="__main__", alter_sys=True)
