update {{ ref('tickets') }} set "resolvedAt" = "createdAt" - interval '1 hour' where "id" = (select min("id") from {{ ref('tickets') }} where "resolvedAt" is not null)
