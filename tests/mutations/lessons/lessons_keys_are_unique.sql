-- a pupil is marked twice in one lesson
update {{ ref('student_period_attendance') }}
set "studentId" = (select min("studentId") from {{ ref('student_period_attendance') }})
where "sessionId" = (select min("sessionId") from {{ ref('student_period_attendance') }})
