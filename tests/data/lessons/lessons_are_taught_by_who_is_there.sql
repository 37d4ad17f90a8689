-- Who taught a lesson was in the building for all of it: nobody teaches on leave. A row: a lesson taught by somebody who
-- was not there, or whose day is unknown.
select session."id", session."date", mark."status", mark."checkIn", mark."checkOut"
from {{ ref('attendance_sessions') }} as session
left join {{ ref('teacher_daily_attendance') }} as mark
    on mark."teacherId" = session."actualTeacherId"
    and mark."date" = session."date"
where session."actualTeacherId" is not null
  and (mark."checkIn" is null or mark."checkIn" > session."startTime" or mark."checkOut" < session."endTime")
