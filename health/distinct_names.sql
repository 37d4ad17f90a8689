-- Different full names among 100 pupils of a branch
-- Estimate: two pupils are namesakes once in 10,000 pairs, so the more pupils, the fewer different names.
with names as (                      -- one row per branch: its pupils, and their different names
    select
        "branchId" as branch,
        count(*)::double precision as pupils,
        count(distinct "firstName" || ' ' || "lastName") as names
    from {{ ref('students') }}
    group by "branchId"
)

select
    branch as label,
    100 * names / pupils as actual,
    100 * (1 - exp(-pupils / 10000)) / (pupils / 10000) as target,
    8 + 100 / sqrt(pupils) as tolerance
from names
order by branch
