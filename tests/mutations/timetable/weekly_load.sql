update {{ ref('timetable_periods') }}
set "teacherId" = (select min("teacherId") from {{ ref('timetable_periods') }})
where "teacherId" is not null
