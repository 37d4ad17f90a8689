-- A substitute is in the building for the whole lesson. A row: one who was not, or whose day is unknown.
select substitution."id", substitution."date", mark."status", mark."checkIn", mark."checkOut"
from {{ ref('substitutions') }} as substitution
join {{ ref('timetable_periods') }} as period
    on period."id" = substitution."periodId"
left join {{ ref('teacher_attendance') }} as mark
    on mark."teacherId" = substitution."substituteTeacherId"
    and mark."date" = substitution."date"::date::text
where substitution."substituteTeacherId" is not null
  and (
      mark."checkIn" is null
      or mark."checkIn"::time > period."startTime"::time
      or mark."checkOut"::time < period."endTime"::time
  )
