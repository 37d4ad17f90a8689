-- A message is written, sent and reported on in this order, and not after the as-of date; only what was written on the
-- as-of date, or waits for the end of quiet hours since the day before, is pending. Nothing waits longer than a night.
-- A row is a message that does otherwise.
select "id", "status", "createdAt", "sentAt", "updatedAt"
from {{ ref('messages') }}
where "updatedAt" < "createdAt"
   or "updatedAt"::date > {{ var('as_of') }}
   or "sentAt" < "createdAt"
   or "sentAt" > "updatedAt"
   or "sentAt" > "createdAt" + interval '16 hours'
   or ("status" = 'pending' and "createdAt"::date < {{ var('as_of') }} - 1)
