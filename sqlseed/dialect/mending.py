"""The statement for DuckDB: known differences mended, and guards where only DuckDB knows a column's type.

A guard is `case when typeof(x) is one of these then error(...) else x end`. DuckDB decides it while it plans: what is
left is x, or an error for the first row that comes to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from sqlseed.dialect import kinds, portable, reading, spelling
from sqlseed.dialect.checks import ordering_keys
from sqlseed.dialect.rules import rounds_numeric
from sqlseed.errors import CompileError

_DIVIDE = "division of numeric: divide whole numbers (sum(...)::bigint), or a::double precision / b"
_ROUND = "round() and trunc() need to know what they round: round(x::numeric, 2) or round(x::double precision)"
_TEXT = "this number as text differs between PostgreSQL and DuckDB: write round(x::numeric, 2)::text or x::int::text"
_JOIN = "numbers and booleans in concat() differ between PostgreSQL and DuckDB: write x::int::text"
_SUM = "a sum of double precision depends on the order of the rows: round first, sum(round(x)::bigint)"
_SORT = 'text sorts differently from database to database: order by x collate "C"'
_COMPARE = 'text compares differently from database to database: x collate "C"'
_INEXACT = "^(DECIMAL|DOUBLE|FLOAT|INTERVAL|JSON)"
_GUARDS = "guard"  # in the meta of a guard
_TEXT_TYPE = "^(VARCHAR|JSON)"
_guarding: ContextVar[bool] = ContextVar("guarding", default=True)


def to_duckdb(sql: str, types: Mapping[str, str], *, pretty: bool) -> str:
    """The statement for DuckDB; raises CompileError for one that is nested too deep."""
    try:
        return _to_duckdb(reading.parse_one(sql, types), types, pretty)
    except RecursionError:
        raise CompileError(spelling.TOO_DEEP) from None


def _to_duckdb(tree: exp.Expr, types: Mapping[str, str], pretty: bool) -> str:
    for key in list(ordering_keys(tree.find_all(exp.Order))):
        _guard_order(key)
    # Names are quoted: DuckDB has keywords, such as `at`, that PostgreSQL has not.
    tree = _mended(tree, types)
    _unlimit(tree, read_in_part=False)
    return tree.sql(dialect="duckdb", copy=False, comments=False, identify=True, pretty=pretty)


def to_duckdb_unguarded(sql: str, types: Mapping[str, str], *, read_in_part: bool) -> str:
    """The same for a SELECT that nobody checked, and without guards; raises CompileError for several statements."""
    statements = reading.parse_anew(sql)
    if len(statements) != 1:
        raise CompileError(f"a test is one SELECT; found {len(statements)} statements")
    kinds.annotate(statements[0], types)
    token = _guarding.set(False)
    try:
        mended = _mended(statements[0], types)
    finally:
        _guarding.reset(token)
    _unlimit(mended, read_in_part=read_in_part)
    return mended.sql(dialect="duckdb", copy=False, comments=False, identify=True)


def unchecked_to_duckdb(sql: str, types: Mapping[str, str], *, read_in_part: bool) -> str:
    """As `to_duckdb_unguarded`; raises CompileError for whatever is no valid PostgreSQL."""
    try:
        return to_duckdb_unguarded(sql, types, read_in_part=read_in_part)
    except (ParseError, TokenError) as error:
        raise CompileError(spelling.syntax_error(sql, error)[1]) from None
    except RecursionError:
        raise CompileError(spelling.TOO_DEEP) from None


def _mended(tree: exp.Expr, types: Mapping[str, str]) -> exp.Expr:
    for node in reversed(list(tree.walk())):  # inner nodes first, so that a mended one is moved as a whole
        mended = _mend(node, types)
        if mended is not node:
            mended.meta[kinds.KIND] = kinds.get(node)
            node.replace(mended)
    return tree


def engine_type(type_: str) -> exp.DataType:
    """DuckDB's counterpart of a PostgreSQL type: its plain numeric would keep three decimals, and no type 65 digits."""
    plain = {"serial": "integer", "bigserial": "bigint", "smallserial": "smallint"}.get(type_.strip().lower(), type_)
    built = exp.DataType.build(plain, dialect="postgres")
    if built.is_type("decimal"):
        size = [int(part.name) for part in built.expressions]
        if not size or size[0] > 38:
            return exp.DataType.build(f"decimal(38, {min([10, *size[1:]])})")
    return built


