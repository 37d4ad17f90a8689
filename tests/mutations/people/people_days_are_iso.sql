-- A pupil is born on a day that does not exist.
update {{ ref('students') }}
set "dob" = '2015-02-30'
where "id" = (select min("id") from {{ ref('students') }})
