-- No two messages have the same id at the provider.
-- A row is an id with its messages.
select "providerId", count(*) as messages
from {{ ref('messages') }}
where "providerId" is not null
group by "providerId"
having count(*) > 1
