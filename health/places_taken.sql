-- Pupils in a section, in percent of its places
-- Estimate: all but the spare seats, of which the vars intake_share and spare_seats say how many are taken.
with taken as (                      -- one row per section with pupils now
    select
        enrollment."branchId" as branch,
        enrollment."sectionId" as section,
        count(*) as pupils
    from {{ ref('enrollments') }} as enrollment
    where enrollment."status" = 'enrolled'
    group by enrollment."branchId", enrollment."sectionId"
),

branches as (                        -- one row per branch
    select
        taken.branch,
        count(*) as sections,
        sum(taken.pupils) as pupils,
        sum(section."capacity") as places
    from taken
    join {{ ref('sections') }} as section
        on section."id" = taken.section
    group by taken.branch
)

select
    branch as label,
    100.0 * pupils / places as actual,
    100.0 * {{ var('intake_share') }} * (1 - {{ var('spare_seats') }} * sections * 1.0 / places) as target,
    4 + 120 / sqrt(places::double precision) as tolerance
from branches
order by branch
