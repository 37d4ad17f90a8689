-- Nobody joins after the as-of date, or on a Sunday.
select "id", "joinDate"
from {{ ref('staff') }}
where "joinDate" > '{{ var('as_of').isoformat() }}'
   or extract(isodow from "joinDate"::date) = 7
