"""What a model's statement is made of, and its text for DuckDB: the only module that imports sqlglot.

PostgreSQL always gets the text that the author wrote; sqlglot only reads it. Where DuckDB would give another value
for the same text, the difference is mended here, or the construct is refused with what to write instead, so that
the same project gives the same rows on both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from sqlseed.errors import CompileError, SqlseedError, did_you_mean
from sqlseed.model import Compiled, Contract

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
_VOLATILE_NAMES = frozenset(
    "clock_timestamp statement_timestamp transaction_timestamp timeofday nextval currval lastval setval setseed"
    " random_normal gen_random_bytes uuid_generate_v4 uuidv4 uuidv7 txid_current pg_current_xact_id pg_sleep"
    " pg_backend_pid current_setting set_config inet_client_addr inet_server_addr version pg_read_file"
    " pg_advisory_lock pg_advisory_xact_lock dblink lo_import".split()
)
_NOT_PORTABLE: dict[str, str] = {
    "age": "subtract the years and correct by one where the day has not come yet",
    "json_agg": "string_agg(... order by ...) between '[' and ']'",
    "jsonarrayagg": "string_agg(... order by ...) between '[' and ']'",
    "jsonb_agg": "string_agg(... order by ...) between '[' and ']'",
    "json_build_object": "put the text together with ||",
    "jsonb_build_object": "put the text together with ||",
    "json_build_array": "put the text together with ||",
    "row_to_json": "put the text together with ||",
    "to_json": "put the text together with ||",
    "format": "join the parts with ||",
    "width_bucket": "(x - low) * buckets / (high - low) in whole numbers",
    "similarto": "a regular expression: x ~ '^...$'",
    "hashtext": "text_hash(...)",
    "hashint8extended": "hash(label, n)",
    "to_number": "a cast",
}
_TABLE_FUNCTIONS = (exp.ExplodingGenerateSeries, exp.GenerateSeries, exp.Unnest)
_WRITES = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Command, exp.DDL, exp.Drop, exp.Set, exp.Transaction)
_NUMERIC_FORMAT = re.compile(r"[\s09.,DGFMSLPRVB-]+\Z")
_STRFTIME_OK = re.compile(r"(%-?[A-Za-z]|[^A-Za-z%])*\Z")


def check(compiled: Compiled) -> list[SqlseedError]:
    """Everything that is wrong with a model's statement, each with the line of the source; empty if it is fine."""
    try:
        statements = [statement for statement in sqlglot.parse(compiled.sql, dialect="postgres") if statement]
    except (ParseError, TokenError) as error:
        return [_syntax_error(compiled, error)]
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        found = (
            "nothing" if not statements else f"{len(statements)} statements" if statements[1:] else _kind(statements[0])
        )
        return [
            _error(compiled, None, f"a model must be one SELECT; found {found}", "one trailing semicolon is allowed")
        ]
    tree = statements[0]
    checks: tuple[Callable[[Compiled, exp.Query], Iterator[SqlseedError]], ...] = (
        _check_reads_only,
        _check_relations,
        _check_volatile,
        _check_portable,
        _check_stars,
        _check_columns,
    )
    return [error for step in checks for error in step(compiled, tree)]


