-- Half of a branch's pupils have gone.
-- Also fails: enrolled_is_current, status_follows_enrollment
update {{ ref('enrollments') }}
set "status" = 'transferred'
where "studentId" in (select "id" from {{ ref('students') }} where "gender" = 'male')
