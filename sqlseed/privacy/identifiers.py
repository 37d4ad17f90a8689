"""Identifiers in text, found and judged by SQL expressions that PostgreSQL and DuckDB both understand.

A cell is first looked at with one regular expression that lets nearly all cells go (`CANDIDATE`), then taken apart into
tokens (`token`), and each token is given its kind (`kind`).

Sources: RFC 2606 and 6761 (domains nobody can have), RFC 5737 and 3849 (addresses for documentation), RFC 1918, 3927,
4193 and 4291 (addresses of no one network); UIDAI's Aadhaar has twelve digits, none issued begins with 0 or 1, and ends
with a Verhoeff digit (Verhoeff, "Error Detecting Decimal Codes", 1969); ISO/IEC 7812 for cards (Luhn); the PAN's fourth
letter names the holder's type, the GSTIN ends with a digit in base 36, the IFSC has four letters, a zero, six more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """What a kind of identifier means for the audit."""

    FINDING = "finding"
    PHONE = "phone"
    HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of identifier, as results name it."""

    name: str
    group: Group
    words: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("email_deliverable", Group.FINDING, "e-mail addresses that may receive"),
        Kind("upi_address", Group.FINDING, "UPI addresses"),
        Kind("aadhaar", Group.FINDING, "Aadhaar numbers with a right check digit"),
        Kind("pan", Group.FINDING, "PANs with a type of holder"),
        Kind("gstin", Group.FINDING, "GSTINs with a right check digit"),
        Kind("ifsc", Group.FINDING, "IFSC codes"),
        Kind("card", Group.FINDING, "card numbers with a right check digit"),
        Kind("ip_public", Group.FINDING, "public IP addresses"),
        Kind("phone_assignable", Group.PHONE, "mobile numbers that may be somebody's"),
        Kind("phone_undialable", Group.PHONE, "numbers that cannot be dialled (50...)"),
        Kind("phone_abroad", Group.PHONE, "numbers of other countries"),
        Kind("email_reserved", Group.HARMLESS, "e-mail addresses in reserved domains"),
        Kind("ip_reserved", Group.HARMLESS, "IP addresses of documentation or private ranges"),
    )
}

CANDIDATE = (
    "@|[0-9]{4}[ -]?[0-9]{4}|[0-9]{3}[ -][0-9]{3}[ -][0-9]|[0-9]{5}[ -][0-9]{5}|[A-Z]{5}[0-9]{4}[A-Z]"
    "|[A-Z]{4}0[A-Z0-9]{6}|[0-9][.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]|::|:[0-9a-fA-F]+:[0-9a-fA-F]+:"
)
UUID = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

_EDGE = {"postgres": r"\y", "duckdb": r"\b"}  # of a word
_TOKENS = (  # the longest alternatives first: DuckDB takes the first that fits, PostgreSQL the longest
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]*[A-Za-z0-9]",
    r"[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}",
    r"/?<[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}>",
    r"<[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]>",
    r"<[A-Z]{5}[0-9]{4}[A-Z]>",
    r"<[A-Z]{4}0[A-Z0-9]{6}>",
    r"<[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}>",
    r"<[0-9]{4}[ -][0-9]{6}[ -][0-9]{5}>",
    r"<[0-9]{4}[ -][0-9]{4}[ -][0-9]{4}>",
    r"[+]?<(?:91[ -]?|0)?[0-9]{5}[ -]?[0-9]{5}(?:[0-9]{2})?>",
    r"[+]<[0-9]{1,3}(?:[ -]?[0-9]{2,5}){2,4}>",
    r"[+]?<[0-9]{8,19}>",
)
_RESERVED_DOMAIN = r"(^|[.])(example[.](com|net|org)|example|invalid|test|localhost)$"
_RESERVED_IP = (
    r"^(192[.]0[.]2|198[.]51[.]100|203[.]0[.]113|10[.][0-9]+|192[.]168|172[.](1[6-9]|2[0-9]|3[01])|169[.]254|127[.][0-9]+"
    r"|0[.]0[.]0)[.]"
)
_RESERVED_IPV6 = r"^(2001:0?db8:|fe[89ab][0-9a-f]:|f[cd][0-9a-f]{2}:|::1?$)"
_HOLDERS = "ABCFGHJLPT"  # types of a PAN's holder

