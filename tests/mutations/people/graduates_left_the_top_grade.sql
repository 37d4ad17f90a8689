-- Pupils of Class 3 have graduated.
update {{ ref('students') }}
set "status" = 'graduated'
where "classId" in (select "id" from {{ ref('classes') }} where "name" = 'Class 3')
