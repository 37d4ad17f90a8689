-- All girls have graduated.
-- Also fails: graduates_left_the_top_grade, roll_numbers_in_name_order, status_follows_enrollment
update {{ ref('students') }}
set "status" = 'graduated'
where "gender" = 'female'
