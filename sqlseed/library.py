"""The built-in macros' arithmetic: SQL texts for keys and random values, and the functions they call.

Every random value is a pure function of (global seed, model, label, slice, row key). A salt is made from names,
never from positions, so that adding a model, a column, a branch or a row changes no other value.
Nothing here knows Jinja or a database; `compiler` puts the texts into models, the back ends create the functions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import lru_cache
from math import gcd

from sqlseed.errors import CompileError

_MASK = 4_294_967_295  # 2^32 - 1
_RANGE = 4_294_967_296  # 2^32: a hash is a whole number below it
BELL_MEAN = 131_070  # mean of the sum of four uniforms over 0..65535
BELL_SD = 37837.22  # its standard deviation: sqrt(4 * (65536^2 - 1) / 12)
_TAIL = [_RANGE >> k for k in range(10, 5, -1)]  # 1/1024 to 1/64: the tails are long where the shape is
_KNOTS = (0, *_TAIL, *(k << 27 for k in range(1, 32)), *(_RANGE - k for k in reversed(_TAIL)), _RANGE)
"""Where the pieces of a beta quantile table begin, as hashes; every piece is a power of two wide."""
_LEAST = _RANGE >> 13  # the quantile that stands for the smallest value, and mirrored for the largest
_MULTIPLIERS = (1_540_483_477, 739_982_445, 1_274_126_177)  # all odd and below 2^31: no bigint overflows


@dataclass(frozen=True, slots=True)
class Function:
    """A session function: named arguments with PostgreSQL types, and a body in each engine's SQL.

    An inlined one is part of the statement that calls it. One that uses its first argument many times is not: a call
    within a call would multiply its text. Its DuckDB body names that argument `it`.
    """

    name: str
    arguments: tuple[tuple[str, str], ...]
    returns: str
    postgres: str
    duckdb: str
    inlined: bool = True
    plpgsql: str = ""  # a whole body in place of `postgres`

    @property
    def create_postgres(self) -> str:
        """DDL of the function in the session's temporary schema; nothing stays in the user's database."""
        arguments = ", ".join(f"{name} {kind}" for name, kind in self.arguments)
        head = f"create or replace function pg_temp.{self.name}({arguments}) returns {self.returns}\n"
        if self.plpgsql:
            return f"{head}language plpgsql immutable parallel unsafe as $sqlseed$\n{self.plpgsql}\n$sqlseed$"
        if self.inlined:
            return f"{head}language sql immutable parallel safe as $sqlseed$\n    select {self.postgres}\n$sqlseed$"
        # PostgreSQL inlines no costly argument that is used twice, and calls plpgsql in a tenth of the time of sql.
        body = f"begin\n    return {self.postgres};\nend\n"
        return f"{head}language plpgsql immutable parallel safe as $sqlseed$\n{body}$sqlseed$"

    @property
    def create_duckdb(self) -> str:
        """The same as a temporary macro."""
        names = ", ".join(name for name, _ in self.arguments)
        body = self.duckdb
        if not self.inlined:  # a lambda computes its argument once, where a macro would write it out at every use
            body = f"list_transform([{self.arguments[0][0]}::bigint], lambda it: {body})[1]"
        return f"create or replace temp macro {self.name}({names}) as (\n    {body}\n)"


def salt(*names: object) -> int:
    """A constant below 2^32 made from names, by SHA-256 of their texts joined with line feeds."""
    return int.from_bytes(_digest(*names)[:4], "big")


def key_prefix(project: str, model: str, point: Sequence[str]) -> str:
    """The first 24 characters of every key of a slice: a version 8 UUID (RFC 9562) without its last group.

    32 bits name the project and the model, 34 bits the slice, the last 48 bits are the row number, so that a
    slice's keys are one ascending range.

    >>> key_prefix("school", "students", ["dps-main"])
    '2bbb834d-585d-8be4-895d-'
    """
    model_part = model_prefix(project, model)
    digest = _digest("key", *point)
    where = digest.hex()
    variant = "89ab"[digest[-1] & 3]
    return f"{model_part}-{where[:4]}-8{where[4:7]}-{variant}{where[7:10]}-"


def model_prefix(project: str, model: str) -> str:
    """The first 8 characters of every key of a model, in every slice."""
    return _digest("key", project, model).hex()[:8]


@lru_cache(maxsize=8_192, typed=True)  # a plan asks for the same prefixes and salts several times
def _digest(*names: object) -> bytes:
    return hashlib.sha256("\n".join(str(name) for name in names).encode()).digest()


def _xor(engine: str, left: str, right: str) -> str:
    return f"({left} # {right})" if engine == "postgres" else f"xor({left}, {right})"


def _bigint(engine: str, name: str) -> str:
    """An argument of a DuckDB macro has the type of what is passed, and would overflow as a 32-bit integer."""
    return name if engine == "postgres" else f"{name}::bigint"


def _mix() -> str:
    """Three rounds of multiply, xor and shift on 32 bits, spelled out on its argument so that PostgreSQL inlines it."""
    x = f"((n * {_MULTIPLIERS[0]} + salt) & {_MASK})"
    x = _xor("postgres", x, f"({x} >> 16)")
    x = f"(({x} * {_MULTIPLIERS[1]}) & {_MASK})"
    x = _xor("postgres", x, f"({x} >> 15)")
    x = f"(({x} * {_MULTIPLIERS[2]}) & {_MASK})"
    return _xor("postgres", x, f"({x} >> 16)")


def _duckdb_mix() -> str:
    """The same, each round a lambda over a list of one. DuckDB plans every statement anew, and spelled out, the
    argument would stand eight times in each hash: of some 20 hashes in a statement that was a third of its time.
    """
    x = f"[({_bigint('duckdb', 'n')} * {_MULTIPLIERS[0]} + salt) & {_MASK}]"
    x = f"list_transform({x}, lambda it: (xor(it, it >> 16) * {_MULTIPLIERS[1]}) & {_MASK})"
    x = f"list_transform({x}, lambda it: (xor(it, it >> 15) * {_MULTIPLIERS[2]}) & {_MASK})"
    return f"list_transform({x}, lambda it: xor(it, it >> 16))[1]"


def _both(
    name: str, arguments: Sequence[tuple[str, str]], returns: str, bodies: Mapping[str, str], *, inlined: bool = True
) -> tuple[str, Function]:
    return name, Function(name, tuple(arguments), returns, bodies["postgres"], bodies["duckdb"], inlined)


def _bell(engine: str) -> str:
    call = "pg_temp.sqlseed_hash" if engine == "postgres" else "sqlseed_hash"
    hashes = [f"{call}(n, salt)", f"{call}(n, {_xor(engine, 'salt', '2654435769')})"]  # 2^32 / golden ratio
    if engine == "postgres":
        return " + ".join(f"({h} & 65535) + ({h} >> 16)" for h in hashes)
    return " + ".join(f"list_transform([{h}], lambda it: (it & 65535) + (it >> 16))[1]" for h in hashes)


def _permute_round(engine: str) -> str:
    """One bijective round on 0..size-1: mixes the numbers up to `low` among themselves, reflects, strides, turns.

    The mix names `n` four times, and four rounds stand within each other: no fifth round, and no second shift in it.
    """
    n = "n" if engine == "postgres" else "it"
    x = f"(({n} * {_MULTIPLIERS[0]} + salt) & low)"
    x = f"(({_xor(engine, x, f'({x} >> half)')} * {_MULTIPLIERS[1]}) & low)"
    return (
        f"((size - 1 - case when {n} <= low then {x} else {n} end) * {_bigint(engine, 'stride')} + (salt >> 2)) % size"
    )


_ENGINES = ("postgres", "duckdb")
_CORE: dict[str, Function] = dict(
    (
        _both(
            "sqlseed_hash",
            [("n", "bigint"), ("salt", "bigint")],
            "bigint",
            {"postgres": _mix(), "duckdb": _duckdb_mix()},
        ),
        _both(
            "sqlseed_key",
            [("prefix", "text"), ("n", "bigint")],
            "text",
            {
                "postgres": "prefix || encode(substr(int8send(n), 3), 'hex')",
                "duckdb": "prefix || printf('%012x', n::bigint)",
            },
        ),
        _both(
            "sqlseed_text_hash",
            [("t", "text")],
            "bigint",
            {
                "postgres": "('x' || substr(md5(t), 1, 8))::bit(32)::bigint",
                "duckdb": "('0x' || substr(md5(t), 1, 8))::bigint",
            },
        ),
        _both(
            "sqlseed_bell",
            [("n", "bigint"), ("salt", "bigint")],
            "bigint",
            {engine: _bell(engine) for engine in _ENGINES},
        ),
        _both(
            "sqlseed_permute_round",
            [(name, "int" if name == "half" else "bigint") for name in ("n", "size", "low", "half", "stride", "salt")],
            "bigint",
            {engine: _permute_round(engine) for engine in _ENGINES},
            inlined=False,
        ),
    )
)
_CORE["sqlseed_is_json"] = Function(
    "sqlseed_is_json",
    (("t", "text"),),
    "boolean",
    "",
    "json_valid(t)",
    plpgsql="begin\n    perform t::json;\n    return true;\nexception when data_exception then\n    return false;\nend",
)
_NEEDS = {"sqlseed_bell": ("sqlseed_hash",)}

_PURPOSES = {
    "sqlseed_hash": "a random number below 2^32 from a row's number and a salt: three rounds of multiply, xor, shift",
    "sqlseed_key": "a row's key: its slice's prefix, and the row's number in twelve hexadecimal digits",
    "sqlseed_text_hash": "a text as a number, to be a row's number where there is none",
    "sqlseed_bell": "a random number in the shape of a bell: the sum of four uniform ones",
    "sqlseed_permute_round": "one round of a shuffle of 0..size-1 in which no number comes twice",
    "sqlseed_is_json": "whether a text is JSON",
}


def purpose(name: str) -> str:
    """What a session function is for, in words for who reads the compiled SQL."""
    return _PURPOSES.get(name, "a random number in the shape of a beta distribution, from its quantiles")


def function(name: str) -> Function:
    """A session function by name, among them the beta tables such as `sqlseed_beta_5p8_2p4`."""
    if name.startswith("sqlseed_beta_"):
        a, b = (Decimal(part.replace("p", ".")) for part in name.removeprefix("sqlseed_beta_").split("_"))
        return _beta_function(name, a, b)
    return _CORE[name]


def with_needs(names: Sequence[str]) -> tuple[str, ...]:
    """`names` with the functions that they call, callees first."""
    ordered: dict[str, None] = {}
    for name in names:
        for needed in (*_NEEDS.get(name, ()), name):
            ordered.setdefault(needed)
    return tuple(ordered)


def beta_name(a: float, b: float) -> str:
    """The name of the quantile function of a beta distribution; raises CompileError outside 0.1..100."""
    for value in (a, b):
        if not Decimal("0.1") <= _exact(value, "beta() takes shapes from 0.1 to 100") <= 100:
            raise CompileError(f"beta() takes shapes from 0.1 to 100, not {value}")
    return f"sqlseed_beta_{Decimal(str(a)).normalize():f}_{Decimal(str(b)).normalize():f}".replace(".", "p")


def _beta_function(name: str, a: Decimal, b: Decimal) -> Function:
    """Linear between the table's points; `u` is a hash. The tree asks six questions at most."""
    knots = beta_quantiles(a, b)

    def piece(low: int, high: int) -> str:
        if high - low == 1:
            start, width = _KNOTS[low], _KNOTS[high] - _KNOTS[low]
            rise = knots[high] - knots[low]
            return f"{knots[low]} + (((u - {start}) * {rise}) >> {width.bit_length() - 1})"
        middle = (low + high) // 2
        return f"case when u < {_KNOTS[middle]} then {piece(low, middle)} else {piece(middle, high)} end"

    body = f"({piece(0, len(_KNOTS) - 1)})::double precision / 1000000::double precision"
    duckdb = re.sub(r"\bu\b", "it", body)
    return Function(name, (("u", "bigint"),), "double precision", body, duckdb, inlined=False)


