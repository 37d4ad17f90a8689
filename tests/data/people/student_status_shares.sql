-- After two years that are over, 50 to 85 per cent of the students are active, at least 5 inactive and 10 graduated.
-- Where fewer years are shown there are fewer who have left: after one, a fifth of those shares at least; before,
-- nine in ten are active. Small schools may miss a bound by four standard deviations, and where not all branches are
-- built, a senior wing of two grades may weigh so much that only three of ten are active.
-- A row: the shares, if they are outside.
with shares as (
    select
        count(*) as students,
        count(*) filter (where "status" = 'active')::double precision / nullif(count(*), 0) as active,
        count(*) filter (where "status" = 'inactive')::double precision / nullif(count(*), 0) as inactive,
        count(*) filter (where "status" = 'graduated')::double precision / nullif(count(*), 0) as graduated
    from {{ ref('students') }}
),

history as (
    select
        count(distinct "name") filter (where "endDate"::date < {{ var('as_of') }}) as years,
        case when count(distinct "branchId") >= 13 then 0.5 else 0.3 end as least_active
    from {{ ref('academic_years') }}
)

select shares.students, history.years, shares.active, shares.inactive, shares.graduated
from shares
cross join history
where case
    when history.years >= 2 then
        shares.active < history.least_active - 4 * sqrt(0.25 / shares.students)
        or shares.active > 0.85 + 4 * sqrt(0.1275 / shares.students)
        or shares.inactive < 0.05 - 4 * sqrt(0.0475 / shares.students)
        or shares.graduated < 0.1 - 4 * sqrt(0.09 / shares.students)
    when history.years = 1 then
        shares.active > 0.97 + 4 * sqrt(0.0291 / shares.students)
        or shares.active < history.least_active - 4 * sqrt(0.25 / shares.students)
        or shares.inactive < 0.01 - 4 * sqrt(0.0099 / shares.students)
        or shares.graduated < 0.02 - 4 * sqrt(0.0196 / shares.students)
    else
        shares.active < 0.9
        or shares.graduated > 0
end
