-- Two pupils have one admission number.
-- Also fails: admission_numbers, approved_become_newcomers
update {{ ref('students') }}
set "admissionNo" = (select min("admissionNo") from {{ ref('students') }})
where "id" = (select max("id") from {{ ref('students') }})
