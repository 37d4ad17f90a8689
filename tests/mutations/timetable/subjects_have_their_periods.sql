-- Also fails: lessons_by_qualified_teachers, lessons_have_class_subject_teachers, subject_rules_are_kept
update {{ ref('timetable_periods') }}
set "subjectId" = (select max("subjectId") from {{ ref('timetable_periods') }})
where "id" = (select min("id") from {{ ref('timetable_periods') }} where not "isBreak")
