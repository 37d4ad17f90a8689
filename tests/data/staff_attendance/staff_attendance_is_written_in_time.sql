-- What is written of a day is written on it, between eight and four in India, created before it is updated; a substitution
-- is asked for before it is approved, and both come before the lesson begins. A row: one that is not.
select 'TeacherAttendance' as source, "id", "createdAt", "updatedAt"
from {{ ref('teacher_attendance') }}
where "createdAt" > "updatedAt"
   or "createdAt" < "date"::timestamp + interval '150 minutes'
   or "updatedAt" > "date"::timestamp + interval '630 minutes'
union all
select 'TeacherDailyAttendance', "id", "createdAt", "updatedAt"
from {{ ref('teacher_daily_attendance') }}
where "createdAt" > "updatedAt"
   or "createdAt" < "date" + interval '150 minutes'
   or "updatedAt" > "date" + interval '630 minutes'
   or "checkOut" > "createdAt"
union all
select 'Substitution', substitution."id", substitution."createdAt", substitution."updatedAt"
from {{ ref('substitutions') }} as substitution
join {{ ref('timetable_periods') }} as period
    on period."id" = substitution."periodId"
where substitution."createdAt" > substitution."updatedAt"
   or substitution."createdAt" > substitution."approvedAt"
   or substitution."approvedAt" > substitution."updatedAt"
   or substitution."createdAt" < substitution."date" + interval '150 minutes'
   or substitution."updatedAt" + interval '330 minutes' > substitution."date"::date + period."startTime"::time
