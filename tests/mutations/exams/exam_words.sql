-- Also fails: exam_follows_a_template, exam_pattern
update {{ ref('exams') }} set "examType" = 'CLASS_TEST' where "id" = (select min("id") from {{ ref('exams') }})
