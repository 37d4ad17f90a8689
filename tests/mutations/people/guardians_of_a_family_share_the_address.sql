-- Every father has moved to a house of his own.
update {{ ref('guardians') }}
set "address" = '1, ' || "address"
where "id" in (select "guardianId" from {{ ref('student_guardians') }} where "relation" = 'father')
