-- A person has one preference for a channel; quiet hours are written 21:00-07:00, and e-mail has none; it is changed after
-- it was written, and not after the as-of date.
-- A row is a preference of which this is not true.
select "ownerType", "ownerId", "channel", count(*) as times
from {{ ref('preferences') }}
group by "ownerType", "ownerId", "channel"
having count(*) > 1
union all
select "ownerType", "ownerId", "channel", 1
from {{ ref('preferences') }}
where "quietHours" !~ '^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$'
   or ("channel" = 'email' and "quietHours" is not null)
   or "updatedAt" < "createdAt"
   or "updatedAt"::date > {{ var('as_of') }}
