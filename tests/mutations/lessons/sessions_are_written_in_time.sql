-- a planned lesson is entered on its own day, after the as-of date
update {{ ref('attendance_sessions') }}
set "createdAt" = "startTime", "updatedAt" = "startTime"
where "id" = (select min("id") from {{ ref('attendance_sessions') }} where "status" = 'scheduled')
