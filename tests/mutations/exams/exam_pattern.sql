-- Also fails: exam_follows_a_template
update {{ ref('exams') }} set "weightagePercent" = "weightagePercent" + 1
where "id" = (select min("id") from {{ ref('exams') }} where "examType" = 'HALF_YEARLY')