def engine_type_name(type_: str) -> str:
    """The name of that counterpart; raises CompileError for a type that nobody knows."""
    try:
        return engine_type(type_).sql(dialect="duckdb")
    except (ParseError, TokenError, ValueError):
        raise CompileError(f"'{type_}' is not a type of PostgreSQL", hint="for example text, integer, date") from None


def _unlimit(tree: exp.Expr, *, read_in_part: bool) -> None:
    """Takes out `offset 0`, and has CTEs that are read more than once computed for each reader where a limit stays.

    DuckDB 2.0 feeds all readers of a CTE at once as it goes (EXPLAIN ANALYZE: HYBRID_FANOUT). Where one of them is held
    up by a limit, and `offset 0` is one, the statement waits for ever as soon as there are more rows than are buffered.
    With `read_in_part` the statement will stand under a limit: a test's first rows are shown.
    """
    for offset in list(tree.find_all(exp.Offset)):
        if offset.expression.name == "0" and offset.parent and not offset.parent.args.get("limit"):
            offset.pop()
    if not read_in_part and not tree.find(exp.Limit, exp.Offset, exp.Fetch):
        return
    readers = [table.name for table in tree.find_all(exp.Table) if not table.db]
    for cte in tree.find_all(exp.CTE):
        if readers.count(cte.alias) > 1:
            cte.set("materialized", False)


def _mend(node: exp.Expr, types: Mapping[str, str]) -> exp.Expr:
    if isinstance(node, exp.Placeholder) and node.name in types:
        return exp.cast(node.copy(), engine_type(types[node.name]))
    if isinstance(node, exp.Dot) and node.this.name == "pg_temp":
        return node.args["expression"]  # type: ignore[no-any-return]
    rule = _RULES.get(type(node))
    return node if rule is None else rule(node)


def _call(name: str, *arguments: Any) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[value.copy() for value in arguments])


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _has_type(node: Any, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=_call("typeof", _unguarded(node)), expression=_text(pattern))


def _either(condition: exp.Expr, then: exp.Expr, otherwise: Any) -> exp.Expr:
    return exp.Paren(this=exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise.copy()))


def _unguarded(node: Any) -> exp.Expr:
    """A copy without the guards in it: they change no type, and guards within guards would double with each level."""
    copy: Any = node.copy()
    for inner in reversed(list(copy.walk())):
        if inner.meta.get(_GUARDS):
            plain = inner.this.args["default"]
            if inner is copy:
                return plain  # type: ignore[no-any-return]
            inner.replace(plain)
    return copy  # type: ignore[no-any-return]


def _guard(node: Any, pattern: str, message: str) -> exp.Expr:
    """`node`, or an error if its type matches `pattern`; as it is where its kind is known, for then it was checked."""
    if not _guarding.get() or kinds.get(node) is not None or isinstance(node, exp.Literal | exp.Null):
        return node  # type: ignore[no-any-return]
    guard = _either(_has_type(node, pattern), _call("error", _text(message)), node)
    guard.meta[_GUARDS] = True
    return guard


def _guard_order(key: exp.Ordered) -> None:
    """A key before the real one that is null, or fails for text; error() itself may not stand in a window's order."""
    if kinds.get(key.this) is None and not isinstance(key.this, exp.Collate | exp.Literal):
        fails = exp.cast(_text(_SORT), exp.DataType.build("int"))
        guard = exp.Case(ifs=[exp.If(this=_has_type(key.this, _TEXT_TYPE), true=fails)])
        keys = key.parent.expressions if key.parent else []
        position = next(i for i, other in enumerate(keys) if other is key)
        if key.parent:
            key.parent.set("expressions", [*keys[:position], exp.Ordered(this=guard), *keys[position:]])


