"""Every error sqlseed raises on purpose: one tree, one class per exit code or phase.

SqlseedError
├── ProjectError      a file of the project is wrong             exit 2
├── CompileError      a model does not compile                   exit 2
├── SelectionError    a selector names nothing, or is malformed  exit 2
├── ProfileError      profiles.yml or a target is wrong          exit 2
├── GuardError        refused: the target is not as expected     exit 3
├── ConnectError      the target cannot be reached, or is locked exit 4
├── ExecuteError      the target refused a statement             exit 1
└── Interrupted       the user stopped the run                   signal
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SqlseedError(Exception):
    """A mistake or a failure that the user can do something about.

    ``str(error)`` is the whole message: where, what, the offending text, and on its own line the hint.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        source: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.source = source
        self.hint = hint

    @property
    def location(self) -> str:
        """``models/people/students.sql:12``, without a line where none is known, or an empty text."""
        if self.path is None:
            return ""
        return self.path if self.line is None else f"{self.path}:{self.line}"

    def __str__(self) -> str:
        text = f"{self.location}: {self.message}" if self.path else self.message
        if self.source and self.source.strip():
            text += f"\n    {self.source.strip()[:160]}"
        if self.hint:
            text += f"\n  hint: {self.hint}"
        return text


class ProjectError(SqlseedError):
    """A file of the project is missing, malformed, or contradicts another."""


class CompileError(SqlseedError):
    """A model's template or SQL is wrong; nothing was sent to a database."""


class SelectionError(SqlseedError):
    """A selector is malformed, or selects nothing."""


class ProfileError(SqlseedError):
    """``profiles.yml`` is missing or wrong, or a target's settings are."""


class GuardError(SqlseedError):
    """Refused before anything was written: the target differs from what the project says."""

    exit_code = 3


class ConnectError(SqlseedError):
    """The target cannot be reached, or somebody else holds it; trying again may help.

    ``passing`` says whether the same may succeed a moment later by itself: a refused password does not.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str | None = None, passing: bool = True) -> None:
        super().__init__(message, hint=hint)
        self.passing = passing


OUT_OF_MEMORY = "53200"
"""The SQLSTATE of a statement that had too little memory: PostgreSQL's, and DuckDB's here, which has no codes."""


INSUFFICIENT_PRIVILEGE = "42501"
"""PostgreSQL's SQLSTATE of a statement that the role may not run."""


class ExecuteError(SqlseedError):
    """The target refused a statement.

    ``sqlstate`` is PostgreSQL's five letters, or None; ``retryable`` says whether the same statement may
    succeed when it is sent again; ``connection_lost`` whether the outcome of a commit is unknown.
    """

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        sqlstate: str | None = None,
        position: int | None = None,
        retryable: bool = False,
        connection_lost: bool = False,
        cancelled: bool = False,
        path: str | None = None,
        line: int | None = None,
        source: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, path=path, line=line, source=source, hint=hint)
        self.sqlstate = sqlstate
        self.position = position
        self.retryable = retryable
        self.connection_lost = connection_lost
        self.cancelled = cancelled


class Interrupted(SqlseedError):
    """The run was stopped by a signal; finished slices are kept."""

    def __init__(self, signal_number: int) -> None:
        super().__init__("stopped; finished slices are kept, running again resumes")
        self.signal_number = signal_number


class ErrorList(SqlseedError):
    """Several errors of one phase, reported in one go; at most 20 are printed."""

    def __init__(self, errors: list[SqlseedError]) -> None:
        self.errors = errors
        shown = "\n".join(str(error) for error in errors[:20])
        more = f"\n... and {len(errors) - 20} more" if len(errors) > 20 else ""
        super().__init__(shown + more)
        self.exit_code = max(error.exit_code for error in errors)


def raise_all(errors: list[SqlseedError]) -> None:
    """Raise the one error as itself, several as an `ErrorList`, and nothing when there is none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ErrorList(errors)


def shown(value: object) -> str:
    """A value as it stands in a message: quoted as Python does, and not longer than a line.

    >>> print(shown("north"))
    'north'
    """
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}... ({len(text):,} characters)"


def did_you_mean(name: str, known: Iterable[str], *, show: int = 8, alike: float = 0.6) -> str:
    """A sentence that suggests the nearest of `known` names if it is `alike` (0 to 1) enough, or lists some of them.

    >>> did_you_mean("studnets", ["students", "staff"])
    "did you mean 'students'?"
    >>> did_you_mean("x", ["students", "staff"])
    'known names: staff, students'
    """
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=alike)
    if near:
        return f"did you mean '{near[0]}'?"
    if not names:
        return "there are none"
    more = ", ..." if len(names) > show else ""
    return "known names: " + ", ".join(names[:show]) + more
