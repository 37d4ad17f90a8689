"""Reading and transpiling statements: kinds, formats, patterns, types, lines. Values: tests/behaviour."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from sqlseed import dialect
from sqlseed.dialect import kinds, portable, reading
from sqlseed.errors import CompileError
from sqlseed.model import Column, Compiled, Config, Contract, Relation


def model(sql: str, *columns: str, lines: tuple[int, ...] = ()) -> Compiled:
    return Compiled(
        name="m", path="models/m.sql", fqn=("p", "m"), description="", patch_path="models/m.yml",
        config=Config(table="m"), contract=Contract(tuple(Column(name, "text") for name in columns or ("x",))),
        relation=Relation("s", "m"), sql=sql, source_lines=lines, parameters=(), refs=(), seeds=(),
        relations={"t": Relation("s", "T")}, functions=(), macros=(), checksum="",
    )  # fmt: skip


def messages(sql: str, *columns: str) -> list[str]:
    return [str(error) for error in dialect.check(model(sql, *columns))]


def kind(expression: str, **parameters: str) -> str | None:
    tree = reading.parse_one(f"select {expression} as x", parameters)
    alias: Any = tree.expressions[0]
    return kinds.get(alias.this)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", "integer"),
        ("3000000000", "bigint"),
        ("1.5", "numeric"),
        ("'a'", None),
        ("a", None),
        ("null", None),
        ("a::int", "integer"),
        ("a::numeric(10, 2)", "numeric"),
        ("a::double precision", "double"),
        ("a::timestamp(3)", "timestamp"),
        ("a::int[]", None),
        (":p", "date"),
        (":p + 1", "date"),
        (":p - :p", "integer"),
        (":p + interval '1 day'", "timestamp"),
        ("1 + 3000000000", "bigint"),
        ("(1 + 2) / 3", "integer"),
        ("-(1 * 1.5)", "numeric"),
        ("1.5 * 1::float8", "double"),
        ("a + 1", None),
        ("a || 'x'", "text"),
        ("count(*)", "bigint"),
        ("sum(1)", "bigint"),
        ("sum(1::bigint)", "numeric"),
        ("sum(1.5) filter (where true)", "numeric"),
        ("max(1) over (order by 1)", "integer"),
        ("coalesce(null, 1, 3000000000)", "bigint"),
        ("coalesce(1, 2.5)", None),
        ("coalesce(a, 1)", None),
        ("case when true then 1 else 2 end", "integer"),
        ("case when true then 'a'::text end", "text"),
        ("case when true then 1 else a end", None),
        ("round(1)", "double"),
        ("round(a, 2)", "numeric"),
        ("round(1.5)", "numeric"),
        ("floor(1)", "double"),
        ("extract(year from a)", "numeric"),
        ("a < 1", "boolean"),
        ("pg_temp.sqlseed_hash(a, 1)", "bigint"),
        ("pg_temp.sqlseed_key('a', 1)", "text"),
        ("pg_temp.sqlseed_beta_2_5(1)", "double"),
        ("make_date(1, 2, 3)", "date"),
        ("(select 1)", None),
        ("to_hex(1)", "text"),
        ("a collate \"C\"", "text"),
        ("date '2026-01-01'::text", "text"),
    ],
)  # fmt: skip
def test_the_kind_of_an_expression(expression, expected):
    assert kind(expression, p="date") == expected


def test_columns_of_ctes_subqueries_series_and_values_have_kinds():
    sql = """
        with a as (select 1 as n, 'q' as t, o.x as unknown from s.o as o),
             b(k) as (select n from a union all select n + 1 from a),
             "C" as (select 1.5 as "N")
        select a.n, t, a.unknown, b.k, g.m, ord, v.w, v.z, s.d, "C"."N", e.f, mixed.u
        from a, b, "C",
            generate_series(1, 3) with ordinality as g(m, ord),
            (values (1, 'a'), (2, 'b')) as v(w, z),
            (select date '2026-01-01' as d) as s
        cross join lateral generate_series(1, a.n) as e(f)
        join (select 1 as u union all select 1.5) as mixed on true
    """
    tree: Any = reading.parse_one(sql, {})
    found = {column.alias_or_name: kinds.get(column) for column in tree.expressions}
    assert found == {
        "n": "integer", "t": "text", "unknown": None, "k": "integer", "m": "integer", "ord": "bigint", "w": "integer",
        "z": "text", "d": "date", "N": "numeric", "f": "integer", "u": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("YYYY-MM-DD", "%Y-%m-%d"),
        ('YYYY-MM-DD"T"HH24:MI:SS', "%Y-%m-%dT%H:%M:%S"),
        ("FMDD Mon YY", "%-d %b %y"),
        ("FMDay, DD. FMMonth", "%A, %d. %B"),
        ("HH12:MI AM", "%I:%M %p"),
        ("IYYY-IW", "%G-%V"),
        ("Day", None),
        ("yyyy", None),
        ("DDth", None),
        ("MONTH", None),
        ("9,999", None),
        ("100%", None),
        ("YYYY\\", None),
    ],
)
def test_time_formats(text, expected):
    assert portable.strftime(text) == expected


@pytest.mark.parametrize(
    ("pattern", "replaces", "problem"),
    [
        ("^[a-z]+$", True, None),
        (r"a\.b\-c", True, None),
        ("[^a-z0-9_ -]{2,3}", True, None),
        ("(a)(b+)c*", True, None),
        ("a|b", False, None),
        ("नमस्ते.?", True, None),
        ("a|b", True, "longest"),
        ("(ab)+", True, "repeats a group"),
        ("(ab)+", False, None),
        (r"\d+", False, "beyond ASCII"),
        (r"\s", True, "beyond ASCII"),
        (r"(a)\1", False, "beyond ASCII"),
        ("[[:digit:]]", False, "beyond ASCII"),
        ("(?i)a", False, "(?...)"),
        ("(?=a)", False, "(?...)"),
        ("a*?", False, "not one that both"),
        ("a++", False, "not one that both"),
        ("a{2}{3}", False, "not one that both"),
        ("[[.a.]]", False, "not one that both"),
    ],
)
def test_regular_expressions(pattern, replaces, problem):
    found = portable.regex_problem(pattern, replaces=replaces)
    assert found is None if problem is None else problem in (found or "")


@pytest.mark.parametrize("pattern", ["a" * 5000 + "\\", "[" * 3000, "(" * 3000 + "?"])
def test_a_long_pattern_is_read_in_no_time(pattern):
    portable.regex_problem(pattern, replaces=True)


@pytest.mark.parametrize(
    ("type_", "duckdb"),
    [
        ("text", "TEXT"),
        ("integer", "INT"),
        ("bigserial", "BIGINT"),
        ("numeric(12, 2)", "DECIMAL(12, 2)"),
        ("numeric", "DECIMAL(38, 10)"),
        ("decimal(65,30)", "DECIMAL(38, 10)"),
        ("numeric(50, 4)", "DECIMAL(38, 4)"),
        ("timestamp(3) without time zone", "TIMESTAMP(3)"),
        ("double precision", "DOUBLE"),
        ("jsonb", "JSON"),
        ("uuid", "UUID"),
        ("text[]", "TEXT[]"),
    ],
)
def test_types_for_duckdb(type_, duckdb):
    assert dialect.duckdb_type(type_) == duckdb


def test_a_type_that_nobody_knows():
    with pytest.raises(CompileError, match="'txet' is not a type of PostgreSQL"):
        dialect.duckdb_type("txet")
    contract = Contract((Column("a", "text"), Column("b", "strnig(3)")))
    errors = dialect.check_types(contract, "m", "models/m.yml")
    assert [str(error).split("\n")[0] for error in errors] == [
        "models/m.yml: model 'm', column 'b': 'strnig(3)' is not a type of PostgreSQL"
    ]


def test_columns_by_name_as_postgresql_folds_them():
    sql = 'select a.B, "C", 1 as D, 2 as "E" from t union all select 1, 2, 3, 4'
    assert dialect.output_columns(sql) == ["b", "C", "d", "E"]


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("select\n    a as x,\n    now() as y\nfrom s.\"T\" as t", 3),
        ("select\n    1 as x\nfrom\n    elsewhere as t", 4),
        ("select 1 as x,\n\n  2 as z", 3),
        ("select 1 as x where\n\n  1.5 / 2 > 1", None),
        ("select 1 as x, (\n  select max(upper(a))\n  from s.\"T\") as z", 2),
    ],
)  # fmt: skip
def test_an_error_has_the_line_of_the_source(sql, line):
    lines = tuple(range(11, 30))
    errors = dialect.check(model(sql, "x", "y", lines=lines))
    assert errors
    if line is not None:
        assert (10 + line) in [error.line for error in errors]
        assert any(error.source == sql.split("\n")[line - 1] for error in errors)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select 1 as x from", "not valid PostgreSQL"),
        ("select (1 as x", "not valid PostgreSQL"),
        ("select 'a as x", "not valid PostgreSQL"),
        ("select 1 as x; select 2", "found 2 statements"),
        ("select 1 as x; commit", "found 2 statements"),
        ("commit", "found COMMIT"),
        ("set a = 1", "found SET"),
        ("copy t to stdout", "found COPY"),
        ("vacuum", "a model must be one SELECT"),
        ("create table x (a int)", "found CREATE"),
        ("drop table x", "found DROP"),
        ("truncate x", "found TRUNCATETABLE"),
        ("insert into x values (1)", "found INSERT"),
        ("update x set a = 1", "found UPDATE"),
        ("with d as (insert into x values (1) returning 1) select 1 as x", "a model only reads; found INSERT"),
        ("with d as (update x set a = 1 returning 1) select 1 as x", "a model only reads; found UPDATE"),
        ('select 1 as x from s."T" as t for update', "a model takes no locks"),
        ("select 1 as x from pg_catalog.pg_class as c", "relation 'pg_catalog.pg_class' comes from no ref()"),
        ('select 1 as x from other."T" as t', "relation 'other.T' comes from no ref()"),
        ("select 1 as x from T as t", "relation 'T' comes from no ref()"),
        ("select 1 as x from pg_ls_dir('/') as f", "is no relation of a model"),
        ("select 1 as x from dblink('a', 'b') as t(a int)", "is no relation of a model"),
        ("select pg_read_file('/etc/passwd') as x", "acts on the session"),
        ("select lo_import('/etc/passwd') as x", "acts on the session"),
        ("select t.* from s.\"T\" as t", "found *"),
        ("select 1 as \"x\", 2 as \"X\"", "differ in upper and lower case only"),
        (f"select 1 as x, 2 as {'é' * 32}", "has 64 bytes, and PostgreSQL would cut it"),
        (f"with {'a' * 64} as (select 1 as x) select x from {'a' * 64}", "has 64 bytes"),
    ],
)  # fmt: skip
def test_what_a_model_may_not_be(sql, message):
    assert any(message in text for text in messages(sql)), messages(sql)
    assert all(text.startswith("models/m.sql") for text in messages(sql))


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 as x",
        "(select 1 as x)",
        "select 1 as x union all select 2",
        "select 1 as X",
        'with a as (select 1 as b) select b as x from a where b % 2 = 1 and 10 % 3 = 1 -- 100 % of it',
        'select t.a as x from s."T" as t',
        "select count(*) as x from generate_series(1, 3)",
        "with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select n as x from r",
        "with a as materialized (select 1 as n) select n as x from a",
    ],
)  # fmt: skip
def test_what_a_model_may_be(sql):
    assert messages(sql) == []


def test_every_error_of_a_statement_comes_in_one_go():
    found = messages("select now() as x, random() as y, 1.5 / 2 as z, t.* from nowhere as t limit 1")
    assert len(found) >= 6


def test_the_allow_list_names_classes_that_exist():
    assert [name for name in portable.NODES if not hasattr(exp, name)] == []


def test_advice_has_no_dead_key():
    assert set(portable.INSTEAD) <= set(portable.ADVICE)
    assert all(text for text in portable.ADVICE.values())


def test_parameters_get_their_types():
    text = dialect.to_duckdb("select :a as x, :b || :c as y", {"a": "numeric", "b": "text", "c": "date"})
    for part in ("CAST($a AS DECIMAL(38, 10))", "CAST($b AS TEXT)", "CAST($c AS DATE)"):
        assert part in text


@given(
    st.lists(
        st.sampled_from(["select", "1", "as x", "from", "(", ")", "'a'", ",", "t", "--", "\n", ";", "::", "$", "%"])
    )
)
def test_no_text_makes_the_check_fail_by_itself(pieces):
    """Whatever the text, the check gives errors that can be printed, and no exception."""
    for error in dialect.check(model(" ".join(pieces))):
        assert isinstance(error, CompileError)
        assert str(error)


TWICE = "select x.n from a as x join a as y on y.n = x.n"


@pytest.mark.parametrize(
    ("sql", "inlined"),
    [
        (f"with a as (select 1 as n) {TWICE} limit 1", 1),
        (f"with a as materialized (select 1 as n) {TWICE} fetch first row only", 1),
        (f"select w.n from (with a as (select 1 as n) {TWICE}) as w limit 1", 1),
        (f"with a as (select 1 as n) {TWICE} offset 0", 0),
        (f"with a as (select 1 as n) {TWICE}", 0),
        ("with a as (select 1 as n) select n from a limit 1", 0),
        ("select x.n from s.a as x join s.a as y on y.n = x.n limit 1", 0),
    ],
)
def test_a_cte_is_not_read_twice_at_once_under_a_limit_in_duckdb(sql: str, inlined: int):
    text = dialect.to_duckdb(sql, {})
    assert text.count("AS NOT MATERIALIZED") == inlined
    assert "OFFSET" not in text


def test_an_offset_that_skips_rows_stays():
    assert "OFFSET 2" in dialect.to_duckdb("select n from s.t order by n offset 2", {})
    assert "OFFSET 0" in dialect.to_duckdb("select n from s.t order by n limit 2 offset 0", {})
