update {{ ref('exams') }} set "updatedAt" = "updatedAt" + interval '3000 days'
where "id" = (select min("id") from {{ ref('exams') }})
