update {{ ref('timetable_periods') }}
set "teacherId" = (select max("teacherId") from {{ ref('timetable_periods') }})
where "id" = (select min("id") from {{ ref('timetable_periods') }} where not "isBreak")
