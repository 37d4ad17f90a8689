-- Pupils of Class 3 have graduated.
-- Also fails: status_follows_enrollment, student_status_shares
update {{ ref('students') }}
set "status" = 'graduated'
where "classId" in (select "id" from {{ ref('classes') }} where "name" = 'Class 3')
