-- Everybody is always absent.
update {{ ref('attendance_records') }}
set "status" = 'absent', "reason" = 'Fever'
