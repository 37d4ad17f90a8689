-- The sections of one branch belong to a class of another one.
-- Also fails: ages_fit_grades, approved_become_newcomers, exam_pattern, invoice_amounts,
--   lessons_have_class_subject_teachers, marks_of_papers_sat, room_rules_are_kept,
--   school_keys_are_unique, sections_have_a_full_week, sections_of_a_class, student_sits_where_enrolled,
--   teacher_rules_are_kept, templates_are_obeyed, time_slot_rules_are_kept
update {{ ref('sections') }}
set "classId" = (select min("id") from {{ ref('classes') }} where "branchId" <> 'dps-main')
where "branchId" = 'dps-main'
