-- Half of a branch's pupils have gone.
update {{ ref('enrollments') }}
set "status" = 'transferred'
where "studentId" in (select "id" from {{ ref('students') }} where "gender" = 'male')
