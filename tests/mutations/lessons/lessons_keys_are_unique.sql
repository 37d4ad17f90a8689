-- a pupil is marked twice in one lesson
-- Also fails: lessons_have_all_their_pupils, lessons_stay_within_the_branch
update {{ ref('student_period_attendance') }}
set "studentId" = (select min("studentId") from {{ ref('student_period_attendance') }})
where "sessionId" = (select min("sessionId") from {{ ref('student_period_attendance') }})
