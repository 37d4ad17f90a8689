-- Also fails: homeroom_teachers, staff_come_and_go, staff_for_pupils
update {{ ref('staff') }}
set "status" = 'inactive'
where "id" in (select "staffId" from {{ ref('teachers') }} where "id" in (select "teacherId" from {{ ref('timetable_periods') }}))
