"""Seeds: what a CSV may look like, what every faulty one says, and how slots are dealt."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlseed.errors import ErrorList, SqlseedError
from sqlseed.model import Seed, Slots
from sqlseed.seeds import apportion, read_seed


@pytest.fixture
def seed(tmp_path: Path):
    """Reads a seed from its text, with `config` or whole `properties`."""

    def read(text: str | bytes, config: dict[str, Any] | None = None, **properties: Any) -> Seed:
        (tmp_path / "seeds").mkdir(exist_ok=True)
        (tmp_path / "seeds" / "fees.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        if config is not None:
            properties["config"] = config
        return read_seed(tmp_path, "seeds/fees.csv", properties or None, "seeds/seeds.yml")

    return read


def refused(read, *args, **kwargs) -> str:
    with pytest.raises(SqlseedError) as error:
        read(*args, **kwargs)
    assert error.value.exit_code == 2
    return str(error.value)


def test_types_and_values(seed):
    made = seed(
        "id,name,phone,rate,paid_on,active,at,note,big\n"
        '1,"Asha, ""A"" Rao",+911234567890,1.50,2026-09-30,true,2026-09-30 10:00:00,,3000000000\n'
        '2,"two\nlines",0123,2,2024-02-29,false,2026-09-30T11:30,,1\n'
        "\n"
        "3,,,,,,,,\n"
    )
    assert made.name == "fees"
    assert made.path == "seeds/fees.csv"
    assert {column.name: column.type for column in made.columns} == {
        "id": "integer", "name": "text", "phone": "text", "rate": "numeric", "paid_on": "date",
        "active": "boolean", "at": "timestamp", "note": "text", "big": "bigint",
    }  # fmt: skip
    assert made.rows[0] == (
        1, 'Asha, "A" Rao', "+911234567890", Decimal("1.50"), dt.date(2026, 9, 30), True,
        dt.datetime(2026, 9, 30, 10), None, 3000000000,
    )  # fmt: skip
    assert made.rows[1][1] == "two\nlines"
    assert made.rows[2] == (3, *[None] * 8)
    assert (made.slots, made.shares) == (None, ())


@pytest.mark.parametrize("text", ["id,name", "id,name\n", "\ufeffid,name\r\n", "\n\nid,name\n"])
def test_a_header_without_rows_is_a_seed(seed, text):
    made = seed(text)
    assert [(column.name, column.type) for column in made.columns] == [("id", "text"), ("name", "text")]
    assert made.rows == ()


def test_cells_are_loaded_as_they_are(seed):
    cells = [
        "=cmd()",
        "+91",
        "-x",
        "@x",
        "{{ 7*7 }}",
        "%s",
        "'; drop table x; --",
        "NULL",
        " x ",
        "$$",
        "\u202e",
        "1,000",
    ]
    made = seed("value\n" + "".join(f'"{cell}"\n' for cell in cells))
    assert [row[0] for row in made.rows] == cells


def test_an_empty_cell_is_null_quoted_or_not(seed):
    assert seed('a,b\n,x\n"",y\n').rows == ((None, "x"), (None, "y"))
    assert seed('a\nx\n""\n\ny\n').rows == (("x",), (None,), ("y",))  # a blank line is skipped


def test_declared_types_descriptions_and_tags(seed):
    made = seed(
        "pincode,fee\n110001,5\n",
        {"column_types": {"pincode": "TEXT", "fee": "decimal(10,2)"}, "tags": ["money"]},
        name="fees",
        description="What it costs",
        columns=[{"name": "fee", "description": "rupees"}],
    )
    assert [(column.name, column.type, column.description) for column in made.columns] == [
        ("pincode", "text", ""),
        ("fee", "numeric(10,2)", "rupees"),
    ]
    assert made.rows == (("110001", Decimal(5)),)
    assert (made.description, made.tags) == ("What it costs", ("money",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "seeds/fees.csv: the file is empty; its first line must name the columns"),
        ("\n\n", "seeds/fees.csv: the file is empty; its first line must name the columns"),
        (
            "a,b\n1,2\n1,2,3\n",
            (
                "seeds/fees.csv:3: 3 fields, but the header has 2\n    1,2,3\n"
                "  hint: a cell with a comma in it must stand in double quotes"
            ),
        ),
        (
            'a,b\n"x\ny",2\n' + "1\n" * 7,
            "seeds/fees.csv:4: 1 field, but the header has 2 (7 such lines: 4, 5, 6, 7, 8, ...)\n    1",
        ),
        ("id,name,id\n1,2,3\n", "seeds/fees.csv:1: columns 1 and 3 have the same name: 'id'\n    id,name,id"),
        (
            "id,ID\n",
            "seeds/fees.csv:1: columns 1 and 2 have the same name: 'id' and 'ID', which differ only in case\n    id,ID",
        ),
        ("id,,name\n", "seeds/fees.csv:1: column 2 has no name\n    id,,name"),
        (
            "id, name\n",
            (
                "seeds/fees.csv:1: column 2: name ' name' is not a name\n"
                "  hint: a name has letters a-z, digits and underscores, and begins with no digit"
            ),
        ),
        ("x" * 64, f"seeds/fees.csv:1: column 1: name '{'x' * 64}' has 64 bytes; PostgreSQL keeps 63"),
        (
            "id;name\n1;2\n",
            "seeds/fees.csv:1: the cells look separated by semicolons; a seed is separated by commas\n    id;name",
        ),
        (
            "id\tname\n",
            "seeds/fees.csv:1: the cells look separated by tabs; a seed is separated by commas\n    id\tname",
        ),
        ('a,b\n1,2\n3,"x\n4,y\n', 'seeds/fees.csv:3: quote opened at 3:3 is never closed\n    3,"x'),
        ('"', 'seeds/fees.csv:1: quote opened at 1:1 is never closed\n    "'),
        (
            'a,b\n1,"x\n2,"y"\n',
            (
                "seeds/fees.csv:2: text after the closing quote at 3:4 (opened at 2:3)\n"
                '    1,"x\n  hint: a quote inside a quoted cell is written ""'
            ),
        ),
        (
            'a\n"' + "x" * 1048577 + '"\n',
            'seeds/fees.csv:2: a cell of the row that begins here has more than 1,048,576 characters\n    "'
            + "x" * 159,
        ),
        (
            "id,paid_on\n1,2024-01-31\n2,2024-02-30\n",
            "seeds/fees.csv:3: column paid_on: '2024-02-30' is not a date (YYYY-MM-DD)\n    2,2024-02-30",
        ),
        ("id\n1\0\n", "seeds/fees.csv:2: NUL byte at 2:2"),
        (
            b"name\nRen\xe9e\n",
            (
                "seeds/fees.csv:2: byte 0xE9 at 2:4 is not UTF-8; it looks like ISO-8859-1\n"
                "  hint: convert it: iconv -f ISO-8859-1 -t UTF-8 seeds/fees.csv > converted"
            ),
        ),
    ],
)
def test_faulty_files(seed, text, expected):
    assert refused(seed, text) == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {"column_types": {"paid_on": "date"}},
            (
                "seeds/fees.csv:2: column paid_on: '31/02/2024' is not a date (YYYY-MM-DD) (2 such lines: 2, 3)\n"
                "    31/02/2024,5,a"
            ),
        ),
        (
            {"column_types": {"paid": "date"}},
            "seeds/seeds.yml: config.column_types: no column 'paid' in seeds/fees.csv\n  hint: did you mean 'paid_on'?",
        ),
        (
            {"column_types": {"fee": "intger"}},
            "seeds/seeds.yml: config.column_types.fee: unknown type 'intger'; did you mean 'integer'?",
        ),
        ({"column_types": {"fee": 5}}, "seeds/seeds.yml: config.column_types.fee: unknown type '5'"),
        ({"column_types": ["fee"]}, "seeds/seeds.yml: column_types must be a mapping"),
        (
            {"colum_types": {}},
            "seeds/seeds.yml: config: unknown key 'colum_types'\n  hint: did you mean 'column_types'?",
        ),
        ({"slots": 5}, "seeds/seeds.yml: slots must be a mapping"),
        ({"slots": {"cuont": 5}}, "seeds/seeds.yml: config.slots: unknown key 'cuont'\n  hint: did you mean 'count'?"),
        ({"slots": {}}, "seeds/seeds.yml: config.slots.count must be an integer from 1 to 1,048,576; it is missing"),
        ({"slots": {"count": 0}}, "seeds/seeds.yml: config.slots.count must be an integer from 1 to 1,048,576; not 0"),
        (
            {"slots": {"count": True}},
            "seeds/seeds.yml: config.slots.count must be an integer from 1 to 1,048,576; not True",
        ),
        ({"slots": {"count": 4, "by": 7}}, "seeds/seeds.yml: config.slots.by must be a list of columns"),
        ({"slots": {"count": 4, "by": ["fee", "fee"]}}, "seeds/seeds.yml: config.slots.by names a column twice"),
        (
            {"slots": {"count": 4, "weight": "fees"}},
            "seeds/seeds.yml: config.slots.weight: no column 'fees' in seeds/fees.csv\n  hint: did you mean 'fee'?",
        ),
        (
            {"slots": {"count": 4, "weight": "kind"}},
            "seeds/fees.csv:2: column kind: weight 'a' is not a number\n    31/02/2024,5,a",
        ),
    ],
)
def test_faulty_properties(seed, config, expected):
    assert refused(seed, "paid_on,fee,kind\n31/02/2024,5,a\n31/02/2024,6,b\n", config) == expected


def test_unknown_keys_of_an_entry_and_its_columns(seed):
    assert "seeds: unknown key 'colums'\n  hint: did you mean 'columns'?" in refused(seed, "a\n", colums=[])
    assert "columns must be a list of mappings" in refused(seed, "a\n", columns=["a"])
    assert "columns: no column 'b'" in refused(seed, "a\n", columns=[{"name": "b"}])
    assert "declared in config.column_types" in refused(seed, "a\n", columns=[{"name": "a", "data_type": "text"}])


def test_all_errors_of_a_phase_in_one_go(seed):
    with pytest.raises(ErrorList) as error:
        seed("a,b,c\nx,1.5,1\n", {"column_types": {"a": "integer", "b": "integer", "c": "integer"}})
    assert [item.message for item in error.value.errors] == [
        "column a: 'x' is not an integer",
        "column b: '1.5' is not an integer",
    ]


def test_a_bad_file_name_and_a_missing_file(tmp_path: Path):
    assert "seed name 'first-names' is not a name" in refused(read_seed, tmp_path, "seeds/first-names.csv", None, None)
    assert refused(read_seed, tmp_path, "seeds/a.csv", None, None) == "seeds/a.csv: no such file"
    assert "outside the project" in refused(read_seed, tmp_path, "../a.csv", None, None)


def test_the_checksum_covers_content_and_nothing_else(seed):
    base = seed("id,name\n1,a\n2,\n").checksum
    assert seed(b"\xef\xbb\xbfid,name\r\n1,a\r\n2,\r\n").checksum == base
    assert seed('id,name\n\n"1","a"\n2,""').checksum == base
    assert (
        seed("id,name\n1,a\n2,\n", description="words", columns=[{"name": "id", "description": "n"}]).checksum == base
    )
    others = [
        seed("id,nam\n1,a\n2,\n"),
        seed("id,name\n2,\n1,a\n"),
        seed("id,name\n1,a\n2,None\n"),
        seed("id,name\n1,a\n2,\n", {"column_types": {"id": "text"}}),
        seed("id,name\n1,a\n2,\n", {"slots": {"count": 2}}),
        seed("id,name\n1,a\n2,\n", {"slots": {"count": 3}}),
    ]
    assert len({base, *(other.checksum for other in others)}) == 7


hostile = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=20)


@given(st.lists(st.tuples(hostile, hostile), max_size=8))
def test_any_text_comes_through_unchanged(tmp_path_factory, rows):
    root = tmp_path_factory.getbasetemp()
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    (root / "hostile.csv").write_bytes(buffer.getvalue().encode())
    made = read_seed(root, "hostile.csv", {"config": {"column_types": {"a": "text", "b": "text"}}}, None)
    assert list(made.rows) == rows


@given(st.text(alphabet='ab,"\n\r;1\t ', max_size=40))
def test_any_text_is_a_seed_or_an_error_of_ours(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp()
    (root / "fuzz.csv").write_bytes(text.encode())
    shown = "fuzz.csv"
    try:
        read_seed(root, "fuzz.csv", None, None)
    except SqlseedError as error:
        shown = str(error)
    assert shown.startswith("fuzz.csv")


# --- slots


def test_slots_by_group_and_weight(seed):
    made = seed(
        "region,name,weight\nnorth,a,3\nsouth,x,0\nnorth,b,1\nsouth,y,0.5\n",
        {"slots": {"by": ["region"], "weight": "weight", "count": 8}},
    )
    assert made.slots == Slots(count=8, by=("region",), weight="weight")
    assert made.shares == ((0, 6), (0, 0), (6, 2), (0, 8))


def test_slots_without_weight_or_group_are_equal(seed):
    assert seed("name\na\nb\nc\n", {"slots": {"count": 4}}).shares == ((0, 2), (2, 1), (3, 1))
    assert seed("k,name\n1,a\n", {"slots": {"by": "k", "count": 4}}).shares == ((0, 4),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("k,w\n", "seeds/fees.csv:1: there is no row to deal 4 slots to\n    k,w"),
        ("k,w\na,1\na,-1\n", "seeds/fees.csv:3: column w: weight -1 is negative\n    a,-1"),
        ("k,w\na,1\na,\n", "seeds/fees.csv:3: column w: a weight is missing\n    a,"),
        ("k,w\na,1\nb,0\nb,0\n", "seeds/fees.csv:3: column w: the group k=b has a total weight of 0\n    b,0"),
        ("k,w\na,1\n,1\n", "seeds/fees.csv:3: column k is empty; slots are dealt by it\n    ,1"),
        (
            "k,w,slot\na,1,1\n",
            "seeds/fees.csv:1: column 'slot': a seed with slots gets a column of that name\n    k,w,slot",
        ),
        ("k,w\na,true\n", "seeds/fees.csv:2: column w: weight 'True' is not a number\n    a,true"),
    ],
)
def test_faulty_slots(seed, text, expected):
    assert refused(seed, text, {"slots": {"by": ["k"], "weight": "w", "count": 4}}) == expected


weights = st.lists(st.integers(0, 10**9) | st.fractions(0, 1000, max_denominator=1000), min_size=1, max_size=12)


@given(weights.filter(any), st.integers(1, 5000))
def test_apportion_is_exact_within_one_slot(given_weights, count):
    shares = apportion(given_weights, count)
    total = sum(map(Fraction, given_weights))
    assert sum(shares) == count
    for weight, share in zip(given_weights, shares, strict=True):
        assert abs(share - count * Fraction(weight) / total) < 1
        assert share == 0 or weight > 0
    by_weight = sorted(zip(given_weights, shares, strict=True), key=lambda pair: (pair[0], pair[1]))
    assert [share for _, share in by_weight] == sorted(shares)  # a larger weight never gets fewer
