"""PostgreSQL connection URLs, read by our own parser: libpq's complaint about a bad one can quote the password.

No message of this module holds any part of the URL that could belong to a password; it names the character to
write percent-encoded instead. URLs as Prisma writes them work as they are: its `schema` is honoured, and its
own parameters, which libpq would refuse, are taken out with a note.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import quote, quote_plus, unquote_to_bytes

from .errors import did_you_mean

SECRETS = frozenset({"password", "sslpassword"})

LIBPQ = frozenset(
    [
        "application_name",
        "channel_binding",
        "connect_timeout",
        "dbname",
        "fallback_application_name",
        "gssencmode",
        "host",
        "hostaddr",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "krbsrvname",
        "options",
        "passfile",
        "password",
        "port",
        "require_auth",
        "service",
        "sslcert",
        "sslcompression",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslpassword",
        "sslrootcert",
        "sslsni",
        "ssl_max_protocol_version",
        "ssl_min_protocol_version",
        "target_session_attrs",
        "tcp_user_timeout",
        "user",
    ]
)
"""The libpq keywords that a profile or a URL may set."""

PRISMA = frozenset(
    [
        "connection_limit",
        "max_connection_lifetime",
        "max_idle_connection_lifetime",
        "pgbouncer",
        "pool_timeout",
        "single_use_connections",
        "socket_timeout",
        "sslaccept",
        "sslidentity",
        "statement_cache_size",
        "uselibpqcompat",
    ]
)
"""Parameters of Prisma and of Node's drivers, which mean nothing here."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://")
_OTHERS = (
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "sqlite",
    "sqlserver",
    "mssql",
    "oracle",
    "redis",
    "http",
    "https",
)
_ENCODED = {" ": "%20", "/": "%2F", "?": "%3F", "#": "%23", "@": "%40", "%": "%25"}


class Secret:
    """A text that must not be shown: every way to print it gives `***`; `reveal` gives it to the driver."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The text itself."""
        return self._value

    def scrub(self, text: str) -> str:
        """`text` without this secret, also as it looks in a URL, in JSON or in base64.

        One below 4 characters is left in, since it would take half of any message with it.
        """
        if len(self._value) < 4:
            return text
        forms = {self._value, quote(self._value), quote(self._value, safe=""), quote_plus(self._value)}
        forms |= {
            base64.b64encode(self._value.encode()).decode(),
            base64.urlsafe_b64encode(self._value.encode()).decode(),
        }
        forms |= {json.dumps(self._value)[1:-1], json.dumps(self._value, ensure_ascii=False)[1:-1]}
        for form in sorted(forms, key=len, reverse=True):
            text = text.replace(form, "***")
        return text

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """A URL taken apart: libpq keywords, percent-decoded (with secrets in plain text: not for printing)."""

    conninfo: dict[str, str] = field(repr=False)
    schema: str | None
    notes: tuple[str, ...]


def parse_url(url: str) -> ParsedUrl:
    """Take a `postgresql://user:password@host:port/database?parameters` apart; `ValueError` says what is wrong."""
    rest = _after_scheme(url)
    _refuse_characters(rest)
    authority, path, query = _split(rest)
    userinfo, at, hosts = authority.rpartition("@")
    conninfo: dict[str, str] = {}
    if at:
        user, colon, password = userinfo.partition(":")
        conninfo["user"] = _decode(user, "user name")
        if colon:
            conninfo["password"] = _decode(password, "password")
    conninfo |= _hosts(hosts)
    conninfo["dbname"] = _decode(path, "database name")
    parameters = _parameters(query)
    schema = parameters.pop("schema", None)
    notes = _take_out_prisma(parameters)
    for name in parameters:
        if name not in LIBPQ:
            raise ValueError(_unknown(name, parameters))
    conninfo |= parameters
    return ParsedUrl({key: value for key, value in conninfo.items() if value}, schema or None, notes)


def _after_scheme(url: str) -> str:
    found = _SCHEME.match(url)
    if found and found[1].lower() in ("postgresql", "postgres"):
        return url[found.end() :]
    if found and found[1].lower() in ("prisma", "prisma+postgres"):
        raise ValueError(f"'{found[1]}://' is Prisma's proxy; give the database's own postgresql:// URL")
    if found and found[1].lower() in _OTHERS:  # another word may be a password's end
        raise ValueError(f"'{found[1]}://' is not PostgreSQL; the URL must begin with postgresql://")
    if url[:1] in "\"'":
        raise ValueError("the URL stands in quotes; take them away")
    if url.lower().startswith("jdbc:"):
        raise ValueError("this is a JDBC URL; it must begin with postgresql://, as in postgresql://user@host/database")
    raise ValueError("the URL must begin with postgresql://; or use host:, port:, dbname:, user: and password:")


