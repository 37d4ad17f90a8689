-- Also fails: support_in_working_hours, threads_fit_the_status
update {{ ref('ticket_messages') }} set "createdAt" = timestamp '2040-01-01 05:00:00' where "id" = (select min("id") from {{ ref('ticket_messages') }})
