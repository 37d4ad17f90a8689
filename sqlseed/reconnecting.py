"""A connection that breaks: how long another one is tried for, and what is then done anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from sqlseed.backends import Backend, Session
from sqlseed.errors import ConnectError, ExecuteError

ATTEMPTS = 3  # of what may be done again: a slice, what comes before the first one, the questions of a command
_PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)  # seconds before each try; together as long as a server takes to restart

T = TypeVar("T")
Wait = Callable[[float], bool]
"""Waits for so many seconds; whether somebody asked meanwhile to stop, who may also be answered by an exception."""


def pause(seconds: float) -> bool:
    """Waits, and is never asked to stop."""
    time.sleep(seconds)
    return False


def connect_again(backend: Backend, wait: Wait = pause) -> Session:
    """A session in place of a lost one. Raises the last ConnectError: after some seconds of trying, when `wait` was
    told to stop, or at once where another try would not mend it, as for a refused password."""
    gone: ConnectError | None = None
    for seconds in _PAUSES:
        if wait(seconds):
            break
        try:
            return backend.connect()
        except ConnectError as error:
            gone = error
            if not error.passing:
                break
    raise gone or ConnectError("the connection was lost")


def ask(
    backend: Backend,
    work: Callable[[Session], T],
    *,
    wait: Wait = pause,
    tell: Callable[[str], None] = lambda _: None,
    again: Callable[[], bool] = lambda: True,
    left: str = "nothing was written",
    before: str = "",
) -> T:
    """What `work` gives for a new session, which stays open; done anew on another one where the connection is lost.

    Raises ConnectError, with `left` for what stands in the target now, where that came to nothing, where `again` says
    that it may not be done anew, and for what may pass otherwise: a server that stops, somebody else's lock. `before`
    says when it happened, `tell` is told of each new try.
    """
    session = backend.connect()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work(session)
        except ExecuteError as error:
            if not error.retryable:
                raise
            if not error.connection_lost or attempt == ATTEMPTS or not again():
                hint = "the same command goes on from there"
                hint = f"{error.hint}; {hint}" if error.hint else hint
                raise ConnectError(f"{before}{error.message}; {left}", hint=hint) from None
            tell(f"{before}{error.message}; trying again")
        session.close()
        session = connect_again(backend, wait)
    raise AssertionError("the last attempt returns or raises")
