-- A pupil sits in a section of another branch.
-- Also fails: marked_by_the_class_teacher, roll_numbers_in_name_order, student_sits_where_enrolled
update {{ ref('students') }}
set "sectionId" = (select min("id") from {{ ref('sections') }} where "branchId" <> 'dps-main')
where "branchId" = 'dps-main'
