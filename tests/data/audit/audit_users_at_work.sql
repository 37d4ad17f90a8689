-- A teacher sends no request on a day on which he is absent or on leave, nor a roll on a half day before he comes.
-- A row is an entry of such a day; steps of tickets and admissions may be settled from home.
select entry."id", entry."action", entry."createdAt", presence."status", presence."checkIn"
from {{ ref('audit_logs') }} as entry
join {{ ref('teachers') }} as teacher
    on teacher."staffId" = entry."userId"
join {{ ref('teacher_attendance') }} as presence
    on presence."teacherId" = teacher."id"
    and presence."branchId" = entry."branchId"
    and presence."date" = (entry."createdAt"::date)::text
where coalesce(entry."entityType", '') not in ('Ticket', 'Application', 'Student', 'Enrollment')
  and presence."status" in ('ABSENT', 'ON_LEAVE')
