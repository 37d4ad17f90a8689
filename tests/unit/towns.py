"""A project of towns, houses and years for the unit tests: small, and never built here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlseed import workspace
from sqlseed.workspace import Workspace
from tests import support

FILES: dict[str, str] = {
    "sqlseed.toml": """
        name = "towns"
        seed = 7
        [vars]
        houses = 3
        greeting = "hello"
        as_of = 2026-01-31
        loud = false
        [presets.big]
        houses = 9
        [dimensions.town]
        seed = "towns"
        key = "code"
        [dimensions.year]
        seed = "years"
        key = "name"
        filter = "year.no <= var('as_of').year"
        """,
    "profiles.yml": """
        sqlseed:
          target: dev
          outputs:
            dev: {type: duckdb, path: ':memory:'}
        """,
    "seeds/towns.csv": "code,name,people\nu,Upton,100\nd,Downham,250\n",
    "seeds/years.csv": "no,name\n2024,y24\n2025,y25\n2026,y26\n2027,y27\n",
    "seeds/colours.csv": "colour,weight\nred,3\nblue,1\n",
    "seeds/seeds.yml": "seeds: [{name: colours, config: {slots: {weight: weight, count: 8}}}]\n",
    "models/models.yml": """
        models:
          - name: house
            columns:
              - {name: id, data_type: text, constraints: [{type: primary_key}]}
              - {name: town, data_type: text}
          - name: bill
            columns:
              - {name: id, data_type: integer, constraints: [{type: primary_key}]}
              - {name: house_id, data_type: text}
            constraints: [{type: foreign_key, columns: [house_id], to: ref('house'), to_columns: [id]}]
          - name: total
            columns:
              - {name: code, data_type: text, constraints: [{type: primary_key}]}
              - {name: bills, data_type: bigint}
        """,
    "models/house.sql": """
        {{ config(slice_by=['town'], rows="var('houses')", tags=['base']) }}
        select {{ key('n') }} as id, {{ town.code }} as town
        from generate_series(1, {{ var('houses') }}) as g(n)
        """,
    "models/bill.sql": """
        {{ config(slice_by=['town', 'year'], key_block=100) }}
        select {{ key('n') }} as id, {{ key_of('house', 'n') }} as house_id
        from generate_series(1, {{ var('houses') }}) as g(n)
        where {{ year.no }} > 2000
        """,
    "models/total.sql": """
        {{ config(key_kind='natural', owner="code = 'all'") }}
        select 'all' as code, count(*) as bills from {{ ref('bill') }} as b
        """,
}


def open_towns(folder: Path, changes: Mapping[str, str] | None = None, **options: object) -> Workspace:
    """The project, with some of its files changed, added, or (where the text is empty) left out."""
    files = {name: text for name, text in {**FILES, **(changes or {})}.items() if text}
    root = support.write_project(folder, files)
    return workspace.load(root, env={}, **options)  # type: ignore[arg-type]
