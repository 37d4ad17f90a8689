update {{ ref('attendance_records') }} set "status" = 'present' where "status" in ('absent', 'late')
