-- A thread begins with the owner. A resolved or closed ticket has an answer of the staff that the owner can read, an open
-- one has no message of the staff yet. A row is a ticket of which this is not so.
with numbered as (
    select
        "ticketId" as ticket,
        "authorId" as author,
        "authorType" as author_type,
        "internal" as is_internal,
        row_number() over (partition by "ticketId" order by "createdAt", "id" collate "C") as place
    from {{ ref('ticket_messages') }}
)

select
    ticket."id",
    ticket."status",
    count(*) filter (where numbered.author <> ticket."ownerId" and not numbered.is_internal) as answers
from {{ ref('tickets') }} as ticket
join numbered
    on numbered.ticket = ticket."id"
group by ticket."id", ticket."status", ticket."ownerId"
having bool_or(numbered.place = 1 and numbered.author <> ticket."ownerId")
    or (ticket."status" in ('resolved', 'closed')
        and count(*) filter (where numbered.author <> ticket."ownerId" and not numbered.is_internal) = 0)
    or (ticket."status" = 'open' and count(*) filter (where numbered.author <> ticket."ownerId") > 0)
