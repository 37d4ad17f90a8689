"""What is wrong with a model's statement: what it may not do, and what would differ between the engines.

A check is a function of the model and its tree that yields errors; `CHECKS` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from sqlseed.dialect import kinds, portable, reading
from sqlseed.errors import CompileError, SqlseedError, did_you_mean
from sqlseed.model import Compiled

Errors = Iterator[SqlseedError]

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
_VOLATILE_CALLS = frozenset(
    "clock_timestamp statement_timestamp transaction_timestamp timeofday nextval currval lastval setval setseed"
    " random_normal gen_random_bytes uuid_generate_v4 uuidv4 uuidv7 txid_current pg_current_xact_id pg_sleep"
    " pg_backend_pid current_setting set_config inet_client_addr inet_server_addr version pg_read_file"
    " pg_advisory_lock pg_advisory_xact_lock dblink lo_import".split()
)
_TABLE_FUNCTIONS = (exp.ExplodingGenerateSeries, exp.GenerateSeries, exp.Unnest)
_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Command, exp.DDL, exp.Drop, exp.Set, exp.Transaction)
_ONE_ENGINE = "differs between PostgreSQL and DuckDB"
_STABLE = "give it a var (as_of) or a macro (random_int, random_date, key): the same rows at every run"


def check(compiled: Compiled) -> list[SqlseedError]:
    """Everything that is wrong with a model's statement, each with the line of the source; empty if it is fine."""
    try:
        statements = reading.parse(compiled.sql)
    except (ParseError, TokenError) as error:
        return [_syntax_error(compiled, error)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        several = f"{len(statements)} statements"
        found = "nothing" if not statements else several if statements[1:] else _kind(statements[0])
        message = f"a model must be one SELECT; found {found}"
        return [error_at(compiled, statements[-1] if statements else None, message, "one trailing semicolon is allowed")]
    tree = statements[0]
    kinds.annotate(tree, {p.name: p.type for p in compiled.parameters})
    return [error for step in CHECKS for error in step(compiled, tree)]


def error_at(compiled: Compiled, node: exp.Expr | None, message: str, hint: str | None) -> CompileError:
    """An error at the line of the model's file from which a node came."""
    return _at_line(compiled, reading.line_of(node), message, hint)


def _at_line(compiled: Compiled, line: int | None, message: str, hint: str | None) -> CompileError:
    source = compiled.sql.split("\n")[line - 1] if line else None
    place = compiled.source_line(line) if line else None
    return CompileError(message, path=compiled.path, line=place, source=source, hint=hint)


def _syntax_error(compiled: Compiled, error: Exception) -> CompileError:
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    message = str(details.get("description") or str(error).split("\n")[0]).rstrip(".")
    if details.get("highlight"):
        message += f" near '{details['highlight'][:40]}'"
    hint = f"`sqlseed compile {compiled.name}` prints what the template renders to"
    return _at_line(compiled, details.get("line"), f"not valid PostgreSQL: {message}", hint)


def _kind(node: exp.Expr) -> str:
    return (node.name.upper() if isinstance(node, exp.Command) else node.key.upper()) or "a command"


# --- what a model may do ---------------------------------------------------------------------------------


def _reads_only(compiled: Compiled, tree: exp.Expr) -> Errors:
    for node in tree.find_all(*_WRITES, exp.Into):
        yield error_at(compiled, node, f"a model only reads; found {_kind(node)}", "sqlseed writes the rows itself")
    for node in tree.find_all(exp.Lock):
        yield error_at(compiled, node, "a model takes no locks; found FOR UPDATE or FOR SHARE", "leave it out")


def _relations(compiled: Compiled, tree: exp.Expr) -> Errors:
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    allowed = {(relation.schema, relation.name) for relation in compiled.relations.values()}
    for table in tree.find_all(exp.Table):
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


def _volatile(compiled: Compiled, tree: exp.Expr) -> Errors:
    for node in tree.find_all(*_VOLATILE_NODES):
        yield error_at(compiled, node, f"{_VOLATILE_NODES[type(node)]} differs from run to run", _STABLE)
    for node in tree.find_all(exp.Anonymous):
        if node.name.lower() in _VOLATILE_CALLS:
            yield error_at(compiled, node, f"{node.name}() differs from run to run, or acts on the session", _STABLE)


def _columns(compiled: Compiled, tree: exp.Expr) -> Errors:
    for node in tree.find_all(exp.Star):
        if not isinstance(node.parent, exp.Count):
            yield error_at(compiled, node, "a model names its columns; found *", "list the columns")
    known = {column.name: column for column in compiled.contract.columns}
    seen: set[str] = set()
    for name, node in reading.outputs(tree):
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
    if missing and not tree.find(exp.Star, bfs=True):
        message = f"the SELECT lacks the contract's column{'s' if missing[1:] else ''} {', '.join(missing)}"
        yield error_at(compiled, None, message, 'add: null as "..." where nothing is known')


# --- what has no fixed order -----------------------------------------------------------------------------


def _order(compiled: Compiled, tree: exp.Expr) -> Errors:
    for node in tree.find_all(exp.Window):
        if type(node.this).__name__ in portable.RANKING and not node.args.get("order"):
            what = f"{node.this.sql_name().lower()}() without order by numbers the rows as they come"
            yield error_at(compiled, node, what, "over (order by ...) with a column that decides every tie")
    for node in tree.find_all(exp.Select):
        offset = node.args.get("offset")
        skips = offset is not None and offset.expression != exp.Literal.number(0)  # offset 0 only fences the planner
        if (node.args.get("limit") or skips) and not node.args.get("order"):
            yield error_at(compiled, node, "limit without order by takes any rows", "order by a unique column")
        distinct = node.args.get("distinct")
        if distinct and distinct.args.get("on") and not node.args.get("order"):
            yield error_at(compiled, node, "distinct on without order by takes any rows", "order by a unique column")
    for node in tree.find_all(exp.GroupConcat):
        if not node.find(exp.Order):
            yield error_at(compiled, node, "string_agg() without order by joins as the rows come", "add: order by ...")
    for node in ordering_keys(tree):
        if kinds.get(node.this) == "text" and not isinstance(node.this, exp.Collate):
            message = "text sorts differently from database to database"
            yield error_at(compiled, node, message, 'order by name collate "C"')


def ordering_keys(tree: exp.Expr) -> Iterator[exp.Ordered]:
    """The order by keys that decide a value: of windows, of string_agg, and where rows are left out."""
    for order in tree.find_all(exp.Order):
        above = order.parent
        limited = isinstance(above, exp.Query) and any(above.args.get(key) for key in ("limit", "offset", "distinct"))
        if limited or not isinstance(above, exp.Query):
            yield from order.expressions


def _comparisons(compiled: Compiled, tree: exp.Expr) -> Errors:
    for node in tree.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Min, exp.Max, exp.Greatest, exp.Least):
        operands = [value for value in node.iter_expressions() if not isinstance(value, exp.Literal)]
        if any(isinstance(_bare(value), exp.Collate) for value in operands):
            continue
        if any(kinds.get(value) == "text" for value in operands):
            message = "text compares differently from database to database"
            yield error_at(compiled, node, message, 'a collate "C" < b, or min(a collate "C")')


