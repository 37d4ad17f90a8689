-- A substitution is approved, rejected or pending. Approved ones, and no others, have an approver and the time of it; a
-- rejected one has no substitute, the others have one; pending ones are the as-of date's own. A row: one that is not so.
select "id", "status", "substituteTeacherId", "approvedBy", "approvedAt", "date"
from {{ ref('substitutions') }}
where "status" not in ('pending', 'approved', 'rejected')
   or ("status" = 'approved') <> ("approvedBy" is not null)
   or ("status" = 'approved') <> ("approvedAt" is not null)
   or ("status" = 'rejected') <> ("substituteTeacherId" is null)
   or ("status" = 'pending' and "date"::date <> {{ var('as_of') }})
   or "date"::date > {{ var('as_of') }}
   or "date" <> "date"::date::timestamp
   or "reason" is null
