"""Each rule with models that break it, and with models that look like it but are fine, on PostgreSQL's own parser."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed.lint import linting
from sqlseed.lint.finding import Finding
from sqlseed.lint.rules import RULES, standing
from tests.support import ROOT
from tests.unit.towns import FILES, open_towns

HEAD = "{{ config(slice_by=['town']) }}\n"
FINE = "select {{ key('n') }} as id, {{ town.code }} as town from generate_series(1, 3) as g(n)"

BREAKS: dict[str, list[str]] = {
    "postgresql-syntax": ["selec 1 as id", "select 1 as id from (select 2"],
    "writes": [
        "with gone as (delete from pg_temp.t returning id) select id, id as town from gone",
        "with made as (insert into pg_temp.t values (1) returning id) select id, id as town from made",
        "select 'a' as id, 'b' as town into pg_temp.made",
        "select id, id as town from pg_temp.t for update",
        "update pg_temp.t set id = 1",
        "select 'a' as id, 'b' as town; select 1",
    ],
    "volatile-function": [
        "select random()::text as id, 'x' as town",
        "select now()::text as id, 'x' as town",
        "select current_date::text as id, 'x' as town",
        "select localtimestamp(0)::text as id, 'x' as town",
        "select session_user::text as id, 'x' as town",
        "select gen_random_uuid()::text as id, 'x' as town",
        "select pg_catalog.clock_timestamp()::text as id, 'x' as town",
        "select ('today'::date)::text as id, 'x' as town",
        "select (timestamp 'now')::text as id, 'x' as town",
        "select (timestamp '2026-01-01 00:00'::timestamptz)::text as id, 'x' as town",
        "select current_setting('TimeZone') as id, 'x' as town",
        "select pg_try_advisory_lock(7)::text as id, 'x' as town",
        "select (to_timestamp(people)::date)::text as id, 'x' as town from {{ seed('towns') }}",
        "select to_char(to_timestamp(people), 'HH24') as id, 'x' as town from {{ seed('towns') }}",
        "select extract(hour from to_timestamp(people))::text as id, 'x' as town from {{ seed('towns') }}",
        "select to_timestamp(name, 'YYYY')::text as id, 'x' as town from {{ seed('towns') }}",
        (
            "with t as (select to_timestamp(people) as at from {{ seed('towns') }}) select at::text as id, 'x' as"
            " town from t"
        ),
        "select code as id, name as town from {{ seed('towns') }} where to_timestamp(people) < date '2026-01-31'",
        "select make_timestamptz(2026, 1, 31, 0, 0, 0) at time zone 'UTC' || '' as id, 'x' as town",
    ],
    "select-star": [
        "select * from {{ seed('towns') }}",
        "select t.* from {{ seed('towns') }} as t",
        "with t as (select * from {{ seed('towns') }}) select code as id, name as town from t",
        "select t.* from {{ seed('towns') }} as t join {{ seed('years') }} as y on y.no = t.people",
    ],
    "unnamed-column": [
        "select 'a' || 'b', 'x' as town",
        "select max(code), 'x' as town from {{ seed('towns') }}",
        "with t as (select people + 1 from {{ seed('towns') }}) select 'a' as id, 'x' as town from t",
        "select 'a' as id, 'x' as town from (values (1), (2)) as v",
    ],
    "secret-literal": [
        "select 'mail@company.in' as id, 'x' as town",
        "select '+91 98765 43210' as id, 'x' as town",
        "select '9876543210' as id, 'x' as town",
        "select 'postgres://seed:hunter22@db/school' as id, 'x' as town",
        "select 'password=hunter22' as id, 'x' as town",
        "select '-----BEGIN RSA PRIVATE KEY-----' as id, 'x' as town",
        "select 'AKIA' || 'x' as id, 'AKIAABCDEFGHIJKLMNOP' as town",
        "select '+91-9876543210' as id, 'x' as town",
        "select 'Call 98765 43210 before noon' as id, 'x' as town",
        "select 'Dear parent, write to head@college.in today' as id, 'x' as town",
        "select 'head@' || 'college.in' as id, 'x' as town",
        "select 'Aadhaar 2341 2341 2346' as id, 'x' as town",
        "select 'PAN ABCPK1234L of the payer' as id, 'x' as town",
    ],
    "total-order": [
        (
            "select min(no)::text as id, 'x' as town from (select no, row_number() over (order by name) as turn"
            " from (values (1, 'a'), (2, 'a')) as v(no, name)) as t where turn = 1"
        ),
        (
            "select max(turn)::text as id, 'x' as town from (select row_number() over (partition by town order by"
            " town) as turn from {{ ref('house') }}) as t"
        ),
        "select id, town from {{ ref('house') }} order by town collate \"C\" limit 1",
        "select id, town from {{ ref('house') }} order by town collate \"C\" offset 2",
        "select distinct on (town) id, town from {{ ref('house') }} order by town collate \"C\"",
        (
            "select 'a' as id, max(before)::text as town from (select lag(id) over (order by house_id collate"
            " \"C\") as before from {{ ref('bill') }}) as t"
        ),
        (
            "select 'a' as id, sum(total)::text as town from (select sum(id) over (order by house_id collate \"C\""
            " rows between unbounded preceding and current row) as total from {{ ref('bill') }}) as t"
        ),
        "select 'a' as id, string_agg(id::text, ',' order by house_id collate \"C\") as town from {{ ref('bill') }}",
        (
            "select b.id::text as id, t.name as town from {{ ref('bill') }} as b join {{ seed('towns') }} as t on"
            " t.people > b.id order by b.id limit 1"
        ),
    ],
    "text-ordering": [
        "select min(id) as id, 'x' as town from {{ ref('house') }}",
        "select code as id, name as town from {{ seed('towns') }} where code < name",
        "select code as id, name as town from {{ seed('towns') }} where code between 'a' and 'm'",
        "select greatest(code, name) as id, 'x' as town from {{ seed('towns') }}",
        (
            "with t as (select code as c from {{ seed('towns') }}) select 'a' as id, string_agg('x', ',' order by"
            " c) as town from t"
        ),
        "select id, town from {{ ref('house') }} order by id limit 1",
    ],
    "cartesian-product": [
        "select a.id, b.id::text as town from {{ ref('house') }} as a cross join {{ ref('bill') }} as b",
        (
            "select a.id, b.id::text as town from {{ ref('house') }} as a, {{ ref('bill') }} as b where a.town ="
            " 'u' and b.id > 3"
        ),
        (
            "with b as (select id from {{ ref('bill') }} where id > 1) select a.id, b.id::text as town from {{"
            " ref('house') }} as a join b on true"
        ),
        (
            "select a.id, c.code as town from {{ ref('house') }} as a join {{ seed('towns') }} as c on c.code ="
            " a.town cross join {{ ref('bill') }} as b"
        ),
    ],
    "function-in-join": [
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on a.id = b.house_id"
            " or b.id = 1"
        ),
        "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on length(a.id) > b.id",
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on concat(a.id,"
            " b.house_id) = 'xy'"
        ),
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on b.id ="
            " length(a.id || b.house_id)"
        ),
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a left join {{ ref('bill') }} as b on b.house_id"
            " is not distinct from a.id"
        ),
    ],
    "key-cast": [
        "select b.id::text as id, 'x' as town from {{ ref('bill') }} as b where b.id::text = '12'",
        "select b.id::text as id, 'x' as town from {{ ref('bill') }} as b where b.id = 1.5",
        (
            "select b.id::text as id, 'x' as town from {{ ref('bill') }} as b join {{ ref('house') }} as h on h.id"
            " = b.id::text"
        ),
        (
            "with t as (select id from {{ ref('bill') }}) select t.id::text as id, 'x' as town from t join (values"
            " (1.5)) as v(n) on v.n = t.id"
        ),
        "select b.id::text as id, 'x' as town from {{ ref('bill') }} as b where b.id in (1, 2.5)",
    ],
    "integer-division": [
        "select (people / 3 * 100)::text as id, 'x' as town from {{ seed('towns') }}",
        "select code as id, (people / 3)::numeric::text as town from {{ seed('towns') }}",
        "select 'a' as id, avg(people / 3)::text as town from {{ seed('towns') }}",
        "select code as id, name as town from {{ seed('towns') }} where people / 300 > 0.5",
        (
            "with t as (select people * 100 / 350 as people_pct from {{ seed('towns') }}) select 'a' as id,"
            " max(people_pct)::text as town from t"
        ),
        "select code as id, round(people / 7)::text as town from {{ seed('towns') }}",
    ],
    "duckdb-syntax": [
        "select xmlelement(name a, code)::text as id, 'x' as town from {{ seed('towns') }}",
        "select code as id, name as town from {{ seed('towns') }} where (code, name) overlaps (name, code)",
        "select code as id, name as town from only {{ seed('towns') }}",
        "select (interval '1' year to month)::text as id, 'x' as town",
    ],
}

FINE_ONES: dict[str, list[str]] = {
    "postgresql-syntax": [FINE],
    "writes": [
        "select 'delete from t' as id, 'into' as town",
        "with gone as (select code from {{ seed('towns') }}) select code as id, code as town from gone; -- done",
    ],
    "volatile-function": [
        "select md5('now') as id, 'current_date' as town",
        "select (date '2026-01-31')::text as id, ('2026-01-31'::timestamp)::text as town",
        "select (date '2026-01-31' + 1)::text as id, 'today' as town",
        "select extract(hour from timestamp '2026-01-31 10:00')::text as id, 'x' as town",
        "select (to_timestamp(people) at time zone 'UTC')::date::text as id, 'x' as town from {{ seed('towns') }}",
        (
            "select code as id, name as town from {{ seed('towns') }} where make_date(people, 1, 1) < timestamp"
            " '2026-01-31'"
        ),
    ],
    "select-star": [
        "with t as (select code, name from {{ seed('towns') }}) select * from t",
        "select count(*)::text as id, 'x' as town from {{ seed('towns') }}",
        "select 'a' as id, 'x' as town where exists (select * from {{ seed('towns') }})",
        "select s.* from (select code as id, name as town from {{ seed('towns') }}) as s",
    ],
    "unnamed-column": [
        "select code as id, name from {{ seed('towns') }} as t",
        "with t(a, b) as (select max(code), min(name) from {{ seed('towns') }}) select a as id, b as town from t",
        "select v.a as id, v.b as town from (values ('a', 'b')) as v(a, b)",
        "select code as id, (select max(no) from {{ seed('years') }}) as town from {{ seed('towns') }}",
    ],
    "secret-literal": [
        "select 'head@b1.example.com' as id, 'a@school.invalid' as town",
        "select '+91 50123 45678' as id, '5012345678' as town",
        "select 'password' as id, 'the secret garden' as town",
        "select 'https://db.example.com/school' as id, 'AKIA' as town",
        "select '98765432101' as id, 'x' as town",
        "select 'Aadhaar 2341 2341 2345' as id, 'ABCDK1234L' as town",
        "select 'Receipt 2026-987654321' as id, '+91 50123 45678' as town",
    ],
    "total-order": [
        "select id, row_number() over (order by town collate \"C\", id)::text as town from {{ ref('house') }}",
        "select id, (rank() over (order by town collate \"C\"))::text as town from {{ ref('house') }}",
        "select id, (sum(length(id)) over (partition by town))::text as town from {{ ref('house') }}",
        "select id, (sum(length(id)) over (order by town collate \"C\"))::text as town from {{ ref('house') }}",
        "select id, (max(length(id)) over (partition by town))::text as town from {{ ref('house') }}",
        "select distinct town as id, town from {{ ref('house') }} order by town collate \"C\" limit 1",
        "select distinct on (id) id, town from {{ ref('house') }} order by id collate \"C\"",
        (
            "select (n + 1)::text as id, row_number() over (order by n desc)::text as town from generate_series(1,"
            " 9) as g(n)"
        ),
        "select code as id, row_number() over (order by people)::text as town from {{ seed('towns') }}",
        (
            "select b.id::text as id, h.town from {{ ref('bill') }} as b join {{ ref('house') }} as h on h.id ="
            " b.house_id order by b.id limit 1"
        ),
        (
            "select town as id, row_number() over (order by town collate \"C\")::text as town from {{ ref('house')"
            " }} group by town"
        ),
        "select 'a' as id, string_agg(town, ',' order by town collate \"C\") as town from {{ ref('house') }}",
        (
            "with t as (select id, row_number() over (partition by town order by id) as turn, town from"
            " {{ ref('house') }}) select id, row_number() over (order by turn, town)::text as town from t"
        ),
        "select id, town from {{ ref('house') }} order by town collate \"C\" offset 0",
        "select id, town from {{ ref('house') }} where id = 'a' limit 1",
    ],
    "text-ordering": [
        "select min(id collate \"C\") as id, 'x' as town from {{ ref('house') }}",
        "select code as id, name as town from {{ seed('towns') }} where code collate \"C\" < name",
        "select id, town from {{ ref('house') }} order by town",
        "select id, town from {{ ref('house') }} where town = 'u' and id <> 'x'",
        "select 'a' as id, max(people)::text as town from {{ seed('towns') }} where people between 1 and 200",
        "with t as (select code collate \"C\" as c from {{ seed('towns') }}) select min(c) as id, 'x' as town from t",
    ],
    "cartesian-product": [
        "select a.id, b.id::text as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on b.house_id = a.id",
        "select a.id, n::text as town from {{ ref('house') }} as a cross join generate_series(1, 3) as g(n)",
        "select a.id, t.name as town from {{ ref('house') }} as a cross join {{ seed('towns') }} as t",
        (
            "with b as (select count(*) as bills from {{ ref('bill') }}) select a.id, b.bills::text as town from {{"
            " ref('house') }} as a cross join b"
        ),
        "select a.id, v.c as town from {{ ref('house') }} as a, (values ('a'), ('b')) as v(c)",
        "select a.id, b.id::text as town from {{ ref('house') }} as a, {{ ref('bill') }} as b where b.house_id = a.id",
        (
            "select a.id, b.town from {{ ref('bill') }} as x join {{ ref('house') }} as a on a.id = x.house_id"
            " cross join {{ ref('house') }} as b where b.id = 'a'"
        ),
    ],
    "function-in-join": [
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on lower(a.id) ="
            " upper(b.house_id)"
        ),
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on a.id = b.house_id"
            " and length(a.town) > b.id"
        ),
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on length(a.id) + 1"
            " = b.id * 2"
        ),
        (
            "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('bill') }} as b on (a.id, a.town) ="
            " (b.house_id, 'x')"
        ),
        (
            "select a.id, t.name as town from {{ ref('house') }} as a join {{ seed('towns') }} as t on length(a.id)"
            " > t.people"
        ),
        "select a.id, 'x' as town from {{ ref('house') }} as a join {{ ref('house') }} as b using (id)",
    ],
    "key-cast": [
        "select b.id::text as id, 'x' as town from {{ ref('bill') }} as b where b.id = 12 or b.id = 3000000000",
        (
            "select b.id::text as id, 'x' as town from {{ ref('bill') }} as b join {{ seed('towns') }} as t on"
            " t.people = b.id::bigint"
        ),
        "select b.id::text as id, 'x' as town from {{ ref('bill') }} as b where b.house_id = 'x' and b.id > 1.5",
        "select h.id, 'x' as town from {{ ref('house') }} as h where h.id = 12::text",
        "select code as id, name as town from {{ seed('towns') }} where people = 1.5",
    ],
    "integer-division": [
        "select (people / 3)::text as id, 'x' as town from {{ seed('towns') }}",
        "select code as id, (people / 3)::int::text as town from {{ seed('towns') }}",
        "select code as id, (people / 12 * 12)::text as town from {{ seed('towns') }}",
        "select code as id, (people / 3.0 * 100)::text as town from {{ seed('towns') }}",
        "select code as id, (people::numeric / 3 * 100)::text as town from {{ seed('towns') }}",
        "select code as id, (100 * people / 3 % 7)::text as town from {{ seed('towns') }}",
        "select code as id, name as town from {{ seed('towns') }} where people / 12 = 3",
        "select code as id, (people / 4294967296 * 2654435761)::text as town from {{ seed('towns') }}",
    ],
    "duckdb-syntax": [
        "select to_hex(people) as id, name as town from {{ seed('towns') }} where people::text || 'a' <> 'b'",
        "select n::text as id, 'x' as town from generate_series(1, 3) as at(n)",
    ],
}


STREET = """
    models:
      - name: street
        columns:
          - {name: id, data_type: text, constraints: [{type: primary_key}]}
          - {name: town, data_type: text}
    """


def found(folder: Path, sql: str, head: str = "") -> list[Finding]:
    """What lint says of a model `street` with this statement, beside the project's own."""
    head = head or (HEAD if "{{ town." in sql else "{{ config(tags=['made']) }}\n")
    changes = {"models/street.sql": head + sql + "\n", "models/street.yml": STREET}
    return linting.lint(open_towns(folder, changes), ["street"])


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(rule, sql) for rule, texts in table.items() for sql in texts]