# --- what differs between the engines --------------------------------------------------------------------


def _names(compiled: Compiled, tree: exp.Expr) -> Errors:
    """DuckDB tells no upper case from lower case in names, not even in quoted ones."""
    lists: list[list[str]] = [[name for name, _ in reading.outputs(select)] for select in tree.find_all(exp.Select)]
    lists += [[column.name for column in alias.columns] for alias in tree.find_all(exp.TableAlias)]
    lists.append([cte.alias for cte in tree.find_all(exp.CTE)])
    for names in lists:
        first: dict[str, str] = {}
        for name in names:
            other = first.setdefault(name.lower(), name)
            if name and other != name:
                message = f"'{other}' and '{name}' differ in upper and lower case only, and DuckDB takes them for one"
                yield error_at(compiled, tree, message, "rename one of them")
    for values in tree.find_all(exp.Values):
        alias = values.args.get("alias")
        if isinstance(values.parent, exp.From | exp.Join) and not (alias and alias.columns):
            yield error_at(compiled, values, "the columns of values have no names", "(values (1), (2)) as v(n)")


def _portable(compiled: Compiled, tree: exp.Expr) -> Errors:
    for name, line in reading.calls(compiled.sql, frozenset(["date_part"])):
        yield _at_line(compiled, line, f"{name}() {_ONE_ENGINE}", f"write {portable.ADVICE[name]}")
    for node in tree.walk(prune=lambda node: _unportable_name(node) is not None):
        name = _unportable_name(node)
        if name is not None and not isinstance(node, (*_WRITES, exp.Into, exp.Lock, *_VOLATILE_NODES)):
            advice = portable.ADVICE.get(name)
            hint = f"write {advice}" if advice else "sqlseed lets through what was compared on both engines"
            call = "()" if isinstance(node, exp.Func) else ""
            yield error_at(compiled, node, f"{name}{call} {_ONE_ENGINE}, or may", hint)


