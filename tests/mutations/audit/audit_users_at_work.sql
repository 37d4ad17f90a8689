-- Also fails: teacher_absence_rates, teacher_marks_vocabulary, teacher_registers_agree
update {{ ref('teacher_attendance') }} set "status" = 'ON_LEAVE'
