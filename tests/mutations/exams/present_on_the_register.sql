update {{ ref('attendance_records') }} set "status" = 'absent' where "date" in (select left("schedule", 10) from {{ ref('exam_sessions') }})
