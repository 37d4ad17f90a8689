-- About a quarter of the tickets have a file. A row is the share, if it is further off than chance explains.
with shares as (
    select
        count(distinct file."ticketId")::double precision / count(distinct ticket."id") as share,
        0.05 + 4 * sqrt(0.25::double precision * 0.75 / count(distinct ticket."id")) as slack
    from {{ ref('tickets') }} as ticket
    left join {{ ref('ticket_attachments') }} as file
        on file."ticketId" = ticket."id"
    having count(ticket."id") > 0
)

select share, slack
from shares
where share not between 0.25 - slack and 0.25 + slack
