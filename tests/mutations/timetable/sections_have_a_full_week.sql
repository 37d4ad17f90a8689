-- Also fails: staff_attendance_parents_are_there, subject_rules_are_kept, subjects_have_their_periods,
--   templates_are_obeyed
delete from {{ ref('timetable_periods') }}
where "id" = (select min("id") from {{ ref('timetable_periods') }} where not "isBreak")
