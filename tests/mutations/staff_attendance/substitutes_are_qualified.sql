-- a substitute has studied nothing that is taught
-- Also fails: lessons_by_qualified_teachers, marked_by_the_subjects_teacher
update {{ ref('teachers') }}
set "subjects" = 'Astrology'
where "id" = (select min("substituteTeacherId") from {{ ref('substitutions') }})
