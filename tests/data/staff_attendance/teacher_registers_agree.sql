-- TeacherAttendance and TeacherDailyAttendance say the same of a teacher and day: status, leave, and when he came and went;
-- the one as a clock in India shows it, the other in UTC. A row: a teacher and day on which they differ, or one is missing.
select
    coalesce(mark."teacherId", summary."teacherId") as teacher,
    coalesce(mark."date", summary."date"::date::text) as day,
    mark."status" as marked,
    summary."status" as summed_up
from {{ ref('teacher_attendance') }} as mark
full join {{ ref('teacher_daily_attendance') }} as summary
    on summary."teacherId" = mark."teacherId"
    and summary."date"::date::text = mark."date"
where mark."id" is null
   or summary."id" is null
   or mark."status" <> summary."status"
   or mark."leaveType" is distinct from summary."leaveType"
   or mark."date"::date + mark."checkIn"::time is distinct from summary."checkIn" + interval '330 minutes'
   or mark."date"::date + mark."checkOut"::time is distinct from summary."checkOut" + interval '330 minutes'
