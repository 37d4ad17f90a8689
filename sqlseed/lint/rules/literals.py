"""Texts in a model that should stand nowhere: credentials, and addresses at which somebody may be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlseed.lint.grammar import Node, constant, kind, words
from sqlseed.lint.rule import Problem, Rule, Subject

_SECRETS = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), "an access key of AWS"),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b"), "a token of GitHub"),
    (re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"), "a token of Slack"),
    (re.compile(r"\bsk_live_[A-Za-z0-9]{16,}\b"), "a live key of Stripe"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"), "a JSON web token"),
    (re.compile(r"\b\w+://[^\s:/@]+:[^\s:/@]+@"), "a password in a URL"),
    (re.compile(r"\b(?:password|passwd|pwd|secret)\s*[=:]\s*\S{4,}", re.IGNORECASE), "a password"),
)
"""By the prefixes that their makers publish for such scanners, and by words."""

_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
_RESERVED = re.compile(r"(?:\A|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)\Z")
"""Domains that nobody can own: RFC 2606 and RFC 6761."""
_PHONE = re.compile(r"(?<![\w.])(?:\+91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}(?![\w.]*\d)")
"""Indian mobile numbers: ten digits, the first from 6 to 9 (National Numbering Plan 2003)."""
_AADHAAR = re.compile(r"(?<!\d)[2-9]\d{3}([ -]?)\d{4}\1\d{4}(?!\d)")
_PAN = re.compile(r"\b[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]\b")
"""Income-tax numbers: the fourth letter says what the holder is, P a person."""


def _literals(subject: Subject) -> Iterator[Problem]:
    statement = subject.statement
    for node in statement.all("A_Const", "A_Expr"):
        if _joined(statement.parent(node)) is not None:
            continue  # a part of a longer text, which is looked at as a whole
        text = _joined(node)
        for what, hint in _found(text) if text else ():
            yield Problem(f"the text looks like {what}", hint, node=node)


def _joined(node: Node) -> str | None:
    """A quoted text, or several of them put together by ||; None for everything else."""
    if kind(node) == "A_Const":
        return str(constant(node)) if not node.isnull and kind(node.val) == "String" else None
    if kind(node) == "A_Expr" and node.kind.name == "AEXPR_OP" and words(node.name) == ("||",):
        left, right = _joined(node.lexpr), _joined(node.rexpr)
        return left + right if left is not None and right is not None else None
    return None


def _found(text: str) -> Iterator[tuple[str, str]]:
    for pattern, what in _SECRETS:
        if pattern.search(text):
            yield what, "a secret belongs into the environment of whoever needs it; this one is to be changed now"
            return
    for found in _MAIL.finditer(text):
        if not _RESERVED.search(found[1].lower()):
            yield "an e-mail address that may be somebody's", "take a domain that nobody can own: name@b1.example.com"
    if any(verhoeff(re.sub(r"\D", "", found[0])) for found in _AADHAAR.finditer(text)):
        yield "somebody's Aadhaar number: its check digit is right", "take one whose last digit is wrong"
    elif _PHONE.search(text):
        yield "a telephone number that may be somebody's", "take a number that cannot be assigned"
    if _PAN.search(text):
        yield "somebody's income-tax number (PAN)", "take one whose fourth letter is none of ABCFGHJLPT"


def verhoeff(digits: str) -> bool:
    """Whether a number's last digit is its check digit by Verhoeff's scheme (1969), which Aadhaar uses.

    >>> verhoeff("2363"), verhoeff("2364")
    (True, False)
    """
    check = 0
    for place, digit in enumerate(reversed(digits)):
        turned = int(digit)
        for _ in range(place % 8):
            turned = _TURN[turned]
        check = _times(check, turned)
    return check == 0


_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
"""Verhoeff's permutation, applied once for each place."""


def _times(a: int, b: int) -> int:
    """The product in the dihedral group of the pentagon: 0 to 4 turn it, 5 to 9 turn it over."""
    turned = (a + b) % 5 if a < 5 else (a - b) % 5
    return turned + 5 * ((a >= 5) != (b >= 5))


RULES = (
    Rule(
        name="secret-literal",
        level="error",
        title="a text that looks like a secret, or like a way to reach a real person",
        why=(
            "Models are read by many, and their SQL goes into server logs, plans and the review. An address or number"
            " that somebody owns gets the application's messages as soon as a mail or SMS gateway is on. Seen are"
            " e-mail addresses outside the reserved domains, Indian mobile numbers, Aadhaar numbers with a right check"
            " digit and income-tax numbers (PAN), also within longer texts and in quoted texts joined by ||: not what"
            " is computed, and not the seeds."
        ),
        instead="name@something.example.com (RFC 2606); a number from a range that is not assigned; no secret at all.",
        check=_literals,
    ),
)