@pytest.mark.parametrize(("rule", "sql"), cases(BREAKS))
def test_a_model_that_breaks_it(tmp_path: Path, rule: str, sql: str) -> None:
    findings = [finding for finding in found(tmp_path, sql) if finding.rule == rule]
    assert findings, "the rule finds nothing"
    assert {(finding.path, finding.line) for finding in findings} == {("models/street.sql", 2)}
    assert all(finding.message for finding in findings)


@pytest.mark.parametrize(("rule", "sql"), cases(FINE_ONES))
def test_a_model_that_only_looks_like_it(tmp_path: Path, rule: str, sql: str) -> None:
    assert [finding for finding in found(tmp_path, sql) if finding.rule == rule] == []


def test_every_rule_has_both() -> None:
    tested_elsewhere = {"unindexed-foreign-key", "opt-out", "unused-opt-out", "spill"}
    assert set(BREAKS) | tested_elsewhere == {rule.name for rule in RULES}
    assert set(FINE_ONES) == set(BREAKS)


KEY = FILES["models/models.yml"]


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("", ["unindexed-foreign-key"]),
        (", {type: unique, columns: [house_id]}", []),
        (", {type: unique, columns: [house_id, id]}", []),
        (", {type: unique, columns: [id, house_id]}", ["unindexed-foreign-key"]),
    ],
    ids=["no index", "index", "index that begins with it", "index that ends with it"],
)
def test_unindexed_foreign_key(tmp_path: Path, constraint: str, expected: list[str]) -> None:
    yaml = KEY.replace("to_columns: [id]}]", "to_columns: [id]}" + constraint + "]")
    findings = linting.lint(open_towns(tmp_path, {"models/models.yml": yaml}), ["bill"])
    assert [finding.rule for finding in findings] == expected
    assert [finding.path for finding in findings] == ["models/models.yml"] * len(expected)


