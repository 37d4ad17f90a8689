-- All children of a branch have one first contact.
update {{ ref('student_guardians') }}
set "guardianId" = (select min("id") from {{ ref('guardians') }})
where "isPrimary"
