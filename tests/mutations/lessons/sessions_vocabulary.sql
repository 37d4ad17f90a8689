-- a lesson of a past day is still scheduled
update {{ ref('attendance_sessions') }}
set "status" = 'scheduled', "date" = "date" - interval '7 days', "actualTeacherId" = null, "lockedAt" = null
where "id" = (select min("id") from {{ ref('attendance_sessions') }} where "status" = 'completed')
