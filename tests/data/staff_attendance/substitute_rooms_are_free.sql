-- A lesson that moves under a substitute goes to a room in which nobody has a lesson in that hour, and not to where it was.
-- A row: one that does not.
select substitution."id", substitution."substituteRoomId", other."id" as other
from {{ ref('substitutions') }} as substitution
join {{ ref('timetable_periods') }} as period
    on period."id" = substitution."periodId"
left join {{ ref('timetable_periods') }} as other
    on other."roomId" = substitution."substituteRoomId"
    and other."academicYearId" = period."academicYearId"
    and other."dayOfWeek" = period."dayOfWeek"
    and other."periodNumber" = period."periodNumber"
where substitution."substituteRoomId" is not null
  and (other."id" is not null or substitution."substituteTeacherId" is null)
