"""What processes used, read from Linux's /proc; on other systems it is not known, and stays out of the results."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.2  # between two looks at the memory of a server
_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(slots=True)
class Watched:
    """What all processes of a server used while it was watched; None where that cannot be read."""

    cpu_seconds: float | None = None
    private_bytes: int | None = None  # the largest sum of their own memory, seen at one moment
    shared_bytes: int | None = None  # of the shared buffers, as far as a process had touched them


def own_cpu() -> float:
    """The seconds that this process has spent computing, for itself and in the kernel."""
    return time.process_time()


@contextmanager
def watching(postmaster: int) -> Iterator[Watched]:
    """Watches a PostgreSQL server from here to the end of the block."""
    found = Watched()
    if not _children_file(postmaster).exists():
        yield found
        return
    ended = threading.Event()
    watcher = threading.Thread(target=_watch_memory, args=(postmaster, found, ended), daemon=True)
    before = _cpu(postmaster)
    watcher.start()
    try:
        yield found
    finally:
        found.cpu_seconds = round(_cpu(postmaster) - before, 2)
        ended.set()
        watcher.join()


def _children_file(process: int) -> Path:
    return _PROC / str(process) / "task" / str(process) / "children"


def _children(process: int) -> list[int]:
    return [int(word) for word in _children_file(process).read_text("ascii").split()]


def _cpu(postmaster: int) -> float:
    """Of the postmaster, of its children, and of those that have ended: proc_pid_stat(5), fields 14 to 17."""
    ticks = sum(_fields(postmaster)[11:15])
    return (ticks + sum(sum(_fields(child)[11:13]) for child in _children(postmaster))) / _TICKS


def _fields(process: int) -> list[int]:
    """The numbers of /proc/PID/stat from its third field on, the state as 0; none for a process that has ended."""
    try:
        words = (_PROC / str(process) / "stat").read_text("ascii", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [0, *(int(word) for word in words[1:])]


def _watch_memory(postmaster: int, found: Watched, ended: threading.Event) -> None:
    found.private_bytes = found.shared_bytes = 0
    is_last = False
    while not is_last:  # once at least, however short it is
        is_last = ended.wait(EVERY_SECONDS)
        private = shared = 0
        for process in _children(postmaster):
            own, common = _memory(process)
            private += own
            shared = max(shared, common)
        found.private_bytes = max(found.private_bytes, private)
        found.shared_bytes = max(found.shared_bytes, shared)


def _memory(process: int) -> tuple[int, int]:
    """A process's resident bytes that are its own, and those of shared memory: RssAnon and RssShmem, cheap to read."""
    try:
        lines = (_PROC / str(process) / "status").read_text("ascii", errors="replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    sizes = dict(line.split(":", 1) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
    own, common = (int(sizes.get(name, "0 kB").split()[0]) * 1024 for name in ("RssAnon", "RssShmem"))
    return own, common
