-- resolvedAt and closedAt agree with the status; opened, changed, resolved and closed come in this order, and nothing
-- after the as-of date but the time by which an answer is due. A row is a ticket of which this is not so.
select "id", "status", "createdAt", "updatedAt", "resolvedAt", "closedAt", "slaDueAt"
from {{ ref('tickets') }}
where ("status" in ('resolved', 'closed')) <> ("resolvedAt" is not null)
   or ("status" = 'closed') <> ("closedAt" is not null)
   or "resolvedAt" <= "createdAt"
   or "closedAt" <= "resolvedAt"
   or "updatedAt" < "createdAt"
   or "updatedAt" < "resolvedAt"
   or "updatedAt" < "closedAt"
   or "updatedAt"::date > {{ var('as_of') }}
   or coalesce("slaDueAt" <= "createdAt", true)
