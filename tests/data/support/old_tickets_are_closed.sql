-- A ticket is closed within 90 days, the long vacation included: only recent ones are open, in progress or just resolved.
-- A row is an older one that is not closed.
select "id", "status", "createdAt"
from {{ ref('tickets') }}
where "status" <> 'closed'
  and "createdAt"::date < {{ var('as_of') }} - 90