def _operands(*names: str, pattern: str, message: str) -> Callable[[Any], exp.Expr]:
    def guard(node: Any) -> exp.Expr:
        if node.find_ancestor(exp.Window):  # error() may not stand in a window's order
            return node  # type: ignore[no-any-return]
        for name in names:
            value = node.args.get(name)
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, exp.Expr):
                    guarded = _guard(inner, pattern, message)
                    if guarded is not inner:
                        inner.replace(guarded)
        return node  # type: ignore[no-any-return]

    return guard


def _round(node: Any) -> exp.Expr:
    """PostgreSQL rounds half a double precision to the even neighbour, and makes one of a whole number."""
    inner, kind, places = node.this, kinds.get(node.this), node.args.get("decimals")
    if inner.find(exp.Sum):
        kind = None  # a sum of bigint is numeric on PostgreSQL, and a whole number on DuckDB
    if kind == "double" and isinstance(node, exp.Round):
        return _call("round_even", inner, exp.Literal.number(0))
    if kind in ("integer", "bigint"):
        inner.replace(exp.cast(inner.copy(), exp.DataType.build("decimal(38, 0)" if places else "double")))
    elif kind is None:
        inner.meta[kinds.KIND] = None
        inner.replace(_guard(inner, "^(DOUBLE|FLOAT|.*INT)", _ROUND))
    return node  # type: ignore[no-any-return]


def _cast(node: Any) -> exp.Expr:
    kind, inner = kinds.of_type(node.to), node.this
    if kind == "numeric":
        if not node.to.expressions and rounds_numeric(node):
            places = node.find_ancestor(exp.Round).args.get("decimals")
            node.set("to", exp.DataType.build(f"decimal(38, {places.name if places else 0})"))
        return _numeric(node)
    if kind == "text":
        inner.replace(_guard(inner, _INEXACT, _TEXT))
    return node  # type: ignore[no-any-return]


def _numeric(node: Any) -> exp.Expr:
    """PostgreSQL goes from double precision to numeric by way of 15 significant digits."""
    inner = node.this
    if kinds.get(inner) in ("integer", "bigint", "numeric", "text") or isinstance(inner, exp.Literal | exp.Null):
        return node  # type: ignore[no-any-return]
    double = exp.cast(inner.copy(), exp.DataType.build("double"))
    exact = exp.cast(_call("printf", _text("%.15g"), double), node.to.copy())
    return exact if kinds.get(inner) == "double" else _either(_has_type(inner, "^(DOUBLE|FLOAT)"), exact, node)


def _hex(node: Any) -> exp.Expr:
    """DuckDB writes upper-case digits, and 64 bits of a negative integer."""
    value = node.this
    if kinds.get(value) != "bigint":
        bigint = exp.cast(value.copy(), exp.DataType.build("bigint"))
        short = exp.Paren(this=exp.BitwiseAnd(this=bigint, expression=exp.Literal.number(4294967295)))
        value = short if kinds.get(value) == "integer" else _either(_has_type(value, "^BIGINT"), bigint.copy(), short)
    return _call("lower", _call("to_hex", value))


def _extract(node: Any) -> exp.Expr:
    """extract() gives numeric on PostgreSQL: no whole number that a division would cut."""
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if isinstance(above, exp.Cast) and kinds.of_type(above.to) in ("integer", "bigint", "double"):
        return node  # type: ignore[no-any-return]
    scale = 6 if node.this.name.lower() == "epoch" else 0
    return exp.cast(node.copy(), exp.DataType.build(f"decimal(18, {scale})"))


