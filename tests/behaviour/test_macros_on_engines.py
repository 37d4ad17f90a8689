"""The built-in macros: the same rows on every engine, the shapes they promise, and values that never move."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from sqlseed import api, dialect, library
from sqlseed.backends.duckdb import DuckDB
from sqlseed.backends.postgres import Postgres
from sqlseed.model import Target
from tests.support import write_project

N = 1000  # rows of a slice
MACROS = {  # column -> (type, expression); every built-in macro that gives a value, with every kind of argument
    "id": ("text", "{{ key('g.n') }}"),
    "parent": ("text", "{{ key_of('branch_people', 'g.n / 3') }}"),
    "serial": ("bigint", "{{ key_of('numbered', 'g.n') }}"),
    "hash_": ("bigint", "{{ hash('a', 'g.n') }}"),
    "hash_by": ("bigint", "{{ hash('a', 'g.n', by=['branch']) }}"),
    "hash_by_none": ("bigint", "{{ hash('a', 'g.n', by=[]) }}"),
    "hash_of": ("bigint", "{{ hash('a', 'g.n', of='branch_people', by='branch') }}"),
    "hash_wide": ("bigint", "{{ hash('a', '4294967295 - g.n::bigint') }}"),
    "int_": ("bigint", "{{ random_int('i', 'g.n', -5, 5) }}"),
    "int_sql": ("bigint", "{{ random_int('i', 'g.n', 'g.n', 'g.n + 10') }}"),
    "int_wide": ("bigint", "{{ random_int('i', 'g.n', -1073741824, 1073741823) }}"),
    "float_": ("double precision", "{{ random_float('f', 'g.n', -1.5, 2.5) }}"),
    "date_": ("date", "{{ random_date('d', 'g.n', var('first'), var('last')) }}"),
    "date_sql": ("date", "{{ random_date('d', 'g.n', branch.opened, var('last')) }}"),
    "at_": (
        "timestamp",
        """{{ random_timestamp('t', 'g.n', "timestamp '2026-01-01 08:00'", "timestamp '2026-03-01'") }}""",
    ),
    "chance_": ("boolean", "{{ chance('c', 'g.n', 0.3) }}"),
    "chance_sql": ("boolean", "{{ chance('c', 'g.n', 'case when g.n < 500 then 0.1 else 0.9 end') }}"),
    "never": ("boolean", "{{ chance('c', 'g.n', 0) }}"),
    "always": ("boolean", "{{ chance('c', 'g.n', 1) }}"),
    "choice_": ("text", """{{ choice('w', 'g.n', {'a': 3, "b'c": 1, 'never': 0}) }}"""),
    "choice_int": ("integer", "{{ choice('w', 'g.n', [[10, 1], [20, 1.5]]) }}"),
    "pick_": ("integer", "{{ pick('p', 'g.n', 'names') }}"),
    "normal_": ("double precision", "{{ normal('n', 'g.n', 100, 15) }}"),
    "beta_": ("double precision", "{{ beta('b', 'g.n', 2, 5) }}"),
    "beta_u": ("double precision", "{{ beta('b', 'g.n', 0.5, 0.5) }}"),
    "permute_": ("bigint", "{{ permute('x', 'g.n', 1000) }}"),
    "permute_by": ("bigint", "{{ permute('x', 'g.n', 1000, by=['year']) }}"),
    "text_hash_": ("bigint", "{{ text_hash(\"'नमस्ते ' || g.n\") }}"),
    "town": ("text", "{{ var('town') }}"),
}
FEW = {  # those of them that stand for the rest, where a project is built again and again
    name: MACROS[name]
    for name in (
        "id",
        "parent",
        "hash_",
        "hash_by",
        "hash_of",
        "int_",
        "date_",
        "chance_",
        "choice_",
        "pick_",
        "normal_",
    )
}
SALTED = sorted(set(MACROS) - {"id", "parent", "serial", "town", "text_hash_", "never", "always"})

FILES = {
    "sqlseed.toml": """
        name = "macros"
        seed = 7
        [vars]
        first = 2026-01-01
        last = 2026-12-31
        town = "O'Neill's \\"town\\" :x"
        [dimensions.branch]
        seed = "branches"
        key = "id"
        [dimensions.year]
        seed = "years"
        key = "id"
    """,
    "seeds/branches.csv": "id,opened\nnorth,2024-02-29\nsouth,2025-07-01\n",
    "seeds/years.csv": "id,no\ny1,1\ny2,2\n",
    "seeds/names.csv": "community,name,weight\nx,Asha,5\nx,Ravi,3\nx,Zoya,2\ny,Om,1\n",
    "seeds/seeds.yml": """
        seeds:
          - name: names
            config: {slots: {by: [community], weight: weight, count: 1000}}
    """,
    "models/branch_people.sql": """
        {{ config(slice_by=['branch']) }}
        select {{ key('g.n') }} as id, {{ hash('a', 'g.n') }} as hash_ from generate_series(0, 999) as g(n)
    """,
    "models/numbered.sql": """
        {{ config(slice_by=['branch', 'year'], key_block=1000) }}
        select {{ key('g.n') }} as id, {{ hash('a', 'g.n') }} as hash_ from generate_series(0, 999) as g(n)
    """,
}


def project_files(macros: Mapping[str, tuple[str, str]] = MACROS, seed: int = 7) -> dict[str, str]:
    """The project, with the model `rolls` that has a column for each macro."""
    columns = ",\n    ".join(f"{text} as {name}" for name, (_, text) in macros.items())
    entries = "".join(f"      - {{name: {name}, data_type: {type_}}}\n" for name, (type_, _) in macros.items())
    simple = "    columns:\n      - {name: id, data_type: TYPE}\n      - {name: hash_, data_type: bigint}\n"
    key = "    constraints: [{type: primary_key, columns: [id]}]\n"
    return FILES | {
        "sqlseed.toml": FILES["sqlseed.toml"].replace("seed = 7", f"seed = {seed}"),
        "models/rolls.sql": "{{ config(slice_by=['branch', 'year']) }}\n"
        f"select\n    {columns}\nfrom generate_series(0, {N - 1}) as g(n)\n",
        "models/models.yml": f"models:\n  - name: rolls\n    columns:\n{entries}{key}"
        f"  - name: branch_people\n{simple.replace('TYPE', 'text')}{key}"
        f"  - name: numbered\n{simple.replace('TYPE', 'bigint')}{key}",
    }


Rows = list[dict[str, Any]]


def build(root: Path, url: str | None = None) -> tuple[dict[str, str | None], Rows]:
    """Builds the project in a folder; the tables' checksums, and the rows of `rolls` in the order of their keys."""
    output = "{type: duckdb, path: out.duckdb}"
    if url:
        output = f'{{type: postgres, url: "{url}", schema: public, environment: test, allow_superuser: true}}'
    (root / "profiles.yml").write_text(f"sqlseed:\n  target: t\n  outputs:\n    t: {output}\n")
    result = api.build(root, checksums=True)
    assert result.success, result.failures
    sql = "select * from rolls order by id" + (' collate "C"' if url else "")
    connection: Any = psycopg.connect(url) if url else duckdb.connect(str(root / "out.duckdb"))
    with connection:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {table.model: table.checksum for table in result.tables}, rows