@lru_cache(maxsize=64)
def beta_quantiles(a: Decimal, b: Decimal) -> tuple[int, ...]:
    """The beta distribution's quantiles in millionths, at 1/8192, 1/1024, 1/512, ... 1/32, 2/32, ... 8191/8192.

    The density is summed over 1,000 midpoints in decimal arithmetic, which is the same on every platform; in the first
    and the last piece, where it may be infinite, it is taken as a power.
    """
    pieces = 1000
    with localcontext() as context:
        context.prec = 18
        logs = [(Decimal(2 * i + 1) / (2 * pieces)).ln() for i in range(pieces)]
        weights = [
            ((a - 1) * logs[i] + (b - 1) * logs[pieces - 1 - i]).exp()  # ln(1 - x) is ln of the mirrored midpoint
            for i in range(pieces)
        ]
        end = Decimal(pieces).ln()
        weights[0], weights[-1] = (((1 - shape) * end).exp() / shape for shape in (a, b))
        total = sum(weights, Decimal(0))
        knots, reached, i = [], Decimal(0), 0
        for knot in (_LEAST, *_KNOTS[1:-1], _RANGE - _LEAST):
            wanted = total * knot / _RANGE
            while reached + weights[i] < wanted:
                reached += weights[i]
                i += 1
            knots.append(int((i + (wanted - reached) / weights[i]) * 1_000_000 / pieces))
        return tuple(knots)


