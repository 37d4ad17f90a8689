-- Calendar days are text in the form 2026-09-30, and days of the calendar. A row: a value that is not.
with days as (
    select 'students.dob' as what, "dob" as day from {{ ref('students') }}
    union all
    select 'staff.joinDate', "joinDate" from {{ ref('staff') }}
    union all
    select 'enrollments.startDate', "startDate" from {{ ref('enrollments') }}
    union all
    select 'enrollments.endDate', "endDate" from {{ ref('enrollments') }} where "endDate" is not null
)

select what, day, count(*) as times
from days
where case
    when day ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
        then right(day, 2)::int > extract(day from make_date(left(day, 4)::int, substring(day, 6, 2)::int, 1)
            + interval '1 month' - interval '1 day')
    else true
end
group by what, day
