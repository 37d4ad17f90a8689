"""The built-in macros as texts: what a call prints, and what a wrong one says. Their values: tests/behaviour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sqlseed import library
from sqlseed.errors import SqlseedError
from sqlseed.macros import Macros
from tests.unit.towns import open_towns

BILL = "{{{{ config(slice_by=['town', 'year'], key_block=100) }}}}\nselect {{{{ key('n') }}}} as id, {} as house_id\n"
BILL += "from generate_series(1, 3) as g(n)\n"


def printed(folder: Path, call: str) -> str:
    """What a call prints in the model `bill`, sliced by town and year."""
    changes = {"models/bill.sql": BILL.format(f"{{{{ {call} }}}}")}
    sql = open_towns(folder, changes).compiled["bill"].sql
    return sql.removeprefix("select (:bill_base + n) as id, ").partition(" as house_id")[0]


def mistake(folder: Path, call: str) -> SqlseedError:
    with pytest.raises(SqlseedError) as error:
        printed(folder, call)
    return error.value


def test_the_names_are_those_of_the_public_methods():
    names = (
        "ref seed slots key key_of chunk hash random_int random_float random_date random_timestamp chance choice pick"
    )
    assert Macros.names() == [*names.split(), "normal", "beta", "permute", "text_hash"]


CALLS = [
    ("hash('h', 'n')", "pg_temp.sqlseed_hash(n, (<bill h> # :salt_town_year))"),
    ("hash('h', 'n', by=['town'])", "pg_temp.sqlseed_hash(n, (<bill h> # :salt_town))"),
    ("hash('h', 'n', by='year')", "pg_temp.sqlseed_hash(n, (<bill h> # :salt_year))"),
    ("hash('h', 'n', by=[])", "pg_temp.sqlseed_hash(n, <bill h>)"),
    ("hash('h', 'n', of='house')", "pg_temp.sqlseed_hash(n, (<house h> # :salt_town))"),
    ("hash('h', 'n', of='house', by=['year'])", "pg_temp.sqlseed_hash(n, (<house h> # :salt_year))"),
    ("hash('h', 'n', of='total')", "pg_temp.sqlseed_hash(n, <total h>)"),
    ("hash('h', 'a.n * 10 + 1', by=[])", "pg_temp.sqlseed_hash(a.n * 10 + 1, <bill h>)"),
    ("key_of('house', 'n')", "pg_temp.sqlseed_key(:house_key, n)"),
    ("chance('c', 'n', 0, by=[])", "(pg_temp.sqlseed_hash(n, <bill c>) < 0)"),
    ("chance('c', 'n', 1, by=[])", "(pg_temp.sqlseed_hash(n, <bill c>) < 4294967296)"),
    ("chance('c', 'n', year.no, by=[])", "(pg_temp.sqlseed_hash(n, <bill c>) < (:year_no) * 4294967296)"),
    ("random_int('i', 'n', 3, 3, by=[])", "(3 + ((pg_temp.sqlseed_hash(n, <bill i>) * 1) >> 32))"),
    (
        "random_int('i', 'n', year.no, 'a + 1', by=[])",
        "(:year_no + ((pg_temp.sqlseed_hash(n, <bill i>) * ((a + 1) - :year_no + 1)) >> 32))",
    ),
    (
        "random_date('d', 'n', var('as_of'), 'last', by=[])",
        "(date '2026-01-31' + ((pg_temp.sqlseed_hash(n, <bill d>) * (last - date '2026-01-31' + 1)) >> 32)::int)",
    ),
    (
        "choice('c', 'n', [[1, 1], [2.5, 0]], by=[])",
        "case\n    when pg_temp.sqlseed_hash(n, <bill c>) < 4294967296 then 1\n    else 2.5\nend",
    ),
    ("choice('c', 'n', {var('as_of'): 1})", "date '2026-01-31'"),
    ("beta('b', 'n', 2.50, 1, by=[])", "pg_temp.sqlseed_beta_2p5_1(pg_temp.sqlseed_hash(n, <bill b>))"),
    ("seed('colours')", '"_sqlseed"."colours"'),
    ("slots('colours')", '"_sqlseed"."colours__slots"'),
]


@pytest.mark.parametrize(("call", "text"), CALLS)
def test_what_a_call_prints(tmp_path, call, text):
    text = re.sub(r"<(\w+) (\w)>", lambda found: str(library.salt(7, found[1], found[2])), text)
    assert printed(tmp_path, call) == text


@pytest.mark.parametrize(
    ("call", "message", "hint"),
    [
        ("hash('h')", "hash(): missing a required argument: 'n'", "hash(label, n, by, of)"),
        ("hash('h', 'n', 'x')", "hash(): too many positional arguments", "hash(label, n, by, of)"),
        ("hash('h', 'n', bye=[])", "hash(): got an unexpected keyword argument 'bye'", "hash(label, n, by, of)"),
        ("hash(town.code, 'n')", "the first argument is the label", None),
        ("hash('h', 'n', of='hose')", "of=('hose') names no model", "did you mean 'house'?"),
        ("hash('h', 'n', by=['twon'])", "salt of 'h' needs the dimension twon", "slice_by here is ['town', 'year']"),
        ("ref(var('greeting'))", "ref() needs a model's name, known while compiling", None),
        ("ref(town.name)", "ref() needs a model's name, known while compiling", None),
        ("ref(3)", "ref() needs a model's name, known while compiling", None),
        ("ref('hose')", "ref('hose') names no model", "did you mean 'house'?"),
        ("ref('bill')", "names the model itself", "cannot read itself"),
        ("seed('color')", "seed('color') names no seed", "did you mean 'colours'?"),
        ("seed(var('greeting'))", "names no seed", None),
        ("slots('towns')", "slots: seed 'towns' has no slots", "slots: {by: [...]"),
        ("pick('p', 'n', 'years')", "pick: seed 'years' has no slots", "weight"),
        ("random_int('i', 'n', 5, 1)", "random_int() from 5 to 1", None),
        ("random_int('i', 'n', 0, 2147483648)", "at most 2^31 numbers", None),
        ("chance('c', 'n', -0.1)", "a chance is between 0 and 1, not -0.1", None),
        ("chance('c', 'n', none)", "refusing to print nothing (None)", None),
        ("choice('c', 'n', [])", "choice() takes {value: weight, ...}", None),
        ("choice('c', 'n', [[1]])", "choice() takes {value: weight, ...}", None),
        ("choice('c', 'n', ['a', 'b'])", "choice() takes {value: weight, ...}", None),
        ("choice('c', 'n', {'a': 'x'})", "weights must be numbers of at least 0", None),
        ("choice('c', 'n', {'a': 0})", "weights must be numbers of at least 0", None),
        ("beta('b', 'n', 'x', 1)", "beta() takes shapes from 0.1 to 100", None),
        ("beta('b', 'n', 101, 1)", "beta() takes shapes from 0.1 to 100, not 101", None),
        ("permute('p', 'n', year.no)", "permute() needs its size while compiling", None),
        ("permute('p', 'n', true)", "permute() needs its size while compiling", None),
        ("permute('p', 'n', 4294967296)", "permute() takes a size from 1 to 2147483648", None),
        ("key_of('total', 'n')", "model 'total' has no numbered key", "natural key"),
    ],
)
def test_a_wrong_call_says_where_and_what_is_right(tmp_path, call, message, hint):
    error = mistake(tmp_path, call)
    assert message in error.message
    assert hint is None or hint in (error.hint or "")
    assert (error.path, error.line) == ("models/bill.sql", 2)


def test_a_disabled_model_cannot_be_read(tmp_path):
    changes = {
        "models/house.sql": "{{ config(enabled=false) }}\nselect 'x' as id, 'y' as town",
        "models/bill.sql": BILL.format("{{ key_of('house', 'n') }}"),
    }
    with pytest.raises(SqlseedError, match="names a disabled model"):
        open_towns(tmp_path, changes).checked()


def test_one_name_for_two_parameters_is_refused(tmp_path):
    """A column `key` of the dimension `house`, and the keys of the model `house`."""
    toml = """
        name = "towns"
        seed = 7
        vars = {houses = 3, greeting = "hello", as_of = 2026-01-31}
        [dimensions.house]
        seed = "places"
        key = "key"
        """
    changes = {
        "sqlseed.toml": toml,
        "seeds/places.csv": "key,no\nu,1\n",
        "models/house.sql": "{{ config(slice_by=['house']) }}\nselect {{ key('1') }} as id, {{ house.key }} as town",
        "models/bill.sql": "{{ config() }}\nselect {{ key('1') }} as id, null::text as house_id",
        "models/total.sql": "{{ config(owner='true = true or code is null') }}\nselect 'all' as code, 1 as bills",
    }
    with pytest.raises(SqlseedError) as error:
        _ = open_towns(tmp_path, changes).compiled
    assert "the bind parameter :house_key would mean two things" in str(error.value)
