update {{ ref('marks') }} set "evaluatedAt" = "evaluatedAt" - interval '60 days'
where "id" = (select min("id") from {{ ref('marks') }})
