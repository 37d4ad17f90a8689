-- A ticket's steps follow one another: what a step begins with is what the one before it ended with, and a resolved or
-- closed ticket has an entry that says so. A row is an entry, or a ticket, of which this is not so.
with steps as (
    select
        "entityId" as ticket,
        "oldData" as before,
        "newData" as after,
        lag("newData") over (partition by "entityId" order by "createdAt", "id" collate "C") as expected
    from {{ ref('audit_logs') }}
    where "entityType" = 'Ticket'
)

select ticket, before as found
from steps
where before <> coalesce(expected, '{"status": "open"}')
union all
select ticket."id", ticket."status"
from {{ ref('tickets') }} as ticket
left join steps
    on steps.ticket = ticket."id"
    and steps.after = '{"status": "' || ticket."status" || '"}'
where ticket."status" in ('resolved', 'closed')
  and steps.ticket is null
