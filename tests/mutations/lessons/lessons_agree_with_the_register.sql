-- a pupil who is absent that day is present in a lesson
update {{ ref('student_period_attendance') }}
set "status" = 'present', "reason" = null, "notes" = null
where "id" = (select min("id") from {{ ref('student_period_attendance') }} where "status" = 'absent')
