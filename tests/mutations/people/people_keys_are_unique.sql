-- Two pupils have one admission number.
update {{ ref('students') }}
set "admissionNo" = (select min("admissionNo") from {{ ref('students') }})
where "id" = (select max("id") from {{ ref('students') }})
