-- Also fails: exams_within_the_year
update {{ ref('exam_sessions') }} set "schedule" = '2026-09-13T03:30:00.000Z'
where "id" = (select min("id") from {{ ref('exam_sessions') }})
