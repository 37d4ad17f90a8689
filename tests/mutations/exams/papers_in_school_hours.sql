update {{ ref('exam_sessions') }} set "schedule" = replace("schedule", 'T0', 'T2')
where "id" = (select min("id") from {{ ref('exam_sessions') }})
