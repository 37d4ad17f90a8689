update {{ ref('exam_sessions') }} set "roomId" = (select min("id") from {{ ref('rooms') }})
