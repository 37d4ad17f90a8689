update {{ ref('tickets') }} set "slaDueAt" = "slaDueAt" + interval '1 hour' where "id" = (select min("id") from {{ ref('tickets') }})
