-- Also fails: lessons_by_qualified_teachers, marked_by_the_subjects_teacher, subjects_of_the_board,
--   substitutes_are_qualified
update {{ ref('subjects') }}
set "name" = replace("name", 'English', 'Welsh')