def _substring(node: Any) -> exp.Expr:
    """PostgreSQL counts from before the first letter where the start is negative, DuckDB from the end."""
    start, length = node.args.get("start"), node.args.get("length")
    if start is None or isinstance(start, exp.Literal):
        return node  # type: ignore[no-any-return]
    one, before = exp.Literal.number(1), exp.LT(this=exp.Paren(this=start.copy()), expression=exp.Literal.number(1))
    if length is not None:
        rest = exp.Sub(this=exp.Add(this=exp.Paren(this=length.copy()), expression=start.copy()), expression=one.copy())
        least = _call("greatest", rest, exp.Literal.number(0))
        node.set("length", _either(before.copy(), least, length))
    node.set("start", _either(before, one, start))
    return node  # type: ignore[no-any-return]


def _like(node: Any) -> exp.Expr:
    """The backslash escapes by default on PostgreSQL, and nothing does on DuckDB."""
    pattern = node.expression
    if isinstance(node.parent, exp.Escape) or (isinstance(pattern, exp.Literal) and "\\" not in pattern.name):
        return node  # type: ignore[no-any-return]
    return exp.Escape(this=node.copy(), expression=_text("\\"))


def _regex(node: Any) -> exp.Expr:
    """The dot matches a line break on PostgreSQL."""
    if "." not in node.expression.name:
        return node  # type: ignore[no-any-return]
    if isinstance(node, exp.RegexpReplace):
        flags = node.args.get("modifiers")
        node.set("modifiers", _text((flags.name if flags else "") + "s"))
        return node
    return _call("regexp_matches", node.this, node.expression, _text("s" if isinstance(node, exp.RegexpLike) else "is"))


def _date_difference(node: Any) -> exp.Expr:
    """A difference of dates is an integer on PostgreSQL, and a bigint, which no date can be added to, on DuckDB."""
    if (kinds.get(node.this), kinds.get(node.expression)) == ("date", "date"):
        return exp.cast(exp.Paren(this=node.copy()), exp.DataType.build("int"))
    return node  # type: ignore[no-any-return]


def _time_format(node: Any) -> exp.Expr:
    node.set("format", _text(portable.strftime(node.args["format"].name) or ""))
    return node  # type: ignore[no-any-return]


def _compare(node: Any) -> exp.Expr:
    return node if node.find(exp.Collate) else _guard_operands(node)


def _anonymous(node: Any) -> exp.Expr:
    return _call("strlen", *node.expressions) if node.name.lower() == "octet_length" else node


_guard_operands = _operands("this", "expression", "expressions", "low", "high", pattern=_TEXT_TYPE, message=_COMPARE)
_RULES: dict[type[exp.Expr], Callable[[Any], exp.Expr]] = {
    exp.Div: _operands("this", "expression", pattern="^(DECIMAL|HUGEINT)", message=_DIVIDE),
    exp.Round: _round,
    exp.Trunc: _round,
    exp.Cast: _cast,
    exp.DPipe: _operands("this", "expression", pattern=_INEXACT, message=_TEXT),
    exp.Concat: _operands("expressions", pattern="^(DECIMAL|DOUBLE|FLOAT|INTERVAL|BOOLEAN)", message=_JOIN),
    exp.ConcatWs: _operands("expressions", pattern="^(DECIMAL|DOUBLE|FLOAT|INTERVAL|BOOLEAN)", message=_JOIN),
    exp.Sum: _operands("this", pattern="^(DOUBLE|FLOAT)", message=_SUM),
    **dict.fromkeys(
        [exp.Min, exp.Max, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Greatest, exp.Least], _compare
    ),
    exp.Hex: _hex,
    exp.Extract: _extract,
    exp.Substring: _substring,
    **dict.fromkeys([exp.Like, exp.ILike], _like),
    **dict.fromkeys([exp.RegexpLike, exp.RegexpILike, exp.RegexpReplace], _regex),
    exp.Sub: _date_difference,
    exp.TimeToStr: _time_format,
    exp.Anonymous: _anonymous,
}
