"""Texts in a model that should stand nowhere: credentials, and addresses at which somebody may be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlseed.lint.grammar import constant, kind
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
_PHONE = re.compile(r"\A(?:\+91[ -]?)?[6-9]\d{4}[ -]?\d{5}\Z|\+91[ -]?[6-9]\d{4}[ -]?\d{5}")
"""Indian mobile numbers: ten digits, the first from 6 to 9 (National Numbering Plan 2003)."""


def _literals(subject: Subject) -> Iterator[Problem]:
    for node in subject.statement.all("A_Const"):
        if kind(node.val) == "String":
            for what, hint in _found(str(constant(node))):
                yield Problem(f"the text looks like {what}", hint, node=node)


def _found(text: str) -> Iterator[tuple[str, str]]:
    for pattern, what in _SECRETS:
        if pattern.search(text):
            yield what, "a secret belongs into the environment of whoever needs it; this one is to be changed now"
            return
    for found in _MAIL.finditer(text):
        if not _RESERVED.search(found[1].lower()):
            yield "an e-mail address that may be somebody's", "take a domain that nobody can own: name@b1.example.com"
    if _PHONE.search(text):
        yield "a telephone number that may be somebody's", "take a number that cannot be assigned"


RULES = (
    Rule(
        name="secret-literal",
        level="error",
        title="a text that looks like a secret, or like a way to reach a real person",
        why=(
            "Models are read by many, and their SQL goes into server logs, plans and the review. An address or number"
            " that somebody owns gets the application's messages as soon as a mail or SMS gateway is on. Only texts"
            " that stand in the statement as a whole are seen: not those put together by ||, and not the seeds."
        ),
        instead="name@something.example.com (RFC 2606); a number from a range that is not assigned; no secret at all.",
        check=_literals,
    ),
)
