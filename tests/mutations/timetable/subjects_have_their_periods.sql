update {{ ref('timetable_periods') }}
set "subjectId" = (select max("subjectId") from {{ ref('timetable_periods') }})
where "id" = (select min("id") from {{ ref('timetable_periods') }} where not "isBreak")
