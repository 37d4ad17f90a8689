"""What the planner is told on PostgreSQL: little of intermediate tables, which change often; of others, all."""

from __future__ import annotations

import pytest

from tests.behaviour.clinics import Database, build

MOST_PRECISE = """
select max(greatest(cardinality(most_common_freqs), cardinality(string_to_array(histogram_bounds::text, ',')) - 1))
from pg_stats
where schemaname = '{}' and tablename = '{}'
"""


@pytest.mark.parametrize("precision", [100, 40])
def test_a_small_sample_of_intermediate_tables_alone(any_pg: Database, write, precision):
    any_pg.run(f"do $$ begin execute format('alter database %I set default_statistics_target = {precision}',"
               " current_database()); end $$")  # fmt: skip
    assert build(write(any_pg, bulk='"on"'), vars={"patients": 40}).success
    assert any_pg.query(MOST_PRECISE.format("_sqlseed", "visit_plan")) == [(10,)]
    assert any_pg.query(MOST_PRECISE.format("public", "Visit")) == [(precision,)]
