-- A file's name, media type and size go together, its address ends with its name and names its ticket, and it was sent
-- after the ticket was opened and before it was resolved. A row is a file of which this is not so.
select file."id", file."fileName", file."mimeType", file."fileSize", file."fileUrl"
from {{ ref('ticket_attachments') }} as file
join {{ ref('tickets') }} as ticket
    on ticket."id" = file."ticketId"
left join {{ seed('ticket_files') }} as kind
    on kind.category = ticket."category"
    and kind.mime_type = file."mimeType"
    and file."fileName" like kind.stem || '%.' || kind.extension
    and file."fileSize" between kind.min_kb::int * 1024 and kind.max_kb::int * 1024
where kind.stem is null
   or file."fileUrl" <> 'https://files.example.com/' || file."branchId" || '/tickets/' || file."ticketId" || '/' || file."fileName"
   or file."createdAt" < ticket."createdAt"
   or file."createdAt" > coalesce(ticket."resolvedAt", ticket."updatedAt" + interval '1 minute')
