-- all are at choir practice
update {{ ref('student_period_attendance') }}
set "status" = 'activity', "reason" = 'Choir practice', "notes" = null
