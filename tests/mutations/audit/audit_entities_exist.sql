update {{ ref('audit_logs') }} set "entityId" = 'nothing' where "id" = (select min("id") from {{ ref('audit_logs') }} where "entityId" is not null)
