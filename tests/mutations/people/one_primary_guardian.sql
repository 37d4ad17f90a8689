-- A pupil has no first contact.
-- Also fails: messages_go_to_the_first_contact
update {{ ref('student_guardians') }}
set "isPrimary" = false
where "studentId" = (select min("studentId") from {{ ref('student_guardians') }})
