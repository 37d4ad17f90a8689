-- A pupil is enrolled before birth.
update {{ ref('students') }}
set "dob" = '2030-01-01'
where "id" = (select min("id") from {{ ref('students') }})
