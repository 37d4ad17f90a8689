-- nobody who taught was in the building
-- Also fails: teacher_registers_agree, teacher_summaries_vocabulary
update {{ ref('teacher_daily_attendance') }}
set "checkIn" = null, "checkOut" = null, "status" = 'ON_LEAVE', "leaveType" = 'SICK'
where "teacherId" in (select "actualTeacherId" from {{ ref('attendance_sessions') }})
