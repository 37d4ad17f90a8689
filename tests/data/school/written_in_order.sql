-- A row is written before it is changed, neither after the as-of date, and both when an Indian school's office works:
-- on no Sunday, from 08:00 to 16:00, which is 02:30 to 10:30 in UTC.
-- A row: one that was not.
with written as (
    select 'subjects' as model, "id" as id, "createdAt" as created, "updatedAt" as updated from {{ ref('subjects') }}
    union all
    select 'academic_years', "id", "createdAt", "updatedAt" from {{ ref('academic_years') }}
)

select model, id, created, updated
from written
where created > updated
   or updated::date > {{ var('as_of') }}
   or extract(hour from created) * 60 + extract(minute from created) not between 150 and 630
   or extract(hour from updated) * 60 + extract(minute from updated) not between 150 and 630
   or extract(isodow from created) = 7
   or extract(isodow from updated) = 7
