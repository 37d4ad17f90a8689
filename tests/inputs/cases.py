"""The ways in which a project's files can be wrong: one group a row of the list in docs/reliability.md.

Each case changes files of tests/cli/tiny.py, runs one command, and names the exit code it must end with. The whole
message is kept in `messages/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Case:
    """What is changed in the tiny project (None removes a file), what is run, how it ends."""

    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    run: tuple[str, ...] = ("build", "-q")
    code: int = 2


Group = Mapping[str, Case]


def yml(text: str) -> Case:
    return Case({"models/extra.yml": text})


def model(text: str | bytes, *more: tuple[str, str]) -> Case:
    return Case({"models/marks.sql": text, **dict(more)})


def seed(text: str | bytes, *more: tuple[str, str]) -> Case:
    return Case({"seeds/names.csv": text, **dict(more)})


def run(*arguments: str, code: int = 2) -> Case:
    return Case({}, arguments, code)


def profile(output: str) -> Case:
    return Case({"profiles.yml": f"sqlseed:\n  target: dev\n  outputs:\n    dev: {output}\n"})


def settings(text: str) -> Case:
    return Case({"sqlseed.toml": 'name = "tiny"\n' + text})


DIMENSIONS = '[dimensions.branch]\nseed = "branches"\nkey = "id"\n[dimensions.year]\nseed = "years"\nkey = "name"\n'


def described(columns: str, sql: str, code: int = 2) -> Case:
    """A model `extra` with a contract of its own."""
    head = "{{ config(table='Extra', owner=\"a = 'x'\") }}\n"
    contract = f"models:\n  - name: extra\n    columns: {columns}\n"
    return Case({"models/extra.yml": contract, "models/extra.sql": head + sql}, code=code)


def rows(expression: str) -> Case:
    """A model that expects so many rows."""
    head = f"{{{{ config(slice_by=['branch', 'year'], rows=\"{expression}\") }}}}\n"
    body = "select {{ key('n') }} as id, '' as pupil_id, 1 as mark from generate_series(1, 1) as s(n)\n"
    return Case({"models/marks.sql": head + body})


YAML: dict[str, Group] = {
    "01 YAML tab": {
        "in a mapping": yml("models:\n\t- name: marks\n"),
        "after spaces": yml("models:\n  - name: marks\n  \tdescription: x\n"),
    },
    "02 YAML duplicate key": {
        "a model's": yml("models:\n  - name: extra\n    description: a\n    description: b\n"),
        "the file's": yml("version: 2\nmodels: []\nmodels: []\n"),
        "a profile's": Case({"profiles.yml": "sqlseed:\n  target: a\n  target: b\n  outputs: {a: {type: duckdb}}\n"}),
    },
    "03 YAML old booleans": {
        "NO": yml("models:\n  - name: extra\n    tags: [NO]\n"),
        "on as a key": yml("models:\n  - name: extra\n    meta: {on: 1}\n"),
        "Yes": yml("models:\n  - name: extra\n    description: Yes\n"),
    },
    "04 YAML numbers": {
        "leading zero": yml("models:\n  - name: extra\n    meta: {pin: 012}\n"),
        "base 60": yml("models:\n  - name: extra\n    meta: {bell: 1:30}\n"),
        "an exponent": yml("models:\n  - name: extra\n    meta: {size: 1e3}\n"),
        "an underscore": yml("models:\n  - name: extra\n    meta: {size: 1_000}\n"),
        "all of them": yml(
            "models:\n  - name: extra\n    meta:\n      a: 012\n      b: 1:30\n      c: 1e3\n      d: NO\n"
        ),
    },
    "05 YAML date": {
        "a day that is none": yml("models:\n  - name: extra\n    meta: {day: 2024-13-45}\n"),
        "29 February": yml("models:\n  - name: extra\n    meta: {day: 2023-02-29}\n"),
    },
    "06 YAML Jinja without quotes": {
        "in a model's file": yml("models:\n  - name: extra\n    description: {{ var('town') }}\n"),
        "in the profile": profile("{type: postgres, url: {{ env_var('DATABASE_URL') }}}"),
        "a value of its own line": Case(
            {"profiles.yml": "sqlseed:\n  outputs:\n    dev:\n      type: postgres\n      url: {{ env_var('X') }}\n"}
        ),
    },
    "07 YAML tag": {
        "python": yml("models: !!python/object/apply:os.system ['true']\n"),
        "a standard one": yml("models:\n  - name: !!str extra\n"),
        "of one's own": yml("models:\n  - name: !secret extra\n"),
    },
    "08 YAML aliases": {
        "a bomb": yml(
            "a: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))
        ),
        "inside itself": yml("models: &a [*a]\n"),
        "without an anchor": yml("models: [*missing]\n"),
        "as a key": yml("models: &a x\n*a : y\n"),
        "nested too deep": yml("models: " + "[" * 60 + "]" * 60 + "\n"),
    },
    "09 YAML documents": {"two": yml("models: []\n---\nmodels: []\n")},
    "10 YAML empty": {
        "nothing": yml(""),
        "a remark": yml("# nothing yet\n"),
        "the profile": Case({"profiles.yml": ""}),
        "the settings": Case({"sqlseed.toml": ""}),
    },
    "11 YAML top level": {
        "a list": yml("- name: marks\n"),
        "a text": yml("models\n"),
        "a number": yml("3\n"),
        "the profile": Case({"profiles.yml": "- type: duckdb\n"}),
        "models as a mapping": yml("models:\n  extra: {}\n"),
        "an entry without a name": yml("models:\n  - description: x\n"),
    },
    "12 unknown key": {
        "of a file": yml("modles: []\n"),
        "of a model": Case(
            {"models/extra.yml": "models:\n  - name: extra\n    colums: []\n", "models/extra.sql": "select 1 as a"}
        ),
        "of a column": described("[{name: a, data_typ: text}]", "select 'x' as a"),
        "of the settings": settings('default_presets = "small"\n'),
        "of a dimension": settings('[dimensions.branch]\nseed = "branches"\nkeys = "id"\n'),
        "of an output": profile("{type: duckdb, pth: x.duckdb}"),
        "of config()": model("{{ config(slice_on=['branch']) }} select 1 as id"),
        "of a seed": Case({"seeds/seeds.yml": "seeds:\n  - {name: names, config: {slot: {count: 4}}}\n"}),
        "of a selector": Case(
            {"selectors.yml": "selectors:\n  - {name: x, definition: {methd: tag, value: people}}\n"},
            ("build", "-q", "--select", "selector:x"),
        ),
    },
    "13 wrong type": {
        "threads 0": profile("{type: duckdb, threads: 0}"),
        "threads -1": profile("{type: duckdb, threads: -1}"),
        "threads 1000000": profile("{type: duckdb, threads: 1000000}"),
        "threads many": profile("{type: duckdb, threads: many}"),
        "--threads 0": run("build", "-q", "--threads", "0"),
        "seed as a text": settings('seed = "7"\n'),
        "seed as true": settings("seed = true\n"),
        "vars as a list": settings("vars = [1]\n"),
        "a var as a list": settings("[vars]\nx = [1, 2]\n"),
        "rows that are no number": rows("'many'"),
        "rows of nothing known": rows("var('pupil')"),
        "enabled maybe": model("{{ config(enabled='maybe') }} select 1 as id"),
        "key_block -1": model("{{ config(key_block=-1) }} select 1 as id"),
        "materialized as nothing known": model("{{ config(materialized='tabel') }} select 1 as id"),
        "columns as a mapping": described("{a: text}", "select 'x' as a"),
        "a column as a text": described("[a]", "select 'x' as a"),
        "slots that are none": Case(
            {"seeds/seeds.yml": "seeds:\n  - {name: names, config: {slots: {weight: weight, count: 0}}}\n"}
        ),
        "an unknown type": described("[{name: a, data_type: txet}]", "select 'x' as a"),
        "--limit 0": run("show", "marks", "--limit", "0"),
    },
}

FILES: dict[str, Group] = {
    "14 not UTF-8": {
        "Latin-1 in a seed": seed("name,weight\nAda,3\nJosé,1\n".encode("latin-1")),
        "Windows-1252 in a seed": seed("name,weight\n“Ada”,3\n".encode("cp1252")),
        "UTF-16 in a model": model("select 1 as id".encode("utf-16")),
        "UTF-16 without a mark": model("select 1 as id, 'abc' as pupil_id".encode("utf-16-le")),
        "a model cut within a character": model("select 'é".encode()[:-1]),
        "Latin-1 in YAML": Case({"models/extra.yml": "models: [{name: é}]".encode("latin-1")}),
        "Latin-1 in the settings": Case({"sqlseed.toml": 'name = "é"'.encode("latin-1")}),
        "Latin-1 in the profile": Case({"profiles.yml": "é: 1".encode("latin-1")}),
        "gzip named CSV": seed(b"\x1f\x8b\x08\x00rest"),
        "a spreadsheet named CSV": seed(b"PK\x03\x04rest"),
    },
    "16 NUL byte": {
        "in a model": model(b"select 'a' as id,\n  1 \x00 where false"),
        "in a seed": seed(b"name,weight\nA\x00da,3\n"),
        "in YAML": Case({"models/extra.yml": b"models:\n  - name: a\x00b\n"}),
        "in the settings": Case({"sqlseed.toml": b'name = "a\x00b"'}),
        "in the profile": Case({"profiles.yml": b"sqlseed: {outputs: \x00}"}),
        "in a macro": Case({"macros/m.sql": b"{% macro m() %}\x00{% endmacro %}"}),
        "escaped in YAML": yml('models:\n  - {name: extra, description: "a\\0b"}\n'),
        "escaped in the settings": settings(f'[vars]\ntown = "a\\u0000b"\n{DIMENSIONS}'),
        "in a var": run("plan", "--vars", 'town: "a\\0b"'),
    },
    "17 odd characters": {
        "a lone surrogate in a var": run("plan", "--vars", 'town: "\\ud800"'),
        "right-to-left override in a model": model(
            "select 'a' as id, null as pupil_id, 1 as mark -- \u202e drawkcab\n"
        ),
        "an isolate in a macro": Case({"macros/m.sql": "{% macro m() %}1 \u2066x{% endmacro %}"}),
        "zero width in a model": model("select 'a' as i\u200bd, null as pupil_id, 1 as mark\n"),
        "a no-break space in a model": model("select\u00a0'a' as id, null as pupil_id, 1 as mark\n"),
        "typographic quotes in a model": model("select ‘a’ as id, null as pupil_id, 1 as mark\n"),
        "zero width in a column of YAML": described('[{name: "a\u200b", data_type: text}]', "select 'x' as a"),
        "a Cyrillic letter in a ref": model("select id from {{ ref('pupіls') }}\n"),
        "an escape character": model("select 'a\x1b[31m' as id\n"),
    },
    "29 names twice": {
        "two models of one name": Case({"models/people/marks.sql": "select 1 as id"}),
        "differing in case": Case({"models/people/Marks.sql": "select 1 as id"}),
        "a model and a seed": Case({"seeds/marks.csv": "a\n1\n"}),
        "one table": Case(
            {
                "models/marks2.sql": "{{ config(table='marks', slice_by=['branch'], key_kind='uuid') }} select 1 as id",
                "models/extra.yml": "models:\n  - {name: marks2, columns: [{name: id, data_type: text}],"
                " constraints: [{type: primary_key, columns: [id]}]}\n",
            }
        ),
        "described twice": yml("models:\n  - name: marks\n"),
        "described, but not there": yml("models:\n  - name: markz\n"),
        "a seed described, but not there": Case({"seeds/more.yml": "seeds:\n  - name: nmaes\n"}),
    },
    "30 names that no table can have": {
        "spaces": Case({"models/my model.sql": "select 1 as id"}),
        "a quote": Case({"models/o'neill.sql": "select 1 as id"}),
        "a dash": Case({"models/my-model.sql": "select 1 as id"}),
        "a digit first": Case({"models/1st.sql": "select 1 as id"}),
        "dots": Case({"models/a..b.sql": "select 1 as id"}),
        "64 bytes": Case({f"models/{'a' * 64}.sql": "select 1 as id"}),
        "letters of another script": Case({"models/छात्र.sql": "select 1 as id"}),
        "an escape character": Case({"models/a\x1b[31mb.sql": "select 1 as id"}),
        "a table of 64 bytes": model(f"{{{{ config(table='{'t' * 64}') }}}} select 1 as id"),
        "a column of 64 bytes": described(f"[{{name: {'c' * 64}, data_type: text}}]", f"select 'x' as {'c' * 64}"),
        "sqlseed's own": Case({"models/checkpoint.sql": "select 1 as id"}),
        "a seed with a space": Case({"seeds/my names.csv": "a\n1\n"}),
    },
    "37 CSV ragged": {
        "too few": seed("name,weight\nAda,3\nBen\nCleo,2\n"),
        "too many": seed("name,weight\nAda,3\nBen,1,x\nLovelace, Ada,2\n"),
        "many such lines": seed("name,weight\n" + "Ada\n" * 9),
    },
    "38 CSV header": {
        "twice": seed("name,weight,name\nAda,3,x\n"),
        "differing in case": seed("name,weight,Name\nAda,3,x\n"),
        "empty": seed("name,,weight\nAda,x,3\n"),
        "all blank": seed(",,\n1,2,3\n"),
        "not names": seed("first name,weight%,3rd\nAda,3,x\n"),
        "numbers, as data without a header": seed("Ada,3\nBen,1\n"),
    },
    "39 CSV quotes": {
        "never closed": seed('name,weight\n"Ada,3\nBen,1\n'),
        "text after the closing one": seed('name,weight\n"Ada"x,3\n'),
        "one inside": seed('name,weight\n"A"da",3\n'),
    },
    "40 CSV long cell": {"over a mebibyte": seed("name,weight\n" + "x" * (1024 * 1024 + 1) + ",1\n")},
    "42 CSV cells of another type": {
        "a date": seed(
            "name,weight,born\nAda,3,2024-02-31\nBen,1,31/02/2024\n",
            ("seeds/seeds.yml", "seeds:\n  - {name: names, config: {column_types: {born: date}}}\n"),
        ),
        "a decimal comma": seed(
            'name,weight\nAda,"12,5"\n',
            ("seeds/seeds.yml", "seeds:\n  - {name: names, config: {column_types: {weight: numeric}}}\n"),
        ),
        "digits of another script": seed(
            "name,weight\nAda,१२\n",
            ("seeds/seeds.yml", "seeds:\n  - {name: names, config: {column_types: {weight: integer}}}\n"),
        ),
        "too large for a double": seed(
            "name,weight\nAda,1e400\nBen,Infinity\nCleo,NaN\n",
            ("seeds/seeds.yml", "seeds:\n  - {name: names, config: {column_types: {weight: double precision}}}\n"),
        ),
        "too large for an integer": seed(
            "name,weight\nAda,99999999999\n",
            ("seeds/seeds.yml", "seeds:\n  - {name: names, config: {column_types: {weight: integer}}}\n"),
        ),
        "several columns": seed(
            "name,weight,born\nAda,x,y\nBen,3,2024-01-01\n",
            (
                "seeds/seeds.yml",
                "seeds:\n  - {name: names, config: {column_types: {weight: integer, born: date, nmae: text}}}\n",
            ),
        ),
        "a weight that is none": seed("name,weight\nAda,many\n"),
        "a weight below 0": seed("name,weight\nAda,-1\n"),
        "no weight at all": seed("name,weight\nAda,0\nBen,0\n"),
    },
    "43 CSV files": {
        "empty": seed(""),
        "semicolons": seed("name;weight\nAda;3\n"),
        "tabs": seed("name\tweight\nAda\t3\n"),
        "a missing one": Case({"seeds/branches.csv": None}),
        "no rows to deal slots to": seed("name,weight\n"),
        "a folder": Case({"seeds/names.csv": None, "seeds/names.csv/x.txt": ""}),
        "too large": seed(b"name,weight\n" + b"Ada,1\n" * 12_000_000),
        "a dimension without rows": Case({"seeds/branches.csv": "id,no,name,code\n"}),
    },
}
