-- The marks of a pupil's lessons agree with the register of the day: absent and excused in every lesson, where excused on a
-- medical certificate is medical; late in the first and present in the others; present in all that he has no activity,
-- illness or suspension in. A row: a mark that contradicts the register, or a pupil and day without register.
with days as (
    select distinct "date"::date::text as day
    from {{ ref('attendance_sessions') }}
    where "status" = 'completed'
),

register as (
    select record."id", record."studentId", record."date", record."status", record."reason"
    from {{ ref('attendance_records') }} as record
    join days
        on days.day = record."date"
)

select mark."id", session."date", mark."status", record."status" as register, period."periodNumber"
from {{ ref('student_period_attendance') }} as mark
join {{ ref('attendance_sessions') }} as session
    on session."id" = mark."sessionId"
join {{ ref('timetable_periods') }} as period
    on period."id" = session."periodId"
left join register as record
    on record."studentId" = mark."studentId"
    and record."date" = session."date"::date::text
where record."id" is null
   or mark."status" not in ('present', 'absent', 'late', 'excused', 'medical', 'suspended', 'activity')
   or (record."status" = 'absent' and mark."status" <> 'absent')
   or (record."status" = 'excused' and mark."status" not in ('excused', 'medical'))
   or (record."status" = 'late' and mark."status" <> case when period."periodNumber" = 1 then 'late' else 'present' end)
   or (record."status" = 'present' and mark."status" not in ('present', 'activity', 'medical', 'suspended'))
   or (mark."status" in ('absent', 'excused', 'late') and mark."reason" is distinct from record."reason")
   or (record."status" = 'excused' and mark."status" = 'medical' and mark."reason" <> record."reason")
