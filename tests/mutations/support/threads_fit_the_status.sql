-- Also fails: audit_data_agree, old_tickets_are_closed, ticket_status_and_times
update {{ ref('tickets') }} set "status" = 'open' where "status" = 'closed'
