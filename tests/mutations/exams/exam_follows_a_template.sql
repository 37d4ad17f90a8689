delete from {{ ref('exam_templates') }} where "examType" = 'HALF_YEARLY' and "boardType" = 'CBSE' 
