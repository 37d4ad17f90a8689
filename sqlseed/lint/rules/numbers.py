"""Whole numbers that are divided."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlseed.lint import kinds
from sqlseed.lint.grammar import Node, constant, function, kind, type_name, words
from sqlseed.lint.questions import shape
from sqlseed.lint.rule import Problem, Rule, Subject
from sqlseed.lint.scope import Scope

_COMPARED = ("=", "<>", "<", "<=", ">", ">=")
_AVERAGES = ("avg", "round", "stddev", "variance", "percentile_cont")
_SHARES = re.compile(r"(?:\A|_)(?:pct|percent|percentage|share|ratio|average|avg|mean|rate)(?:\Z|_)")


def _division(subject: Subject) -> Iterator[Problem]:
    for node, scope in subject.reading.scoped:
        if not _is(node, "/") or {scope.kind(node.lexpr).kind, scope.kind(node.rexpr).kind} - {*kinds.INTEGERS}:
            continue
        lost = _lost(node, subject.statement.parent(node), scope)
        if lost:
            hint = "divide a numeric (a::numeric / b), or multiply first; where it is meant: floor() or ::int around it"
            yield Problem(f"a whole number over a whole number drops the fraction, and {lost}", hint, node=node)


def _is(node: Node, operator: str) -> bool:
    return kind(node) == "A_Expr" and node.kind.name == "AEXPR_OP" and words(node.name)[-1] == operator


def _lost(node: Node, above: Node, scope: Scope) -> str:
    """What shows that the fraction was wanted; "" if nothing does."""
    if kind(above) == "TypeCast":
        wanted = kinds.named(type_name(above.typeName))
        return f"the result is then cast to {wanted}" if wanted in kinds.FRACTIONS else ""
    if kind(above) == "FuncCall":
        return f"{function(above)}() then works on the rest" if function(above) in _AVERAGES else ""
    if kind(above) == "ResTarget":
        name = _words(above.name or "")
        return f"{above.name} sounds like a fraction" if _SHARES.search(name) else ""
    if kind(above) != "A_Expr":
        return ""
    other = above.rexpr if above.lexpr is node else above.lexpr
    if _is(above, "*"):
        again = shape(_bare(other)) == shape(_bare(node.rexpr))
        return "" if again or _takes_bits(node.rexpr) else "the result is then multiplied"
    if above.kind.name == "AEXPR_OP" and scope.kind(other).kind in kinds.FRACTIONS:
        what = "compared with" if words(above.name)[-1] in _COMPARED else "put together with"
        return f"the result is then {what} a number that has one"
    return ""


def _takes_bits(divisor: Node) -> bool:
    """Whether it is a power of two from 16 on: then the division takes the upper bits of a number, as a mix does."""
    text = str(constant(divisor) or "")
    return text.isdigit() and int(text) >= 16 and int(text).bit_count() == 1


def _words(name: str) -> str:
    """`passPercentage` as `pass_percentage`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _bare(node: Node) -> Node:
    while kind(node) == "TypeCast" and constant(node) is None:
        node = node.arg
    return node


RULES = (
    Rule(
        name="integer-division",
        level="warning",
        title="a division of whole numbers whose fraction seems to be wanted",
        why=(
            "7 / 2 is 3, and 45 / 60 * 100 is 0. Whole-number division is how rows are dealt to groups, so that it"
            " alone is no finding: there is one where the result is then multiplied, averaged or rounded, cast to"
            " numeric"
            " or to a floating-point type, added to or compared with a number that has a fraction, or called a share, a"
            " rate, a ratio, an average or a percentage. n / 12 * 12, the start of the group, is fine, and so is a"
            " divisor like 2^32, which takes bits; a cast to a"
            " whole"
            " number or floor() around the division says that it is meant."
        ),
        instead="a::numeric / b; 100 * a / b, multiplied first; (a / b)::int or floor(a / b) where it is meant.",
        check=_division,
    ),
)
