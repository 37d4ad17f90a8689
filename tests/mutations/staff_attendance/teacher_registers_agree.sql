-- one register has a teacher present, the other absent
update {{ ref('teacher_daily_attendance') }}
set "status" = 'ABSENT', "checkIn" = null, "checkOut" = null, "totalHours" = null
where "id" = (select min("id") from {{ ref('teacher_daily_attendance') }} where "status" = 'PRESENT')