def permute(n: str, size: int, salt_text: str) -> str:
    """SQL for a bijection of 0..size-1 (at most 2^31): four rounds of `sqlseed_permute_round`."""
    if not 1 <= size <= 1 << 31:
        raise CompileError(f"permute() takes a size from 1 to 2147483648, not {size}")
    low = (1 << (size.bit_length() - 1)) - 1
    half = max(1, size.bit_length() // 2)
    stride = size * 618 // 1000 + 1  # near the golden section, so that neighbours part
    while gcd(stride, size) != 1:
        stride += 1
    lines = [n]
    for i in range(4):  # each round takes other bits of the salt, and the numbers above `low` are mixed in every other
        arguments = f"{size}, {low}, {half}, {stride if i % 2 else 1}, {salt_text} >> {8 * i}"
        lines[-1] += ","
        lines = ["pg_temp.sqlseed_permute_round(", *(f"    {line}" for line in [*lines, arguments]), ")"]
    return "\n".join(lines)


def thresholds(weights: Sequence[float | Decimal | int]) -> list[int]:
    """Where a hash ends each of the weighted options: ascending, the last one 2^32.

    >>> thresholds([1, 1])
    [2147483648, 4294967296]
    """
    rule = "weights must be numbers of at least 0, one of them above 0"
    exact = [_exact(weight, rule) for weight in weights]
    if any(weight < 0 for weight in exact) or not sum(exact):
        raise CompileError(rule)
    total = sum(exact)
    ends, reached = [], Decimal(0)
    for weight in exact:
        reached += weight
        ends.append(int(reached * _RANGE / total))
    return ends


def share(p: float | Decimal) -> int:
    """The hash below which a chance of `p` comes true."""
    exact = _exact(p, "a chance is between 0 and 1")
    if not 0 <= exact <= 1:
        raise CompileError(f"a chance is between 0 and 1, not {p}")
    return int(exact * _RANGE)


def _exact(value: object, rule: str) -> Decimal:
    """A number as the decimal that was written; raises CompileError for anything else, NaN and infinity included."""
    try:
        exact = Decimal(str(value))
    except ArithmeticError:
        raise CompileError(f"{rule}, not {value}") from None
    if isinstance(value, bool) or not exact.is_finite():
        raise CompileError(f"{rule}, not {value}")
    return exact
