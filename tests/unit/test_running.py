"""Data tests that have too little memory beside others are run again by themselves."""

from __future__ import annotations

import contextlib
import threading
from typing import Any, cast

from sqlseed.assertion import DataTest, DataTestConfig, DataTestKind
from sqlseed.assertions.compiling import Prepared
from sqlseed.assertions.counting import Work
from sqlseed.assertions.running import Examiner, Run
from sqlseed.backends import Backend
from sqlseed.errors import OUT_OF_MEMORY, ExecuteError
from sqlseed.events import Event, Status
from sqlseed.runner import StopFlag

PATIENCE = 10  # seconds until a barrier is given up


class Cramped:
    """A stand-in for a backend with memory for one statement at a time: whatever meets another has too little."""

    threads = 2

    def __init__(self, enough_alone: bool) -> None:
        self.enough_alone = enough_alone
        self.met = threading.Barrier(2)
        self.running = 0
        self.most_at_the_end = 0

    def connect(self) -> Cramped:
        return self

    def close(self) -> None:
        """Nothing to close."""

    def prepare(self, functions: object) -> None:
        """Nothing to prepare."""

    def read_only(self) -> None:
        """Nothing is written."""

    def select_sql(self, sql: str, *_: object, **__: object) -> str:
        return sql

    @contextlib.contextmanager
    def transaction(self):
        yield

    def query(self, *_: object) -> list[tuple[Any, ...]]:
        if not self.met.broken:
            with contextlib.suppress(threading.BrokenBarrierError):
                self.met.wait(PATIENCE)
            self.met.abort()  # from now on they may run alone
            raise ExecuteError("no memory", sqlstate=OUT_OF_MEMORY)
        self.running += 1
        self.most_at_the_end = max(self.most_at_the_end, self.running)
        try:
            if not self.enough_alone:
                raise ExecuteError("no memory", sqlstate=OUT_OF_MEMORY)
            return [(0,)]
        finally:
            self.running -= 1


def one(name: str) -> Work:
    test = DataTest(name, name, DataTestKind.SINGULAR, f"tests/data/{name}.sql", None, (name,), DataTestConfig())
    return Work((Prepared(test, "select 1", {}, {}, (), (), (), {}),))


def run(backend: Cramped) -> dict[str, Status]:
    events: list[Event] = []
    found = Run(cast(Backend, backend), events.append, StopFlag(), Examiner("kept")).execute([one("a"), one("b")])
    assert sorted(event.name or "" for event in events) == ["a", "b"]  # each verdict is announced once
    return {name: verdict.status for name, verdict in found.items()}


def test_run_again_one_by_one() -> None:
    backend = Cramped(enough_alone=True)
    assert run(backend) == {"a": Status.PASS, "b": Status.PASS}
    assert backend.most_at_the_end == 1


def test_too_little_memory_alone_is_an_error() -> None:
    assert run(Cramped(enough_alone=False)) == {"a": Status.ERROR, "b": Status.ERROR}
