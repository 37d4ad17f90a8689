-- a lesson begins an hour late
update {{ ref('attendance_sessions') }}
set "startTime" = "startTime" + interval '1 hour'
where "id" = (select min("id") from {{ ref('attendance_sessions') }} where true)
