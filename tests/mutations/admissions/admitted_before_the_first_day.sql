update {{ ref('applications') }} set "reviewedAt" = "reviewedAt" + interval '300 days' where "id" = (select min("id") from {{ ref('applications') }} where "status" = 'APPROVED')
