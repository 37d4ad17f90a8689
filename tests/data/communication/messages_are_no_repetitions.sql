-- Nobody gets the same text with the same content twice on a day.
-- A row is such a message with its number.
select "to", "templateId", "payload", count(*) as times
from {{ ref('messages') }}
group by "to", "templateId", "payload", "createdAt"::date
having count(*) > 1
