update {{ ref('ticket_messages') }} set "branchId" = null where "id" = (select min("id") from {{ ref('ticket_messages') }})
