"""Column types of seeds: declared names, inferred types, and what a cell may hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlseed.celltypes import declared, inferred


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ([], "text"),
        (["1", "-20", "0"], "integer"),
        (["2147483647", "-2147483648"], "integer"),
        (["2147483648"], "bigint"),
        (["9223372036854775808"], "numeric"),
        (["9" * 39], "text"),
        (["1", "2.50"], "numeric"),
        (["true", "false"], "boolean"),
        (["TRUE"], "text"),
        (["2026-09-30", "2024-02-29"], "date"),
        (["2026-09-30 10:00", "2026-09-30T10:00:00.5"], "timestamp"),
        (["2026-09-30", "2026-09-30 10:00"], "text"),
        (["110001", "012345"], "text"),
        (["+91"], "text"),
        (["-0"], "text"),
        (["1e3"], "text"),
        ([".5"], "text"),
        (["12,5"], "text"),
        (["१२"], "text"),
        ([" 1"], "text"),
        (["NaN"], "text"),
        (["NULL"], "text"),
    ],
)
def test_inferred(cells, name):
    assert inferred(cells).name == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("TEXT", "text"),
        ("int", "integer"),
        ("int8", "bigint"),
        ("float8", "double precision"),
        ("Double  Precision", "double precision"),
        ("decimal(10, 2)", "numeric(10,2)"),
        ("numeric", "numeric"),
        ("character varying (20)", "varchar(20)"),
        ("timestamp(3) without time zone", "timestamp(3)"),
        ("bool", "boolean"),
    ],
)
def test_declared_names(written, name):
    assert declared(written).name == name


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("txt", "unknown type 'txt'; did you mean 'text'?"),
        ("timestamptz", "unknown type 'timestamptz'; did you mean 'timestamp'?"),
        ("text(5)", "type 'text' takes no number in brackets"),
        ("varchar(1,2)", "type 'varchar' takes at most 1 number in brackets"),
        ("varchar(0)", "type 'varchar(0)' has no room for a character"),
        ("numeric(2,3)", "type 'numeric(2,3)' has no room for a digit before or after the point"),
        ("timestamp(7)", "a timestamp has at most 6 decimals"),
        ("text; drop table x", "unknown type 'text; drop table x'"),
    ],
)
def test_declared_names_that_are_none(written, message):
    with pytest.raises(ValueError, match=r"^\S") as error:
        declared(written)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        ("integer", "007", 7),
        ("integer", "+7", 7),
        ("smallint", "-32768", -32768),
        ("numeric", "012.50", Decimal("12.50")),
        ("numeric(4,2)", "99.99", Decimal("99.99")),
        ("numeric(2,2)", "0.99", Decimal("0.99")),
        ("double precision", "1e3", 1000.0),
        ("boolean", "TRUE", True),
        ("boolean", "false", False),
        ("date", "2024-02-29", dt.date(2024, 2, 29)),
        ("timestamp", "2024-02-29", dt.datetime(2024, 2, 29)),
        ("timestamp(3)", "2024-02-29 23:59:59.125", dt.datetime(2024, 2, 29, 23, 59, 59, 125000)),
        ("time", "08:30", "08:30"),
        ("varchar(3)", "äöü", "äöü"),
        ("uuid", "0189F7A0-0000-8000-8000-00000000000a", "0189f7a0-0000-8000-8000-00000000000a"),
        ("jsonb", '{"a": [1]}', '{"a": [1]}'),
    ],
)
def test_cells(type_, cell, value):
    assert repr(declared(type_).read(cell)) == repr(value)


@pytest.mark.parametrize(
    ("type_", "cell", "message"),
    [
        ("integer", "1.5", "is not an integer"),
        ("integer", "१२", "is not an integer"),
        ("integer", "2147483648", "does not fit integer (-2147483648 to 2147483647)"),
        ("smallint", "40000", "does not fit smallint (-32768 to 32767)"),
        ("numeric", "12,5", "is not a number (digits, a point, digits)"),
        ("numeric", "1e400", "is not a number (digits, a point, digits)"),
        ("numeric", "Infinity", "is not a number (digits, a point, digits)"),
        ("numeric(4,2)", "100.00", "does not fit numeric(4,2)"),
        ("numeric(4,2)", "1.005", "does not fit numeric(4,2)"),
        ("double precision", "1e400", "does not fit double precision"),
        ("real", "1e39", "does not fit real"),
        ("double precision", "nan", "is not a number"),
        ("boolean", "yes", "is not true or false"),
        ("date", "31/02/2024", "is not a date (YYYY-MM-DD)"),
        ("date", "2024-02-30", "is not a date (YYYY-MM-DD)"),
        ("date", "20240229", "is not a date (YYYY-MM-DD)"),
        ("date", "0000-01-01", "is not a date (YYYY-MM-DD)"),
        ("timestamp", "2024-02-29 25:00", "is not a timestamp (YYYY-MM-DD HH:MM:SS)"),
        ("timestamp", "2024-02-29T10:00Z", "is not a timestamp (YYYY-MM-DD HH:MM:SS)"),
        ("timestamp(0)", "2024-02-29 10:00:00.5", "has more than 0 decimals"),
        ("time", "8:30", "is not a time of day (HH:MM or HH:MM:SS)"),
        ("time", "24:00", "is not a time of day (HH:MM or HH:MM:SS)"),
        ("varchar(3)", "abcd", "has 4 characters, more than varchar(3) holds"),
        ("uuid", "{0189f7a0}", "is not a UUID"),
        ("json", "{'a': 1}", "is not JSON"),
        ("json", "NaN", "is not JSON"),
        ("json", "[" * 100_000, "is not JSON"),
    ],
)
def test_cells_that_do_not_fit(type_, cell, message):
    with pytest.raises(ValueError, match=r"^\S") as error:
        declared(type_).read(cell)
    assert str(error.value) == message


@given(st.lists(st.text(min_size=1, max_size=12) | st.from_regex(r"[-+0-9.]{1,8}", fullmatch=True), max_size=5))
def test_an_inferred_type_reads_its_cells_without_loss(cells):
    kind = inferred(cells)
    if kind.name not in ("date", "timestamp"):  # an impossible date is told, not taken for text
        assert all(str(kind.read(cell)).lower() == cell.lower() for cell in cells)
