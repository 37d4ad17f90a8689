"""A project of two tables and two tenants, small enough to derive the score of its health with a pencil.

Class: 2 rows in each of 2 slices. Pupil: 5 rows in each of 4 slices, with a foreign key to Class, and a second
reference that only a `relationships` test declares. So: 2 keys, 2 references, 3 columns that must be filled, 2 tables
with a tenant.
"""

from __future__ import annotations

import datetime as dt
import re

from tests.behaviour.clinics import Database

TODAY = dt.date(2026, 4, 30)  # thirty days after the var as_of

FILES = {
    "sqlseed.toml": """
        name = "pupils"
        [vars]
        as_of = 2026-03-31
        planned = 10
        [dimensions.branch]
        seed = "branches"
        key = "id"
        [dimensions.year]
        seed = "years"
        key = "name"
        [health]
        tenant = "branch_id"
        """,
    "seeds/branches.csv": "id\nnorth\nsouth\n",
    "seeds/years.csv": "name\n2024\n2025\n",
    "models/models.yml": """
        models:
          - name: classes
            columns:
              - {name: id, data_type: text, constraints: [{type: primary_key}]}
              - {name: branch_id, data_type: text}
              - {name: name, data_type: text, constraints: [{type: not_null}]}
          - name: pupils
            columns:
              - {name: id, data_type: text, constraints: [{type: primary_key}]}
              - {name: branch_id, data_type: text}
              - {name: class_id, data_type: text}
              - name: first_class
                data_type: text
                data_tests:
                  - relationships: {to: ref('classes'), field: id}
              - {name: age, data_type: integer}
            constraints:
              - {type: foreign_key, columns: [class_id], to: ref('classes'), to_columns: [id]}
        """,
    "models/classes.sql": """
        {{ config(table='Class', slice_by=['branch'], rows=2) }}
        select {{ key('n') }} as id, {{ branch.id }} as branch_id, 'Class ' || n::text as name
        from generate_series(1, 2) as s(n)
        """,
    "models/pupils.sql": """
        {{ config(table='Pupil', slice_by=['branch', 'year'], rows=5) }}
        select
            {{ key('n') }} as id,
            {{ branch.id }} as branch_id,
            {{ key_of('classes', 'n % 2 + 1') }} as class_id,
            {{ key_of('classes', '1') }} as first_class,
            (n % 5 + 6)::int as age
        from generate_series(1, 5) as s(n)
        """,
    "health/age.sql": """
        -- Mean age
        select 'all pupils', avg(age), 8, 0.5 from {{ ref('pupils') }} having count(*) > 0
        """,
    "health/pupils_per_branch.sql": """
        -- Pupils in each branch.
        -- An estimate:
        -- ten are planned.
        select branch.id, count(pupil.id), {{ var('planned') }}, 0.5
        from {{ seed('branches') }} as branch
        left join {{ ref('pupils') }} as pupil on pupil.branch_id = branch.id
        group by branch.id
        order by branch.id
        """,
}


def files(database: Database) -> dict[str, str]:
    """The project with a database as its target."""
    return FILES | {"profiles.yml": database.profile()}


def schema(database: Database) -> str:
    """The schema of the tables."""
    return "main" if database.engine == "duckdb" else "public"


def break_it(database: Database, *statements: str) -> None:
    """Statements against the tables, with foreign keys out of force; `Class` and `Pupil` need no quotes."""
    statements = tuple(re.sub(r"\b(Class|Pupil)\b(?! [0-9])", rf'{schema(database)}."\1"', sql) for sql in statements)
    before = ["set session_replication_role = replica"] if database.engine == "postgres" else []
    database.run(*before, *statements)
