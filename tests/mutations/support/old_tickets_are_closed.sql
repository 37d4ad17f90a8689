-- Also fails: audit_data_agree, support_in_working_hours, ticket_due_by_priority, ticket_status_and_times
update {{ ref('tickets') }} set "status" = 'in_progress', "createdAt" = "createdAt" - interval '400 days' where "id" = (select min("id") from {{ ref('tickets') }})
