"""What sqlseed promises for this plan, each with what shows it in the bundle, and the tests that try to break it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.review.facts import Guarantee, ModelFacts, Review
from sqlseed.review.psql import script_name

_STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
DATA = "review.json"
"""The facts of the bundle for machines: there on every engine."""


def of(review: Review) -> tuple[Guarantee, ...]:
    """The guarantees that hold for this plan on this engine; each proof is a file of the bundle or a heading."""
    return tuple(_postgres(review) if review.engine == "postgres" else _duckdb())


def _postgres(review: Review) -> Iterator[Guarantee]:
    first = f"sql/{script_name(0, review.models[0].name)}" if review.models else DATA
    yield Guarantee(
        "All or nothing",
        "Each slice is one transaction, which begins by claiming its row in the table of checkpoints and ends by"
        " completing it. A kill at any moment leaves a slice wholly there or wholly absent, and a second run resumes.",
        first,
        ("tests/faults/test_kill.py", "tests/faults/test_connection.py"),
    )
    yield Guarantee(
        "Nobody else's rows",
        "What sqlseed made is known by its keys, or by the predicate that a model names. A row that it did not make is"
        " neither changed nor removed; where one refers to a row that would go, the slice or the undo is refused.",
        "sql/999_undo.sql",
        ("tests/behaviour/test_clean.py", "tests/review/test_psql_undo.py"),
    )
    yield Guarantee(
        "One statement for each model, and values are bound",
        "A model is one INSERT ... SELECT, sent over the extended protocol, which takes one statement at a time. The"
        " values of a slice are parameters, and never become SQL text.",
        first,
        ("tests/faults/test_breakout.py",),
    )
    yield from _approved()
    yield from _same_rows("sql/000_preamble.sql")
    if not any(_is_strong(model) for model in review.models):
        yield Guarantee(
            "Readers and writers go on",
            "No lock that a build takes on a table that is there stops others from reading or writing it. What waits is"
            " what changes the table itself: CREATE INDEX, ALTER TABLE, DROP.",
            "#locks",
            ("tests/review/test_review_locks.py",),
        )
    yield Guarantee(
        "It can be taken back",
        "One script removes the rows that sqlseed made, children before parents, in one transaction.",
        "sql/999_undo.sql",
        ("tests/review/test_psql_undo.py",),
    )
    yield Guarantee(
        "Few privileges are enough",
        "The run needs SELECT and INSERT on the models' tables and a schema of its own; no superuser, and no"
        " ownership of a table that is there.",
        "sql/grants.sql",
        ("tests/review/test_psql_grants.py",),
    )


def _duckdb() -> Iterator[Guarantee]:
    yield Guarantee(
        "All or nothing",
        "Each slice is one transaction with its checkpoint in it. A kill at any moment leaves a slice wholly there or"
        " wholly absent, and a second run resumes.",
        DATA,
        ("tests/faults/test_kill.py",),
    )
    yield Guarantee(
        "Nobody else's rows",
        "What sqlseed made is known by its keys, or by the predicate that a model names. A row that it did not make is"
        " neither changed nor removed.",
        DATA,
        ("tests/behaviour/test_clean.py",),
    )
    yield from _approved()
    yield from _same_rows(DATA)


def _approved() -> Iterator[Guarantee]:
    yield Guarantee(
        "What was approved is what runs",
        "`sqlseed review --approve` writes review.lock, with each statement, seed, var, setting and version; `sqlseed"
        " build --approved` refuses anything else before the target is opened.",
        DATA,
        ("tests/review/test_approval.py",),
    )


def _same_rows(proof: str) -> Iterator[Guarantee]:
    yield Guarantee(
        "The same rows, wherever and whenever",
        "Every random choice is arithmetic on a row's number: nothing depends on the clock, the order of slices or the"
        " engine. So the dry run's rows are those of the run.",
        proof,
        ("tests/golden/keys_and_random.sql", "tests/behaviour/test_macros_on_engines.py"),
    )


def _is_strong(model: ModelFacts) -> bool:
    """Whether something stops readers or writers of a table that is there: a new one is nobody else's yet."""
    return any(lock.mode in _STRONG and not (model.creates and lock.relation == model.relation) for lock in model.locks)
