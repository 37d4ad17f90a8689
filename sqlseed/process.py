"""How the process ends: signals, and the file that a bug of ours leaves behind."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from typing import Any

from sqlseed.runner import StopFlag

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextlib.contextmanager
def stoppable() -> Iterator[StopFlag]:
    """The first signal asks the run to stop, the second ends the process at once."""
    flag = StopFlag()

    def handle(number: int, _: Any) -> None:
        if flag.signal is not None:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        flag.set(number)

    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield flag
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def die_by(number: int) -> None:
    """Ends the process by the signal itself, so that shells and make see it."""
    sys.stdout.flush()
    sys.stderr.flush()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def write_traceback(error: BaseException) -> str:
    """Keeps a traceback for a report; the file's name."""
    handle, name = tempfile.mkstemp(prefix="sqlseed-bug-", suffix=".txt")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    return name
