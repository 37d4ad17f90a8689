-- all who stand in for somebody were absent themselves
-- Also fails: audit_users_at_work, marked_by_the_class_teacher, missed_lessons_are_accounted_for,
--   teacher_absence_rates, teacher_marks_vocabulary, teacher_registers_agree
update {{ ref('teacher_attendance') }}
set "status" = 'ABSENT', "checkIn" = null, "checkOut" = null
where "teacherId" in (select "substituteTeacherId" from {{ ref('substitutions') }})
