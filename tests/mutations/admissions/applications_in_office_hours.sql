update {{ ref('applications') }} set "submittedAt" = "submittedAt" - interval '7 hours' where "id" = (select min("id") from {{ ref('applications') }})
