"""Templates, SQL, selections, vars and profiles that are wrong; see `cases`."""

from __future__ import annotations

import textwrap

from tests.cli.tiny import TINY
from tests.inputs.cases import Case, Group, described, model, profile, run, settings

TOML = textwrap.dedent(str(TINY["sqlseed.toml"]))

JINJA: dict[str, Group] = {
    "19 Jinja syntax": {
        "an unclosed if": model("select 1 as id\n{% if true %}\n"),
        "an unclosed expression": model("select\n  {{ var('pupils' as id\n"),
        "an unclosed tag": model("select 1 as id {% set a = 1\n"),
        "an unknown tag": model("{% fro n in range(3) %}{% endfor %}\n"),
        "an unknown filter": model("select {{ 'a' | uper }} as id\n"),
        "an unknown test": model("select {% if 1 is evn %}1{% endif %} as id\n"),
        "an end without a begin": model("select 1 as id {% endif %}\n"),
        "an import": model("{% import 'macros/m.sql' as m %}select 1 as id\n"),
        "an include": model("{% include '/etc/passwd' %}\n"),
    },
    "20 Jinja undefined": {
        "a name": model("select\n  {{ nope }} as id\n"),
        "a name nearly right": model("select {{ va('pupils') }} as id\n"),
        "a var": model("select {{ var('pupil') }} as id\n"),
        "a dimension's attribute": model("{{ config(slice_by=['branch']) }} select {{ branch.idd }} as id\n"),
        "in a macro": Case(
            {
                "macros/m.sql": "{% macro m(a) %}\n  {{ a }} + {{ nope }}\n{% endmacro %}\n",
                "models/marks.sql": "select\n  {{ m(1) }} as id\n",
            }
        ),
        "in a macro called by a macro": Case(
            {
                "macros/m.sql": "{% macro inner() %}\n{{ nope }}{% endmacro %}\n"
                "{% macro m() %}{{ inner() }}{% endmacro %}",
                "models/marks.sql": "select\n  {{ m() }} as id\n",
            }
        ),
        "a macro's attribute": model("select {{ ref.nope }} as id\n"),
    },
    "21 Jinja in a remark": {"of SQL": model("-- {{ nope }}\nselect 1 as id\n")},
    "22 printed values": {
        "None": model("select {{ none }} as id\n"),
        "a list": model("select {{ ['x'] }} as id\n"),
        "a mapping": model("select {{ {'a': 1} }} as id\n"),
        "a var in quotes": model("select '{{ var('town') }}' as id, null as pupil_id, 1 as mark\n"),
        "a macro itself": model("select {{ ref }} as id\n"),
        "a dimension itself": model("{{ config(slice_by=['branch']) }} select {{ branch }} as id\n"),
    },
    "23 endless macros": {
        "itself": Case(
            {
                "macros/m.sql": "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}",
                "models/marks.sql": "select {{ m(1) }} as id",
            }
        ),
        "two of them": Case(
            {
                "macros/a.sql": "{% macro a() %}{{ b() }}{% endmacro %}",
                "macros/b.sql": "{% macro b() %}{{ a() }}{% endmacro %}",
                "models/marks.sql": "select {{ a() }} as id",
            }
        ),
    },
}

