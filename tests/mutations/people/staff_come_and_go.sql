-- All the staff are on leave.
-- Also fails: teachers_on_leave_are_away
update {{ ref('staff') }}
set "status" = 'on_leave'
