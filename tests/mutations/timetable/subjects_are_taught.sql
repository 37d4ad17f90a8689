-- Also fails: lessons_have_class_subject_teachers, lessons_parents_are_there, sections_have_a_full_week,
--   sessions_follow_the_timetable, templates_are_obeyed
delete from {{ ref('timetable_periods') }}
where "subjectId" = (select min("subjectId") from {{ ref('timetable_periods') }})
