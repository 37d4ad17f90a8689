-- An answer is due so many hours after the opening as the priority says. A row is a ticket that is due at another time.
select ticket."id", ticket."priority", ticket."createdAt", ticket."slaDueAt"
from {{ ref('tickets') }} as ticket
left join {{ seed('ticket_priorities') }} as rule
    on rule.priority = ticket."priority"
where ticket."slaDueAt" is distinct from (ticket."createdAt" + interval '1 hour' * rule.sla_hours::int)
