-- A substitution is for a lesson whose teacher was not in the building: absent or on leave that day, or on a half day that
-- ends before the lesson does or begins after it has. A row: one for a teacher who was there, or whose day is unknown.
select substitution."id", substitution."date", mark."status", mark."checkIn", mark."checkOut", period."startTime"
from {{ ref('substitutions') }} as substitution
join {{ ref('timetable_periods') }} as period
    on period."id" = substitution."periodId"
left join {{ ref('teacher_attendance') }} as mark
    on mark."teacherId" = period."teacherId"
    and mark."date" = substitution."date"::date::text
where mark."id" is null
   or (
       mark."status" not in ('ABSENT', 'ON_LEAVE')
       and not (
           mark."status" = 'HALF_DAY'
           and (mark."checkIn"::time > period."startTime"::time or mark."checkOut"::time < period."endTime"::time)
       )
   )
