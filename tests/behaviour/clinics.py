"""A small project for tests of builds: clinics, patients, visits and invoices, with every kind of key and of model."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from sqlseed import api

TABLES = ("Clinic", "Patient", "Visit", "Invoice")
MODELS = ("clinics", "invoices", "patients", "visit_plan", "visits")

FILES: dict[str, str] = {
    "sqlseed.toml": """
        name = "care"
        seed = 7
        [vars]
        patients = 6
        shift = 0
        clinics = 3
        greeting = "hello"
        [dimensions.clinic]
        seed = "places"
        key = "id"
        filter = "clinic.no <= var('clinics')"
        [dimensions.year]
        seed = "years"
        key = "name"
    """,
    "seeds/places.csv": 'id,no,title\nnorth,1,North Clinic\nsouth,2,South Clinic\neast,3,"O\'Neill: the ""East"""\n',
    "seeds/years.csv": "name,no,begins\n2024,1,2024-01-01\n2025,2,2025-01-01\n",
    "seeds/names.csv": "name,weight\nAda,5\nBen,3\nCleo,2\n",
    "seeds/seeds.yml": """
        seeds:
          - name: years
            config: {column_types: {name: text}}
          - name: names
            config:
              slots: {by: [], weight: weight, count: 64}
    """,
    "models/clinics.sql": """
        {{ config(table='Clinic', slice_by=['clinic'], owner='"id" = :clinic_id') }}
        select {{ clinic.id }} as "id", {{ clinic.title }} as "title", {{ var('greeting') }} as "greeting"
    """,
    "models/patients.sql": """
        {{ config(table='Patient', slice_by=['clinic'], rows="var('patients')", tags=['people']) }}
        select
            {{ key('g.n') }} as "id",
            {{ clinic.id }} as "clinicId",
            name.name as "name",
            ((g.n + {{ var('shift') }}) % {{ var('patients') }})::int as "seat",
            {{ random_date('born', 'g.n', "date '2000-01-01'", "date '2015-12-31'") }} as "born",
            ({{ random_int('weight', 'g.n', 200, 4000) }})::numeric(6, 2) as "weight"
        from generate_series(0, {{ var('patients') }} - 1) as g(n)
        join {{ slots('names') }} as name
            on name.slot = {{ pick('name', 'g.n', 'names') }}
    """,
    "models/visit_plan.sql": """
        {{ config(materialized='intermediate', slice_by=['clinic', 'year']) }}
        select
            {{ clinic.id }} as clinic_id,
            {{ year.no }} as year_no,
            g.n::bigint as n,
            g.n % {{ var('patients') }} as patient_n,
            {{ year.begins }} + ({{ random_int('day', 'g.n', 0, 364) }})::int as day
        from generate_series(0, {{ var('patients') }} * 2 - 1) as g(n)
    """,
    "models/visits.sql": """
        {{ config(table='Visit', slice_by=['clinic', 'year']) }}
        select
            {{ key('p.n') }}::uuid as "id",
            {{ clinic.id }} as "clinicId",
            {{ key_of('patients', 'p.patient_n') }} as "patientId",
            p.year_no as "yearNo",
            p.n::int as "no",
            p.day as "day"
        from {{ ref('visit_plan') }} as p
        where p.clinic_id = {{ clinic.id }}
          and p.year_no = {{ year.no }}
    """,
    "models/invoices.sql": """
        {{ config(table='Invoice', slice_by=['clinic'], key_block=1000) }}
        select
            {{ key('(v."yearNo" - 1) * 100 + v."no"') }} as "id",
            {{ clinic.id }} as "clinicId",
            v."id" as "visitId",
            {{ random_int('amount', '(v."yearNo" - 1) * 100 + v."no"', 1000, 90000) }}::int as "amount"
        from {{ ref('visits') }} as v
        where v."clinicId" = {{ clinic.id }}
    """,
    "models/models.yml": """
        models:
          - name: clinics
            columns:
              - {name: id, data_type: text}
              - {name: title, data_type: text, constraints: [{type: not_null}]}
              - {name: greeting, data_type: text, constraints: [{type: not_null}]}
            constraints:
              - {type: primary_key, columns: [id]}
          - name: patients
            columns:
              - {name: id, data_type: text}
              - {name: clinicId, data_type: text, constraints: [{type: not_null}]}
              - {name: name, data_type: text, constraints: [{type: not_null}]}
              - {name: seat, data_type: integer, constraints: [{type: not_null}]}
              - {name: born, data_type: date, constraints: [{type: not_null}]}
              - {name: weight, data_type: "numeric(6, 2)"}
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: unique, columns: [clinicId, seat]}
              - {type: foreign_key, columns: [clinicId], to: ref('clinics'), to_columns: [id], on_delete: cascade}
          - name: visit_plan
            columns:
              - {name: clinic_id, data_type: text, constraints: [{type: not_null}]}
              - {name: year_no, data_type: integer, constraints: [{type: not_null}]}
              - {name: n, data_type: bigint, constraints: [{type: not_null}]}
              - {name: patient_n, data_type: bigint, constraints: [{type: not_null}]}
              - {name: day, data_type: date, constraints: [{type: not_null}]}
          - name: visits
            columns:
              - {name: id, data_type: uuid}
              - {name: clinicId, data_type: text, constraints: [{type: not_null}]}
              - {name: patientId, data_type: text, constraints: [{type: not_null}]}
              - {name: yearNo, data_type: integer, constraints: [{type: not_null}]}
              - {name: "no", data_type: integer, constraints: [{type: not_null}]}
              - {name: day, data_type: date, constraints: [{type: not_null}]}
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: foreign_key, columns: [patientId], to: ref('patients'), to_columns: [id]}
          - name: invoices
            columns:
              - {name: id, data_type: integer}
              - {name: clinicId, data_type: text, constraints: [{type: not_null}]}
              - {name: visitId, data_type: uuid, constraints: [{type: not_null}]}
              - {name: amount, data_type: integer, constraints: [{type: not_null}]}
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: foreign_key, columns: [visitId], to: ref('visits'), to_columns: [id], on_delete: cascade}
    """,
}


