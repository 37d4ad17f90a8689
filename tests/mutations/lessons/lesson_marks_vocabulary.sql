-- somebody who is present comes five minutes late
update {{ ref('student_period_attendance') }}
set "minutesLate" = 5
where "id" = (select min("id") from {{ ref('student_period_attendance') }} where "status" = 'present')
