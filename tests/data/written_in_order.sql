-- A row is written before it is changed, and neither after the as-of date.
select "id", "createdAt", "updatedAt"
from {{ ref('subjects') }}
where "createdAt" > "updatedAt"
   or "updatedAt"::date > {{ var('as_of') }}
union all
select "id", "createdAt", "updatedAt"
from {{ ref('academic_years') }}
where "createdAt" > "updatedAt"
   or "updatedAt"::date > {{ var('as_of') }}
