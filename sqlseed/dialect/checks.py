"""What is wrong with a model's statement: what it may not do, and what would differ between the engines.

A check is a function of the model and its tree that yields errors; `CHECKS` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from sqlseed.dialect import kinds, portable, reading, rules, spelling, volatile
from sqlseed.errors import CompileError, SqlseedError, did_you_mean
from sqlseed.model import Compiled

Errors = Iterator[SqlseedError]


class Tree:
    """A parsed statement, and all its nodes, walked once: outer ones first."""

    def __init__(self, root: exp.Expr) -> None:
        self.root = root
        self.nodes = list(root.walk())

    def all(self, *classes: type[exp.Expr]) -> Iterator[Any]:
        """The nodes of some classes."""
        return (node for node in self.nodes if isinstance(node, classes))


_VOLATILE_NODES: dict[type[exp.Expr], str] = {
    exp.CurrentTimestamp: "now() or current_timestamp",
    exp.CurrentDate: "current_date",
    exp.CurrentTime: "current_time",
    exp.Localtimestamp: "localtimestamp",
    exp.Localtime: "localtime",
    exp.Rand: "random()",
    exp.Uuid: "gen_random_uuid()",
    exp.CurrentUser: "current_user",
}
_MAX_NAME_BYTES = 63
_TABLE_FUNCTIONS = (exp.ExplodingGenerateSeries, exp.GenerateSeries, exp.Unnest)
_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Command, exp.DDL, exp.Drop, exp.Set, exp.Transaction)
_ONE_ENGINE = "differs between PostgreSQL and DuckDB"
_ROWS = "rows out of generate_series or a seed"
_STABLE = "give it a var (as_of) or a macro (random_int, random_date, key): the same rows at every run"


def check(compiled: Compiled) -> list[SqlseedError]:
    """Everything that is wrong with a model's statement, each with the line of the source; empty if it is fine."""
    try:
        return _check(compiled)
    except (ParseError, TokenError) as error:
        line, message, hint = spelling.syntax_error(compiled.sql, error)
        hint = hint or f"`sqlseed compile {compiled.name}` prints what the template renders to"
        return [_at_line(compiled, line, message, hint)]
    except RecursionError:
        return [CompileError(spelling.TOO_DEEP, path=compiled.path, hint=f"take it apart: a CTE, or {_ROWS}")]


