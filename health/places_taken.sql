-- Pupils in a section, in percent of its places
-- Estimate: all but the spare seats, of which the vars intake_share and spare_seats say how many are taken.
with taken as (
    select
        enrollment."branchId" as branch,
        enrollment."sectionId" as section,
        count(*) as pupils
    from {{ ref('enrollments') }} as enrollment
    where enrollment."status" = 'enrolled'
    group by enrollment."branchId", enrollment."sectionId"
)

select
    taken.branch,
    100.0 * sum(taken.pupils) / sum(section."capacity"),
    100.0 * {{ var('intake_share') }} * (1 - {{ var('spare_seats') }} * count(*) * 1.0 / sum(section."capacity")),
    4 + 120 / sqrt(sum(section."capacity")::double precision)
from taken
join {{ ref('sections') }} as section
    on section."id" = taken.section
group by taken.branch
order by taken.branch
