-- Requests come between 08:20 and 15:32 in India, not on Sundays, never after the as-of date. A row is one that does not.
select "id", "action", "createdAt"
from {{ ref('audit_logs') }}
where extract(hour from "createdAt")::int * 60 + extract(minute from "createdAt")::int not between 170 and 602
   or extract(isodow from "createdAt") = 7
   or "createdAt"::date > {{ var('as_of') }}
