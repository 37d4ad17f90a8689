-- Only the staff writes internal notes, never the first message of a thread. A row is a note of which this is not so.
with numbered as (
    select
        "id" as id,
        "internal" as is_internal,
        "authorType" as author_type,
        row_number() over (partition by "ticketId" order by "createdAt", "id" collate "C") as place
    from {{ ref('ticket_messages') }}
)

select id, author_type, place
from numbered
where is_internal
  and (author_type <> 'staff' or place = 1)
