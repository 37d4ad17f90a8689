-- Nobody joins after the as-of date, or on a Sunday.
select "id", "joinDate"
from {{ ref('staff') }}
where "joinDate"::date > {{ var('as_of') }}
   or extract(isodow from "joinDate"::date) = 7
