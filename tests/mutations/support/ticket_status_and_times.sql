-- Also fails: audit_data_agree, messages_between_opening_and_solution
update {{ ref('tickets') }} set "resolvedAt" = "createdAt" - interval '1 hour' where "id" = (select min("id") from {{ ref('tickets') }} where "resolvedAt" is not null)