SQL: dict[str, Group] = {
    "25 unknown ref": {
        "nearly right": model("select\n  p.id\nfrom {{ ref('pupil') }} as p\n"),
        "far off": model("select p.id from {{ ref('zzz') }} as p\n"),
        "a seed, misspelt": model("select name from {{ seed('nmaes') }}\n"),
        "key_of": model("select {{ key_of('pupil', 'n') }} as id\n"),
    },
    "26 ref that is not known": {
        "a dimension's value": model("{{ config(slice_by=['branch']) }} select id from {{ ref(branch.id) }}\n"),
        "a number": model("select id from {{ ref(3) }}\n"),
        "nothing": model("select id from {{ ref() }}\n"),
        "a text var": model("select id from {{ ref(var('town')) }}\n"),
    },
    "27 cycle": {
        "of three": Case(
            {
                "models/a.sql": "select id from {{ ref('b') }}",
                "models/b.sql": "select id\nfrom {{ ref('c') }}",
                "models/c.sql": "select id\n\nfrom {{ ref('a') }}",
            }
        ),
    },
    "28 self reference": {"ref": model("select id from {{ ref('marks') }}\n")},
    "31 empty model": {
        "nothing": model(""),
        "spaces": model("  \n\t\n"),
        "a remark": model("-- later\n"),
        "a remark of Jinja": model("{# later #}\n"),
        "a condition that is false": model("{% if false %}select 1 as id{% endif %}\n"),
    },
    "32 not one SELECT": {
        "two statements": model("select 1 as id; select 2 as id\n"),
        "delete": model("delete from {{ ref('pupils') }}\n"),
        "drop": model("drop table x\n"),
        "copy": model("copy x to '/tmp/x'\n"),
        "commit": model("commit\n"),
        "set": model("set search_path = x\n"),
        "a CTE that deletes": model("with d as (delete from x returning 1 as id) select id from d\n"),
        "select into": model("select 1 as id into x\n"),
        "for update": model("select id from {{ ref('pupils') }} for update\n"),
    },
    "33 columns": {
        "a star": model("select * from {{ ref('pupils') }}\n"),
        "misspelt": described(
            "[{name: a, data_type: text}, {name: roll_no, data_type: text}]", "select 'x' as a, 'y' as rol_no"
        ),
        "missing": described("[{name: a, data_type: text}, {name: b, data_type: text}]", "select 'x' as a"),
        "twice": described("[{name: a, data_type: text}]", "select 'x' as a, 'y' as a"),
        "without a name": described("[{name: a, data_type: text}]", "select 'x'"),
        "unknown, of a parent": described(
            "[{name: a, data_type: text}]", "select p.nmae as a from {{ ref('pupils') }} as p", code=1
        ),
    },
    "34 SQL syntax": {
        "a missing from": model("{{ config(slice_by=['branch']) }}\nselect\n    'a' as id,\n    from where\n"),
        "a missing bracket": model("select (1 + 2 as id\n"),
        "an unclosed quote": model("select 'a as id\n"),
        "an unclosed remark": model("select 1 as id /* later\n"),
        "a comma too many": model("select 1 as id, , 2 as mark\n"),
    },
    "35 differs from run to run": {
        "random": model("select 'a' as id,\n  random() as mark\n"),
        "now": model("select now() as id\n"),
        "current_date": model("select current_date as id\n"),
        "gen_random_uuid": model("select gen_random_uuid() as id\n"),
        "nextval": model("select nextval('s') as id\n"),
        "row_number without order": model(
            "select (row_number() over ())::text as id, null::text as pupil_id, 1 as mark from generate_series(1, 3)\n"
        ),
        "limit without order": model(
            "select n::text as id, null::text as pupil_id, 1 as mark from generate_series(1, 3) as s(n) limit 2\n"
        ),
    },
    "58 macros": {
        "two of one name": Case(
            {"macros/a.sql": "{% macro m() %}1{% endmacro %}", "macros/b.sql": "{% macro m() %}2{% endmacro %}"}
        ),
        "twice in one file": Case({"macros/a.sql": "{% macro m() %}1{% endmacro %}\n{% macro m() %}2{% endmacro %}"}),
        "a built-in's name": Case({"macros/a.sql": "{% macro key(n) %}1{% endmacro %}"}),
        "a dimension's name": Case({"macros/a.sql": "{% macro branch(n) %}1{% endmacro %}"}),
        "too many arguments": Case(
            {"macros/a.sql": "{% macro m(a) %}1{% endmacro %}", "models/marks.sql": "select {{ m(1, 2) }} as id"}
        ),
        "an unknown argument": Case(
            {"macros/a.sql": "{% macro m(a) %}1{% endmacro %}", "models/marks.sql": "select {{ m(b=2) }} as id"}
        ),
        "too few arguments": Case(
            {"macros/a.sql": "{% macro m(a) %}{{ a }}{% endmacro %}", "models/marks.sql": "select {{ m() }} as id"}
        ),
        "a built-in, too few": model("select {{ random_int('x', 'n') }} as id\n"),
        "a built-in, unknown": model("select {{ random_int('x', 'n', 1, 2, seed=3) }} as id\n"),
    },
    "60 functions of one engine": {
        "DuckDB's own": model("select list_value(1) as id, null::text as pupil_id, 1 as mark\n"),
        "a file of DuckDB's": model(
            "select content as id, '' as pupil_id, 1 as mark from read_text('/etc/hostname')\n"
        ),
        "PostgreSQL's own": model("select pg_read_file('/etc/hostname') as id, '' as pupil_id, 1 as mark\n"),
        "nobody's": model("select substrng('abc', 1) as id, null::text as pupil_id, 1 as mark\n"),
    },
}

