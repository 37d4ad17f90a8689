"""A client's own limit for a transaction: a server that was cut off without a word cannot keep a limit for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

GRACE_SECONDS = 2.0  # from the cancel of a statement until its connection is cut


class Deadline:
    """Ends what runs too long: by a cancel, and where no answer to that comes, by cutting the connection."""

    def __init__(self, seconds: float | None, cancel: Callable[[], None], cut: Callable[[], None]) -> None:
        self.passed = False
        self._seconds = seconds
        self._cancel = cancel
        self._cut = cut
        self._is_running = False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The block has so many seconds; blocks within it share them."""
        if self._seconds is None or self._is_running:
            yield
            return
        done = threading.Event()
        self.passed = False
        self._is_running = True
        threading.Thread(target=self._watch, args=(done, self._seconds), daemon=True).start()
        try:
            yield
        finally:
            self._is_running = False
            done.set()

    def _watch(self, done: threading.Event, seconds: float) -> None:
        if done.wait(seconds):
            return
        self.passed = True
        self._cancel()
        if not done.wait(GRACE_SECONDS):
            self._cut()
