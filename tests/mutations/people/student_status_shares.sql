-- All girls have graduated.
update {{ ref('students') }}
set "status" = 'graduated'
where "gender" = 'female'
