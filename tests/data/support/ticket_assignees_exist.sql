-- Who answers is on the staff of the branch, had joined by then, and is not the owner; only an open ticket has nobody yet.
-- A row is a ticket with another assignee, or without one.
select ticket."id", ticket."status", ticket."assigneeId"
from {{ ref('tickets') }} as ticket
left join {{ ref('staff') }} as staff
    on staff."id" = ticket."assigneeId"
    and staff."branchId" = ticket."branchId"
where (ticket."assigneeId" is null and ticket."status" <> 'open')
   or (ticket."assigneeId" is not null and staff."id" is null)
   or staff."joinDate"::date > ticket."createdAt"::date
   or ticket."assigneeId" = ticket."ownerId"