@pytest.fixture(scope="module")
def rolls(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str | None], Rows]:
    """The project built with DuckDB."""
    return build(write_project(tmp_path_factory.mktemp("rolls"), project_files()))


@pytest.fixture
def variant(tmp_path: Path) -> Callable[..., Rows]:
    """The rows of `rolls` after some files of the project are others."""

    def make(changes: Mapping[str, str] = {}, macros: Mapping[str, tuple[str, str]] = FEW, **options: Any) -> Rows:
        return build(write_project(tmp_path / "variant", {**project_files(macros, **options), **changes}))[1]

    return make


def values(rows: Rows, column: str, *, slices: Sequence[int] = (0, 1, 2, 3)) -> list[Any]:
    """A column's values in some of the four slices; keys sort the slices in one order everywhere."""
    return [row[column] for i in slices for row in rows[i * N : (i + 1) * N]]


# --- every engine ----------------------------------------------------------------------------------------


def test_every_macro_gives_the_same_rows_on_every_engine(rolls, any_postgres_url, tmp_path):
    sums, rows = build(write_project(tmp_path, project_files()), any_postgres_url)
    for i, (mine, theirs) in enumerate(zip(rolls[1], rows, strict=True)):
        assert mine == theirs, f"row {i}"
    assert len(rows) == 4 * N
    assert sums == rolls[0]
    assert None not in sums.values()


