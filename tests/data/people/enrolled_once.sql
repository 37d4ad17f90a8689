-- Nobody is enrolled twice at once, or twice in one academic year. A row: an enrollment that begins before the one
-- before it has ended, or in the same academic year.
with enrollments as (
    select
        "studentId" as student,
        "startDate"::date as first_day,
        coalesce("endDate", '9999-12-31')::date as last_day,
        left("startDate", 4)::int - case when substring("startDate", 6, 2)::int < 4 then 1 else 0 end as year,
        "id" as id
    from {{ ref('enrollments') }}
),

successive as (
    select
        id,
        student,
        first_day,
        year,
        lag(last_day) over (partition by student order by first_day, last_day, id collate "C") as last_day_before,
        lag(year) over (partition by student order by first_day, last_day, id collate "C") as year_before
    from enrollments
)

select id, student, first_day, last_day_before
from successive
where first_day <= last_day_before
   or year = year_before
