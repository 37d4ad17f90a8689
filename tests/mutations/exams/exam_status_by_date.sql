update {{ ref('exams') }}
set "status" = case when "status" = 'SCHEDULED' then 'COMPLETED' else 'SCHEDULED' end
where "id" = (select min("id") from {{ ref('exams') }})
