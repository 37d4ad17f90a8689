-- one teacher gives all lessons
update {{ ref('attendance_sessions') }}
set "actualTeacherId" = (select min("actualTeacherId") from {{ ref('attendance_sessions') }})
where "status" = 'completed'