# --- opt-outs and places ---------------------------------------------------------------------------------

STAR = "select * from {{ seed('towns') }}"


def opted_out(reason: str) -> str:
    return "{{ config(slice_by=['town'], lint={" + reason + "}) }}\n"


def test_an_opt_out_keeps_the_finding_with_its_reason(tmp_path: Path) -> None:
    findings = found(tmp_path, STAR, head=opted_out("'select-star': 'two columns, always'"))
    assert [(finding.rule, finding.allowed) for finding in findings] == [("select-star", "two columns, always")]


@pytest.mark.parametrize(
    ("sql", "given", "rule", "words"),
    [
        (STAR, "'select-star': ''", "opt-out", "has no reason"),
        (STAR, "'select-stars': 'why'", "opt-out", "no rule to opt out of is called 'select-stars'"),
        (STAR, "'opt-out': 'why'", "opt-out", "no rule to opt out of is called 'opt-out'"),
        (FINE, "'select-star': 'why'", "unused-opt-out", "is not needed"),
    ],
)
def test_an_opt_out_that_is_wrong_is_itself_a_finding(
    tmp_path: Path, sql: str, given: str, rule: str, words: str
) -> None:
    findings = found(tmp_path, sql, head=opted_out(given))
    about = [finding for finding in findings if finding.rule == rule]
    assert [(finding.line, words in finding.message) for finding in about] == [(1, True)]
    assert sum(finding.rule == "select-star" and not finding.allowed for finding in findings) == (sql == STAR)


