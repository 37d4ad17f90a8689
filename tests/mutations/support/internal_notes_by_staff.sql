-- Also fails: message_authors_are_parties
update {{ ref('ticket_messages') }} set "internal" = true where "id" = (select min("id") from {{ ref('ticket_messages') }} where "authorType" <> 'staff')
