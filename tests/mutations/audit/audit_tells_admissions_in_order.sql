delete from {{ ref('audit_logs') }} where "entityType" = 'Student' and "action" = 'CREATE'
