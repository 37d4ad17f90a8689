update {{ ref('ticket_attachments') }} set "mimeType" = 'application/zip' where "id" = (select min("id") from {{ ref('ticket_attachments') }})
