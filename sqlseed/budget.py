"""How much time, memory and how many steps a template may take: a slip, or a hostile one, must not take the machine.

Jinja's sandbox keeps templates away from Python; it does not keep them from `'a' * 10 ** 9` or a loop in a loop in a
loop. Steps are counted where a template prints and where it asks for a range. A timer and a limit on the process's
address space stop the rest, on systems that have both, while the main thread renders and no other thread runs.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from types import FrameType
from typing import Any

from sqlseed.errors import CompileError

if sys.platform != "win32":  # which has neither such limits nor timers
    import resource

MAX_SECONDS = 10.0  # of rendering one template
MAX_STEPS = 1_000_000  # of all its range() loops and printed values together
MAX_RANGE = 10_000  # of one range()
MAX_REPEATED = 10_000  # characters or items of `text * n`
MAX_BITS = 10_000  # of a number that a template computes
MEMORY = 256 * 1024 * 1024  # bytes that a template may take beyond what the process has

_STATEMENT = "make rows in SQL: generate_series(1, 100000)"


class Budget:
    """What is left of the time and the steps of the template that is being rendered."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The whole budget again."""
        self.deadline = time.monotonic() + MAX_SECONDS
        self.steps = MAX_STEPS

    def spend(self, steps: int) -> None:
        """Takes steps off; raises CompileError when none or no time is left."""
        self.steps -= steps
        if self.steps < 0:
            raise CompileError(f"the template takes more than {MAX_STEPS:,} steps", hint=_STATEMENT)
        if time.monotonic() > self.deadline:
            raise _too_slow()

    def range(self, *arguments: int) -> range:
        """Python's range(), not too long."""
        numbers = range(*arguments)
        try:
            length = len(numbers)
        except OverflowError:
            length = 1 << 63
        if length > MAX_RANGE:
            raise CompileError(f"range() of {length:,} in a template", hint=_STATEMENT)
        self.spend(length)
        return numbers


def check_operation(operator: str, left: Any, right: Any) -> None:
    """Raises CompileError for a `*` or `**` that makes much out of little."""
    sizes = [len(value) for value in (left, right) if hasattr(value, "__len__")]
    factors = [value for value in (left, right) if isinstance(value, int | float | Decimal)]
    if sizes and factors:
        fits = sizes[0] * factors[0] <= MAX_REPEATED
    elif operator == "**":
        fits = _bits(left) * abs(right) <= MAX_BITS if _is_whole(left) and _is_whole(right) else True
    else:
        fits = _bits(left) + _bits(right) <= MAX_BITS
    if not fits:
        raise CompileError(f"{operator} makes too much in a template", hint="make rows in SQL: generate_series(1, 100)")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int)


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Ends the block with a CompileError after `MAX_SECONDS`, and with a MemoryError beyond `MEMORY`.

    Does nothing where it cannot: in another thread than the main one, beside other threads, without the system's help,
    or within another block of this kind.
    """
    alone = threading.current_thread() is threading.main_thread() and threading.active_count() == 1
    if sys.platform == "win32" or not alone or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, max(MAX_SECONDS, 0.001))
    try:
        with _little_memory():
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _alarm(_: int, __: FrameType | None) -> None:
    raise _too_slow()


def _too_slow() -> CompileError:
    return CompileError(f"the template renders for over {MAX_SECONDS:.0f} s", hint=_STATEMENT)


@contextlib.contextmanager
def _little_memory() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    taken = _address_space()
    if taken is None:
        yield
        return
    limits = [taken + MEMORY, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    """Bytes of address space that this process has; None where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  (a Path would cost more than the reading)
            return int(file.read().split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return None
