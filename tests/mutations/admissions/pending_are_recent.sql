update {{ ref('applications') }} set "status" = 'PENDING', "submittedAt" = "submittedAt" - interval '2 years' where "id" = (select min("id") from {{ ref('applications') }})
