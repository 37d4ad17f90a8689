"""Data tests on both engines: each built-in passes on good rows and fails, alone, on a row broken its way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sqlseed import generics
from tests.behaviour import registry
from tests.behaviour.clinics import Database
from tests.behaviour.registry import failed, fill, run, statuses

WriteProject = Callable[..., Path]

BUILT_INS = """
- expression_is_true: {name: expression_is_true, expression: "seat >= 0"}
- unique_combination_of_columns:
    {name: unique_combination_of_columns, combination_of_columns: [branch, seat]}
- expect_table_row_count_to_equal: {name: expect_table_row_count_to_equal, value: 40}
- expect_table_row_count_to_be_between:
    {name: expect_table_row_count_to_be_between, min_value: 20, max_value: 20, group_by: [branch]}
- equal_rowcount:
    {name: equal_rowcount, compare_model: "(select * from {{ ref('guardians') }} where \\"isFirst\\") as firsts"}
- fewer_rows_than: {name: fewer_rows_than, compare_model: ref('guardians')}
- row_count_ratio: {name: row_count_ratio, compare_model: ref('branches'), min_value: 18, max_value: 22}
- sequential_values:
    {name: sequential_values, column_name: seat, group_by_columns: [branch]}
- value_share: {name: value_share, column_name: stream, value: arts, min_value: 0.2, max_value: 0.3}
- not_null_proportion: {name: not_null_proportion, column_name: stream, at_least: 0.99}
- unique: {name: unique, column_name: id}
- not_null: {name: not_null, column_name: name}
- accepted_values: {name: accepted_values, column_name: stream, values: [science, arts]}
- not_accepted_values: {name: not_accepted_values, column_name: name, values: [Nobody]}
- accepted_range: {name: accepted_range, column_name: age, min_value: 5, max_value: 7}
- relationships: {name: relationships, column_name: branch, to: ref('branches'), field: id}
- relationships_where:
    name: relationships_where
    column_name: branch
    to: ref('branches')
    field: id
    from_condition: age = 5
    to_condition: '"no" > 0'
- not_empty_string: {name: not_empty_string, column_name: name}
- expect_column_values_to_match_regex:
    {name: expect_column_values_to_match_regex, column_name: email, regex: '^[a-z0-9]+@example[.]org$'}
- expect_column_values_to_not_match_regex:
    {name: expect_column_values_to_not_match_regex, column_name: email, regex: 'gmail'}
- expect_column_value_lengths_to_be_between:
    {name: expect_column_value_lengths_to_be_between, column_name: name, min_value: 1, max_value: 7}
- parses_as_json: {name: parses_as_json, column_name: info}
- expect_column_mean_to_be_between:
    {name: expect_column_mean_to_be_between, column_name: score, min_value: 1.9, max_value: 2.0}
- expect_column_quantile_values_to_be_between:
    name: expect_column_quantile_values_to_be_between
    column_name: score
    quantile: 0.9
    min_value: 3.4
    max_value: 3.6
- expect_column_median_to_be_between:
    {name: expect_column_median_to_be_between, column_name: score, min_value: 1.9, max_value: 2.0}
- distribution_near:
    {name: distribution_near, column_name: stream, expected: {science: 75, arts: 25}, max_distance: 0.01}
- relationship_cardinality:
    {name: relationship_cardinality, column_name: id, to: ref('guardians'), field: pupil, min_value: 1, max_value: 2}
- tenant_isolation: {name: tenant_isolation, tenant_column: branch}
"""
OF_GUARDIANS = """
    data_tests:
      - mutually_exclusive_ranges:
          name: mutually_exclusive_ranges
          lower_bound_column: starts
          upper_bound_column: ends
          partition_by: pupil
          gaps: not_allowed
      - same_tenant:
          {name: same_tenant, column_name: pupil, to: ref('pupils'), field: id, tenant_column: branch}
      - at_most_one_per_group: {name: at_most_one_per_group, group_by: [pupil], condition: '"isFirst"'}
