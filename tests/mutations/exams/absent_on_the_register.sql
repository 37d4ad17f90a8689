update {{ ref('attendance_records') }} set "status" = 'present';
update {{ ref('marks') }} set "isAbsent" = true