def _unportable_name(node: exp.Expr) -> str | None:
    if isinstance(node, exp.Anonymous):
        name = str(node.name).lower()
        session = isinstance(node.parent, exp.Dot) and name.startswith("sqlseed_")
        return None if session or name in portable.CALLS or name in _VOLATILE_CALLS else name
    if isinstance(node, exp.Dot) and node.this.name != "pg_temp":
        return node.sql(dialect="postgres")
    if isinstance(node, exp.Array) and not node.find_ancestor(exp.Any, exp.Unnest):
        return "array"
    if isinstance(node, exp.ExplodingGenerateSeries) and not isinstance(node.parent, exp.Table | exp.Lateral):
        return "generate_series"
    name = type(node).__name__
    if name in portable.NODES:
        return None
    written = node.sql_name().lower() if isinstance(node, exp.Func) and node.sql_names() else name.lower()
    return written if written in portable.ADVICE or name.lower() not in portable.ADVICE else name.lower()


def _values(compiled: Compiled, tree: exp.Expr) -> Errors:
    for node in tree.walk():
        rule = _VALUE_RULES.get(type(node))
        for message, hint in rule(node) if rule else ():
            yield error_at(compiled, node, message, hint)


Problems = Iterator[tuple[str, str]]


def _division(node: Any) -> Problems:
    operands = (kinds.get(node.this), kinds.get(node.expression))
    if "numeric" in operands and "double" not in operands:
        hint = "divide whole numbers (sum(...)::bigint, extract(...)::int), or a::double precision / b"
        yield f"division of numeric {_ONE_ENGINE}", hint
    if "interval" in operands:
        yield f"division of an interval {_ONE_ENGINE}", "interval '1 hour' * (n / 2)"


def _rounding(node: Any) -> Problems:
    if node.args.get("decimals") is not None and kinds.get(node.this) == "double":
        hint = "round(x::numeric, 2), with a literal number of places"
        yield f"PostgreSQL has no {node.key}(double precision, integer)", hint


def _cast(node: Any) -> Problems:
    type_, text = node.to, node.to.sql(dialect="postgres").lower()
    kind = kinds.of_type(type_)
    if isinstance(node.this, exp.IntDiv):
        yield f"div() {_ONE_ENGINE}", f"write {portable.ADVICE['div']}"
    elif kind == "numeric" and not type_.expressions and not rounds_numeric(node):
        hint = "numeric(12, 2), or round(x::numeric, 2)"
        yield "numeric without a precision would be numeric(18, 3) on DuckDB", hint
    elif kind == "text" and type_.expressions:
        yield f"a cast to {text} cuts the text on PostgreSQL and not on DuckDB", "left(x, 2)"
    elif kind is None and text not in portable.CAST_TYPES.split() or text == "char":
        yield f"type {text} {_ONE_ENGINE}", f"a cast can be to {portable.CAST_TYPES.replace(' ', ', ', 0)}"
    if kind in ("date", "timestamp") and isinstance(node.this, exp.Literal) and not portable.is_iso(kind, node.name):
        yield f"'{node.name}' is not the same {kind} everywhere and always", f"{kind} '2026-09-30'"
    if kind == "text":
        yield from _as_text(node.this)
    if kind in ("date", "timestamp") and isinstance(_bare(node.this), exp.TimestampTrunc):
        return


def _as_text(node: Any) -> Problems:
    kind = kinds.get(node)
    if kind in ("double", "interval"):
        what = {"double": "a double precision", "interval": "an interval"}[kind]
        hint = {"double": "round(x::numeric, 2)::text, or x::int::text", "interval": "put it together from its parts"}[kind]
        yield f"{what} as text {_ONE_ENGINE}", hint


def _joined(node: Any) -> Problems:
    for value in node.iter_expressions():
        yield from _as_text(value)
        if kinds.get(value) == "boolean" and not isinstance(node, exp.DPipe):
            yield f"a boolean in {node.sql_name().lower()}() {_ONE_ENGINE}", "x::text, or case when x then ... end"


