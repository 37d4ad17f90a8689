-- Also fails: threads_fit_the_status
update {{ ref('ticket_messages') }} set "authorId" = (select min("id") from {{ ref('teachers') }}), "authorType" = 'staff'
where "id" = (select min("id") from {{ ref('ticket_messages') }})
