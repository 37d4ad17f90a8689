-- A teacher gives at most 40 lessons a week. One row for each teacher and year with more.
select
    "academicYearId",
    "teacherId",
    count(*) as lessons
from {{ ref('timetable_periods') }}
where "teacherId" is not null
group by
    "academicYearId",
    "teacherId"
having count(*) > 40
