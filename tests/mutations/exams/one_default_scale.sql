update {{ ref('grading_scales') }} set "grades" = replace("grades", '"minPercent": 41', '"minPercent": 45')
