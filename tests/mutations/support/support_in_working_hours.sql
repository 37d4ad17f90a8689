update {{ ref('ticket_messages') }} set "createdAt" = "createdAt" + interval '9 hours' where "id" = (select min("id") from {{ ref('ticket_messages') }})
