"""The type of an expression of PostgreSQL's parse tree, as far as text, contracts and seeds tell.

The dialect's kinds are those of sqlglot's tree and stop at a table's columns; these go on into contracts and seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlseed.lint.grammar import Node, function, kind, type_name, words
from sqlseed.lint.rows import Column

INTEGERS = ("smallint", "integer", "bigint")
FRACTIONS = ("numeric", "real", "double precision")
NUMBERS = (*INTEGERS, *FRACTIONS)
TEXTS = ("text", "varchar", "bpchar")
UNKNOWN = Column()

_NAMES = {
    "int2": "smallint",
    "smallserial": "smallint",
    "int": "integer",
    "int4": "integer",
    "serial": "integer",
    "int8": "bigint",
    "bigserial": "bigint",
    "decimal": "numeric",
    "float4": "real",
    "float8": "double precision",
    "float": "double precision",
    "double": "double precision",
    "bool": "boolean",
    "character varying": "varchar",
    "char": "bpchar",
    "character": "bpchar",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
}
_CALLS = {
    "text": "concat concat_ws upper lower initcap left right lpad rpad trim btrim ltrim rtrim replace substring substr"
    " split_part chr repeat translate to_hex md5 regexp_replace to_char string_agg overlay format sqlseed_key"
    " quote_literal quote_ident reverse",
    "integer": "length char_length octet_length position strpos ascii date_part_int",
    "bigint": "count row_number rank dense_rank sqlseed_hash sqlseed_bell sqlseed_permute_round sqlseed_text_hash",
    "double precision": "percent_rank cume_dist sqrt power exp ln date_part",
    "numeric": "extract",
    "date": "make_date to_date",
    "timestamp": "make_timestamp",
    "timestamptz": "to_timestamp make_timestamptz now clock_timestamp statement_timestamp transaction_timestamp",
    "boolean": "bool_and bool_or every starts_with",
    "interval": "make_interval age",
}
_OF_CALL = {name: kind for kind, names in _CALLS.items() for name in names.split()}
_FIRST_ARGUMENT = ("abs", "lag", "lead", "first_value", "last_value", "nth_value", "min", "max", "nullif", "mod", "div")
_CONSTANTS = {"Integer": "integer", "Float": "numeric", "Boolean": "boolean"}
_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=", "~", "~*", "!~", "!~*", "~~", "!~~", "~~*", "!~~*")

Resolve = Callable[[Node], Column]
"""The column for which a ColumnRef or ParamRef stands."""


def named(type_: str) -> str:
    """PostgreSQL's type without its modifier.

    >>> named("varchar(20)"), named("int8"), named("timestamp(3) without time zone")
    ('varchar', 'bigint', 'timestamp')
    """
    head, _, tail = type_.strip().lower().partition("(")
    plain = " ".join(f"{head.strip()} {tail.partition(')')[2].strip()}".split())
    return _NAMES.get(plain, plain)


def of(node: Node, resolve: Resolve) -> Column:
    """What is known of an expression's type."""
    rule = _RULES.get(kind(node))
    return rule(node, resolve) if rule else UNKNOWN


def _constant(node: Node, _: Resolve) -> Column:
    if node.isnull:
        return UNKNOWN
    if kind(node.val) == "Float" and node.val.fval.isdigit():
        return Column("bigint" if int(node.val.fval) < 1 << 63 else "numeric")
    return Column(_CONSTANTS.get(kind(node.val), ""))


def _cast(node: Node, resolve: Resolve) -> Column:
    wanted, inner = named(type_name(node.typeName)), of(node.arg, resolve)
    return Column(wanted, inner.collated and wanted in TEXTS, inner.key if inner.kind == wanted else "")