def _cut(name: str, config: str, old: str, new: str) -> tuple[str, str]:
    text = FILES[name].replace(") }}\n", f", {config}) }}}}\n", 1)
    assert old in text
    return name, text.replace(old, new)


CUT = dict(
    [
        _cut(
            "models/patients.sql",
            """chunks={'parts': "var('patients')", 'begins': 'part'}""",
            "on name.slot = {{ pick('name', 'g.n', 'names') }}",
            "on name.slot = {{ pick('name', 'g.n', 'names') }}\n        where {{ chunk('g.n') }}",
        ),
        _cut(
            "models/visits.sql",
            """rows="var('patients') * 2", chunks={'parts': "var('patients') * 2", 'begins': 'part'}""",
            "and p.year_no = {{ year.no }}",
            "and p.year_no = {{ year.no }}\n          and {{ chunk('p.n') }}",
        ),
        _cut(
            "models/invoices.sql",
            """rows="var('patients') * 4", chunks={'parts': 2, 'begins': 'part', 'keys': 100}""",
            """where v."clinicId" = {{ clinic.id }}""",
            """where v."clinicId" = {{ clinic.id }}\n          and {{ chunk('v."yearNo" - 1') }}""",
        ),
    ]
)
"""The project's models of numbered keys, of each kind, so that they can be cut."""


@dataclass(frozen=True, slots=True)
class Database:
    """A target to build into, and a way to look at it from outside sqlseed."""

    engine: str  # duckdb or postgres
    place: str  # a file, or a URL
    threads: int = 4

    def profile(self, **settings: object) -> str:
        """A profiles.yml with this target."""
        own = f'path: "{self.place}"' if self.engine == "duckdb" else f'url: "{self.place}"'
        if self.engine == "postgres":  # the user of the tests' servers is a superuser
            settings = {"environment": "test", "allow_superuser": "true"} | settings
        lines = "".join(f"\n              {key}: {value}" for key, value in settings.items() if value is not None)
        return f"""
        sqlseed:
          target: test
          outputs:
            test:
              type: {self.engine}
              {own}
              threads: {settings.pop("threads", self.threads)}{lines}
    """

    def _connect(self) -> Any:
        return duckdb.connect(self.place) if self.engine == "duckdb" else psycopg.connect(self.place, autocommit=True)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows, by a connection of the test's own."""
        with self._connect() as connection:
            rows: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
        return rows

    def run(self, *statements: str) -> None:
        """Statements, each in a transaction of its own."""
        with self._connect() as connection:
            for sql in statements:
                connection.execute(sql)

    def contents(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of some tables, sorted; a table that is missing is left out."""
        wanted = tables or TABLES
        schema = "main" if self.engine == "duckdb" else "public"
        listing = f"select table_name from information_schema.tables where table_schema = '{schema}'"
        with self._connect() as connection:
            there = {row[0] for row in connection.execute(listing).fetchall()}
            return {
                table: sorted(connection.execute(f'select * from {schema}."{table}"').fetchall(), key=repr)
                for table in wanted
                if table in there
            }

    def digest(self, *tables: str) -> str:
        """A hash over the contents."""
        return hashlib.sha256(repr(self.contents(*tables)).encode()).hexdigest()

    def state(self) -> dict[tuple[str, str], tuple[Any, ...]]:
        """The checkpoints: (model, slice) -> (fingerprint, rows, run)."""
        rows = self.query("select model, slice, fingerprint, rows, run_id from _sqlseed.checkpoint")
        return {(row[0], row[1]): row[2:] for row in rows}


def files(database: Database, changes: Mapping[str, str | None] | None = None, **settings: object) -> dict[str, str]:
    """The project's files with a profile for `database`; a change to None leaves a file out."""
    merged: dict[str, str | None] = {**FILES, "profiles.yml": database.profile(**settings), **(changes or {})}
    return {name: text for name, text in merged.items() if text is not None}


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """A file of the project with one text replaced, which must be in it."""
    assert old in FILES[name]
    return {name: FILES[name].replace(old, new)}


def build(
    root: Path,
    *select: str,
    vars: Mapping[str, Any] | None = None,  # noqa: A002
    **options: Any,
) -> api.BuildResult:
    """`sqlseed build --select ...`, in this process; `slices` are the dimensions' keys wanted."""
    slices = options.pop("slices", {})
    threads = options.pop("threads", None)
    exclude = options.pop("exclude", ())
    workspace = api.load(root, vars=vars, threads=threads)
    return api.build(workspace, api.Selection(select, exclude, slices), **options)


def begin_with_the_south(root: Path) -> None:
    """Builds the clinics, and one clinic's patients: the other clinics' are still to come."""
    assert build(root, "clinics").success
    assert build(root, "patients", slices={"clinic": ["south"]}).success


def statuses(result: api.BuildResult) -> dict[str, str]:
    """Each slice's status, by its name."""
    return {str(r.slice): r.status.value for r in result.results}


def checksums(result: api.BuildResult) -> dict[str, str | None]:
    """Each table's checksum, by model."""
    return {table.model: table.checksum for table in result.tables}
