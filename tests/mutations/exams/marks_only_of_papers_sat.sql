update {{ ref('marks') }} set "examId" = (select max("id") from {{ ref('exams') }} where "status" = 'SCHEDULED')
where "id" = (select min("id") from {{ ref('marks') }})
