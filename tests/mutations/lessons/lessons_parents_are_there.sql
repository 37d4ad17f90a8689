-- a pupil who does not exist
update {{ ref('student_period_attendance') }}
set "studentId" = 'nobody'
where "id" = (select min("id") from {{ ref('student_period_attendance') }} where true)