def test_every_macro_is_in_the_table():
    from sqlseed.macros import Macros

    used = " ".join(text for _, text in MACROS.values())
    not_values = {"ref", "seed", "slots", "chunk"}  # relations and a condition; others read them on both engines
    assert [name for name in Macros.names() if f"{name}(" not in used and name not in not_values] == []


@pytest.fixture(scope="module")
def sessions(postgres18, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Any]]:
    """A session on DuckDB and one on PostgreSQL, with the session functions."""
    functions = ["sqlseed_hash", "sqlseed_key", "sqlseed_text_hash", "sqlseed_bell", "sqlseed_permute_round"]
    beta = library.beta_name(2, 5)
    backend = DuckDB(Target("p", "t", "duckdb", "main", settings={"path": ":memory:"}), tmp_path_factory.mktemp("d"))
    on_duckdb = backend.connect()
    on_duckdb.prepare([*functions, beta])
    with postgres18.fresh_database("macro_functions") as url:
        info = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(url).items()}
        on_postgres = Postgres(Target("p", "t", "postgres", "public", settings={"conninfo": info}), Path()).connect()

        def duck(sql: str) -> list[tuple[Any, ...]]:
            return on_duckdb.query(dialect.to_duckdb(sql, {}))

        def postgres(sql: str) -> list[tuple[Any, ...]]:
            with on_postgres.transaction():
                on_postgres.prepare([*functions, beta])
                return on_postgres.query(sql)

        yield [duck, postgres]
        on_postgres.close()
    backend.close()


EDGES = [0, 1, 2, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 2, 2**32 - 1]


@pytest.mark.parametrize("salt", [0, 1, 2**31, 2**32 - 1])
@pytest.mark.parametrize("function", ["hash", "bell"])
def test_the_arithmetic_holds_at_the_edges(sessions, function, salt):
    numbers = ", ".join(f"({n}::bigint)" for n in EDGES)
    sql = f"select n, pg_temp.sqlseed_{function}(n, {salt}::bigint) as h from (values {numbers}) as v(n) order by n"
    one, two = (query(sql) for query in sessions)
    assert one == two
    assert all(0 <= hash_ < 2**32 for _, hash_ in one)


def test_the_hash_is_the_one_that_was_tested():
    """A fixed value of the mix, computed here: a change of it would change every row of every project."""

    def mix(n: int, salt: int) -> int:
        x = (n * 1540483477 + salt) & 0xFFFFFFFF
        x = ((x ^ (x >> 16)) * 739982445) & 0xFFFFFFFF
        x = ((x ^ (x >> 15)) * 1274126177) & 0xFFFFFFFF
        return x ^ (x >> 16)

    found = duckdb.connect()
    found.execute("set integer_division = true")
    found.execute(library.function("sqlseed_hash").create_duckdb)
    for n in EDGES:
        row = found.execute(f"select sqlseed_hash({n}, 12345)").fetchone()
        assert row == (mix(n, 12345),)


def test_keys_and_text_hashes_are_the_same(sessions):
    sql = (
        "select pg_temp.sqlseed_key('0190a5c4-0000-8000-8000-'::text, n) as k, pg_temp.sqlseed_text_hash('ü' || n) as h"
        " from (values (0::bigint), (255::bigint), (281474976710655::bigint)) as v(n) order by n"
    )
    one, two = (query(sql) for query in sessions)
    assert one == two
    assert [key for key, _ in one] == [
        f"0190a5c4-0000-8000-8000-{n}" for n in ("000000000000", "0000000000ff", "ffffffffffff")
    ]


# --- shapes ----------------------------------------------------------------------------------------------


def chi_square(found: Sequence[Any], expected: Mapping[Any, float]) -> float:
    """How far the counts are from what is expected; about one per option where all is well."""
    counts = Counter(found)
    assert set(counts) <= set(expected)
    return sum((counts[key] - count) ** 2 / count for key, count in expected.items())


