update {{ ref('timetable_periods') }}
set "roomId" = null
where "id" = (select min("id") from {{ ref('timetable_periods') }} where not "isBreak")
