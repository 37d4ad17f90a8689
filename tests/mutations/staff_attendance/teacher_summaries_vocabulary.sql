-- an hour too many is counted
update {{ ref('teacher_daily_attendance') }}
set "totalHours" = "totalHours" + 1
where "id" = (select min("id") from {{ ref('teacher_daily_attendance') }} where "totalHours" is not null)
