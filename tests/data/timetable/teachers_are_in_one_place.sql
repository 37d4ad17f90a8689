-- A teacher gives one lesson at a time. One row for each teacher, year and period with two.
select
    "academicYearId",
    "teacherId",
    "dayOfWeek",
    "periodNumber",
    count(*) as lessons
from {{ ref('timetable_periods') }}
where "teacherId" is not null
group by
    "academicYearId",
    "teacherId",
    "dayOfWeek",
    "periodNumber"
having count(*) > 1
