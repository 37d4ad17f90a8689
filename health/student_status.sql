-- Students by status, in percent
-- Estimate: every year that is over has sent away as many graduates as sit in the highest class now, and 4 leavers of
-- 100.
with history as materialized (       -- one row: the academic years that are over
    select count(distinct "name") as years
    from {{ ref('academic_years') }}
    where "endDate"::date < {{ var('as_of') }}
),

highest as (                         -- one row per branch: its highest class
    select
        "branchId" as branch,
        max("gradeLevel") as level
    from {{ ref('classes') }}
    group by "branchId"
),

finalists as materialized (          -- one row: those who sit in it now
    select count(*) as pupils
    from {{ ref('enrollments') }} as enrollment
    join {{ ref('sections') }} as section
        on section."id" = enrollment."sectionId"
    join {{ ref('classes') }} as class
        on class."id" = section."classId"
    join highest
        on highest.branch = class."branchId"
        and highest.level = class."gradeLevel"
    where enrollment."status" = 'enrolled'
),

expected as materialized (           -- one row: the students of each status that there should be
    select
        count(*) filter (where student."status" = 'active')::double precision as active,
        max(history.years) * max(finalists.pupils)::double precision as graduated,
        max(history.years) * 0.04 * count(*) filter (where student."status" = 'active')::double precision as inactive
    from {{ ref('students') }} as student
    cross join history
    cross join finalists
),

counted as (                         -- one row per status that students have, and how many there are of all
    select
        "status",
        count(*)::double precision as students,
        sum(count(*)) over ()::double precision as total
    from {{ ref('students') }}
    group by "status"
)

select
    counted."status" as label,
    100 * counted.students / counted.total as actual,
    100 * case counted."status"
        when 'active' then expected.active
        when 'graduated' then expected.graduated
        when 'inactive' then expected.inactive
    end / nullif(expected.active + expected.graduated + expected.inactive, 0) as target,
    7 + 100 / sqrt(counted.total) as tolerance
from counted
cross join expected
order by 3 desc, 1
