-- a pupil is left out
delete from {{ ref('student_period_attendance') }}
where "id" = (select min("id") from {{ ref('student_period_attendance') }})
