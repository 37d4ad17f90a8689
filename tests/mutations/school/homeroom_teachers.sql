-- All sections of a branch have one class teacher.
-- Also fails: class_teachers_teach_their_section, marked_by_the_class_teacher
update {{ ref('sections') }}
set "homeroomTeacherId" = (select min("id") from {{ ref('teachers') }} where "branchId" = 'dps-main')
where "branchId" = 'dps-main'
