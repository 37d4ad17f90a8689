-- Everybody is always absent.
-- Also fails: absence_notices_are_true, absences_are_notified, lessons_agree_with_the_register, present_on_the_register
update {{ ref('attendance_records') }}
set "status" = 'absent', "reason" = 'Fever'
