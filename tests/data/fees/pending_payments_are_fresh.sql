-- A payment is pending only for the days that a cheque takes to clear, or a transfer to arrive: it was made within the week
-- before the as-of date, and has not changed since. A row: a pending payment that is older or has changed.
select "id", "method", "createdAt", "updatedAt"
from {{ ref('payments') }}
where "status" = 'pending'
  and ("createdAt"::date < {{ var('as_of') }} - 7 or "createdAt" <> "updatedAt")
