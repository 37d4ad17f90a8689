-- all who stand in for somebody were absent themselves
update {{ ref('teacher_attendance') }}
set "status" = 'ABSENT', "checkIn" = null, "checkOut" = null
where "teacherId" in (select "substituteTeacherId" from {{ ref('substitutions') }})
