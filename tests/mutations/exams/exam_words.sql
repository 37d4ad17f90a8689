update {{ ref('exams') }} set "examType" = 'CLASS_TEST' where "id" = (select min("id") from {{ ref('exams') }})
