"""What only a live server can tell: the plan. The rule is checked by `sqlseed.lint.spill`, where one is asked."""

from __future__ import annotations

from sqlseed.lint.rule import Rule

SPILL = Rule(
    name="spill",
    level="warning",
    title="a sort or hash that would write more than a set amount to disk",
    why=(
        "A sort or a hash that does not fit into work_mem (for a hash times hash_mem_multiplier) goes through temporary"
        " files, and a large one fills a disk that others use too. `sqlseed lint --plans` asks the target, a"
        " PostgreSQL,"
        " for the plan of each model's largest slice, and reckons rows by width as the server's planner does, with the"
        " tables' rows and statistics as they are: build the models before, at the size that is meant, and analyze"
        " them."
        " Nothing is run. Without --plans the rule is not checked."
    ),
    instead="More work_mem for the role; fewer or narrower rows before the sort; more slices.",
)
RULES = (SPILL,)