def output_columns(sql: str) -> list[str]:
    """The names of the columns that a SELECT gives, as PostgreSQL folds them; for statements that `check` passed."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    return [name for name, _ in _outputs(tree)]


def _outputs(tree: exp.Expr) -> list[tuple[str, exp.Expr]]:
    while isinstance(tree, exp.SetOperation):
        tree = tree.this
    if isinstance(tree, exp.Subquery):
        return _outputs(tree.this)
    pairs = []
    for node in tree.expressions:
        identifier = node.args.get("alias") if isinstance(node, exp.Alias) else node.this
        if isinstance(identifier, exp.Identifier):
            pairs.append((identifier.name if identifier.quoted else identifier.name.lower(), node))
        else:
            pairs.append(("", node))
    return pairs


def _check_reads_only(compiled: Compiled, tree: exp.Query) -> Iterator[SqlseedError]:
    for node in tree.find_all(*_WRITES, exp.Into):
        yield _error(compiled, node, f"a model only reads; found {_kind(node)}", "sqlseed writes the rows itself")
    for node in tree.find_all(exp.Lock):
        yield _error(compiled, node, "a model takes no locks; found FOR UPDATE or FOR SHARE", "leave it out")


def _check_relations(compiled: Compiled, tree: exp.Query) -> Iterator[SqlseedError]:
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    allowed = {(relation.schema, relation.name) for relation in compiled.relations.values()}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, _TABLE_FUNCTIONS):
            continue
        if not isinstance(table.this, exp.Identifier):
            name = table.this.sql(dialect="postgres")
            yield _error(compiled, table.this, f"'{name}' is no relation of a model", "rows come from generate_series")
        elif (table.db, table.name) not in allowed and (table.db or table.name not in local):
            name = f"{table.db}.{table.name}" if table.db else table.name
            hint = f"ref('...'), seed('...') or a CTE; {did_you_mean(table.name, local | set(compiled.relations))}"
            yield _error(compiled, table, f"relation '{name}' comes from no ref(), seed() or CTE", hint)


def _check_volatile(compiled: Compiled, tree: exp.Query) -> Iterator[SqlseedError]:
    hint = "give it a var (as_of) or a macro (random_int, random_date, key): the same rows at every run"
    for node in tree.find_all(*_VOLATILE_NODES):
        yield _error(compiled, node, f"{_VOLATILE_NODES[type(node)]} differs from run to run", hint)
    for node in tree.find_all(exp.Anonymous):
        if node.name.lower() in _VOLATILE_NAMES:
            yield _error(compiled, node, f"{node.name}() differs from run to run, or acts on the session", hint)


def _check_portable(compiled: Compiled, tree: exp.Query) -> Iterator[SqlseedError]:
    for node in tree.find_all(exp.Func, exp.SimilarTo):
        name = node.name.lower() if isinstance(node, exp.Anonymous) else type(node).__name__.lower()
        sql_name = node.sql_names()[0].lower() if isinstance(node, exp.Func) and node.sql_names() else name
        instead = _NOT_PORTABLE.get(name) or _NOT_PORTABLE.get(sql_name)
        if instead:
            what = "SIMILAR TO" if isinstance(node, exp.SimilarTo) else f"{name}()"
            yield _error(compiled, node, f"{what} differs between PostgreSQL and DuckDB", f"write {instead}")
        elif isinstance(node, exp.TimeToStr | exp.ToChar):
            yield from _check_format(compiled, node)


def _check_format(compiled: Compiled, node: exp.Expr) -> Iterator[SqlseedError]:
    wanted = node.args.get("format")
    text = wanted.name if isinstance(wanted, exp.Literal) else None
    if text is None:
        yield _error(compiled, node, "to_char() needs a literal format", "write the format as a text")
    elif _NUMERIC_FORMAT.match(text):
        hint = "write lpad(n::text, 3, '0') or n::text"
        yield _error(compiled, node, "to_char() of a number differs between PostgreSQL and DuckDB", hint)
    elif not _STRFTIME_OK.match(_strftime(text)):
        hint = "YYYY MM DD HH24 MI SS and Mon are the same on both; join the rest with ||"
        yield _error(compiled, node, f"to_char() format '{text}' differs between PostgreSQL and DuckDB", hint)


def _check_stars(compiled: Compiled, tree: exp.Query) -> Iterator[SqlseedError]:
    for node in tree.find_all(exp.Star):
        if not isinstance(node.parent, exp.Count):
            yield _error(compiled, node, "a model names its columns; found *", "list the columns")


def _check_columns(compiled: Compiled, tree: exp.Query) -> Iterator[SqlseedError]:
    known = {column.name: column for column in compiled.contract.columns}
    seen: set[str] = set()
    for name, node in _outputs(tree):
        if not name:
            text = node.sql(dialect="postgres")[:60]
            if not isinstance(node, exp.Star):
                yield _error(compiled, node, f"a column has no name: {text}", "add: as column_name")
        elif name in seen:
            yield _error(compiled, node, f"column '{name}' stands twice", "a column has one value")
        elif name not in known:
            hint = f"{did_you_mean(name, known)} Columns are declared in {compiled.patch_path or 'a .yml file'}"
            yield _error(compiled, node, f"column '{name}' is not in the contract of '{compiled.name}'", hint)
        seen.add(name)
    missing = [name for name, column in known.items() if name not in seen and column.default is None]
    if missing:
        message = f"the SELECT lacks the contract's column{'s' if missing[1:] else ''} {', '.join(missing)}"
        yield _error(compiled, None, message, 'add: null as "..." where nothing is known')


def _kind(node: exp.Expr) -> str:
    name = node.name.upper() if isinstance(node, exp.Command) else node.key.upper()
    return f"{name or 'a command'}"


def _error(compiled: Compiled, node: exp.Expr | None, message: str, hint: str | None) -> CompileError:
    line = _line(node)
    source = compiled.sql.split("\n")[line - 1] if line else None
    return CompileError(
        message, path=compiled.path, line=compiled.source_line(line) if line else None, source=source, hint=hint
    )


def _line(node: exp.Expr | None) -> int | None:
    """The nearest position that the parser kept: of the node, of what it holds, of what holds it."""
    while node is not None:
        for inner in node.walk():
            if "line" in inner.meta:
                return int(inner.meta["line"])
        node = node.parent
    return None


def _syntax_error(compiled: Compiled, error: Exception) -> CompileError:
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    line = details.get("line")
    message = str(details.get("description") or str(error).split("\n")[0]).rstrip(".")
    near = details.get("highlight")
    if near:
        message += f" near '{near[:40]}'"
    source = compiled.sql.split("\n")[line - 1] if line else None
    return CompileError(
        f"not valid PostgreSQL: {message}",
        path=compiled.path,
        line=compiled.source_line(line) if line else None,
        source=source,
        hint=f"`sqlseed compile {compiled.name}` prints what the template renders to",
    )


# --- DuckDB --------------------------------------------------------------------------------------------


def to_duckdb(sql: str, types: Mapping[str, str]) -> str:
    """The statement for DuckDB: `:name` becomes a typed `$name`, and known differences are mended.

    `types` are the parameters' PostgreSQL types.
    """
    tree = sqlglot.parse_one(sql, dialect="postgres")
    for node in reversed(list(tree.walk())):  # inner nodes first, so that a mended one is moved as a whole
        mended = _mend(node, types)
        if mended is not node:
            node.replace(mended)
    return tree.sql(dialect="duckdb", comments=False)


def _mend(node: exp.Expr, types: Mapping[str, str]) -> exp.Expr:
    if isinstance(node, exp.Placeholder) and node.name in types:
        return exp.cast(node.copy(), exp.DataType.build(types[node.name], dialect="postgres"))
    if isinstance(node, exp.Dot) and node.this.name == "pg_temp":
        return node.expression
    if isinstance(node, exp.Hex):  # DuckDB writes upper-case digits
        return exp.Anonymous(this="lower", expressions=[exp.Anonymous(this="to_hex", expressions=[node.this])])
    if isinstance(node, exp.TimeToStr) and isinstance(node.args.get("format"), exp.Literal):
        node.set("format", exp.Literal.string(_strftime(node.args["format"].name)))
    return node


def _strftime(text: str) -> str:
    """A format that sqlglot has translated, but for the month's name, which it leaves as it is."""
    return re.sub(r"\bMon\b", "%b", text)


def duckdb_type(type_: str) -> str:
    """DuckDB's name of a PostgreSQL type; raises CompileError for a type that neither knows."""
    try:
        return exp.DataType.build(type_, dialect="postgres").sql(dialect="duckdb")
    except (ParseError, TokenError, ValueError):
        raise CompileError(f"'{type_}' is not a type of PostgreSQL", hint="for example text, integer, date") from None


def check_types(contract: Contract, name: str, path: str | None) -> list[SqlseedError]:
    """The contract's columns whose type nobody knows."""
    errors: list[SqlseedError] = []
    for column in contract.columns:
        try:
            duckdb_type(column.type)
        except CompileError as error:
            message = f"model '{name}', column '{column.name}': {error.message}"
            errors.append(CompileError(message, path=path, hint=error.hint))
    return errors
