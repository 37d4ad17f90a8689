-- Pupils for each member of staff at work
-- Estimate: 12 to 26. A school made small by section_limit or seat_limit needs the same posts for fewer pupils.
{% set is_full_size = var('section_limit') >= 32 and var('seat_limit') >= 64 %}
with enrolled as (                   -- one row per branch: its pupils now
    select
        "branchId" as branch,
        count(*)::double precision as pupils
    from {{ ref('enrollments') }}
    where "status" = 'enrolled'
    group by "branchId"
),

working as (                         -- one row per branch: its staff at work
    select
        "branchId" as branch,
        count(*) as staff
    from {{ ref('staff') }}
    where "status" <> 'inactive'
    group by "branchId"
)

select
    enrolled.branch as label,
    enrolled.pupils / working.staff as actual,
    {{ 19 if is_full_size else 6 }} as target,
    {{ 7 if is_full_size else 6 }} as tolerance
from enrolled
left join working
    on working.branch = enrolled.branch
order by enrolled.branch
