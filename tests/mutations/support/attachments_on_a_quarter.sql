-- Also fails: attachments_agree
insert into {{ ref('ticket_attachments') }}
select ticket."id", ticket."branchId", ticket."id", 'a.png', 'https://files.example.com/a.png', 90000, 'image/png', ticket."createdAt"
from {{ ref('tickets') }} as ticket
