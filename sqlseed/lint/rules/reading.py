"""A model reads, and does nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.lint.grammar import kind
from sqlseed.lint.rule import Problem, Rule, Subject

_HINT = "a model is one SELECT: sqlseed writes its rows"
_CHANGES = {"InsertStmt": "INSERT", "UpdateStmt": "UPDATE", "DeleteStmt": "DELETE", "MergeStmt": "MERGE"}


def _writes(subject: Subject) -> Iterator[Problem]:
    statement = subject.statement
    for root in statement.roots:
        if kind(root) != "SelectStmt":
            what = _CHANGES.get(kind(root), kind(root).removesuffix("Stmt"))
            yield Problem(f"the statement is no SELECT: {what}", _HINT, node=root)
    if len(statement.roots) > 1:
        yield Problem(f"{len(statement.roots)} statements in one model", _HINT, node=statement.roots[1])
    for node in statement.all(*_CHANGES):
        if node not in statement.roots:
            yield Problem(f"a WITH query changes rows: {_CHANGES[kind(node)]}", _HINT, node=node)
    for node in statement.all("IntoClause"):
        if kind(statement.parent(node)) == "SelectStmt":
            yield Problem("SELECT INTO makes a table", _HINT, node=node)
    for node in statement.all("LockingClause"):
        yield Problem("FOR UPDATE or FOR SHARE locks the rows that are read", "leave it out", node=node)


RULES = (
    Rule(
        name="writes",
        level="error",
        title="the statement does more than read",
        why=(
            "sqlseed knows which rows it has made because it writes them itself, to the model's own table, in the"
            " transaction of the slice. A row that the statement changes or locks on the way is in no plan and in no"
            " undo, and a table that SELECT INTO makes stays behind."
        ),
        instead="One SELECT without INTO and without FOR UPDATE; another model for another table's rows.",
        check=_writes,
    ),
)