def _check(compiled: Compiled) -> list[SqlseedError]:
    statements = reading.parse(compiled.sql)
    errors = check_owner(compiled)
    errors += [_at_line(compiled, *slip) for slip in spelling.slips(compiled.sql)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        several = f"{len(statements)} statements"
        found = "nothing" if not statements else several if statements[1:] else _kind(statements[0])
        message = f"a model must be one SELECT; found {found}"
        return [
            error_at(compiled, statements[-1] if statements else None, message, "one trailing semicolon is allowed")
        ]
    kinds.annotate(statements[0], {p.name: p.type for p in compiled.parameters})
    tree = Tree(statements[0])
    return errors + [error for step in CHECKS for error in step(compiled, tree)]


def error_at(compiled: Compiled, node: exp.Expr | None, message: str, hint: str | None) -> CompileError:
    """An error at the line of the model's file from which a node came."""
    return _at_line(compiled, reading.line_of(node), message, hint)


def check_owner(compiled: Compiled) -> list[SqlseedError]:
    """What is wrong with config(owner=...): it must be one predicate, of this table's columns alone."""
    owner = compiled.config.owner
    if owner is None:
        return []
    hint = "for example owner='\"id\" = :branch_id'"
    try:
        statements = reading.parse(f"select 1 where ({owner})")
        where = statements[0].args.get("where")
        whole = len(statements) == 1 and where is not None and isinstance(where.this, exp.Paren)
        whole = whole and not statements[0].find(exp.Subquery, exp.Star) and bool(statements[0].find(exp.Column))
    except (ParseError, TokenError):
        whole = False
    if not whole:
        message = f"config: owner must be one predicate over the table's columns, not '{owner}'"
        return [CompileError(message, path=compiled.path, hint=hint)]
    known = {column.name for column in compiled.contract.columns}
    names = [column.name for column in statements[0].find_all(exp.Column)]
    return [
        CompileError(f"config: owner names no column '{name}'", path=compiled.path, hint=did_you_mean(name, known))
        for name in names
        if name not in known
    ]


def _at_line(compiled: Compiled, line: int | None, message: str, hint: str | None) -> CompileError:
    lines = compiled.sql.split("\n")
    if line is not None and line > len(lines):  # the tokenizer counts some line breaks twice
        line = len(lines)
    source = lines[line - 1] if line else None
    place = compiled.source_line(line) if line else None
    return CompileError(message, path=compiled.path, line=place, source=source, hint=hint)


def _kind(node: exp.Expr) -> str:
    return (node.name.upper() if isinstance(node, exp.Command) else node.key.upper()) or "a command"


# --- what a model may do ---------------------------------------------------------------------------------


def _reads_only(compiled: Compiled, tree: Tree) -> Errors:
    for node in tree.all(*_WRITES, exp.Into):
        yield error_at(compiled, node, f"a model only reads; found {_kind(node)}", "sqlseed writes the rows itself")
    for node in tree.all(exp.Lock):
        yield error_at(compiled, node, "a model takes no locks; found FOR UPDATE or FOR SHARE", "leave it out")


def _relations(compiled: Compiled, tree: Tree) -> Errors:
    local = {cte.alias for cte in tree.all(exp.CTE)}
    allowed = {(relation.schema, relation.name) for relation in compiled.relations.values()}
    for table in tree.all(exp.Table):
        if isinstance(table.this, _TABLE_FUNCTIONS):
            continue
        if not isinstance(table.this, exp.Identifier):
            name = table.this.sql(dialect="postgres")
            hint = "rows come from ref(), seed(), slots(), values and generate_series"
            yield error_at(compiled, table.this, f"'{name}' is no relation of a model", hint)
        elif (table.db, table.name) not in allowed and (table.db or table.name not in local):
            name = f"{table.db}.{table.name}" if table.db else table.name
            hint = f"ref('...'), seed('...') or a CTE; {did_you_mean(table.name, local | set(compiled.relations))}"
            yield error_at(compiled, table, f"relation '{name}' comes from no ref(), seed() or CTE", hint)


def _volatile(compiled: Compiled, tree: Tree) -> Errors:
    for node in tree.all(*_VOLATILE_NODES):
        yield error_at(compiled, node, f"{_VOLATILE_NODES[type(node)]} differs from run to run", _STABLE)
    for node in tree.all(exp.Anonymous):
        if node.name.lower() in volatile.FUNCTIONS:
            yield error_at(compiled, node, f"{node.name}() differs from run to run, or acts on the session", _STABLE)


def _columns(compiled: Compiled, tree: Tree) -> Errors:
    if compiled.config.whole:
        return  # its columns are what it gives
    for node in tree.all(exp.Star):
        if not isinstance(node.parent, exp.Count):
            yield error_at(compiled, node, "a model names its columns; found *", "list the columns")
    known = {column.name: column for column in compiled.contract.columns}
    seen: set[str] = set()
    for name, node in reading.outputs(tree.root):
        if not name:
            if not node.find(exp.Star):
                text = node.sql(dialect="postgres")[:60]
                yield error_at(compiled, node, f"a column has no name: {text}", "add: as column_name")
        elif name in seen:
            yield error_at(compiled, node, f"column '{name}' stands twice", "a column has one value")
        elif name not in known:
            hint = f"{did_you_mean(name, known)} Columns are declared in {compiled.patch_path or 'a .yml file'}"
            yield error_at(compiled, node, f"column '{name}' is not in the contract of '{compiled.name}'", hint)
        seen.add(name)
    missing = [name for name, column in known.items() if name not in seen and column.default is None]
    if missing and not any(tree.all(exp.Star)):
        message = f"the SELECT lacks the contract's column{'s' if missing[1:] else ''} {', '.join(missing)}"
        yield error_at(compiled, None, message, 'add: null as "..." where nothing is known')


# --- what has no fixed order -----------------------------------------------------------------------------


def _order(compiled: Compiled, tree: Tree) -> Errors:
    for node in tree.all(exp.Window):
        if type(node.this).__name__ in portable.RANKING and not node.args.get("order"):
            what = f"{node.this.sql_name().lower()}() without order by numbers the rows as they come"
            yield error_at(compiled, node, what, "over (order by ...) with a column that decides every tie")
    for node in tree.all(exp.Select):
        offset = node.args.get("offset")
        skips = offset is not None and offset.expression != exp.Literal.number(0)  # offset 0 only fences the planner
        if (node.args.get("limit") or skips) and not node.args.get("order"):
            yield error_at(compiled, node, "limit without order by takes any rows", "order by a unique column")
        distinct = node.args.get("distinct")
        if distinct and distinct.args.get("on") and not node.args.get("order"):
            yield error_at(compiled, node, "distinct on without order by takes any rows", "order by a unique column")
    for node in tree.all(exp.GroupConcat):
        if not node.find(exp.Order):
            yield error_at(compiled, node, "string_agg() without order by joins as the rows come", "add: order by ...")
    for node in ordering_keys(tree.all(exp.Order)):
        if kinds.get(node.this) == "text" and not isinstance(node.this, exp.Collate):
            message = "text sorts differently from database to database"
            yield error_at(compiled, node, message, 'order by name collate "C"')


def ordering_keys(orders: Iterable[exp.Order]) -> Iterator[exp.Ordered]:
    """The order by keys that decide a value: of windows, of string_agg, and where rows are left out."""
    for order in orders:
        above = order.parent
        limited = isinstance(above, exp.Query) and any(above.args.get(key) for key in ("limit", "offset", "distinct"))
        if limited or not isinstance(above, exp.Query):
            yield from order.expressions


def _comparisons(compiled: Compiled, tree: Tree) -> Errors:
    for node in tree.all(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Min, exp.Max, exp.Greatest, exp.Least):
        operands = [value for value in node.iter_expressions() if not isinstance(value, exp.Literal)]
        if any(isinstance(rules.bare(value), exp.Collate) for value in operands):
            continue
        if any(kinds.get(value) == "text" for value in operands):
            message = "text compares differently from database to database"
            yield error_at(compiled, node, message, 'a collate "C" < b, or min(a collate "C")')


# --- what differs between the engines --------------------------------------------------------------------


def _names(compiled: Compiled, tree: Tree) -> Errors:
    """DuckDB tells no upper case from lower case in names, not even in quoted ones."""
    lists: list[list[tuple[str, exp.Expr]]] = [reading.outputs(select) for select in tree.all(exp.Select)]
    lists += [[(column.name, column) for column in alias.columns] for alias in tree.all(exp.TableAlias)]
    lists.append([(cte.alias, cte) for cte in tree.all(exp.CTE)])
    for names in lists:
        first: dict[str, str] = {}
        for name, node in names:
            other = first.setdefault(name.lower(), name)
            if name and other != name:
                message = f"'{other}' and '{name}' differ in upper and lower case only, and DuckDB takes them for one"
                yield error_at(compiled, node, message, "rename one of them")
    for node in tree.all(exp.Identifier):
        size = len(node.name.encode())
        if size > _MAX_NAME_BYTES:
            message = f"the name '{node.name}' has {size} bytes, and PostgreSQL would cut it after {_MAX_NAME_BYTES}"
            yield error_at(compiled, node, message, "shorten it")
    for values in tree.all(exp.Values):
        alias = values.args.get("alias")
        if isinstance(values.parent, exp.From | exp.Join) and not (alias and alias.columns):
            yield error_at(compiled, values, "the columns of values have no names", "(values (1), (2)) as v(n)")


def _portable(compiled: Compiled, tree: Tree) -> Errors:
    for call, line in reading.calls(compiled.sql, frozenset(["date_part"])):
        yield _at_line(compiled, line, f"{call}() {_ONE_ENGINE}", f"write {portable.ADVICE[call]}")
    for node in tree.root.walk(prune=lambda node: _unportable_name(node) is not None):
        name = _unportable_name(node)
        if name is not None and not isinstance(node, (*_WRITES, exp.Into, exp.Lock, *_VOLATILE_NODES)):
            advice = portable.ADVICE.get(name)
            hint = f"write {advice}" if advice else "sqlseed lets through what was compared on both engines"
            written = portable.SPOKEN.get(name, name)
            brackets = "()" if isinstance(node, exp.Func) and written.isidentifier() else ""
            yield error_at(compiled, node, f"{written}{brackets} {_ONE_ENGINE}, or may", hint)


def _unportable_name(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Anonymous):
        name = str(node.name).lower()
        session = isinstance(node.parent, exp.Dot) and name.startswith("sqlseed_")
        return None if session or name in portable.CALLS or name in volatile.FUNCTIONS else name
    if isinstance(node, exp.Dot) and node.this.name != "pg_temp":
        return node.sql(dialect="postgres")
    if isinstance(node, exp.Array) and (not node.find_ancestor(exp.Any, exp.Unnest) or node.find(exp.Query)):
        return "array"
    if isinstance(node, exp.ExplodingGenerateSeries) and not isinstance(node.parent, exp.Table | exp.Lateral):
        return "generate_series"
    name = type(node).__name__
    if name in portable.NODES:
        return None
    written = node.sql_name().lower() if isinstance(node, exp.Func) and node.sql_names() else name.lower()
    return written if written in portable.ADVICE or name.lower() not in portable.ADVICE else name.lower()


def _values(compiled: Compiled, tree: Tree) -> Errors:
    for node in tree.nodes:
        rule = rules.RULES.get(type(node))
        for message, hint in rule(node) if rule else ():
            yield error_at(compiled, node, message, hint)


CHECKS: tuple[Callable[[Compiled, Tree], Errors], ...] = (
    _reads_only,
    _relations,
    _volatile,
    _columns,
    _order,
    _comparisons,
    _names,
    _portable,
    _values,
)
