-- Tickets, messages and files are written between 09:00 and 15:30 in India, not on Sundays. A row is one that was not.
with written as (
    select 'ticket' as what, "id" as id, "createdAt" as at from {{ ref('tickets') }}
    union all
    select 'resolved', "id", "resolvedAt" from {{ ref('tickets') }} where "resolvedAt" is not null
    union all
    select 'closed', "id", "closedAt" from {{ ref('tickets') }} where "closedAt" is not null
    union all
    select 'message', "id", "createdAt" from {{ ref('ticket_messages') }}
    union all
    select 'file', "id", "createdAt" from {{ ref('ticket_attachments') }}
)

select what, id, at
from written
where extract(hour from at)::int * 60 + extract(minute from at)::int not between 210 and 600
   or extract(isodow from at) = 7
