update {{ ref('messages') }} set "sentAt" = "createdAt" - interval '1 minute' where "id" = (select min("id") from {{ ref('messages') }} where "sentAt" is not null)
