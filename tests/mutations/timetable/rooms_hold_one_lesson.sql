-- Also fails: room_rules_are_kept, timetable_stays_within_the_branch
update {{ ref('timetable_periods') }}
set "roomId" = (select min("roomId") from {{ ref('timetable_periods') }} where "dayOfWeek" = 1 and "periodNumber" = 1)
where "dayOfWeek" = 1
  and "periodNumber" = 1
