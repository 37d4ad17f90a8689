-- the absent teachers teach their lessons themselves
update {{ ref('attendance_sessions') }}
set "actualTeacherId" = "assignedTeacherId", "status" = 'completed'
where "status" <> 'scheduled'
