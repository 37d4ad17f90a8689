update {{ ref('tickets') }} set "status" = 'in_progress', "createdAt" = "createdAt" - interval '400 days' where "id" = (select min("id") from {{ ref('tickets') }})
