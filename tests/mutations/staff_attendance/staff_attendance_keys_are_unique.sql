-- two teachers of one day become one
update {{ ref('teacher_attendance') }}
set "teacherId" = (select min("teacherId") from {{ ref('teacher_attendance') }})
where "date" = (select min("date") from {{ ref('teacher_attendance') }})
