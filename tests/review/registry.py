"""A project for the tests of the review: every kind of key and table, foreign keys up and down; how to look at it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from sqlseed import api
from sqlseed.model import Target
from sqlseed.review import gathering
from sqlseed.review.facts import ModelFacts, Review
from sqlseed.workspace import Workspace
from tests.support import write_project

FILES: Mapping[str, str | bytes] = {
    "sqlseed.toml": """
        name = "registry"
        [vars]
        first = 1
        pupils = 6
        marks = 14
        [dimensions.branch]
        seed = "branches"
        key = "id"
        """,
    "seeds/branches.csv": "id,title\nnorth,North\nsouth,South\n",
    "seeds/names.csv": "name,weight\nAda,3\nBen,1\n",
    "seeds/seeds.yml": """
        seeds:
          - {name: names, description: Given names., config: {slots: {by: [], weight: weight, count: 64}}}
        """,
    "models/models.yml": """
        models:
          - name: branches_in
            columns: [{name: id, data_type: text}, {name: title, data_type: text}]
            constraints: [{type: primary_key, columns: [id]}]
          - name: numbers
            columns: [{name: n, data_type: integer}, {name: branch_id, data_type: text}]
          - name: pupils
            description: One row for each pupil.
            columns:
              - {name: id, data_type: text, data_tests: [unique, not_null]}
              - {name: branch_id, data_type: text, constraints: [{type: not_null}]}
              - {name: name, data_type: text, description: The first name.}
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: foreign_key, columns: [branch_id], to: ref('branches_in'), to_columns: [id]}
          - name: marks
            columns:
              - {name: id, data_type: integer}
              - {name: pupil_id, data_type: text}
              - {name: mark, data_type: integer}
            constraints:
              - {type: primary_key, columns: [id]}
              - {type: foreign_key, columns: [pupil_id], to: ref('pupils'), to_columns: [id]}
        """,
    "models/branches_in.sql": """
        {{ config(table='Branch', slice_by=['branch'], owner='id = :branch_id', rows=1) }}
        select {{ branch.id }} as id, {{ branch.title }} as title
        """,
    "models/numbers.sql": """
        {{ config(slice_by=['branch'], materialized='intermediate', rows="var('pupils')") }}
        select n, {{ branch.id }} as branch_id from generate_series({{ var('first') }}, {{ var('pupils') }}) as s(n)
        """,
    "models/pupils.sql": """
        {{ config(table='Pupil', slice_by=['branch'], rows="var('pupils')") }}
        -- whoever learns
        select
            {{ key('p.n') }} as id,
            {{ branch.id }} as branch_id,
            first.name as name
        from {{ ref('numbers') }} as p
        join {{ slots('names') }} as first on first.slot = {{ pick('name', 'p.n', 'names') }}
        where p.branch_id = {{ branch.id }}
        """,
    "models/marks.sql": """
        {{ config(table='Mark', slice_by=['branch'], key_kind='integer', key_block=1000, rows="var('marks')") }}
        select
            {{ key('n') }} as id,
            {{ key_of('pupils', 'n % 4 + ' ~ var('first')) }} as pupil_id,
            {{ random_int('mark', 'n', 0, 100) }}::int as mark
        from generate_series(1, {{ var('marks') }}) as s(n)
        """,
    "models/honours.sql": """
        {{ config(materialized='table') }}
        select p.name, m.mark from {{ ref('pupils') }} as p join {{ ref('marks') }} as m on m.pupil_id = p.id
        """,
    "models/board.sql": """
        {{ config(materialized='view') }}
        select name, mark from {{ ref('honours') }} where mark > 10
        """,
    "models/quoted.sql": """
        {{ config(materialized='table') }}
        select b.name, b.mark from {{ ref('board') }} as b
        """,
}


def write(folder: Path, url: str | None = None, **more: str | bytes) -> Path:
    """The project in a folder, with a target at `url`, or in DuckDB; `more` are further files, `/` written as `__`."""
    place = (
        f"type: postgres, url: '{url}', schema: app, environment: test, allow_superuser: true"
        if url
        else "type: duckdb, path: target/registry.duckdb"
    )
    files = {**FILES, "profiles.yml": f"sqlseed: {{target: dev, outputs: {{dev: {{{place}, threads: 1}}}}}}\n"}
    write_project(folder, {**files, **{name.replace("__", "/"): text for name, text in more.items()}})
    (folder / "profiles.yml").chmod(0o600)
    return folder


def review(folder: Path, *, dry_run: bool = False, **variables: Any) -> Review:
    """What is known of a build of the whole project."""
    workspace = opened(folder, **variables)
    return gathering.gather(workspace, where="the test's", dry_run=dry_run).review


def opened(folder: Path, **variables: Any) -> Workspace:
    """The project, checked."""
    workspace = api.load(folder, vars=variables)
    workspace.checked()
    return workspace


def built(folder: Path, **variables: Any) -> api.BuildResult:
    """A build that has to succeed."""
    result = api.build(api.load(folder, vars=variables), tests=False)
    assert result.success, result.failures
    return result


def model(found: Review, name: str) -> ModelFacts:
    """The facts of one model."""
    return found.by_name[name]


def texts(found: Review, level: str = "") -> str:
    """What the review draws attention to, a line each."""
    return "\n".join(one.text for one in found.attention if level in ("", one.level))


def sql(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Runs statements as the database's owner; the rows of the last."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def shape(value: Any) -> Any:
    """The keys of a JSON document, values left out; of a list that of its first element."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None


def written(folder: Path) -> Any:
    """review.json."""
    return json.loads((folder / "target/review/review.json").read_text("utf-8"))


__all__ = ["Target", "built", "model", "opened", "review", "shape", "sql", "texts", "write", "written"]
