-- A message is the owner's, with his type, or the assignee's, as staff; an internal note is always the assignee's.
-- A row is a message of somebody else.
select message."id", message."authorType", message."authorId", message."internal"
from {{ ref('ticket_messages') }} as message
join {{ ref('tickets') }} as ticket
    on ticket."id" = message."ticketId"
where not (
    (message."authorType" = ticket."ownerType" and message."authorId" = ticket."ownerId" and not message."internal")
    or (message."authorType" = 'staff' and message."authorId" = coalesce(ticket."assigneeId", ''))
)
