-- the sessions are a week old
update {{ ref('attendance_sessions') }}
set "date" = "date" - interval '7 days'
where "status" <> 'scheduled'
