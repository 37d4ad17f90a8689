-- nobody of a branch is marked on its first day
delete from {{ ref('teacher_attendance') }}
where "date" = (select min("date") from {{ ref('teacher_attendance') }})