def bound(options: int) -> float:
    """The statistic is above it once in a billion tries, were the values really random: six standard deviations."""
    return (options - 1) + 6 * math.sqrt(2 * (options - 1))


@pytest.mark.parametrize("column", ["hash_", "hash_by", "hash_by_none", "hash_of", "hash_wide", "text_hash_"])
def test_hashes_are_uniform(rolls, column):
    slices = (0, 1, 2, 3) if column in ("hash_", "hash_wide") else (0,)
    for shift in (26, 0):  # the highest and the lowest six bits
        found = [(value >> shift) & 63 for value in values(rolls[1], column, slices=slices)]
        assert chi_square(found, dict.fromkeys(range(64), len(found) / 64)) < bound(64)


def test_neighbours_and_slices_are_independent(rolls):
    found = values(rolls[1], "hash_")
    serial = [(a >> 29) * 8 + (b >> 29) for a, b in itertools.pairwise(found)]
    assert chi_square(serial, dict.fromkeys(range(64), len(serial) / 64)) < bound(64)
    across = [(a >> 29) * 8 + (b >> 29) for a, b in zip(found[:N], found[N : 2 * N], strict=True)]
    assert chi_square(across, dict.fromkeys(range(64), len(across) / 64)) < bound(64)
    labels = [(a >> 29) * 8 + int(b) * 8 // 1000 for a, b in zip(found, values(rolls[1], "permute_"), strict=True)]
    assert chi_square(labels, dict.fromkeys(range(64), len(labels) / 64)) < bound(64)


def test_ranges_are_kept_and_filled(rolls):
    rows = rolls[1]
    assert chi_square(values(rows, "int_"), dict.fromkeys(range(-5, 6), 4 * N / 11)) < bound(11)
    assert {row["int_sql"] - int(row["id"][-12:], 16) for row in rows} == set(range(11))
    assert all(-(2**30) <= value < 2**30 for value in values(rows, "int_wide"))
    assert all(-1.5 <= value < 2.5 for value in values(rows, "float_"))
    days = values(rows, "date_")
    assert (str(min(days)), str(max(days)), len(set(days))) == ("2026-01-01", "2026-12-31", 365)
    assert {str(min(values(rows, "date_sql", slices=s)))[:4] for s in ((0, 1), (2, 3))} == {"2024", "2025"}
    times = values(rows, "at_")
    assert "2026-01-01 08:00:00" <= str(min(times)) < str(max(times)) < "2026-03-01 00:00:00"
    assert {value.microsecond for value in times} == {0}


def test_chances_and_choices_keep_their_shares(rolls):
    rows = rolls[1]
    assert chi_square(values(rows, "chance_"), {True: 0.3 * 4 * N, False: 0.7 * 4 * N}) < bound(2)
    assert set(values(rows, "never")) == {False}
    assert set(values(rows, "always")) == {True}
    early = [row["chance_sql"] for row in rows if int(row["id"][-12:], 16) < 500]
    late = [row["chance_sql"] for row in rows if int(row["id"][-12:], 16) >= 500]
    assert chi_square(early, {True: 200, False: 1800}) < bound(2)
    assert chi_square(late, {True: 1800, False: 200}) < bound(2)
    assert chi_square(values(rows, "choice_"), {"a": 3000, "b'c": 1000}) < bound(2)
    assert chi_square(values(rows, "choice_int"), {10: 1600, 20: 2400}) < bound(2)


def test_pick_follows_the_weights(rolls):
    share = {"Asha": 500, "Ravi": 300, "Zoya": 200}  # slots of 1000
    slots = [name for name, count in share.items() for _ in range(count)]
    found = [slots[slot] for slot in values(rolls[1], "pick_")]
    assert chi_square(found, {name: count * 4 for name, count in share.items()}) < bound(3)


def moments(found: Sequence[float]) -> tuple[float, float]:
    mean = sum(found) / len(found)
    return mean, math.sqrt(sum((value - mean) ** 2 for value in found) / (len(found) - 1))


def test_normal_and_beta_have_their_moments(rolls):
    mean, sd = moments(values(rolls[1], "normal_"))
    assert abs(mean - 100) < 6 * 15 / math.sqrt(4 * N)
    assert abs(sd / 15 - 1) < 6 / math.sqrt(2 * 4 * N)
    assert all(abs(value - 100) <= 3.465 * 15 for value in values(rolls[1], "normal_"))
    for column, a, b in (("beta_", 2, 5), ("beta_u", 0.5, 0.5)):
        found = values(rolls[1], column)
        mean, sd = moments(found)
        wanted = math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
        assert abs(mean - a / (a + b)) < 6 * wanted / math.sqrt(4 * N)
        assert abs(sd / wanted - 1) < 6 / math.sqrt(2 * 4 * N)
        assert all(0 < value < 1 for value in found)


SHAPES = [
    ("1", "1"),
    ("2", "5"),
    ("5.8", "2.4"),
    ("0.5", "0.5"),
    ("30", "1.5"),
    ("100", "100"),
    ("0.1", "0.1"),
    ("1", "100"),
]


@pytest.mark.parametrize(("a", "b"), SHAPES)
def test_a_beta_table_has_the_mean_and_spread_of_the_distribution(a, b):
    """Exactly, from the table: each piece is a uniform distribution between two quantiles."""
    knots, ends = library.beta_quantiles(Decimal(a), Decimal(b)), library._KNOTS
    assert list(knots) == sorted(knots)
    assert len(knots) == len(ends)
    mean = square = 0.0
    widths = [(end - start) / 2**32 for start, end in itertools.pairwise(ends)]
    for width, (low, high) in zip(widths, itertools.pairwise(knot / 1e6 for knot in knots), strict=True):
        mean += width * (low + high) / 2
        square += width * (low * low + low * high + high * high) / 3
    x, y = float(a), float(b)
    sd = math.sqrt(x * y / ((x + y) ** 2 * (x + y + 1)))
    assert abs(mean - x / (x + y)) < 0.005 * sd + 0.001
    assert abs(math.sqrt(square - mean * mean) / sd - 1) < 0.02


SIZES = [*range(1, 18), 31, 32, 33, 100, 127, 1000, 1024, 4095, 4097, 65_537]


def permuted(size: int, salts: Sequence[int]) -> str:
    """A statement for the permutations of 0..size-1 with each of the salts, in one: it takes long to plan."""
    numbers = f"generate_series(0, {size - 1}) as g(n) cross join (values {', '.join(f'({s}::bigint)' for s in salts)})"
    return f"select salt, n, {library.permute('n', size, 'salt')} as p from {numbers} as s(salt) order by salt, n"


def test_permute_is_a_bijection_of_any_size(sessions):
    duck, postgres = sessions
    salts = (0, 12345, 2**32 - 1)
    for size in SIZES:
        found = duck(permuted(size, salts))
        for salt in salts:
            order = [p for other, _, p in found if other == salt]
            assert sorted(order) == list(range(size)), (size, salt)
            fixed = sum(n == p for n, p in enumerate(order))
            assert size < 30 or fixed < 12, (size, salt)  # one, on average, stays in place
        if size in (1, 2, 3, 17, 1000):
            assert found == postgres(permuted(size, salts))


def test_permute_scatters(sessions):
    """Over 60 salts: each eighth goes to every eighth, neighbours part, and a small size has many orders."""
    duck = sessions[0]
    for size in (1000, 4000, 4095):
        found = [p for _, _, p in duck(permuted(size, range(1_000_003, 2**32, 2**32 // 60)))]
        orders = [found[start : start + size] for start in range(0, len(found), size)]
        cells = Counter((n * 8 // size, p * 8 // size) for order in orders for n, p in enumerate(order))
        steps = Counter(((q - p) % size) * 16 // size for order in orders for p, q in itertools.pairwise(order))
        assert max(cells.values()) / min(cells.values()) < 1.25
        assert max(steps.values()) / min(steps.values()) < 1.35
    found = [p for _, _, p in duck(permuted(7, range(1_000_003, 2**32, 2**32 // 200)))]
    assert len({tuple(found[start : start + 7]) for start in range(0, len(found), 7)}) > 150


def test_permute_reaches_2147483648(sessions):
    numbers = "(values (0::bigint), (2147483647::bigint)) as v(n)"
    sql = f"select {library.permute('n', 2**31, '5')} as p from {numbers} order by n"
    one, two = (query(sql) for query in sessions)
    assert one == two
    assert all(0 <= value < 2**31 for (value,) in one)


# --- stability -------------------------------------------------------------------------------------------


def test_salts_tell_labels_models_slices_and_seeds_apart(rolls, variant):
    rows = rolls[1]
    slices = [tuple(values(rows, "hash_", slices=(i,))) for i in range(4)]
    assert len(set(slices)) == 4
    assert values(rows, "hash_") != values(rows, "int_wide")
    other_label = variant(macros=FEW | {"hash_": ("bigint", "{{ hash('b', 'g.n') }}")})
    assert not set(values(other_label, "hash_")) & set(values(rows, "hash_"))
    assert values(other_label, "int_") == values(rows, "int_")


def test_another_seed_gives_other_values_and_the_same_keys(rolls, variant):
    other = variant(macros=MACROS, seed=8)
    for column in SALTED:
        assert values(other, column) != values(rolls[1], column), column
    for column in ("id", "parent", "serial", "text_hash_"):
        assert values(other, column) == values(rolls[1], column)


def test_another_model_beside_it_changes_nothing(rolls, variant):
    files = project_files(FEW)
    renamed = variant(
        {
            "models/lists.sql": files["models/rolls.sql"].replace("slice_by=", "table='lists', slice_by="),
            "models/lists.yml": files["models/models.yml"]
            .split("  - name: branch_people")[0]
            .replace("rolls", "lists"),
        }
    )
    assert renamed == [{name: row[name] for name in FEW} for row in rolls[1]]  # the model beside it changed nothing


def by_key(rows: Rows) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"seeds/branches.csv": "id,opened\neast,2020-01-01\nnorth,2024-02-29\nsouth,2025-07-01\n"}, id="branch"
        ),
        pytest.param({"seeds/years.csv": "id,no\ny0,0\ny1,1\ny2,2\ny3,3\n"}, id="year"),
        pytest.param({"seeds/years.csv": "id,no\ny2,2\ny1,1\n"}, id="order of the seed"),
        pytest.param({"models/rolls.sql": ""}, id="rows and columns"),
    ],
)
def test_adding_something_changes_nothing(rolls, variant, change):
    if "models/rolls.sql" in change:
        files = project_files({"extra": ("bigint", "{{ hash('extra', 'g.n') }}"), **FEW})
        changed = variant(
            {**files, "models/rolls.sql": files["models/rolls.sql"].replace(f"0, {N - 1}", f"0, {N + 99}")}
        )
    else:
        changed = variant(change)
    after = by_key(changed)
    for key, row in by_key(rolls[1]).items():
        assert {name: after[key][name] for name in FEW} == {name: row[name] for name in FEW}
    assert len(after) >= 4 * N


def test_by_and_of_share_values(rolls):
    rows = rolls[1]
    for column in ("hash_by", "hash_of"):  # the same in both years of a branch, another in the other branch
        slices = {tuple(values(rows, column, slices=(i,))) for i in range(4)}
        assert len(slices) == 2
    assert len({tuple(values(rows, "hash_by_none", slices=(i,))) for i in range(4)}) == 1
    assert len({tuple(values(rows, "permute_by", slices=(i,))) for i in range(4)}) == 2
    assert set(values(rows, "hash_by")) & set(values(rows, "hash_of")) == set()


def test_of_computes_again_what_the_other_model_drew(rolls, tmp_path):
    root = write_project(tmp_path, project_files())
    build(root)
    with duckdb.connect(str(root / "out.duckdb")) as connection:
        found = connection.execute(
            "select count(*) from rolls as r join branch_people as p"
            " on right(p.id, 12) = right(r.id, 12) and p.hash_ = r.hash_of"
        ).fetchone()
        parents = connection.execute(
            "select count(*) from rolls as r join branch_people as p on p.id = r.parent"
        ).fetchone()
        serials = connection.execute("select count(*) from rolls as r join numbered as n on n.id = r.serial").fetchone()
    assert (found, parents, serials) == ((4 * N,), (4 * N,), (4 * N,))
