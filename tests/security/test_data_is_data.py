"""Hostile text in vars, in keys of dimensions and in cells lands as it is, and does nothing on its way."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sqlseed import api
from sqlseed.errors import ProjectError
from tests.behaviour.clinics import Database
from tests.support import write_project

COUNT = 10_000
PIECES = [
    *(
        "'",
        '"',
        "\\",
        "$$",
        "$1",
        "%s",
        "%",
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        ":id",
        "::text",
        ";",
        "--",
        "/*",
        "*/",
        "\n",
        "\t",
    ),
    *(
        "drop table victim",
        "') m; drop table victim; --",
        "\u2019",
        "\u202e",
        "\u200b",
        "\ufeff",
        "é",
        "छात्र",
        "🎒",
        "\x1b[31m",
    ),
    *("e'\\'", "U&'\\0027'", "=cmd()", "+91", "-5", "@x", "null", "NULL", "true", "\x7f", "\x01", " ", ",", "a", "1"),
]
BY_HAND = [
    "O'Neill",
    "'; drop table victim; --",
    "x') m; commit; drop table victim; select * from (select 1",
    "\\'; drop table victim; --",
    "$$; drop table victim; $$",
    "{{ ''.__class__ }}{% for x in y %}",
    ":branch_id :var_greeting $1 %s %(a)s",
]


def strings(count: int) -> list[str]:
    chance = random.Random("data is data")
    made = dict.fromkeys(BY_HAND)
    while len(made) < count:
        made.setdefault("".join(chance.choices(PIECES, k=chance.randrange(1, 9))).strip() or "x")
    return list(made)


def project(folder: Path, database: Database, texts: list[str], branches: list[str]) -> Path:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    files: dict[str, str | bytes] = {
        "profiles.yml": database.profile(),
        "sqlseed.toml": """
            name = "hostile"
            [vars]
            greeting = "hello"
            [dimensions.branch]
            seed = "branches"
            key = "id"
            """,
        "seeds/texts.csv": ("n,words\n" + "".join(f"{n},{cell(t)}\n" for n, t in enumerate(texts))).encode(),
        "seeds/branches.csv": ("no,id\n" + "".join(f"{n},{cell(t)}\n" for n, t in enumerate(branches))).encode(),
        "seeds/seeds.yml": """
            seeds:
              - {name: texts, config: {column_types: {words: text}}}
              - {name: branches, config: {column_types: {id: text}}}
            """,
        "models/models.yml": """
            models:
              - name: copies
                columns: [{name: n, data_type: integer}, {name: words, data_type: text}]
                constraints: [{type: primary_key, columns: [n]}]
              - name: places
                columns: [{name: id, data_type: text}, {name: greeting, data_type: text}]
                constraints: [{type: primary_key, columns: [id]}]
            """,
        "models/copies.sql": """
            {{ config(owner='n >= 0') }}
            select t.n::int as n, t.words as words from {{ seed('texts') }} as t
            """,
        "models/places.sql": """
            {{ config(slice_by=['branch'], owner='id = :branch_id') }}
            select {{ branch.id }} as id, {{ var('greeting') }} as greeting
            """,
    }
    return write_project(folder, files)


def test_cells_keys_and_vars_land_as_they_are(database: Database, tmp_path: Path):
    texts = strings(COUNT)
    branches = [text for text in texts if "/" not in text][:40]
    greeting = "".join(PIECES) + "\r\n"
    database.run("create table victim (a int)")
    root = project(tmp_path / "p", database, texts, branches)
    result = api.build(api.load(root, vars={"greeting": greeting}))
    assert result.success
    assert database.query("select words from copies order by n") == [(text,) for text in texts]
    assert sorted(database.query("select id, greeting from places")) == sorted((text, greeting) for text in branches)
    assert database.query("select count(*) from victim") == [(0,)]
    cleaned = api.clean(api.load(root, vars={"greeting": greeting}), api.Selection(slices={"branch": [branches[0]]}))
    assert cleaned.slices
    assert len(database.query("select id from places")) == len(branches) - 1


@pytest.mark.parametrize(
    "name", ["a'; drop table victim; --.sql", "a\x1b[31m.sql", "a b.sql", "a\u202eb.sql", "{{ x }}.sql"]
)
def test_names_of_files(tmp_path: Path, on_duckdb: Database, name: str):
    root = project(tmp_path / "p", on_duckdb, ["x"], ["y"])
    (root / "models" / name).write_text("select 1 as id")
    with pytest.raises(ProjectError, match="is not usable") as caught:
        api.load(root)
    assert caught.value.exit_code == 2


def test_a_planted_function_is_not_called(postgres: Database, tmp_path: Path):
    """search_path is pg_catalog first and the temporary schema last, whatever the role or the database says."""
    root = project(tmp_path / "p", postgres, ["x"], ["north"])
    evil = "(text) returns text language sql as 'insert into called values (1); select ''evil''' "
    postgres.run(
        "create table called (a int)",
        f"create function public.md5{evil}",
        f"create function public.lower{evil}",
        "alter database " + postgres.place.rpartition("/")[2] + " set search_path = public, pg_catalog",
    )
    sql = "{{ config(owner='n >= 0') }}\nselect 1 as n, md5(lower(t.words)) as words from {{ seed('texts') }} as t\n"
    (root / "models" / "copies.sql").write_text(sql)
    assert postgres.query("select md5('x')") == [("evil",)]  # it is what an unpinned session calls
    postgres.run("delete from called")
    result = api.build(api.load(root), checksums=True)
    assert result.success
    assert postgres.query("select words from copies") == [("9dd4e461268c8034f5c8564e155c67a6",)]
    assert postgres.query("select a from called") == []
