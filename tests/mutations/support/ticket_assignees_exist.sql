-- Also fails: message_authors_are_parties
update {{ ref('tickets') }} set "assigneeId" = 'nobody' where "id" = (select min("id") from {{ ref('tickets') }})