def test_an_opt_out_changes_no_row_and_so_no_fingerprint(tmp_path: Path) -> None:
    plain = open_towns(tmp_path / "a", {"models/house.sql": HEAD + FINE})
    opted = open_towns(tmp_path / "b", {"models/house.sql": opted_out("'select-star': 'why'") + FINE})
    assert opted.compiled["house"].config.lint == {"select-star": "why"}
    assert opted.compiled["house"].checksum == plain.compiled["house"].checksum


@pytest.mark.parametrize("setting", ["lint='why'", "lint={'select-star': 1}"])
def test_an_opt_out_of_another_type_is_refused(tmp_path: Path, setting: str) -> None:
    head = "{{ config(slice_by=['town'], " + setting + ") }}\n"
    with pytest.raises(Exception, match="lint must") as caught:
        _ = open_towns(tmp_path, {"models/house.sql": head + FINE}).compiled
    assert "models/house.sql" in str(caught.value)


def test_the_place_is_that_of_the_file_not_of_the_rendered_text(tmp_path: Path) -> None:
    sql = "{#- a remark\nof two lines -#}\nselect\n    {{ key('n') }} as id,\n    random()::text as town\n"
    findings = found(tmp_path, sql + "from generate_series(1, 3) as g(n)")
    assert [(one.line, one.column, one.source) for one in findings] == [(6, 5, "random()::text as town")]


def test_the_reference_project_has_no_finding_without_a_reason() -> None:
    from sqlseed import workspace

    findings = linting.lint(workspace.load(ROOT, preset="minimal"))
    assert [finding for finding in findings if not finding.allowed] == []
    assert findings, "if there were none, this would not show that the rules run"


def test_rules_say_what_they_are() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.name == rule.name.lower()
        assert " " not in rule.name
        assert all([rule.title, rule.why, rule.instead])
        assert (rule.check is None) == (rule in standing.RULES or rule.name == "spill")
