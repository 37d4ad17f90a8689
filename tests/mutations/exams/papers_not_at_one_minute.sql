update {{ ref('exam_sessions') }} set "schedule" = '2026-09-09T03:30:00.000Z' 
