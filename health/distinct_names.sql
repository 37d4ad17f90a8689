-- Different full names among 100 pupils of a branch
-- Estimate: two pupils are namesakes once in 10,000 pairs, so the more pupils, the fewer different names.
with names as (
    select
        "branchId" as branch,
        count(*)::double precision as pupils,
        count(distinct "firstName" || ' ' || "lastName") as names
    from {{ ref('students') }}
    group by "branchId"
)

select
    branch,
    100 * names / pupils,
    100 * (1 - exp(-pupils / 10000)) / (pupils / 10000),
    8 + 100 / sqrt(pupils)
from names
order by branch