def _operation(node: Node, resolve: Resolve) -> Column:
    name, how = words(node.name)[-1], node.kind.name
    if how not in ("AEXPR_OP", "AEXPR_NULLIF"):
        return Column("boolean")
    if how == "AEXPR_NULLIF":
        return of(node.lexpr, resolve)
    if name in _COMPARISONS:
        return Column("boolean")
    if name == "||":
        return Column("text")
    left, right = of(node.lexpr, resolve).kind, of(node.rexpr, resolve).kind
    return Column(right if node.lexpr is None else _arithmetic(name, left, right))


def _arithmetic(name: str, left: str, right: str) -> str:
    if left in NUMBERS and right in NUMBERS:
        return left if name in ("<<", ">>") else max(left, right, key=NUMBERS.index)
    if name == "-" and left == right:
        return {"date": "integer", "timestamp": "interval", "timestamptz": "interval"}.get(left, "")
    if "date" in (left, right) and {left, right} & {*INTEGERS}:
        return "date"
    if right == "interval":
        return {"date": "timestamp"}.get(left, left)
    return ""


def _call(node: Node, resolve: Resolve) -> Column:
    name, arguments = function(node), list(node.args or ())
    if name in _OF_CALL:
        return Column(_OF_CALL[name])
    first = of(arguments[0], resolve) if arguments else UNKNOWN
    if name in _FIRST_ARGUMENT:
        return Column(first.kind, first.collated)
    if name == "date_trunc" and len(arguments) > 1:
        return Column("timestamp" if of(arguments[1], resolve).kind == "timestamp" else "timestamptz")
    if name == "timezone" and len(arguments) > 1:
        zoned = of(arguments[1], resolve).kind == "timestamptz"
        return Column("timestamp" if zoned else "timestamptz")
    if name in ("round", "trunc", "floor", "ceil", "ceiling"):
        return Column("numeric" if arguments[1:] else "double precision" if first.kind in INTEGERS else first.kind)
    if name == "sum":
        return Column({"smallint": "bigint", "integer": "bigint", "bigint": "numeric"}.get(first.kind, first.kind))
    if name == "avg":
        return Column("numeric" if first.kind in (*INTEGERS, "numeric") else first.kind)
    return UNKNOWN


def _common(nodes: Iterable[Node], resolve: Resolve) -> Column:
    """Of several alternatives; a quoted literal takes the type of the others."""
    known = [of(node, resolve) for node in nodes if not _is_open(node)]
    kinds = {column.kind for column in known}
    if not known:
        return Column("text")
    if kinds <= set(NUMBERS):
        return Column(max(kinds, key=NUMBERS.index))
    return Column(kinds.pop() if len(kinds) == 1 else "", all(column.collated for column in known))


def _is_open(node: Node) -> bool:
    """Whether it is a literal that takes its type from what stands beside it."""
    return kind(node) == "A_Const" and (node.isnull or kind(node.val) == "String")


def _case(node: Node, resolve: Resolve) -> Column:
    branches = [branch.result for branch in node.args]
    return _common([*branches, node.defresult] if node.defresult else branches, resolve)


def _sublink(node: Node, _: Resolve) -> Column:
    return Column("boolean") if node.subLinkType.name != "EXPR_SUBLINK" else UNKNOWN


def _collated(node: Node, resolve: Resolve) -> Column:
    return Column(of(node.arg, resolve).kind or "text", collated=True)


_RULES: dict[str, Callable[[Node, Resolve], Column]] = {
    "ColumnRef": lambda node, resolve: resolve(node),
    "ParamRef": lambda node, resolve: resolve(node),
    "A_Const": _constant,
    "TypeCast": _cast,
    "A_Expr": _operation,
    "FuncCall": _call,
    "CaseExpr": _case,
    "CoalesceExpr": lambda node, resolve: _common(node.args, resolve),
    "MinMaxExpr": lambda node, resolve: _common(node.args, resolve),
    "CollateClause": _collated,
    "BoolExpr": lambda *_: Column("boolean"),
    "NullTest": lambda *_: Column("boolean"),
    "BooleanTest": lambda *_: Column("boolean"),
    "SubLink": _sublink,
}
