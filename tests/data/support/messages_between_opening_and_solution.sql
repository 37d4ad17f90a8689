-- A thread has one to five messages, one after the other, between the opening of the ticket and its solution, and never
-- after the as-of date. A row is a ticket of which this is not so.
select
    ticket."id",
    count(message."id") as messages,
    min(message."createdAt") as first_at,
    max(message."createdAt") as last_at
from {{ ref('tickets') }} as ticket
left join {{ ref('ticket_messages') }} as message
    on message."ticketId" = ticket."id"
group by ticket."id", ticket."createdAt", ticket."resolvedAt", ticket."updatedAt"
having count(message."id") not between 1 and 5
    or count(distinct message."createdAt") <> count(message."id")
    or min(message."createdAt") < ticket."createdAt"
    or max(message."createdAt") > coalesce(ticket."resolvedAt", ticket."updatedAt")
    or max(message."createdAt")::date > {{ var('as_of') }}
