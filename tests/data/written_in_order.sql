-- A row is written before it is changed, and neither after the as-of date.
select "id", "createdAt", "updatedAt"
from {{ ref('subjects') }}
where "createdAt" > "updatedAt"
   or "updatedAt" > timestamp '{{ var('as_of').isoformat() }} 23:59:59'
union all
select "id", "createdAt", "updatedAt"
from {{ ref('academic_years') }}
where "createdAt" > "updatedAt"
   or "updatedAt" > timestamp '{{ var('as_of').isoformat() }} 23:59:59'
