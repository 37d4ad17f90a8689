-- Two pupils of one family get different surnames and one given name, and are both boys.
insert into {{ ref('student_guardians') }}
    ("id", "studentId", "guardianId", "relation", "isPrimary", "canPickup", "emergencyContact")
select
    "id" || '-2', (select max("id") from {{ ref('students') }}), "guardianId", "relation", "isPrimary", "canPickup",
    "emergencyContact"
from {{ ref('student_guardians') }}
where "studentId" = (select min("id") from {{ ref('students') }})
;
update {{ ref('students') }}
set "gender" = 'male', "lastName" = 'Nobody ' || "rollNumber", "firstName" = 'Arjun'
where "id" in (select min("id") from {{ ref('students') }} union all select max("id") from {{ ref('students') }})
