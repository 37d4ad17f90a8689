-- A pupil who is enrolled counts as gone.
update {{ ref('students') }}
set "status" = 'inactive'
where "id" = (select min("studentId") from {{ ref('enrollments') }} where "status" = 'enrolled')
