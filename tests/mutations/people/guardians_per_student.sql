-- The first contact is the only guardian anybody has; the others are left without a child.
delete from {{ ref('student_guardians') }}
where not "isPrimary"
