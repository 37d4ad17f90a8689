-- A pupil has no first contact.
update {{ ref('student_guardians') }}
set "isPrimary" = false
where "studentId" = (select min("studentId") from {{ ref('student_guardians') }})
