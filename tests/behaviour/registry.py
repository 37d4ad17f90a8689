"""A project for the data tests: branches, pupils and guardians, in tables that a test fills and breaks itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlseed import api
from sqlseed.assertions.testing import Verdicts
from tests.behaviour.clinics import Database

TABLES = (
    "create table branches (id text, no integer)",
    """create table pupils (id text, branch text, name text, age integer, score double precision, email text, info text,
    stream text, seat integer)""",
    'create table guardians (id text, branch text, pupil text, "isFirst" boolean, starts date, ends date)',
    "insert into branches values ('a', 1), ('b', 2)",
    """insert into pupils
    select 'p' || n, case when n % 2 = 0 then 'a' else 'b' end, 'Name ' || n, 5 + n % 3, n / 10.0,
        'p' || n || '@example.org', '{"n": ' || n || '}', case when n % 4 < 3 then 'science' else 'arts' end,
        cast((n - n % 2) / 2 as integer)
    from generate_series(0, 39) as g(n)""",
    """insert into guardians
    select 'g' || n, case when n % 4 < 2 then 'a' else 'b' end, 'p' || cast((n - n % 2) / 2 as integer), n % 2 = 0,
        case when n % 2 = 0 then date '2020-01-01' else date '2021-01-01' end,
        case when n % 2 = 0 then date '2021-01-01' else date '2022-01-01' end
    from generate_series(0, 79) as g(n)""",
)

MODELS: dict[str, str] = {
    "sqlseed.toml": """
        name = "registry"
        [vars]
        oldest = 9
        kind = "arts"
    """,
    "models/branches.sql": "select {{ key('1') }} as id, 1 as no\n",
    "models/pupils.sql": "{{ config(tags=['people']) }}\nselect {{ key('1') }} as id\n",
    "models/guardians.sql": "select {{ key('1') }} as id from {{ ref('pupils') }} as p\n",
    "seeds/streams.csv": "stream,share\nscience,75\narts,25\n",
}

CONTRACTS = """
models:
  - name: branches
    columns: [{name: id, data_type: text}, {name: "no", data_type: integer}]
    constraints: [{type: primary_key, columns: [id]}]
  - name: pupils
    columns:
      - {name: id, data_type: text}
      - {name: branch, data_type: text}
      - {name: name, data_type: text}
      - {name: age, data_type: integer}
      - {name: score, data_type: double precision}
      - {name: email, data_type: text}
      - {name: info, data_type: text}
      - {name: stream, data_type: text}
      - {name: seat, data_type: integer}
    constraints:
      - {type: primary_key, columns: [id]}
      - {type: foreign_key, columns: [branch], to: ref('branches'), to_columns: [id]}
  - name: guardians
    columns:
      - {name: id, data_type: text}
      - {name: branch, data_type: text}
      - {name: pupil, data_type: text}
      - {name: isFirst, data_type: boolean}
      - {name: starts, data_type: date}
      - {name: ends, data_type: date}
    constraints:
      - {type: primary_key, columns: [id]}
      - {type: foreign_key, columns: [pupil], to: ref('pupils'), to_columns: [id]}
"""


def files(database: Database, tests: str = "", more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The project's files; `tests` is YAML of data tests at the model `pupils`, `more` are other files."""
    yaml = CONTRACTS
    if tests:
        listed = "\n".join(f"      {line}" for line in tests.strip("\n").split("\n"))
        yaml = yaml.replace("  - name: pupils\n", f"  - name: pupils\n    data_tests:\n{listed}\n")
    return MODELS | {"models/models.yml": yaml, "profiles.yml": database.profile()} | dict(more or {})


def fill(database: Database, *statements: str) -> None:
    """The tables with their rows, and then what a test does to them."""
    database.run(*TABLES, *statements)


def run(root: Path, *select: str, vars: Mapping[str, Any] | None = None, **options: Any) -> Verdicts:  # noqa: A002
    """`sqlseed test --select ...`, in this process."""
    exclude = options.pop("exclude", ())
    return api.test(api.load(root, vars=vars), api.Selection(select, exclude), **options)


def statuses(result: Verdicts) -> dict[str, str]:
    """Each test's status, by its name."""
    return {verdict.test.name: verdict.status.value for verdict in result.verdicts}


def failed(result: Verdicts) -> set[str]:
    """The names of the tests that did not pass."""
    return {name for name, status in statuses(result).items() if status != "pass"}
