-- All the staff are on leave.
update {{ ref('staff') }}
set "status" = 'on_leave'
