-- A message has an error if and only if it failed, and a time of sending if and only if it was sent or delivered. The
-- provider knows what was sent, and nothing of what still waits.
-- A row is a message that does otherwise.
select "id", "status", "providerId", "error", "sentAt"
from {{ ref('messages') }}
where ("status" = 'failed') <> ("error" is not null)
   or ("status" in ('sent', 'delivered')) <> ("sentAt" is not null)
   or ("status" in ('sent', 'delivered') and "providerId" is null)
   or ("status" = 'pending' and "providerId" is not null)
   or "error" = ''
