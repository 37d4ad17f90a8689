"""Keys, salts, thresholds and tables: pure arithmetic, checked without a database."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from sqlseed import library
from sqlseed.errors import CompileError


def test_keys_are_version_8_uuids() -> None:
    key = library.key_prefix("p", "m", ["a", "b"]) + "0" * 12
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-0{12}", key)
    assert key.startswith(library.model_prefix("p", "m"))


def test_keys_differ_by_project_model_and_slice() -> None:
    prefixes = [
        library.key_prefix(*args)
        for args in (("p", "m", ["a"]), ("q", "m", ["a"]), ("p", "n", ["a"]), ("p", "m", ["b"]), ("p", "m", []))
    ]
    assert len(set(prefixes)) == 5
    assert library.key_prefix("p", "m", ["a", "b"]) != library.key_prefix("p", "m", ["a\nb", ""])


def test_salts_are_below_two_to_the_32nd_and_never_change() -> None:
    assert library.salt(1, "students", "first name") == 3564123794
    assert all(0 <= library.salt(1, "m", str(i)) < 1 << 32 for i in range(1000))


def test_a_function_comes_after_what_it_calls() -> None:
    assert library.with_needs(["sqlseed_bell"]) == ("sqlseed_hash", "sqlseed_bell")
    assert library.with_needs(["sqlseed_hash", "sqlseed_bell"]) == ("sqlseed_hash", "sqlseed_bell")


@pytest.mark.parametrize(
    ("weights", "ends"),
    [
        ([1], [1 << 32]),
        ([3, 1], [3221225472, 1 << 32]),
        ([0, 1], [0, 1 << 32]),
        ([Decimal("0.1"), 0.1], [1 << 31, 1 << 32]),
    ],
)
def test_thresholds(weights: list[float], ends: list[int]) -> None:
    assert library.thresholds(weights) == ends


@pytest.mark.parametrize("weights", [[], [0], [-1, 2], [float("nan")], [float("inf")]])
def test_weights_that_are_none(weights: list[float]) -> None:
    with pytest.raises(CompileError):
        library.thresholds(weights)


@pytest.mark.parametrize(("p", "share"), [(0, 0), (1, 1 << 32), (0.5, 1 << 31), (Decimal("0.25"), 1 << 30)])
def test_share(p: float, share: int) -> None:
    assert library.share(p) == share


@pytest.mark.parametrize(("a", "b"), [(1, 1), (2, 5), (5.8, 2.4), (0.5, 0.5)])
def test_beta_quantiles(a: float, b: float) -> None:
    """Ascending within 0 to 1, with the median of the distribution in the middle, and mirrored for mirrored shapes."""
    knots = library.beta_quantiles(Decimal(str(a)), Decimal(str(b)))
    assert len(knots) == 43
    assert list(knots) == sorted(knots)
    assert 0 <= knots[0] < knots[-1] <= 1_000_000
    mirrored = library.beta_quantiles(Decimal(str(b)), Decimal(str(a)))
    assert all(abs(x + y - 1_000_000) <= 1 for x, y in zip(knots, reversed(mirrored), strict=True))
    if a == 1:
        assert knots[21] == 500_000


def test_beta_functions_are_named_by_their_shapes() -> None:
    name = library.beta_name(5.8, 2)
    assert name == "sqlseed_beta_5p8_2"
    assert "case when u < 2147483648" in library.function(name).postgres
    assert "create or replace function pg_temp.sqlseed_beta_5p8_2(" in library.function(name).create_postgres


@pytest.mark.parametrize("size", [1, 2, 3, 10, 255, 256, 257, 1000, 1 << 31])
def test_permute_strides_are_coprime_with_the_size(size: int) -> None:
    import math

    text = library.permute("n", size, "1")
    strides = [int(stride) for stride in re.findall(rf"^ +{size}, \d+, \d+, (\d+),", text, re.MULTILINE)]
    assert len(strides) == 4
    assert all(math.gcd(stride, size) == 1 for stride in strides)
    assert size < 10 or len(set(strides)) == 2  # every other round turns the numbers by more than one
