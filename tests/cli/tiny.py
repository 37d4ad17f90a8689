"""The tiny project of the tests of the command line: two dimensions, a natural key, an intermediate model."""

from __future__ import annotations

import re
from collections.abc import Mapping

CANARY = "s3cr3t-CaNaRy/ü"  # a password that must appear nowhere
CANARY_IN_URL = "s3cr3t-CaNaRy%2F%C3%BC"

TINY: Mapping[str, str | bytes] = {
    "sqlseed.toml": """
        name = "tiny"
        default_preset = "small"
        [vars]
        as_of = 2026-03-31
        pupils = 3
        share = 0.5
        town = "Oakfield"
        strict = true
        [presets.small]
        pupils = 4
        [presets.large]
        pupils = 400
        [dimensions.branch]
        seed = "branches"
        key = "id"
        [dimensions.year]
        seed = "years"
        key = "name"
        """,
    "profiles.yml": f"""
        sqlseed:
          target: dev
          outputs:
            dev: {{type: duckdb, path: target/tiny.duckdb, threads: 2}}
            memory: {{type: duckdb, path: ":memory:"}}
            unset: {{type: postgres, url: "{{{{ env_var('TINY_URL') }}}}"}}
            closed: {{type: postgres, url: "postgresql://somebody:{CANARY_IN_URL}@127.0.0.1:1/tiny?connect_timeout=2"}}
        """,
    "seeds/branches.csv": "id,no,name,code\nnorth,1,North,11\nsouth,2,South,22\nwest,3,West,33\n",
    "seeds/years.csv": "name,no\n2024-25,2024\n2025-26,2025\n",
    "seeds/names.csv": "name,weight\nAda,3\nBen,1\n",
    "seeds/seeds.yml": """
        seeds:
          - {name: names, config: {slots: {by: [], weight: weight, count: 64}}}
          - {name: branches, config: {column_types: {code: text}}}
        """,
    "models/models.yml": """
        models:
          - name: branch_table
            columns: [{name: id, data_type: text}, {name: name, data_type: text}]
            constraints: [{type: primary_key, columns: [id]}]
          - name: pupils
            description: One row per pupil.
            columns:
              - {name: id, data_type: text}
              - {name: branch_id, data_type: text, constraints: [{type: not_null}]}
              - {name: name, data_type: text}
              - {name: joined, data_type: date}
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: foreign_key, columns: [branch_id], to: ref('branch_table'), to_columns: [id]}
          - name: marks
            columns:
              - {name: id, data_type: text}
              - {name: pupil_id, data_type: text}
              - {name: mark, data_type: integer}
            constraints: [{type: primary_key, columns: [id]}]
          - name: weights
            columns: [{name: n, data_type: integer}, {name: branch_id, data_type: text}]
        """,
    "models/branch_table.sql": """
        {{ config(table='Branch', slice_by=['branch'], owner='id = :branch_id') }}
        select {{ branch.id }} as id, {{ branch.name }} as name
        """,
    "models/people/pupils.sql": """
        {{ config(slice_by=['branch'], tags=['people'], rows="var('pupils')") }}
        -- one row per pupil
        select
            {{ key('p.n') }} as id,
            {{ branch.id }} as branch_id,
            first.name as name,
            {{ random_date('joined', 'p.n', "date '2020-04-01'", var('as_of')) }} as joined
        from {{ ref('weights') }} as p
        join {{ slots('names') }} as first on first.slot = {{ pick('name', 'p.n', 'names') }}
        where p.branch_id = {{ branch.id }}
        """,
    "models/people/weights.sql": """
        {{ config(slice_by=['branch'], materialized='intermediate') }}
        select n, {{ branch.id }} as branch_id from generate_series(1, {{ var('pupils') }}) as s(n)
        """,
    "models/marks.sql": """
        {{ config(slice_by=['branch', 'year'], tags=['exams'], rows="var('pupils')") }}
        select
            {{ key('n') }} as id,
            {{ key_of('pupils', 'n') }} as pupil_id,
            {{ random_int('mark', 'n', 0, 100) }}::int as mark
        from generate_series(1, {{ var('pupils') }}) as s(n)
        """,
    "selectors.yml": """
        selectors:
          - {name: everybody, definition: "tag:people"}
        """,
}

BROKEN_IN_SOUTH = """
    {{ config(slice_by=['branch', 'year'], tags=['exams'], rows="var('pupils')") }}
    select
        {{ key('n') }} as id,
        {{ key_of('pupils', 'n') }} as pupil_id,
        replace({{ branch.code }}, '22', 'x')::int as mark
    from generate_series(1, {{ var('pupils') }}) as s(n)
    """
"""`marks` with a statement that fails in one branch; its cast is in line 5 of the file."""


def steady(text: str) -> str:
    """`text` without what differs from run to run."""
    text = re.sub(r" *\b[0-9.]+ s\b", " N s", text)
    text = re.sub(r" *\b[0-9.,]+ rows/s", " N rows/s", text)
    return re.sub(r" {2,}time\b", "  time", re.sub(r"DuckDB [0-9.]+", "DuckDB N", text))
