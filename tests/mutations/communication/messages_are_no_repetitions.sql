-- A message is sent twice within a minute.
-- Also fails: messages_status_agrees
insert into {{ ref('messages') }}
    ("id", "branchId", "channel", "to", "templateId", "payload", "status", "campaignId", "error", "sentAt", "createdAt", "updatedAt")
select
    "id" || '-2', "branchId", "channel", "to", "templateId", "payload", "status", "campaignId", "error", "sentAt", "createdAt", "updatedAt"
from {{ ref('messages') }}
where "id" = (select min("id") from {{ ref('messages') }})
