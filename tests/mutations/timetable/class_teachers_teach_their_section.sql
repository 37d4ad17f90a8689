-- Also fails: homeroom_teachers, marked_by_the_class_teacher, school_parents_are_there
update {{ ref('sections') }}
set "homeroomTeacherId" = (select max("homeroomTeacherId") from {{ ref('sections') }})
