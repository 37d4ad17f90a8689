-- But for receipts, which follow payments at any hour, messages are written between 8 a.m. and 4 p.m. in India.
-- A row is a message that is not.
select message."id", message."createdAt"
from {{ ref('messages') }} as message
join {{ ref('templates') }} as template
    on template."id" = message."templateId"
where template."name" not like 'Fee receipt%'
  and (message."createdAt"::time < time '02:30:00' or message."createdAt"::time > time '10:30:00')