def _refuse_characters(rest: str) -> None:
    """Errors that leave in doubt where the password ends come first: nothing after them may be shown."""
    if re.search(r"[\x00-\x1f\x7f]", rest):
        raise ValueError("the URL has a control character or a line break in it")
    if " " in rest:
        raise ValueError(_must_encode(" "))
    if re.search(r"%(?![0-9A-Fa-f]{2})", rest):
        raise ValueError(f"{_must_encode('%')}: it is not followed by two hexadecimal digits")
    if rest.count("@") > 1:
        raise ValueError(f"{_must_encode('@')}: only the one before the host stays as it is")
    for character in "/?#":
        if character in rest and rest.find(character) < rest.find("@"):
            raise ValueError(f"{_must_encode(character)}; an '@' in a parameter is written %40")
    if "#" in rest:
        raise ValueError(_must_encode("#"))


def _must_encode(character: str) -> str:
    where = "the user name or the password has a character that must be percent-encoded"
    return f"{where}: '{character}' is written {_ENCODED[character]}"


def _split(rest: str) -> tuple[str, str, str]:
    before, _, query = rest.partition("?")
    authority, _, path = before.partition("/")
    if "/" in path:
        raise ValueError("there is more than one '/' after the host; a '/' in a database name is written %2F")
    return authority, path, query


def _hosts(text: str) -> dict[str, str]:
    """`host` and `port` of libpq, each a list with commas when the URL names several servers."""
    hosts: list[str] = []
    ports: list[str] = []
    for part in text.split(","):
        found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+(?:%25[\w.]+)?\]|[^:\[\]]*)(?::([0-9]*))?", part)
        if not found:  # it may be a password: "user:secret" without the host
            raise ValueError("what stands after '://' is not user:password@host:port; the port must be a number")
        if found[2] and not 1 <= int(found[2][:9]) <= 65535:
            raise ValueError("the port must be 1 to 65535")
        hosts.append(_decode(found[1].strip("[]"), "host"))
        ports.append(found[2] or "")
    return {"host": ",".join(hosts).strip(","), "port": ",".join(ports) if any(ports) else ""}


def _parameters(query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError("a parameter after '?' has no '='")
        name = _decode(name, "parameter")
        if name in parameters:
            known = name in LIBPQ | PRISMA | {"schema"}
            raise ValueError(f"parameter '{name}' stands twice after '?'" if known else _unknown(name, parameters))
        parameters[name] = _decode(value, "parameter")
    return parameters


def _unknown(name: str, parameters: dict[str, str]) -> str:
    if SECRETS & parameters.keys():  # in `password=a&b=c` the name may be the rest of the password
        return "unknown parameter after '?'; an '&' in a password is written %26"
    return f"unknown parameter '{name[:40]}' after '?'; {did_you_mean(name, LIBPQ | PRISMA)}"


def _take_out_prisma(parameters: dict[str, str]) -> tuple[str, ...]:
    """Remove Prisma's own parameters; what they were, as notes."""
    notes: list[str] = []
    found = sorted(PRISMA & parameters.keys())
    if {"sslaccept", "sslidentity"} & parameters.keys() and "sslcert" in parameters and "sslkey" not in parameters:
        # Prisma's sslcert is the server's root certificate; libpq's is the client's own.
        parameters.setdefault("sslrootcert", parameters.pop("sslcert"))
        notes.append("sslcert of the URL is read as sslrootcert, as Prisma means it")
    if "sslidentity" in parameters:
        parameters.pop("sslpassword", None)  # the password of that PKCS #12 file
    if found:
        notes.append(f"parameters of the URL that are Prisma's, not used here: {', '.join(found)}")
    if parameters.get("sslaccept") == "strict":
        notes.append("sslaccept=strict is Prisma's; sslmode: verify-full makes sqlseed check the server's certificate")
    for name in found:
        del parameters[name]
    return tuple(notes)


def _decode(text: str, what: str) -> str:
    try:
        decoded = unquote_to_bytes(text).decode("utf-8")
    except UnicodeError:  # also an environment variable that was not UTF-8
        raise ValueError(f"the {what} is not UTF-8") from None
    if "\0" in decoded:
        raise ValueError(f"the {what} has a NUL byte (%00) in it")
    return decoded
