update {{ ref('marks') }} set "isAbsent" = true where "examId" in (select "id" from {{ ref('exams') }} where "term" = 1)
