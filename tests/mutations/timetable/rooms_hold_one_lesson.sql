update {{ ref('timetable_periods') }}
set "roomId" = (select min("roomId") from {{ ref('timetable_periods') }} where "dayOfWeek" = 1 and "periodNumber" = 1)
where "dayOfWeek" = 1
  and "periodNumber" = 1
