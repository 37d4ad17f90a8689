-- Also fails: lessons_have_class_subject_teachers, substitutions_for_absent_teachers, teacher_rules_are_kept
update {{ ref('timetable_periods') }}
set "teacherId" = (select max("teacherId") from {{ ref('timetable_periods') }})
where "id" = (select min("id") from {{ ref('timetable_periods') }} where not "isBreak")
