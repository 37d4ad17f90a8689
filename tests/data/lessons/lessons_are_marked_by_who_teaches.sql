-- The roll of a lesson is taken by who teaches it, while it lasts; who comes late is marked when he has come. A row: a mark
-- made by somebody else or at another time.
select mark."id", mark."markedAt", session."startTime", session."endTime"
from {{ ref('student_period_attendance') }} as mark
join {{ ref('attendance_sessions') }} as session
    on session."id" = mark."sessionId"
where mark."markedBy" is distinct from session."actualTeacherId"
   or mark."markedAt" < session."startTime" + interval '1 minute' * coalesce(mark."minutesLate", 0)
   or mark."markedAt" > session."endTime"
   or mark."markedAt" > session."lockedAt"
