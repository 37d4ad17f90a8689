-- The day of birth of a pupil is written with a month of one digit.
-- Also fails: ages_fit_grades
update {{ ref('students') }}
set "dob" = '2015-4-01'
where "id" = (select min("id") from {{ ref('students') }})
