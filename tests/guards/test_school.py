"""An application's own rows in each of the school's 46 tables, which refer to seeded ones: no command changes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from sqlseed import api, planner
from sqlseed.errors import SqlseedError
from sqlseed.model import Compiled, Materialized
from sqlseed.workspace import Workspace
from tests.school.conftest import open_workspace

MARK = "own-"


def _other(value: Any) -> Any:
    """Another value of its kind: a day of 1999, a text with a mark, a number far off."""
    if isinstance(value, str):
        return f"1999{value[4:]}" if re.match(r"\d{4}-\d\d-", value) else f"{MARK}{value}"
    return value if value is None or isinstance(value, bool) else value + 900_000


def insert_own(connection: psycopg.Connection[Any], compiled: Mapping[str, Compiled], model: Compiled) -> None:
    """A copy of a seeded row under a key, and with unique values, of the application's; its foreign keys stay."""
    table = sql.Identifier(model.relation.schema, model.relation.name)
    found = connection.execute(sql.SQL("select to_jsonb(t) from {} as t limit 1").format(table)).fetchone()
    assert found is not None, model.name
    row = found[0]
    parents = {key.columns[0]: key for key in model.contract.foreign_keys}
    for index in model.contract.indexes:
        free = [column for column in index.columns if column not in parents]
        for column in free if index.unique else ():
            row[column] = _other(row[column])
        if index.unique and not free:  # a pair of foreign keys: one leads to the application's own row
            key = parents[index.columns[0]]
            parent = sql.Identifier(compiled[key.to].relation.schema, compiled[key.to].relation.name)
            query = sql.SQL("select {1} from {0} where {1} like %s").format(parent, sql.Identifier(key.to_columns[0]))
            own = connection.execute(query, [f"{MARK}%"]).fetchone()
            assert own is not None
            row[key.columns[0]] = own[0]
    row.update({column: f"{MARK}{row[column]}" for column in model.contract.primary_key})
    connection.execute(
        sql.SQL("insert into {0} select * from jsonb_populate_record(null::{0}, %s)").format(table), [json.dumps(row)]
    )


def own_rows(connection: psycopg.Connection[Any], tables: list[Compiled]) -> dict[str, list[Any]]:
    """The application's rows as they are."""
    found = {}
    for model in tables:
        key = sql.Identifier(model.contract.primary_key[0])
        table = sql.Identifier(model.relation.schema, model.relation.name)
        query = sql.SQL("select to_jsonb(t) from {} as t where {} like %s order by 1").format(table, key)
        found[model.name] = connection.execute(query, [f"{MARK}%"]).fetchall()
    return found


@pytest.mark.slow
def test_no_command_changes_the_applications_rows(tmp_path: Path, postgres_url: str) -> None:
    def load(**variables: Any) -> Workspace:
        target: dict[str, Any] = {"type": "postgres", "url": postgres_url, "threads": 2}
        return open_workspace(tmp_path, variables={"branches": 1} | variables, preset="minimal", **target)

    workspace = load()
    ordered = [workspace.compiled[name] for name in planner.order(workspace.compiled)]
    tables = [model for model in ordered if model.config.materialized is Materialized.TABLE]
    assert len(tables) == 46
    assert api.build(workspace, tests=False).success
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        for model in tables:
            insert_own(connection, workspace.compiled, model)
        before = own_rows(connection, tables)
        assert all(before.values())
        assert api.build(load(phone_mode="undialable", pickup_share=0.5), tests=False).success
        assert own_rows(connection, tables) == before
        assert api.build(workspace, tests=False, full_refresh=True).success
        assert own_rows(connection, tables) == before
        with pytest.raises(SqlseedError, match="that sqlseed did not make refer") as refused:
            api.clean(workspace)
        assert refused.value.exit_code == 3
        assert own_rows(connection, tables) == before