"""


def project_with_all(project: WriteProject, database: Database) -> Path:
    """Every built-in test, under its own name."""
    written = registry.files(database, BUILT_INS)
    yaml = written["models/models.yml"].replace("  - name: guardians\n", f"  - name: guardians{OF_GUARDIANS}")
    return project(written | {"models/models.yml": yaml})


def where_id(change: str, id_: str = "p0") -> str:
    return f"update pupils set {change} where id = '{id_}'"


BREAKS: dict[str, tuple[str, set[str]]] = {
    "expression_is_true": (where_id("seat = -1", "p1"), {"sequential_values"}),
    "unique_combination_of_columns": (where_id("seat = 5", "p8"), {"sequential_values"}),
    "expect_table_row_count_to_equal": (
        "delete from pupils where id in ('p38', 'p39')",
        {
            "expect_table_row_count_to_be_between",
            "equal_rowcount",
            "expect_column_mean_to_be_between",
            "expect_column_quantile_values_to_be_between",
            "expect_column_median_to_be_between",
        },
    ),
    "expect_table_row_count_to_be_between": (
        where_id("branch = 'b', seat = 20", "p38"),
        {"tenant_isolation", "same_tenant"},
    ),
    "equal_rowcount": ("""update guardians set "isFirst" = false where id = 'g0'""", set()),
    "fewer_rows_than": (
        "delete from guardians where id >= 'g4'",
        {"equal_rowcount", "relationship_cardinality"},
    ),
    "row_count_ratio": ("insert into branches values ('c', 3), ('d', 4)", set()),
    "sequential_values": (where_id("seat = 25", "p38"), set()),
    "value_share": (
        "update pupils set stream = 'arts' where id in ('p0', 'p1', 'p2', 'p4')",
        set(),
    ),
    "not_null_proportion": (where_id("stream = null"), set()),
    "unique": (where_id("id = 'p2'"), set()),
    "not_null": (where_id("name = null"), set()),
    "accepted_values": (where_id("stream = 'sport'"), {"distribution_near"}),
    "not_accepted_values": (where_id("name = 'Nobody'"), set()),
    "accepted_range": (where_id("age = 19"), set()),
    "relationships": (
        where_id("branch = 'x', seat = 0", "p1"),
        {"expect_table_row_count_to_be_between", "same_tenant", "tenant_isolation"},
    ),
    "relationships_where": ("""update branches set "no" = 0 where id = 'a'""", set()),
    "not_empty_string": (where_id("name = ' '"), set()),
    "expect_column_values_to_match_regex": (where_id("email = 'p0(at)example.org'"), set()),
    "expect_column_values_to_not_match_regex": (
        where_id("email = 'p0@gmail.com'"),
        {"expect_column_values_to_match_regex"},
    ),
    "expect_column_value_lengths_to_be_between": (where_id("name = 'A very long name'"), set()),
    "parses_as_json": (where_id("""info = '{"n": 0'"""), set()),
    "expect_column_mean_to_be_between": (where_id("score = 100", "p39"), set()),
    "expect_column_quantile_values_to_be_between": (
        "update pupils set score = 1.95 where score > 3",
        {"expect_column_mean_to_be_between"},
    ),
    "expect_column_median_to_be_between": (
        "update pupils set score = score + 0.2 where score between 1.8 and 2.0",
        set(),
    ),
    "distribution_near": (
        "update pupils set stream = 'science' where id not in ('p3', 'p7')",
        {"value_share"},
    ),
    "relationship_cardinality": (
        "insert into guardians values ('g99', 'a', 'p0', false, date '2022-01-01', date '2023-01-01')",
        set(),
    ),
    "same_tenant": ("update guardians set branch = 'b' where id = 'g0'", {"tenant_isolation"}),
    "tenant_isolation": ("update guardians set branch = null where id = 'g1'", {"same_tenant"}),
    "mutually_exclusive_ranges": ("update guardians set starts = date '2020-06-01' where id = 'g1'", set()),
    "at_most_one_per_group": (
        """update guardians set "isFirst" = true where id = 'g1'""",
        {"equal_rowcount"},
    ),
}
"""By test: what breaks the rows in its way, and the other tests that cannot but fail with it."""


def test_every_built_in_test_is_tried(database: Database, project: WriteProject) -> None:
    root = project_with_all(project, database)
    fill(database)
    result = run(root)
    assert failed(result) == set()
    assert set(statuses(result)) == set(generics.names()) == set(BREAKS)


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_row_fails_its_test_and_no_other(database: Database, project: WriteProject, name: str) -> None:
    root = project_with_all(project, database)
    statement, others = BREAKS[name]
    fill(database, statement)
    result = run(root)
    assert failed(result) == {name} | others
    verdict = next(v for v in result.verdicts if v.test.name == name)
    assert verdict.status.value == "fail", verdict.message
    assert verdict.failures >= 1
    assert verdict.sample
