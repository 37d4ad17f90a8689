"""Which columns decide a column's values: through CTEs, unions, subqueries, slots and computed keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlseed.review.lineage import column_lineage
from tests.unit.towns import open_towns

HOUSE = """
    {{{{ config(slice_by=['town']) }}}}
    {ctes}
    select {{{{ key('n') }}}} as id, {town} as town
    from {source}
"""
UNION = """
    with both as (
        select people as n, name as b from {{ seed('towns') }}
        union all
        select no, name from {{ seed('years') }}
    )
"""


def sources(folder: Path, town: str, source: str, ctes: str = "") -> tuple[tuple[str, str], ...]:
    """Where the column `town` of the model `house` comes from."""
    text = HOUSE.format(ctes=ctes, town=town, source=source)
    space = open_towns(folder, {"models/house.sql": text})
    space.checked(["house"])
    return column_lineage(space)["house"]["town"]


@pytest.mark.parametrize(
    ("town", "source", "ctes", "expected"),
    [
        ("'x'", "generate_series(1, 3) as g(n)", "", []),
        ("{{ town.code }}", "generate_series(1, 3) as g(n)", "", [("towns", "code")]),
        ("t.name", "(select name, people as n from {{ seed('towns') }}) as t", "", [("towns", "name")]),
        ("name", "here", "with here as (select name, people as n from {{ seed('towns') }})", [("towns", "name")]),
        ("v.b", "v", "with v(n, b) as (select people, name from {{ seed('towns') }})", [("towns", "name")]),
        (
            "b",
            "both",
            UNION,
            [("towns", "name"), ("years", "name")],
        ),
        (
            "c.colour",
            "{{ slots('colours') }} as c join generate_series(0, 3) as g(n) on g.n = c.slot",
            "",
            [("colours", "colour")],
        ),
        (
            "case when t.people > 1 then t.name end",
            "(select people as n from {{ seed('towns') }}) as g join {{ seed('towns') }} as t on t.people = g.n",
            "",
            [("towns", "people"), ("towns", "name")],
        ),
        (
            "(select max(y.name collate \"C\") from {{ seed('years') }} as y where y.no = g.n)",
            "generate_series(1, 3) as g(n)",
            "",
            [("years", "name"), ("years", "no")],
        ),
    ],
    ids=["constant", "dimension", "subquery", "cte", "renamed", "union", "slots", "case", "scalar"],
)
def test_sources(tmp_path: Path, town: str, source: str, ctes: str, expected: list[tuple[str, str]]) -> None:
    assert list(sources(tmp_path, town, source, ctes)) == expected


def test_a_column_that_only_joins_or_filters_is_no_source(tmp_path: Path) -> None:
    found = sources(tmp_path, "t.name", "{{ seed('towns') }} as t join generate_series(1, 300) as g(n) on g.n = people")
    assert found == (("towns", "name"),)


def test_a_computed_key_comes_from_the_key_of_the_other_model(tmp_path: Path) -> None:
    space = open_towns(tmp_path)
    space.checked()
    found = column_lineage(space)
    assert found["bill"]["house_id"] == (("house", "id"),)
    assert found["bill"]["id"] == ()  # its own key, from a number
    assert found["total"]["bills"] == ()  # a count of rows names no column
