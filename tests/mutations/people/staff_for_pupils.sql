-- All teachers have left.
-- Also fails: homeroom_teachers, staff_come_and_go, teachers_are_in_post
update {{ ref('staff') }}
set "status" = 'inactive'
where "id" in (select "staffId" from {{ ref('teachers') }})
