-- the first section's first teacher gives all its lessons of that hour in the next section, too
-- Also fails: lessons_by_qualified_teachers, lessons_have_class_subject_teachers, substitutions_for_absent_teachers,
--   teacher_rules_are_kept, timetable_stays_within_the_branch, weekly_load
update {{ ref('timetable_periods') }}
set "teacherId" = (select min("teacherId") from {{ ref('timetable_periods') }} where "dayOfWeek" = 1 and "periodNumber" = 1)
where "dayOfWeek" = 1
  and "periodNumber" = 1
