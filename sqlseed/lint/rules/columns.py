"""Which columns a query gives, and what they are called, is to be seen in its text."""

from __future__ import annotations

from collections.abc import Iterator

from sqlseed.lint.grammar import Node, Statement, function, kind, words
from sqlseed.lint.rule import Problem, Rule, Subject

_NAMED = ("ColumnRef", "SetToDefault")


def _stars(subject: Subject) -> Iterator[Problem]:
    statement = subject.statement
    for query in statement.all("SelectStmt"):
        for target in query.targetList or ():
            if kind(target.val) != "ColumnRef" or words(target.val.fields)[-1] != "*" or _in_exists(statement, query):
                continue
            parts = words(target.val.fields)
            qualifier = parts[-2] if parts[1:] else None
            for table in _tables(query, qualifier):
                if table.schemaname or not _is_cte(statement, table):
                    yield Problem(
                        f"{'.'.join(parts)} takes whatever columns {table.relname} has",
                        "list the columns that the model uses",
                        node=target,
                    )


def _in_exists(statement: Statement, query: Node) -> bool:
    link = statement.parent(query)
    return link is not None and kind(link) == "SubLink" and link.subLinkType.name == "EXISTS_SUBLINK"


def _tables(query: Node, qualifier: str | None) -> Iterator[Node]:
    """The tables and CTEs of a FROM list that a star stands for, without those in subqueries."""
    stack = list(query.fromClause or ())
    while stack:
        item = stack.pop(0)
        if kind(item) == "JoinExpr":
            stack[:0] = [item.larg, item.rarg]
        elif kind(item) == "RangeVar":
            name = item.alias.aliasname if item.alias else item.relname
            if qualifier in (None, name):
                yield item


def _is_cte(statement: Statement, table: Node) -> bool:
    """Whether a name without a schema is a CTE's: of the query, or of one around it."""
    return any(
        cte.ctename == table.relname
        for query in statement.ancestors(table)
        if kind(query) == "SelectStmt" and query.withClause
        for cte in query.withClause.ctes
    )


def _unnamed(subject: Subject) -> Iterator[Problem]:
    statement = subject.statement
    for query, names in _outputs(statement):
        if query.valuesLists and not names:
            yield Problem("the columns of VALUES have no names", "name them: as v(code, label)", node=query)
        for number, target in enumerate(query.targetList or ()):
            if number >= names and target.name is None and kind(target.val) not in _NAMED:
                yield Problem(f"the column has no name of its own: {_given(target.val)}", "add: as a_name", node=target)


def _outputs(statement: Statement) -> Iterator[tuple[Node, int]]:
    """Each query whose columns are called by name, with the number of names that an alias gives them."""
    if kind(statement.root) == "SelectStmt":
        yield _first(statement.root), 0
    for cte in statement.all("CommonTableExpr"):
        if kind(cte.ctequery) == "SelectStmt":
            yield _first(cte.ctequery), len(cte.aliascolnames or ())
    for item in statement.all("RangeSubselect"):
        yield _first(item.subquery), len(item.alias.colnames or ()) if item.alias else 0


def _first(query: Node) -> Node:
    """The query that names the columns: the first of a UNION."""
    while query.larg is not None:
        query = query.larg
    return query


def _given(value: Node) -> str:
    """What PostgreSQL would call it."""
    if kind(value) == "FuncCall":
        return f"PostgreSQL would call it {function(value)}"
    fixed = {"CaseExpr": "case", "CoalesceExpr": "coalesce", "A_ArrayExpr": "array", "RowExpr": "row"}
    return f"PostgreSQL would call it {fixed.get(kind(value), '?column?')}"


RULES = (
    Rule(
        name="select-star",
        level="warning",
        title="* stands for the columns of a table",
        why=(
            "When a column is added to the table, or taken out, the model gives other columns without a change in its"
            " file, and nobody can tell from the file which columns it reads. A star over a CTE or a subquery is fine:"
            " their columns are listed in the same file. So are count(*) and exists (select * ...)."
        ),
        instead="The names of the columns that are used.",
        check=_stars,
    ),
    Rule(
        name="unnamed-column",
        level="warning",
        title="a computed column without a name",
        why=(
            "PostgreSQL makes a name up, from a function or a type, or ?column?; another server version or DuckDB makes"
            " up another one, and two of them collide. It matters where columns are called by name: in the model's own"
            " SELECT, in a CTE, and in a subquery of FROM."
        ),
        instead="expression as a_name; for VALUES, names in the alias: (values (1, 'a')) as v(n, code).",
        check=_unnamed,
    ),
)
