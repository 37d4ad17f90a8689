-- the summary names nobody although lessons were taken
update {{ ref('teacher_daily_attendance') }}
set "substituteId" = null
