-- Two pupils are made brothers who are born a hundred days apart.
insert into {{ ref('student_guardians') }}
    ("id", "studentId", "guardianId", "relation", "isPrimary", "canPickup", "emergencyContact")
select first_child."id" || '-2', other."id", first_child."guardianId", first_child."relation", true, true, true
from {{ ref('student_guardians') }} as first_child
join {{ ref('students') }} as other
    on other."id" = (select max("id") from {{ ref('students') }})
where first_child."isPrimary"
  and first_child."studentId" = (select min("id") from {{ ref('students') }})
;
update {{ ref('students') }}
set "dob" = '2015-05-01'
where "id" = (select min("id") from {{ ref('students') }})
;
update {{ ref('students') }}
set "dob" = '2015-08-09'
where "id" = (select max("id") from {{ ref('students') }})
