update {{ ref('exam_templates') }} set "createdBy" = 'nobody'
where "id" = (select min("id") from {{ ref('exam_templates') }})
