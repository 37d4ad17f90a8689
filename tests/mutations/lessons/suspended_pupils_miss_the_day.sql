-- a pupil is suspended from a single lesson
update {{ ref('student_period_attendance') }}
set "status" = 'suspended', "reason" = 'Suspended from class for a day'
where "id" = (select min("id") from {{ ref('student_period_attendance') }} where "status" = 'present')
