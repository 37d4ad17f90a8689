-- Students by status, in percent
-- Estimate: every year that is over adds some 8 graduates and 4 leavers to 100 pupils.
with history as materialized (
    select count(distinct "name") as years
    from {{ ref('academic_years') }}
    where "endDate"::date < {{ var('as_of') }}
),

counted as materialized (
    select
        count(*)::double precision as students,
        count(*) filter (where "status" = 'active') as active,
        count(*) filter (where "status" = 'graduated') as graduated,
        count(*) filter (where "status" = 'inactive') as inactive
    from {{ ref('students') }}
    having count(*) > 0
)

select 'active', 100 * active / students, 100 / (1 + 0.12 * years), 6 + 200 / sqrt(students)
from counted
cross join history
union all
select 'graduated', 100 * graduated / students, 8 * years / (1 + 0.12 * years), 6 + 100 / sqrt(students)
from counted
cross join history
union all
select 'inactive', 100 * inactive / students, 4 * years / (1 + 0.12 * years), 3 + 100 / sqrt(students)
from counted
cross join history
order by 3 desc, 1