_D5 = "0123456789123406789523401789563401289567401239567859876043216598710432765982104387659321049876543210"
_PERMUTATIONS = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)
_BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def token(text: str, engine: str) -> str:
    """The tokens of a text, one a row: a set-returning SQL expression."""
    edge = _EDGE[engine]
    pattern = "|".join(_TOKENS).replace("<", edge).replace(">", edge)
    without_keys = f"regexp_replace({text}, '{UUID}', ' ', 'g')"
    if engine == "postgres":
        return f"(regexp_matches({without_keys}, '({pattern})', 'g'))[1]"
    return f"unnest(regexp_extract_all({without_keys}, '{pattern}'))"


def matches(text: str, pattern: str, engine: str) -> str:
    """Whether a pattern is found in a text."""
    return f"{text} ~ '{pattern}'" if engine == "postgres" else f"regexp_matches({text}, '{pattern}')"


def kind(engine: str) -> str:
    """The kind of the token `t`, null for none; `d` are its digits, on the left filled with zeros to 19."""

    def fits(pattern: str, of: str = "t") -> str:
        return matches(of, pattern, engine)

    domain = "lower(substr(t, strpos(t, '@') + 1))"
    phone = r"^([+]?91[ -]?|0)?{}[ -]?[0-9]{{5}}$"
    return f"""case
        when strpos(t, '@') > 0 then case
            when {fits(_RESERVED_DOMAIN, domain)} then 'email_reserved'
            when strpos({domain}, '.') > 0 then 'email_deliverable'
            else 'upi_address'
        end
        when strpos(t, ':') > 0 then case
            when not {fits("::|^([^:]*:){7}[^:]+$")} or not {fits("[0-9a-fA-F]")} then null
            when {fits(_RESERVED_IPV6, "lower(t)")} then 'ip_reserved'
            else 'ip_public'
        end
        when strpos(t, '.') > 0 then case
            when {fits("^/|[3-9][0-9]{2}|2[6-9][0-9]|25[6-9]")} then null
            when {fits(_RESERVED_IP)} then 'ip_reserved'
            else 'ip_public'
        end
        when {fits("[A-Z]")} then case
            when length(t) = 15 then case when {_gstin("t")} then 'gstin' end
            when length(t) = 10 then case when substr(t, 4, 1) in ({_listed(_HOLDERS)}) then 'pan' end
            when substr(t, 1, 4) <> 'ZZZZ' then 'ifsc'
        end
        when {fits("^[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}$")} and {_verhoeff("substr(d, 8, 12)")} then 'aadhaar'
        when {fits(phone.format("[6-9][0-9]{4}"))} then 'phone_assignable'
        when {fits("^([+]?91[ -]?|0)?50[0-9]{3}[ -]?[0-9]{5}([0-9]{2})?$")} then 'phone_undialable'
        when {fits("^[+]")} and not {fits("^[+]91")} then 'phone_abroad'
        when {fits("^[2-6]")} and length(regexp_replace(t, '[^0-9]', '', 'g')) between 13 and 19
            and {_luhn("d")} then 'card'
    end"""


def _listed(letters: str) -> str:
    return ", ".join(f"'{letter}'" for letter in letters)


def _verhoeff(digits: str) -> str:
    """Whether twelve digits end with their Verhoeff digit: from the right, through permutation and group table."""
    check = "0"
    for place in range(12):
        digit = f"substr({digits}, {12 - place}, 1)::int"
        permuted = f"substr('{_PERMUTATIONS[place % 8]}', {digit} + 1, 1)::int"
        check = f"substr('{_D5}', ({check}) * 10 + {permuted} + 1, 1)::int"
    return f"({check}) = 0"


def _luhn(digits: str) -> str:
    """Whether nineteen digits pass Luhn's check; zeros on the left count for nothing."""
    places = [
        f"substr({digits}, {place}, 1)::int"
        if (19 - place) % 2 == 0
        else f"substr('0246813579', substr({digits}, {place}, 1)::int + 1, 1)::int"
        for place in range(1, 20)
    ]
    return f"({' + '.join(places)}) % 10 = 0"


def _gstin(text: str) -> str:
    """Whether fifteen characters are a GSTIN of a state and a holder that exist, with its check digit."""
    sums = []
    for place in range(1, 15):
        product = f"((strpos('{_BASE36}', substr({text}, {place}, 1)) - 1) * {1 + (place + 1) % 2})"
        sums.append(f"{product} / 36 + {product} % 36")
    last = f"strpos('{_BASE36}', substr({text}, 15, 1)) - 1"
    state = f"(substr({text}, 1, 2) between '01' and '38' or substr({text}, 1, 2) in ('97', '99'))"
    holder = f"substr({text}, 6, 1) in ({_listed(_HOLDERS)})"
    return f"{state} and {holder} and (36 - ({' + '.join(sums)}) % 36) % 36 = {last}"
