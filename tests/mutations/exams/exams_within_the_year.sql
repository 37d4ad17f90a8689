update {{ ref('exams') }} set "endDate" = '2035-01-01' where "id" = (select min("id") from {{ ref('exams') }})
