"""Models without a contract: the table or view is the model's rows and nothing else, and is made anew as a whole.

So dbt's `table` and `view` work here. A relation that sqlseed did not make is never replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlseed import sqltext
from sqlseed.backends import Session
from sqlseed.errors import ExecuteError, GuardError
from sqlseed.model import Compiled, Materialized, Relation, Value

_DUPLICATE_TABLE = "42P07"  # an SQLSTATE: a table or view of that name is there


def write(session: Session, compiled: Compiled, parameters: Mapping[str, Value], *, ours: bool) -> int:
    """Replaces the table or view; its number of rows. `ours` says that sqlseed made the one that is there, if any."""
    relation = compiled.relation
    is_view = compiled.config.materialized is Materialized.VIEW
    live = session.catalog([relation]) if ours or session.exclusive else {}  # else the server itself refuses
    if relation in live:
        if not ours:
            raise _refusal(compiled)
        session.run(f"drop {live[relation].kind} {relation}")
    types = {parameter.name: parameter.type for parameter in compiled.parameters}
    sql = sqltext.with_literals(compiled.sql, parameters, types)  # a view keeps no parameters
    plain = replace(compiled, sql=sql, parameters=())
    try:
        made = session.run(create_sql(compiled, session.model_sql(plain)))
    except ExecuteError as error:
        raise (_refusal(compiled) if error.sqlstate == _DUPLICATE_TABLE else error) from None
    if not is_view:
        session.analyze(relation)
    if is_view or session.exclusive:
        made = int(session.query(f"select count(*) from {relation}")[0][0])
    return made


def _refusal(compiled: Compiled) -> GuardError:
    return GuardError(
        f"{compiled.relation} is there already, and sqlseed did not make it",
        path=compiled.path,
        hint="drop it, or give the model another name: config(table='...')",
    )


def drop_readers(session: Session, remade: Mapping[str, Relation], ours: Mapping[Relation, bool]) -> None:
    """Drops the views that keep the engine from dropping a table or view that is about to be made anew.

    `remade` are these by the name of the model or seed. `ours` are the views that sqlseed made, each with whether it
    is made anew as well. Raises GuardError before the first drop for any other view.
    """
    doomed: dict[Relation, None] = {}
    for name, relation in remade.items():
        for view in session.readers(relation):
            if view not in ours:
                raise GuardError(
                    f"{view} reads {relation}, which has to be made anew, and sqlseed did not make {view}",
                    hint=f"drop {view}, build, and create it again",
                )
            if not ours[view]:
                raise GuardError(
                    f"{view} reads {relation}, which has to be made anew, and is not selected",
                    hint=f"`sqlseed build --select {name}+` makes both",
                )
            doomed.setdefault(view)
    for view in doomed:
        session.run(f"drop view {view}")


def create_sql(compiled: Compiled, select: str) -> str:
    """The one statement of such a model."""
    kind = "view" if compiled.config.materialized is Materialized.VIEW else "table"
    return f"create {kind} {compiled.relation} as\nselect * from (\n{select}\n) as m"


def drop(session: Session, relation: Relation) -> int:
    """Removes the table or view; the number of rows it had."""
    live = session.catalog([relation])
    if relation not in live:
        return 0
    rows = session.query(f"select count(*) from {relation}")[0][0]
    session.run(f"drop {live[relation].kind} {relation}")
    return int(rows)
