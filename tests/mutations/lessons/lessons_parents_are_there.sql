-- a pupil who does not exist
-- Also fails: lessons_agree_with_the_register, lessons_have_all_their_pupils
update {{ ref('student_period_attendance') }}
set "studentId" = 'nobody'
where "id" = (select min("id") from {{ ref('student_period_attendance') }} where true)
