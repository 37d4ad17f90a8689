-- A room has one lesson at a time. One row for each room, year and period with two.
select
    "academicYearId",
    "roomId",
    "dayOfWeek",
    "periodNumber",
    count(*) as lessons
from {{ ref('timetable_periods') }}
where "roomId" is not null
group by
    "academicYearId",
    "roomId",
    "dayOfWeek",
    "periodNumber"
having count(*) > 1
