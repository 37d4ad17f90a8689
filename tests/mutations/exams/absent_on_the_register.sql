-- Also fails: absence_notices_are_true, absences_are_few, absentees_have_no_marks, attendance_rates,
--   lessons_agree_with_the_register, records_once_a_day
update {{ ref('attendance_records') }} set "status" = 'present';
update {{ ref('marks') }} set "isAbsent" = true