def _sum(node: Any) -> Problems:
    if kinds.get(node.this) == "double":
        hint = "sum(round(x * 100)::bigint), or a sum of numeric(12, 2)"
        yield "a sum of double precision depends on the order of the rows", hint


def _root(node: Any) -> Problems:
    if kinds.get(node.this) not in ("double", "integer", "bigint"):
        yield f"sqrt() of numeric {_ONE_ENGINE}", "sqrt(x::double precision)"


def _field(node: Any) -> Problems:
    field = node.this.name.lower()
    if field not in portable.FIELDS:
        yield f"extract({field}) {_ONE_ENGINE}", f"extract can give {', '.join(portable.FIELDS)}"


def _truncated(node: Any) -> Problems:
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if not isinstance(above, exp.Cast) and kinds.get(node.this) != "timestamp":
        yield "date_trunc() of a date is a timestamp with time zone on PostgreSQL only", "date_trunc('month', d)::date"


def _time_format(node: Any) -> Problems:
    wanted = node.args.get("format")
    text = wanted.name if isinstance(wanted, exp.Literal) and wanted.is_string else None
    if text is None:
        yield "to_char() needs a literal format", "write the format as a text"
    elif portable.strftime(text) is None or "%" not in (portable.strftime(text) or ""):
        number = "lpad(n::text, 3, '0') or n::text for a number; "
        yield f"to_char() with '{text}' {_ONE_ENGINE}", number + "for a date " + " ".join(portable.TIME_FORMATS)


def _regex(node: Any) -> Problems:
    pattern = node.expression
    if not isinstance(pattern, exp.Literal):
        yield "a regular expression must be a literal", "compare with a fixed pattern"
        return
    problem = portable.regex_problem(pattern.name, replaces=isinstance(node, exp.RegexpReplace))
    if problem:
        yield f"the regular expression '{pattern.name}' {problem}", "or use like, split_part(), replace(), left()"
    replacement, flags = node.args.get("replacement"), node.args.get("modifiers")
    if replacement is not None and "\\&" in replacement.name:
        yield f"\\& in a replacement {_ONE_ENGINE}", "(...) in the pattern and \\1"
    if flags is not None and not (isinstance(flags, exp.Literal) and set(flags.name) <= {"g", "i"}):
        yield f"these flags of regexp_replace() {'differ'}", "'g', 'i' or both"


def _substring(node: Any) -> Problems:
    if isinstance(node.args.get("start"), exp.Literal) and node.args["start"].is_string:
        yield f"substring() by a regular expression {_ONE_ENGINE}", f"write {portable.ADVICE['substring']}"


def _number(node: Any) -> Problems:
    if not node.is_string and not node.name.replace(".", "", 1).isdigit():
        yield f"'{node.name}' is numeric on PostgreSQL and a double precision on DuckDB", "write it out: 1000"


def _part(node: Any) -> Problems:
    if node.args["delimiter"].name == "" and isinstance(node.args["delimiter"], exp.Literal):
        yield f"split_part() without a delimiter {_ONE_ENGINE}", "name the delimiter"


def _bare(node: Any) -> Any:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def rounds_numeric(node: exp.Expr) -> bool:
    """Whether a cast to plain numeric stands in round(x::numeric, 2), whose result has a fixed scale."""
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if not isinstance(above, exp.Round) or _bare(above.this) is not node:
        return False
    places = above.args.get("decimals")
    return places is None or isinstance(places, exp.Literal) and places.name.isdigit() and int(places.name) <= 20


_VALUE_RULES: dict[type[exp.Expr], Callable[[Any], Problems]] = {
    exp.Div: _division,
    exp.Round: _rounding,
    exp.Trunc: _rounding,
    exp.Cast: _cast,
    exp.DPipe: _joined,
    exp.Concat: _joined,
    exp.ConcatWs: _joined,
    exp.Sum: _sum,
    exp.Sqrt: _root,
    exp.Extract: _field,
    exp.TimestampTrunc: _truncated,
    exp.TimeToStr: _time_format,
    exp.RegexpLike: _regex,
    exp.RegexpILike: _regex,
    exp.RegexpReplace: _regex,
    exp.Substring: _substring,
    exp.Literal: _number,
    exp.SplitPart: _part,
}

CHECKS: tuple[Callable[[Compiled, exp.Expr], Errors], ...] = (
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
