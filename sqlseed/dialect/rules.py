"""What about a single expression would differ between the engines: operators, casts, functions, formats.

A rule is a function of a node that yields (message, hint); `RULES` lists them by the node's class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from sqlseed.dialect import kinds, portable

_ONE_ENGINE = "differs between PostgreSQL and DuckDB"

Problems = Iterator[tuple[str, str]]


def _arithmetic(node: Any) -> Problems:
    if any(isinstance(value, exp.Literal) and value.is_string for value in (node.this, node.expression)):
        yield "DuckDB does no arithmetic with texts", "a cast: '5'::int, interval '1 day'"


def _division(node: Any) -> Problems:
    yield from _arithmetic(node)
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
    elif kind is None or text in ("char", "bpchar"):
        yield f"type {text} {_ONE_ENGINE}", "cast to " + ", ".join(portable.CAST_TYPES)
    if kind == "text":
        yield from _as_text(node.this)
    elif isinstance(node.this, exp.Literal) and node.this.is_string:
        yield from _from_text(kind, node.name)


def _from_text(kind: str | None, text: str) -> Problems:
    if kind in ("date", "timestamp") and not portable.is_iso(kind, text):
        yield f"'{text}' is not the same {kind} everywhere and always", f"{kind} '2026-09-30'"
    elif kind == "boolean" and text not in ("true", "false"):
        yield f"'{text}' as a boolean {_ONE_ENGINE}", "true or false"
    elif kind == "double" and not portable.is_number(text):
        yield f"'{text}' is no number to count with", "a plain number, or null"


def _as_text(node: Any) -> Problems:
    kind = kinds.get(node)
    hints = {"double": "round(x::numeric, 2)::text, or x::int::text", "interval": "put it together from its parts"}
    hints["json"] = "keep the text as it was put together"
    if kind in hints:
        yield f"{kind} as text {_ONE_ENGINE}", hints[kind]


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
    cast = kinds.of_type(above.to) if isinstance(above, exp.Cast) else None
    if cast not in ("date", "timestamp") and kinds.get(node.this) != "timestamp":
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
        yield f"these flags of regexp_replace() {_ONE_ENGINE}", "'g', 'i' or both"


def _substring(node: Any) -> Problems:
    if isinstance(node.args.get("start"), exp.Literal) and node.args["start"].is_string:
        yield f"substring() by a regular expression {_ONE_ENGINE}", f"write {portable.ADVICE['substring']}"


def _number(node: Any) -> Problems:
    if not node.is_string and not node.name.replace(".", "", 1).isdigit():
        yield f"'{node.name}' is numeric on PostgreSQL and a double precision on DuckDB", "write it out: 1000"


def _series(node: Any) -> Problems:
    if kinds.get(node.args["start"]) == "date":
        hint = "generate_series(0, last - first) as g(n), and first + n"
        yield "generate_series() of dates gives timestamps with time zone on PostgreSQL only", hint


def _part(node: Any) -> Problems:
    if node.args["delimiter"].name == "" and isinstance(node.args["delimiter"], exp.Literal):
        yield f"split_part() without a delimiter {_ONE_ENGINE}", "name the delimiter"


def bare(node: Any) -> Any:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def rounds_numeric(node: exp.Expr) -> bool:
    """Whether a cast to plain numeric stands in round(x::numeric, 2), whose result has a fixed scale."""
    above = node.parent
    while isinstance(above, exp.Paren):
        above = above.parent
    if not isinstance(above, exp.Round) or bare(above.this) is not node:
        return False
    places = above.args.get("decimals")
    return places is None or (isinstance(places, exp.Literal) and places.name.isdigit() and int(places.name) <= 20)


RULES: dict[type[exp.Expr], Callable[[Any], Problems]] = {
    exp.Div: _division,
    **dict.fromkeys([exp.Add, exp.Sub, exp.Mul, exp.Mod], _arithmetic),
    exp.ExplodingGenerateSeries: _series,
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