ARGUMENTS: dict[str, Group] = {
    "45 selection of nothing": {
        "a typing mistake": run("build", "-q", "--select", "pupil+"),
        "an unknown tag": run("build", "-q", "--select", "tag:peple"),
        "a path": run("build", "-q", "--select", "path:models/peple"),
        "excluded too": run("build", "-q", "--select", "marks", "--exclude", "marks"),
        "only a seed": run("build", "-q", "--select", "names"),
        "an unknown method": run("build", "-q", "--select", "tagg:people"),
        "an unknown selector": run("build", "-q", "--select", "selector:nobody"),
        "allowed": run("build", "-q", "--select", "tag:peple", "--allow-empty", code=0),
    },
    "46 selection syntax": {
        "a plus": run("ls", "--select", "+"),
        "two ats": run("ls", "--select", "@@a"),
        "two commas": run("ls", "--select", "a,,b"),
        "a bracket": run("ls", "--select", "(marks"),
        "empty": run("ls", "--select", ""),
        "a bracket too many": run("ls", "--select", "marks)"),
        "a plus inside": run("ls", "--select", "a+b"),
    },
    "47 dimensions": {
        "an unknown value": run("build", "-q", "--branch", "nroth"),
        "an unknown year": run("build", "-q", "--year", "20x4"),
        "a reversed range": run("build", "-q", "--year", "2025..2019"),
        "hostile": run("build", "-q", "--branch", "x'; drop table pupils; --"),
        "an emoji and an escape": run("build", "-q", "--branch", "\x1b[31m🎒\u202e"),
        "very long": run("build", "-q", "--branch", "x" * 4000),
        "no such dimension": run("build", "-q", "--brnch", "north"),
        "without a value": run("build", "-q", "--branch"),
        "empty": run("build", "-q", "--branch", ""),
        "a key twice in the seed": Case({"seeds/years.csv": "name,no\na,1\na,2\n"}),
        "a filter of a var that is none": Case({"sqlseed.toml": TOML + "filter = \"year.no < var('yeras')\"\n"}),
        "a key that is no column": Case({"sqlseed.toml": TOML.replace('key = "name"', 'key = "nmae"')}),
        "a seed that is none": Case({"sqlseed.toml": TOML.replace('seed = "years"', 'seed = "yeras"')}),
        "an empty key in the seed": Case({"seeds/years.csv": "name,no\na,1\n,2\n"}),
        "a filter that fails": Case({"sqlseed.toml": TOML + 'filter = "year.nope"\n'}),
    },
    "48 vars": {
        "broken": run("plan", "--vars", "{pupils: "),
        "a list": run("plan", "--vars", "[1]"),
        "a word": run("plan", "--vars", "pupils"),
        "a key twice": run("plan", "--vars", "{pupils: 1, pupils: 2}"),
        "unknown": run("plan", "--vars", "pupil: 3"),
        "a text for a number": run("plan", "--vars", "pupils: many"),
        "a fraction for a number": run("plan", "--vars", "pupils: 1.5"),
        "a list for a number": run("plan", "--vars", "pupils: [1, 2]"),
        "nothing for a number": run("plan", "--vars", "pupils:"),
        "a day that is none": run("plan", "--vars", "as_of: 2026-02-30"),
        "a word for a day": run("plan", "--vars", "as_of=tomorrow"),
        "1,000 levels": run("plan", "--vars", "pupils: " + "[" * 1000 + "]" * 1000),
        "a tag": run("plan", "--vars", "pupils: !!python/name:os.system"),
        "an unknown preset": run("plan", "--preset", "smal"),
        "an enormous number": run("plan", "--vars", "pupils=" + "9" * 5000),
        "NaN": run("plan", "--vars", "share=nan"),
        "infinite": run("plan", "--vars", "share=inf"),
    },
    "49 environment": {
        "not set": profile("{type: postgres, url: \"{{ env_var('NOT_SET_ANYWHERE') }}\"}"),
        "empty": profile("{type: postgres, url: \"{{ env_var('EMPTY_HERE') }}\"}"),
        "a line break": profile("{type: postgres, url: \"{{ env_var('LINES_HERE') }}\"}"),
        "in a model": model("select {{ env_var('HOME') }} as id\n"),
    },
    "50 profile": {
        "missing": Case({"profiles.yml": None}),
        "an unknown target": run("build", "-q", "--target", "prd"),
        "an unknown profile": settings('profile = "school"\n'),
        "no outputs": Case({"profiles.yml": "sqlseed: {target: dev}\n"}),
        "several, and none chosen": Case(
            {"profiles.yml": "sqlseed:\n  outputs:\n    a: {type: duckdb}\n    b: {type: duckdb}\n"}
        ),
        "an unknown type": profile("{type: postgre}"),
        "two targets": Case({"profiles.yml": "sqlseed:\n  target: [a, b]\n  outputs: {a: {type: duckdb}}\n"}),
        "no folder": run("build", "-q", "--profiles-dir", "nowhere"),
    },
    "52 URL": {
        "a space in the password": profile('{type: postgres, url: "postgresql://u:s3cr3t PW@h/d"}'),
        "a slash in the password": profile('{type: postgres, url: "postgresql://u:s3cr3t/PW@h/d"}'),
        "an at sign in the password": profile('{type: postgres, url: "postgresql://u:s3cr3t@PW@h/d"}'),
        "another scheme": profile('{type: postgres, url: "mysql://u:s3cr3tPW@h/d"}'),
        "no scheme": profile('{type: postgres, url: "u:s3cr3tPW@h/d"}'),
        "a port that is none": profile('{type: postgres, url: "postgresql://u:s3cr3tPW@h:many/d"}'),
        "an unknown parameter": profile('{type: postgres, url: "postgresql://u:s3cr3tPW@h/d?sslmod=require"}'),
        "an unclosed bracket": profile('{type: postgres, url: "postgresql://u:s3cr3tPW@[::1/d"}'),
        "a bad escape": profile('{type: postgres, url: "postgresql://u:s3cr3t%zz@h/d"}'),
        "empty": profile('{type: postgres, url: ""}'),
        "a URL and a host": profile('{type: postgres, url: "postgresql://u@h/d", host: h}'),
    },
    "59 outside the project": {
        "a DuckDB file by URL": profile('{type: duckdb, path: "https://example.com/x.duckdb"}'),
        "MotherDuck": profile('{type: duckdb, path: "md:x"}'),
    },
}
