delete from {{ ref('audit_logs') }} where "entityType" = 'Ticket' and "newData" = '{"status": "resolved"}'
