-- the first section's first teacher gives all its lessons of that hour in the next section, too
update {{ ref('timetable_periods') }}
set "teacherId" = (select min("teacherId") from {{ ref('timetable_periods') }} where "dayOfWeek" = 1 and "periodNumber" = 1)
where "dayOfWeek" = 1
  and "periodNumber" = 1
