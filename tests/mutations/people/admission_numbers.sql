-- A pupil was admitted in a year to come.
-- Also fails: newcomers_have_applied
update {{ ref('students') }}
set "admissionNo" = split_part("admissionNo", '/', 1) || '/2099/' || split_part("admissionNo", '/', 3)
where "id" = (select min("id") from {{ ref('students') }})
