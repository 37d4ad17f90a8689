-- A pupil at the end of the roll comes first by name.
update {{ ref('students') }}
set "firstName" = 'Aaa'
where "rollNumber" = '3'
