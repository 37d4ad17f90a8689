-- Reviewed after submitted; who waits for an answer has none, everybody else has one, and by whom; nothing after the
-- as-of date. A row is an application of which this is not so.
select "applicationNo", "status", "submittedAt", "reviewedAt", "reviewedBy", "createdAt", "updatedAt"
from {{ ref('applications') }}
where ("status" = 'PENDING') <> ("reviewedAt" is null)
   or ("reviewedAt" is null) <> ("reviewedBy" is null)
   or "reviewedAt" <= "submittedAt"
   or "createdAt" > "updatedAt"
   or "createdAt" < "submittedAt"
   or "updatedAt" < "reviewedAt"
   or "updatedAt"::date > {{ var('as_of') }}
