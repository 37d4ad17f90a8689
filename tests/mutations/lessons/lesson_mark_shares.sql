-- nobody is present, all are at a rehearsal
update {{ ref('student_period_attendance') }}
set "status" = 'activity'
where "status" = 'present'
